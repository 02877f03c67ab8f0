"""Pauses: where the pipeline waits for the user, and how it goes on."""

from __future__ import annotations

import json
from dataclasses import replace

import jwt
import pytest

from fabrikam.tenant.scripts import (
    Challenge,
    Denial,
    Enrollment,
    PassedMethod,
    Redirect,
    Resume,
    read_folder,
)
from tests.tenant.scripts.builders import (
    MFA_ACR,
    NOW,
    action,
    actions,
    asking,
    rule,
    rules,
    script_input,
    write,
)

AWAY = "https://away.example/"
LOGIN = asking(scope="openid", acr_values=MFA_ACR, state="app")
BACK = replace(LOGIN, resume=Resume("GET", {"state": "ours", "answer": "yes"}))
SILENT = asking(scope="openid", prompt="none")
REFRESH = script_input(
    protocol="oauth2-refresh-token", query={}, body={"scope": "openid"}
)


@pytest.fixture
def start(tmp_path, engine):
    """An engine for these Actions."""
    return lambda *sources: engine(actions(tmp_path, *sources))


def saved(outcome):
    """The checkpoint as the tenant keeps it: written down and read again."""
    return json.loads(json.dumps(outcome.pause.checkpoint))


@pytest.mark.parametrize(
    ("call", "until"),
    [
        (
            "challengeWith({ type: 'otp' })",
            Challenge(({"type": "otp"},)),
        ),
        (
            "challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'phone' }] })",
            Challenge(({"type": "otp"}, {"type": "phone"})),
        ),
        (
            "challengeWithAny([{ type: 'otp' }, "
            "{ type: 'push-notification', options: { otpFallback: false } }])",
            Challenge(
                (
                    {"type": "otp"},
                    {"type": "push-notification", "options": {"otpFallback": False}},
                )
            ),
        ),
        (
            "enrollWith({ type: 'otp' })",
            Enrollment(({"type": "otp"},)),
        ),
        (
            "enrollWithAny([{ type: 'otp' }, { type: 'email' }])",
            Enrollment(({"type": "otp"}, {"type": "email"})),
        ),
    ],
)
def test_a_command_pauses_behind_its_action(start, call, until):
    running = start(
        action(f"api.idToken.setCustomClaim('a', 1); api.authentication.{call};"),
        action("api.idToken.setCustomClaim('b', event.authentication.methods.length);"),
    )
    paused = running.run(LOGIN)
    assert paused.pause.until == until
    assert paused.executed == ("Action 1",)
    assert (paused.id_token_claims, paused.multifactor) == ({}, None)

    passed = replace(BACK, methods=(PassedMethod("mfa", NOW, "otp"),))
    ended = running.run(passed, saved(paused))
    assert ended.pause is None
    assert ended.executed == ("Action 2",)
    assert ended.id_token_claims == {"a": 1, "b": 1}
    assert ended.multifactor.provider == "none"  # asked already, so not at the end


def test_after_a_pause_the_request_is_another_and_the_transaction_stays(start):
    look = action("api.idToken.setCustomClaim('seen', [event.request.query,"
                  "event.request.method, event.transaction.acr_values]);")  # fmt: skip
    running = start(action("api.authentication.challengeWith({type: 'otp'});"), look)
    resumed = replace(LOGIN, resume=Resume("POST", {"state": "ours"}, {"code": "1"}))
    outcome = running.run(resumed, saved(running.run(LOGIN)))
    assert outcome.id_token_claims["seen"] == [{"state": "ours"}, "POST", [MFA_ACR]]


def test_two_commands_of_one_action_are_asked_one_after_the_other(start):
    running = start(
        action("api.authentication.challengeWith({type: 'otp'});"
               "api.authentication.enrollWith({type: 'email'});")
    )  # fmt: skip
    first = running.run(LOGIN)
    second = running.run(BACK, saved(first))
    assert first.pause.until == Challenge(({"type": "otp"},))
    assert second.pause.until == Enrollment(({"type": "email"},))
    assert running.run(BACK, saved(second)).pause is None


def test_a_fifth_command_fails_the_login(start):
    challenge = action("api.authentication.challengeWith({type: 'otp'});")
    running = start(*[challenge] * 5)
    outcome = running.run(LOGIN)
    for _ in range(3):
        outcome = running.run(BACK, saved(outcome))
        assert outcome.pause is not None
    outcome = running.run(BACK, saved(outcome))
    assert "more than 4" in outcome.failure.message
    assert outcome.denial.error == "access_denied"


def test_commands_do_nothing_where_the_tenant_has_not_switched_them_on(
    tmp_path, engine
):
    root = actions(tmp_path, action("api.authentication.challengeWith({type: 'otp'});"))
    write(root, {"tenant.json": {"friendly_name": "F"}})
    outcome = engine(root).run(LOGIN)
    assert (outcome.pause, outcome.failure, outcome.multifactor) == (None, None, None)
    assert "no effect" in outcome.lines[0].text


def test_a_command_overrides_enable(start):
    running = start(
        action("api.multifactor.enable('any');"),
        action("api.authentication.challengeWith({type: 'otp'});"),
    )
    ended = running.run(BACK, saved(running.run(LOGIN)))
    assert ended.multifactor.provider == "none"


def test_a_denial_beside_a_command_is_a_denial(start):
    outcome = start(
        action(
            "api.authentication.challengeWith({type: 'otp'}); api.access.deny('no');"
        )
    ).run(LOGIN)
    assert (outcome.pause, outcome.denial) == (None, Denial("access_denied", "no"))


@pytest.mark.promise("11")
def test_scripts_that_changed_while_the_user_was_away_refuse_the_login(
    tmp_path, engine
):
    challenge = action("api.authentication.challengeWith({type: 'otp'});")
    deny = action("api.access.deny('no');")
    running = engine(actions(tmp_path, challenge, deny))
    paused = running.run(LOGIN)
    running.use(read_folder(actions(tmp_path, challenge, action(""))))
    outcome = running.run(BACK, saved(paused))
    assert outcome.denial.error == "access_denied"
    assert "changed while the user was away" in outcome.failure.message


RETURNING = (
    f"exports.onExecutePostLogin = async (event, api) => {{ api.redirect.sendUserTo('{AWAY}',"
    " { query: { a: 'b c' } }); };\n"
    "exports.onContinuePostLogin = async (event, api) => {"
    " api.authentication.recordMethod('https://away.example/checked');"
    " api.idToken.setCustomClaim('answer', event.request.query.answer); };"
)


def test_a_redirect_goes_on_with_the_same_action(start):
    running = start(RETURNING, action("api.idToken.setCustomClaim('methods',"
                    "event.authentication.methods);"))  # fmt: skip
    away = running.run(LOGIN)
    assert away.pause.until == Redirect(AWAY + "?a=b+c")
    back = running.run(BACK, saved(away))
    assert back.executed == ("Action 1", "Action 2")
    assert back.id_token_claims["answer"] == "yes"
    assert back.recorded_methods == ("https://away.example/checked",)
    assert back.id_token_claims["methods"] == [
        {
            "name": "https://away.example/checked",
            "timestamp": "2023-11-14T22:13:20.000Z",
        }
    ]


def test_an_action_without_a_continuation_is_passed_over(start):
    running = start(
        action(f"api.redirect.sendUserTo('{AWAY}');"),
        action("api.idToken.setCustomClaim('went', 'on');"),
    )
    back = running.run(BACK, saved(running.run(LOGIN)))
    assert back.failure is None
    assert back.id_token_claims == {"went": "on"}


def test_a_redirect_beside_a_command_loses_the_command(start):
    running = start(
        action(f"api.authentication.challengeWith({{type: 'otp'}});"
               f"api.redirect.sendUserTo('{AWAY}');")
    )  # fmt: skip
    away = running.run(LOGIN)
    assert away.pause.until == Redirect(AWAY)
    assert "the commands are lost" in away.lines[0].text
    assert running.run(BACK, saved(away)).pause is None


@pytest.mark.parametrize("login", [SILENT, REFRESH])
def test_without_a_browser_an_action_cannot_redirect(start, login):
    outcome = start(
        action(
            "api.idToken.setCustomClaim('can', api.redirect.canRedirect());"
            f"api.redirect.sendUserTo('{AWAY}');"
        )
    ).run(login)
    assert outcome.pause is None
    assert outcome.denial.error == "interaction_required"
    assert outcome.id_token_claims == {"can": False}


REDIRECTING = rule(
    "user.runs = (user.runs || 0) + 1; user.protocol = context.protocol;"
    "user.before = context.original_protocol; user.query = context.request.query;"
    f"context.redirect = {{ url: '{AWAY}' }};"
    "callback(null, user, context);"
)


def test_a_rule_redirect_runs_everything_again_once(tmp_path, engine):
    running = engine(rules(tmp_path, REDIRECTING))
    away = running.run(LOGIN)
    assert away.pause.until == Redirect(AWAY)
    back = running.run(BACK, saved(away))
    assert back.pause is None
    assert back.user["runs"] == 1
    assert back.user["protocol"] == "redirect-callback"
    assert back.user["before"] == "oidc-basic-profile"
    assert back.user["query"] == {"state": "ours", "answer": "yes"}


def test_actions_wait_until_a_rule_redirect_has_come_back(tmp_path, engine):
    root = actions(
        rules(tmp_path, REDIRECTING),
        action("api.multifactor.enable('any');"),
    )
    running = engine(root)
    away = running.run(LOGIN)
    assert away.executed == ("Rule 1",)
    back = running.run(BACK, saved(away))
    assert back.executed == ("Rule 1", "Action 1")
    assert back.multifactor.provider == "any"


@pytest.mark.parametrize("login", [SILENT, REFRESH])
def test_without_a_browser_a_rule_cannot_redirect(tmp_path, engine, login):
    outcome = engine(rules(tmp_path, REDIRECTING)).run(login)
    assert outcome.denial.error == "interaction_required"


def test_what_rules_left_survives_a_pause_of_an_action(tmp_path, engine):
    root = actions(
        rules(
            tmp_path,
            rule("user.level = 'mfa'; context.idToken.level = 'mfa';"
                 "context.multifactor = { provider: 'any' }; callback(null);"),
        ),
        action("api.authentication.challengeWith({type: 'otp'});"),
        action("api.idToken.setCustomClaim('ran', api.rules.wasExecuted('Rule 1'));"),
    )  # fmt: skip
    running = engine(root)
    ended = running.run(BACK, saved(running.run(LOGIN)))
    assert ended.user["level"] == "mfa"
    assert ended.id_token_claims == {"level": "mfa", "ran": True}


SECRET = "s" * 32
ASKING = (
    "exports.onExecutePostLogin = async (event, api) => {"
    f" const token = api.redirect.encodeToken({{ secret: '{SECRET}', payload: {{ a: 1 }} }});"
    f" api.redirect.sendUserTo('{AWAY}', {{ query: {{ session_token: token }} }}); }};\n"
    "exports.onContinuePostLogin = async (event, api) => {"
    f" const claims = api.redirect.validateToken({{ secret: '{SECRET}',"
    "   tokenParameterName: 'back' });"
    " api.idToken.setCustomClaim('a', claims.a); };"
)


def token(secret=SECRET, **changes):
    claims = {"sub": "auth0|ann", "state": "ours", "exp": NOW + 60, "a": 2, **changes}
    return jwt.encode(claims, secret, "HS256")


@pytest.mark.parametrize(
    ("back", "message"),
    [
        (token(), None),
        (token(sub="auth0|bob"), "another user"),
        (token(state="theirs"), "another state"),
        (token(exp=NOW), "expired"),
        (token(exp="never"), "expired"),
        (token(secret="t" * 32), "not signed"),
        (jwt.encode({"sub": "auth0|ann"}, None, "none"), "not signed"),
        ("a.b.c", "malformed"),
        ("", "missing"),
    ],
)
def test_a_token_that_comes_back_is_checked(start, back, message):
    running = start(ASKING)
    away = running.run(LOGIN)
    resumed = replace(LOGIN, resume=Resume("GET", {"state": "ours", "back": back}))
    outcome = running.run(resumed, saved(away))
    if message is None:
        assert outcome.id_token_claims == {"a": 2}
    else:
        assert message in outcome.failure.message
        assert outcome.denial.error == "access_denied"
