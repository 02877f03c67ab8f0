"""The tracer: which paths a script reads and writes, and that it changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fabrikam.tenant.scripts import Access, Engine, read_folder
from tests.tenant.scripts.builders import (
    MFA_ACR,
    SHIPPED,
    action,
    actions,
    asking,
    rule,
    rules,
    script_input,
)

PASS = "callback(null, user, context);"
STEP = asking(scope="openid step_up", acr_values=MFA_ACR)


def paths(outcome, kind):
    return [access.path for access in outcome.trace if access.kind == kind]


def test_the_step_up_rule_is_seen_through():
    with Engine(read_folder(SHIPPED / "before")) as engine:
        outcome = engine.run(STEP, trace=True)
    assert paths(outcome, "read") == [
        "context.request",
        "context.request.query",
        "context.request.body",
        "context.request.query.scope",
        "context.idToken",
    ]
    assert paths(outcome, "write") == [
        "context.multifactor",
        "user.authentication_level",
        "context.idToken.authentication_level",
    ]


def test_the_step_up_action_is_seen_through():
    with Engine(read_folder(SHIPPED / "after")) as engine:
        outcome = engine.run(STEP, trace=True)
    assert outcome.trace[:2] == (
        Access("Step-up", "read", "event.transaction"),
        Access("Step-up", "read", "event.transaction.acr_values"),
    )


@pytest.mark.parametrize("name", ["before", "during", "after"])
def test_a_traced_run_has_the_same_outcome(name):
    with Engine(read_folder(SHIPPED / name)) as engine:
        plain, traced = engine.run(STEP), engine.run(STEP, trace=True)
    assert plain.trace == ()
    assert traced.trace != ()
    assert replace(traced, trace=()) == plain


@pytest.mark.parametrize(
    ("body", "kind", "path"),
    [
        ("delete user.email;",                       "delete", "user.email"),
        ("Object.keys(user);",                       "keys",   "user"),
        ("'email' in user;",                         "read",   "user.email"),
        ("user.app = user.app || {}; user.app.x = 1;", "write", "user.app.x"),
        ("user.identities[0].provider;",             "read",
         "user.identities.0.provider"),
        ("user.tags = []; user.tags.push(1);",       "write",  "user.tags.0"),
        ("var { ip } = context.request;",            "read",   "context.request.ip"),
    ],
)  # fmt: skip
def test_every_kind_of_access_is_noted(tmp_path, engine, body, kind, path):
    outcome = engine(rules(tmp_path, rule(body + PASS))).run(script_input(), trace=True)
    assert outcome.failure is None, outcome.failure
    assert Access("Rule 1", kind, path) in outcome.trace


def test_a_traced_object_may_be_stored_copied_and_passed_on(tmp_path, engine):
    outcome = engine(
        rules(
            tmp_path,
            rule("context.idToken.copy = user.identities; context.idToken.deep ="
                 " JSON.parse(JSON.stringify(user)); " + PASS),
            rule("callback(null, Object.assign({ more: 1 }, user), context);"),
        )
    ).run(script_input(), trace=True)  # fmt: skip
    assert outcome.failure is None, outcome.failure
    assert outcome.id_token_claims["copy"][0]["provider"] == "auth0"
    assert outcome.id_token_claims["deep"]["email"] == "ann@fabrikam.example"
    assert outcome.user["more"] == 1


def test_a_failed_script_leaves_its_trace_as_well(tmp_path, engine):
    root = actions(tmp_path, action("event.user.email; throw new Error('x');"))
    outcome = engine(root).run(script_input(), trace=True)
    assert paths(outcome, "read") == ["event.user", "event.user.email"]
