"""What an export cannot contain is never judged as if it were not there."""

from __future__ import annotations

import json

from tests.lab.builders import situation

ABOUT = "actions/Step-up.json"
CODE = "actions/Step-up/code.js"
STEP_UP = situation(request="step-up")


def differing(workshop, code, **about):
    """The shipped pair, but for the Action's code and its declaration."""
    shipped = workshop.specimen("after")
    said = json.loads((shipped / ABOUT).read_text()) | about
    new = workshop.changed("after", **{CODE: code, ABOUT: said})
    old = workshop.specimen("before")
    return workshop.seen(new, "modern", STEP_UP), workshop.compared(
        (old, "legacy"), (new, "modern"), STEP_UP
    )


def test_a_secret_that_the_export_does_not_show_could_not_run(workshop):
    code = """exports.onExecutePostLogin = async (event, api) => {
  const asked = event.transaction?.acr_values ?? [];
  if (asked.includes(event.secrets.MFA_ACR)) api.multifactor.enable("any");
};"""
    hidden = [{"name": "MFA_ACR", "value": "_VALUE_NOT_SHOWN_"}]
    seen, found = differing(workshop, code, secrets=hidden)
    assert found.direction == "could not run"
    assert "write @@MFA_ACR@@" in seen.broken.message


def test_a_declared_package_that_is_not_installed_could_not_run(workshop):
    code = """const _ = require("not-installed-here");
exports.onExecutePostLogin = async () => _.nothing();"""
    declared = [{"name": "not-installed-here", "version": "1.0.0"}]
    seen, found = differing(workshop, code, dependencies=declared)
    assert found.direction == "could not run"
    assert "npm install" in seen.broken.message


def test_a_package_that_nobody_declared_breaks_as_on_auth0(workshop):
    code = """const _ = require("not-installed-here");
exports.onExecutePostLogin = async () => _.nothing();"""
    assert differing(workshop, code)[1].direction == "locked out"
