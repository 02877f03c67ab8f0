"""A factor that is set up in the very login is worth less than one owned before."""

from __future__ import annotations

import pytest

from tests.lab.builders import situation

ENROLS_PUSH = """const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";
exports.onExecutePostLogin = async (event, api) => {
  if (!(event.transaction?.acr_values ?? []).includes(MFA_ACR)) return;
  const push = { type: "push-notification" };
  const enrolled = event.user.enrolledFactors ?? [];
  if (enrolled.some((one) => one.type === push.type)) {
    api.authentication.challengeWith(push);
  } else {
    api.authentication.enrollWith(push);
  }
};
"""
STEP_UP = situation(request="step-up")


def test_enrolling_another_factor_by_password_alone_never_passes_for_the_same(workshop):
    old = workshop.specimen("before")
    new = workshop.changed("after", **{"actions/Step-up/code.js": ENROLS_PUSH})
    found = workshop.compared((old, "legacy"), (new, "modern"), STEP_UP)
    assert found.direction == "locked out"  # the tenant wants the first factor first


def test_a_factor_that_was_switched_off_makes_everybody_enrol(workshop):
    old, new = workshop.specimen("before"), workshop.specimen("factor-switched-off")
    found = workshop.compared((old, "legacy"), (new, "modern"), STEP_UP)
    assert (found.direction, found.at_tenant) == ("weaker", "weaker")
    assert found.why == "who has only the password may add a factor of their own"


@pytest.mark.parametrize(
    ("words",                                       "proof"),
    [
        ({"request": "step-up"},                        "factor"),
        ({"request": "step-up", "user": "push"},        "factor"),
        ({"request": "step-up", "user": "no factor"},   "enrolled"),
        ({"request": "login"},                          "nothing"),
        ({"request": "login", "session": "second factor"}, "session"),
    ],
)  # fmt: skip
def test_the_proof_says_whether_the_factor_was_there_before(workshop, words, proof):
    seen = workshop.seen(workshop.specimen("after"), "modern", situation(**words))
    assert seen.proof == proof


def test_whoever_has_no_factor_enrols_on_both_sides_alike(workshop):
    where = situation(request="step-up", user="no factor")
    old, new = workshop.specimen("before"), workshop.specimen("after")
    found = workshop.compared((old, "legacy"), (new, "modern"), where)
    assert found.direction in ("same", "other prompts")
