"""What the tenant does next: every stage of a login, in its order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fabrikam.tenant import (
    MFA_ACR,
    AskConsent,
    AskEnrolment,
    AskFactor,
    AskPassword,
    Assumptions,
    IssueCode,
    Refuse,
    RegisteredClient,
    RememberedBrowser,
    RequireMultifactor,
    ResourceServer,
    RunPipeline,
    SendAway,
    TenantSettings,
    next_step,
)
from fabrikam.tenant.decisions.account_linking import with_linked_primary
from fabrikam.tenant.decisions.session_lifetime import has_ended, used_session
from fabrikam.tenant.scripts import (
    Challenge,
    Denial,
    Enrollment,
    Outcome,
    PassedMethod,
    Pause,
    Redirect,
    SessionLimits,
)
from tests.tenant.builders import (
    ANN,
    CLIENT_ID,
    ISSUER,
    NOW,
    a_login,
    a_session,
    asks_mfa,
)

DAY = 86_400
PWD = (PassedMethod("pwd", NOW),)
MFA = (*PWD, PassedMethod("mfa", NOW, "otp"))
ASKED = asks_mfa()
OFFERED = asks_mfa(remember=True)
QUIET = Outcome()
NO_FACTOR = replace(ANN, enrolled=())
LOGIN_REQUIRED = Refuse("login_required", "Login required")
MFA_DUE = Refuse("login_required", "Multifactor authentication required")


def signed_in(**changes):
    """A login in a session, whose scripts have run."""
    usual = {"user": ANN, "session": a_session(), "outcome": QUIET}
    return a_login(**{**usual, **changes})


def tenant_settings(**changes):
    return TenantSettings(issuer=ISSUER, **changes)


def remembered(*, passed=0, seen=0, **changes):
    values = RememberedBrowser(ANN.user_id, NOW - passed, NOW - seen, ANN.fingerprint)
    return replace(values, **changes)


@pytest.mark.parametrize(
    ("login", "step"),
    [
        (a_login(),                                             AskPassword()),
        (a_login(login_hint="ann"),                             AskPassword("ann")),
        (a_login(prompt=("none",)),                             LOGIN_REQUIRED),
        (signed_in(outcome=None),                               RunPipeline()),
        (signed_in(),                                           IssueCode()),
        (signed_in(prompt=("login",)),                          AskPassword()),
        (signed_in(prompt=("login",), passed=PWD),              IssueCode()),
        (signed_in(max_age=600),                                IssueCode()),
        (signed_in(max_age=599),                                AskPassword()),
        (signed_in(max_age=0),                                  AskPassword()),
        (signed_in(max_age=0, session=a_session(authenticated_at=NOW)), AskPassword()),
        (signed_in(max_age=0, passed=PWD),                      IssueCode()),
        (signed_in(max_age=599, prompt=("none",)),              LOGIN_REQUIRED),
        (signed_in(hinted_subject="auth0|bob"),                 AskPassword()),
        (signed_in(hinted_subject=ANN.user_id),                 IssueCode()),
        (signed_in(user=replace(ANN, user_id="auth0|bob")),     AskPassword()),
        (signed_in(session=a_session(seen_at=NOW - 3 * DAY)),   AskPassword()),
        (signed_in(session=a_session(seen_at=NOW - 3 * DAY + 1)), IssueCode()),
        (signed_in(session=a_session(created_at=NOW - 7 * DAY)), AskPassword()),
    ],
)  # fmt: skip
def test_the_first_factor(login, step):
    assert next_step(login, NOW) == step


@pytest.mark.parametrize(
    ("sso", "connection", "step"),
    [
        (False, None, AskPassword()),
        (False, "Username-Password-Authentication", IssueCode()),
        (True, None, IssueCode()),
    ],
)
def test_p76_a_legacy_client_shares_the_session_when_told_to(sso, connection, step):
    client = RegisteredClient(client_id=CLIENT_ID, name="Old", single_sign_on=sso)
    assert next_step(signed_in(client=client, connection=connection), NOW) == step


@pytest.mark.parametrize(
    ("login", "step"),
    [
        (signed_in(outcome=ASKED),                            AskFactor(("otp",))),
        (signed_in(outcome=ASKED, passed=MFA),                IssueCode()),
        (signed_in(outcome=ASKED, prompt=("none",)),          MFA_DUE),
        (signed_in(outcome=asks_mfa("none")),                 IssueCode()),
        (signed_in(outcome=ASKED, user=NO_FACTOR),
         AskEnrolment(("otp", "push-notification"))),
        (signed_in(outcome=OFFERED),                          AskFactor(("otp",), "offer")),
        (signed_in(outcome=asks_mfa("google-authenticator", remember=True)),
         AskFactor(("otp",), "always")),
        (signed_in(outcome=asks_mfa("nonsense")),
         Refuse("access_denied", 'Unsupported multifactor provider: "nonsense"')),
        (signed_in(outcome=asks_mfa("duo")),
         Refuse("access_denied", 'Unsupported multifactor provider: "duo"')),
        (signed_in(settings=tenant_settings(policy="always")),         AskFactor(("otp",), "offer")),
        (signed_in(settings=tenant_settings(policy="always"), outcome=asks_mfa("none")),
         IssueCode()),
        (signed_in(settings=tenant_settings(policy="adaptive")),       IssueCode()),
        (signed_in(settings=tenant_settings(policy="adaptive", assumptions=Assumptions(risk_confidence="low"))),
         AskFactor(("otp",))),
        (signed_in(acr_values=(MFA_ACR,)),                    IssueCode()),
        (signed_in(acr_values=("urn:x", MFA_ACR),
                   settings=tenant_settings(assumptions=Assumptions(acr_values_force_mfa="yes"))),
         AskFactor(("otp",))),
        (signed_in(audience=f"{ISSUER}mfa/"),                 AskFactor(("otp",))),
        (signed_in(audience=f"{ISSUER}mfa/", user=NO_FACTOR), IssueCode()),
        (signed_in(outcome=ASKED, settings=tenant_settings(factors=frozenset())),
         Refuse("access_denied", "No second factor is enabled on this tenant")),
        (signed_in(outcome=asks_mfa("google-authenticator"),
                   settings=tenant_settings(factors=frozenset())),     AskFactor(("otp",))),
        (signed_in(outcome=asks_mfa("guardian"), user=NO_FACTOR,
                   settings=tenant_settings(factors=frozenset())),
         AskEnrolment(("push-notification",))),
        (signed_in(outcome=ASKED,
                   settings=tenant_settings(assumptions=Assumptions(silent_mfa_error="mfa_required")),
                   prompt=("none",)),
         Refuse("mfa_required", "Multifactor authentication required")),
    ],
)  # fmt: skip
def test_the_second_factor(login, step):
    assert next_step(login, NOW) == step


@pytest.mark.promise("33")
def test_an_earlier_second_factor_in_the_session_does_not_count_for_this_login():
    earlier = a_session(methods=MFA)
    login = signed_in(session=earlier, outcome=ASKED)
    assert next_step(login, NOW) == AskFactor(("otp",))


def test_factors_are_offered_with_the_strongest_first():
    everything = frozenset({"otp", "push-notification", "recovery-code"})
    user = replace(ANN, enrolled=("recovery-code", "otp", "push-notification"))
    login = signed_in(
        user=user, outcome=ASKED, settings=tenant_settings(factors=everything)
    )
    ways = ("push-notification", "otp", "recovery-code")
    assert next_step(login, NOW) == AskFactor(ways)


@pytest.mark.promise("75")
def test_a_push_app_shows_codes_also_where_other_apps_may_not():
    both = replace(ANN, enrolled=("push-notification", "otp"))
    pushes = tenant_settings(factors=frozenset({"push-notification"}))
    login = signed_in(user=both, outcome=ASKED, settings=pushes)
    assert next_step(login, NOW) == AskFactor(("push-notification", "otp"))
    login = signed_in(user=ANN, outcome=ASKED, settings=pushes)
    assert next_step(login, NOW) == AskEnrolment(("push-notification",))


@pytest.mark.parametrize(
    ("options", "factors"),
    [
        ({},                                   ("push-notification", "otp")),
        ({"options": {"otpFallback": True}},   ("push-notification", "otp")),
        ({"options": {"otpFallback": False}},  ("push-notification",)),
    ],
)  # fmt: skip
def test_a_script_may_forbid_the_code_beside_a_push(options, factors):
    both = replace(ANN, enrolled=("push-notification", "otp"))
    wanted = Challenge(({"type": "push-notification", **options},))
    login = signed_in(user=both, outcome=Outcome(pause=Pause(wanted, {})))
    assert next_step(login, NOW) == AskFactor(factors)


@pytest.mark.promise("75")
def test_a_recovery_code_alone_is_no_second_factor():
    everything = frozenset({"otp", "recovery-code"})
    user = replace(ANN, enrolled=("recovery-code",))
    login = signed_in(
        user=user, outcome=ASKED, settings=tenant_settings(factors=everything)
    )
    assert next_step(login, NOW) == AskEnrolment(("otp",))


@pytest.mark.parametrize(
    ("cookie", "step"),
    [
        (remembered(passed=30 * DAY - 1),            IssueCode()),
        (remembered(passed=30 * DAY),                AskFactor(("otp",), "offer")),
        (remembered(passed=9 * DAY, seen=7 * DAY - 1), IssueCode()),
        (remembered(passed=9 * DAY, seen=7 * DAY),   AskFactor(("otp",), "offer")),
        (remembered(user_id="auth0|bob"),            AskFactor(("otp",), "offer")),
        (remembered(fingerprint="before a change"),  AskFactor(("otp",), "offer")),
        (None,                                       AskFactor(("otp",), "offer")),
    ],
)  # fmt: skip
def test_a_remembered_browser(cookie, step):
    assert next_step(signed_in(outcome=OFFERED, remembered=cookie), NOW) == step


@pytest.mark.promise("6", "76")
@pytest.mark.parametrize(
    "login",
    [
        signed_in(outcome=ASKED, remembered=remembered()),
        signed_in(outcome=OFFERED, remembered=remembered(), acr_values=(MFA_ACR,)),
        signed_in(outcome=OFFERED, remembered=remembered(), acr_values=("x", MFA_ACR)),
        signed_in(audience=f"{ISSUER}mfa/", remembered=remembered()),
    ],
)
def test_some_demands_do_not_trust_a_remembered_browser(login):
    assert next_step(login, NOW) == AskFactor(("otp",))


@pytest.mark.parametrize(
    ("user", "changes", "step"),
    [
        (NO_FACTOR, {},                                     IssueCode()),
        (NO_FACTOR, {"outcome": ASKED},
         AskEnrolment(("otp", "push-notification"))),
        (NO_FACTOR, {"settings": tenant_settings(policy="always")},
         AskEnrolment(("otp", "push-notification"), "offer")),
        (ANN,       {"outcome": asks_mfa("none")},          AskFactor(("otp",))),
    ],
)  # fmt: skip
def test_the_mfa_audience_takes_nothing_from_scripts_and_policy(user, changes, step):
    login = signed_in(user=user, audience=f"{ISSUER}mfa/", **changes)
    assert next_step(login, NOW) == step


def test_a_silent_login_may_rely_on_a_remembered_browser():
    login = signed_in(outcome=OFFERED, remembered=remembered(), prompt=("none",))
    assert next_step(login, NOW) == IssueCode()


@pytest.mark.parametrize(
    ("protocol", "outcome", "step"),
    [
        ("oauth2-refresh-token", QUIET,    IssueCode()),
        ("oauth2-refresh-token", ASKED,    RequireMultifactor()),
        ("oauth2-password",      OFFERED,  RequireMultifactor()),
    ],
)  # fmt: skip
def test_where_no_page_can_be_shown(protocol, outcome, step):
    login = a_login(protocol=protocol, user=ANN, outcome=outcome, passed=PWD)
    assert next_step(login, NOW) == step


def test_a_blocked_user_is_refused_before_scripts_run():
    login = a_login(user=replace(ANN, blocked=True), passed=PWD)
    assert next_step(login, NOW) == Refuse("unauthorized", "user is blocked")


def test_a_script_that_denies_ends_the_login():
    denied = Outcome(denial=Denial("unauthorized", "not allowed"))
    login = signed_in(outcome=denied)
    assert next_step(login, NOW) == Refuse("unauthorized", "not allowed")


def test_a_user_who_cancels_is_reported():
    assert next_step(replace(signed_in(), cancelled=True), NOW) == Refuse(
        "access_denied", "The user cancelled the login"
    )


def paused(until, **changes):
    """A login whose scripts wait for something."""
    outcome = Outcome(pause=Pause(until, {"at": 1}))
    settings = tenant_settings(**changes.pop("settings", {}))
    return signed_in(outcome=outcome, settings=settings, **changes)


OTP_WANTED = Challenge(({"type": "otp"},))
PUSH_ONLY = {"type": "push-notification", "options": {"otpFallback": False}}
PUSH_WANTED = Challenge((PUSH_ONLY,))
ENROLL_OTP = Enrollment(({"type": "otp"},))
ENROLL_PUSH = Enrollment(({"type": "push-notification"},))
RECOVERY_ONLY = replace(ANN, enrolled=("recovery-code",))
UNCHALLENGED = Refuse(
    "access_denied",
    "An MFA enrollment was requested but the user is already enrolled in MFA. "
    "Challenge with at least one existing factor before enrolling a new one.",
    "mfar",
)
AWAY = Redirect("https://form.example/")


@pytest.mark.parametrize(
    ("login", "step"),
    [
        (paused(AWAY),                     SendAway("https://form.example/")),
        (paused(AWAY, answered=True),      RunPipeline({"at": 1})),
        (paused(AWAY, prompt=("none",)),
         Refuse("interaction_required", "A script wants to redirect the browser")),
        (paused(AWAY, protocol="oauth2-refresh-token", passed=PWD),
         Refuse("interaction_required", "A script wants to redirect the browser")),
        (paused(OTP_WANTED),               AskFactor(("otp",))),
        (paused(OTP_WANTED, passed=MFA),   RunPipeline({"at": 1})),
        (paused(OTP_WANTED, prompt=("none",)), MFA_DUE),
        (paused(PUSH_WANTED),
         Refuse("access_denied", "Unknown multifactor provider undefined", "mfar")),
        (paused(OTP_WANTED, user=NO_FACTOR),
         Refuse("access_denied", "Unknown multifactor provider undefined", "mfar")),
        (paused(ENROLL_OTP, user=NO_FACTOR), AskEnrolment(("otp",))),
        (paused(ENROLL_OTP),
         Refuse("access_denied", "No factor is left to enrol", "mfar")),
        (paused(ENROLL_OTP, settings={"assumptions": Assumptions(enroll_when_all_enrolled="continue")}),
         RunPipeline({"at": 1})),
        (paused(ENROLL_PUSH),              UNCHALLENGED),
        (paused(ENROLL_PUSH, passed=MFA),  AskEnrolment(("push-notification",))),
        (paused(ENROLL_PUSH, user=RECOVERY_ONLY), AskEnrolment(("push-notification",))),
        (paused(ENROLL_PUSH, protocol="oauth2-password", passed=PWD), UNCHALLENGED),
        (paused(OTP_WANTED, protocol="oauth2-password", passed=PWD),
         RequireMultifactor(challenge=("otp",))),
        (paused(ENROLL_OTP, protocol="oauth2-password", passed=PWD, user=NO_FACTOR),
         RequireMultifactor(enroll=("otp",))),
    ],
)  # fmt: skip
def test_scripts_that_wait(login, step):
    assert next_step(login, NOW) == step


def test_a_factor_that_a_script_commanded_is_not_asked_for_again():
    login = paused(OTP_WANTED).after_factor("otp", NOW)
    assert next_step(login, NOW) == RunPipeline({"at": 1})
    assert next_step(login.after_scripts(ASKED), NOW) == IssueCode()


@pytest.mark.parametrize(
    ("until", "factor", "answered"),
    [
        (OTP_WANTED,  "otp",               True),
        (OTP_WANTED,  "recovery-code",     False),
        (PUSH_WANTED, "push-notification", True),
        (PUSH_WANTED, "otp",               False),
        (Challenge(({"type": "push-notification"},)), "otp", True),
        (ENROLL_OTP,  "otp",               True),
        (ENROLL_OTP,  "push-notification", False),
        (AWAY,        "otp",               False),
    ],
)  # fmt: skip
def test_only_a_factor_that_a_script_waits_for_answers_it(until, factor, answered):
    login = paused(until).after_factor(factor, NOW)
    assert (login.answered, login.commanded) == (answered, answered)


def test_a_new_password_starts_the_login_over():
    login = paused(OTP_WANTED, passed=MFA).after_password(ANN, NOW)
    assert next_step(login, NOW) == RunPipeline()
    assert login.methods == PWD


def test_a_factor_that_no_script_commanded_answers_no_pause():
    login = signed_in(outcome=ASKED).after_factor("otp", NOW)
    assert (login.answered, login.commanded) == (False, False)
    assert login.checkpoint is None


def test_a_factor_that_a_script_commanded_stays_so():
    login = paused(OTP_WANTED).after_factor("otp", NOW).after_scripts(QUIET)
    assert login.after_factor("otp", NOW).commanded


def test_a_way_back_answers_one_pause_and_not_the_next():
    login = paused(AWAY).after_return()
    assert next_step(login, NOW) == RunPipeline({"at": 1})
    again = login.after_scripts(paused(AWAY).outcome)
    assert next_step(again, NOW) == SendAway("https://form.example/")


def test_a_new_password_forgets_what_scripts_had_commanded():
    login = paused(OTP_WANTED).after_factor("otp", NOW).after_password(ANN, NOW)
    assert (login.answered, login.commanded) == (False, False)


def test_methods_keep_the_latest_of_each_kind():
    before = (
        PassedMethod("mfa", 5, "otp"),
        PassedMethod("mfa", 5, "push-notification"),
    )
    login = signed_in(session=a_session(methods=before))
    login = login.after_factor("push-notification", NOW)
    assert login.methods == (
        PassedMethod("mfa", 5, "otp"),
        PassedMethod("mfa", NOW, "push-notification"),
    )


THIRD = RegisteredClient(client_id=CLIENT_ID, name="Third", first_party=False)


@pytest.mark.promise("ASVS 10.7.1")
@pytest.mark.parametrize(
    ("login", "step"),
    [
        (signed_in(client=THIRD),                               AskConsent(("openid",))),
        (signed_in(client=THIRD, consented=("openid",)),        IssueCode()),
        (signed_in(client=THIRD, accepted=True),                IssueCode()),
        (signed_in(client=THIRD, consented=("openid",), scopes=("openid", "email")),
         AskConsent(("email",))),
        (signed_in(client=THIRD, consented=("openid",), prompt=("consent",)),
         AskConsent(("openid",))),
        (signed_in(client=THIRD, prompt=("none",)),
         Refuse("consent_required", "Consent required")),
    ],
)  # fmt: skip
def test_consent_of_third_parties(login, step):
    assert next_step(login, NOW) == step


def test_an_unknown_audience_is_refused_before_anything_is_asked():
    login = a_login(audience="urn:nobody")
    assert next_step(login, NOW) == Refuse(
        "access_denied", "Service not found: urn:nobody"
    )


@pytest.mark.parametrize("audience", ["urn:api", f"{ISSUER}userinfo", None])
def test_known_audiences_pass(audience):
    known = tenant_settings(apis=(ResourceServer(identifier="urn:api"),))
    login = signed_in(settings=known, audience=audience)
    assert next_step(login, NOW) == IssueCode()


@pytest.mark.parametrize(
    ("outcome", "token"),
    [
        (Outcome(id_token_claims={"big": "x" * 102_400}), "ID token"),
        (Outcome(access_token_claims={"big": "x" * 102_400}), "access token"),
    ],
)
def test_custom_claims_of_more_than_100_kb_fail_the_login(outcome, token):
    step = next_step(signed_in(outcome=outcome), NOW)
    assert step == Refuse(
        "access_denied", f"Custom claims of the {token} exceed 100 KB"
    )


def test_100_kb_of_custom_claims_are_not_too_many():
    frame = len('{"big": ""}')
    claims = {"big": "x" * (102_400 - frame)}
    outcome = Outcome(id_token_claims=claims, access_token_claims=claims)
    assert next_step(signed_in(outcome=outcome), NOW) == IssueCode()


OTHER = {"user_id": "auth0|bob"}
HELD = {"identities": [{"provider": "auth0", "user_id": "ann"}]}
HOLDS = {"identities": [{"provider": "auth0", "user_id": "bob"}]}


@pytest.mark.parametrize(
    ("user", "primary", "denied"),
    [
        (ANN.profile,              OTHER,            True),
        (ANN.profile,              {**OTHER, **HELD}, False),
        (ANN.profile,              None,             True),
        ({**ANN.profile, **HOLDS}, None,             False),
        ({**ANN.profile, **HOLDS}, OTHER,            False),
    ],
)  # fmt: skip
def test_a_login_goes_over_to_a_linked_account_only(user, primary, denied):
    outcome = Outcome(primary_user="auth0|bob")
    weighed = with_linked_primary(outcome, user, primary)
    assert (weighed.denial is not None) is denied
    assert with_linked_primary(QUIET, user, primary) == QUIET


@pytest.mark.parametrize(
    ("changes", "over"),
    [
        ({},                            False),
        ({"expires_at": NOW},           True),
        ({"expires_at": NOW + 1},       False),
        ({"idle_expires_at": NOW},      True),
        ({"idle_expires_at": NOW + 1},  False),
        ({"seen_at": NOW - 3 * DAY},    True),
        ({"seen_at": NOW - 3 * DAY, "idle_expires_at": NOW + DAY}, True),
        ({"created_at": NOW - 7 * DAY, "expires_at": NOW + DAY},   True),
    ],
)  # fmt: skip
def test_a_script_makes_a_session_shorter_and_never_longer(changes, over):
    assert has_ended(a_session(**changes), tenant_settings(), NOW) is over


@pytest.mark.parametrize(
    ("before", "said", "kept"),
    [
        (None, None, None),
        (None, 50, 50),
        (50, None, 50),
        (50, 90, 50),
        (90, 50, 50),
    ],
)
def test_the_earliest_end_that_scripts_ever_said_counts(before, said, kept):
    session = a_session(expires_at=before, idle_expires_at=before)
    used = used_session(session, Outcome(session=SessionLimits(expires_at=said)), NOW)
    assert (used.expires_at, used.idle_expires_at, used.seen_at) == (kept, None, NOW)
