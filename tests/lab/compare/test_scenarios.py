"""Every scenario of the migration sheet by its number, found and put into its class.

OPEN is `weaker`, CLOSED is `locked out`, DRIFT is neither.  Where protection is lost at
the tenant while an application that checks is left in a loop, the two doors say so:
the application's door first, then the tenant's.  Scenarios that concern the application
alone are in `test_scenarios_of_the_application.py`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from fabrikam.lab.compare.comparison import compare
from fabrikam.lab.scenarios.facts import Fact
from fabrikam.lab.scenarios.situation import Situation
from fabrikam.lab.simulation.side_simulator import SideSimulator
from fabrikam.lab.simulation.sides import side_of
from fabrikam.stepup import Legacy
from tests.lab.builders import ALL_GRANTS, MFA_ACR, situation

LEVEL = "legacy-userinfo"
GRANTS = {"grant_types": ALL_GRANTS}
TENANT = {"friendly_name": "Fabrikam", "customize_mfa_in_postlogin_action": True}

ALWAYS_ASKS = """exports.onExecutePostLogin = async (event, api) => {
  api.multifactor.enable("any");
};"""
ALWAYS_ASKS_REMEMBERING = """exports.onExecutePostLogin = async (event, api) => {
  api.multifactor.enable("any", { allowRememberBrowser: true });
};"""
RULE_ALWAYS_ASKS_WITH_LEVEL = """function (user, context, callback) {
  context.multifactor = { provider: 'any' };
  context.idToken.authentication_level = 'mfa';
  callback(null, user, context);
}"""
INERT_RULE = """function (user, context, callback) {
  if (context.clientID !== 'another') return callback(null, user, context);
  user.authentication_level = 'normal';
  callback(null, user, context);
}"""
POLARITY_MISTAKEN = """exports.onExecutePostLogin = async (event, api) => {
  const stepUp = event.transaction?.requested_scopes?.includes("step_up") ?? false;
  if (stepUp) api.multifactor.enable("any", { allowRememberBrowser: true });
  api.idToken.setCustomClaim("authentication_level", stepUp ? "mfa" : "normal");
};"""
PARTNERS_EXEMPT = f"""function (user, context, callback) {{
  if (context.connection === 'Username-Password-Authentication') {{
    return callback(null, user, context);
  }}
  if (context.request.query.acr_values === '{MFA_ACR}') {{
    context.multifactor = {{ provider: 'any', allowRememberBrowser: false }};
  }}
  callback(null, user, context);
}}"""
PARTNERS_EXEMPT_BY_ID = f"""exports.onExecutePostLogin = async (event, api) => {{
  if (event.connection.id === "Username-Password-Authentication") return;
  if (event.transaction?.acr_values?.includes("{MFA_ACR}")) {{
    api.multifactor.enable("any", {{ allowRememberBrowser: false }});
  }}
}};"""
DENIED_BY_AN_ACTION = """exports.onExecutePostLogin = async (event, api) => {
  if (event.user.app_metadata.suspended) api.access.deny("not allowed");
};"""
THROWS = """exports.onExecutePostLogin = async (event) => {
  event.nothing.here = 1;
};"""
ABROAD_IN_A_RULE = """function (user, context, callback) {
  if (context.request.geoip.country_code === 'BR') {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  callback(null, user, context);
}"""
NOT_AT_HOME_IN_A_RULE = ABROAD_IN_A_RULE.replace("=== 'BR'", "!== 'CH'")
ABROAD_IN_A_RULES_WORDS = """exports.onExecutePostLogin = async (event, api) => {
  if (event.request.geoip.country_code === "BR") {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};"""
NO_METADATA_IN_A_RULE = """function (user, context, callback) {
  if (!user.app_metadata) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  callback(null, user, context);
}"""
SCOPE_FROM_CONFIGURATION = """function (user, context, callback) {
  var words = (context.request.query.scope || '').split(' ');
  if (words.indexOf(configuration.STEP_UP_SCOPE) !== -1) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
    context.idToken.authentication_level = 'mfa';
  }
  callback(null, user, context);
}"""
REDIRECTED_BY_A_RULE = f"""function (user, context, callback) {{
  if (context.protocol === 'redirect-callback') {{
    return callback(null, user, context);
  }}
  if (context.request.query.acr_values === '{MFA_ACR}') {{
    context.multifactor = {{ provider: 'any', allowRememberBrowser: false }};
  }}
  context.redirect = {{ url: 'https://fabrikam.example/terms' }};
  callback(null, user, context);
}}"""
CHALLENGES = f"""exports.onExecutePostLogin = async (event, api) => {{
  if (event.transaction?.acr_values?.includes("{MFA_ACR}")) {{
    api.authentication.challengeWith({{ type: "otp" }});
  }}
}};"""

STEP = situation(request="step-up", session="password")
PLAIN = situation()
REFRESH = situation(flow="refresh")
REFRESH_STEP = situation(flow="refresh", request="step-up")
SILENT = situation(flow="silent", session="second factor")
SILENT_STEP = situation(flow="silent", request="step-up", session="password")
API_STEP = situation(flow="MFA API", request="step-up")
REMEMBERED = situation(session="password", cookie="5 days")
STEP_REMEMBERED = situation(request="step-up", session="password", cookie="5 days")
STEP_AGAIN = situation(request="step-up", session="second factor")
STEP_UNENROLLED = situation(request="step-up", user="no factor")
STEP_LEFT_OUT = situation(request="step-up", client="not listed")
STEP_REMOVED = situation(request="removed on the way", session="password")
RECOVERY = situation(request="step-up", user="several", answer="recovery code")
UNDEFINED = situation(acr_values_absent="undefined")
REFRESH_UNDEFINED = situation(flow="refresh", acr_values_absent="undefined")
PASSWORD_UNDEFINED = situation(flow="password", acr_values_absent="undefined")
SMUGGLED = situation(metadata="app_metadata")
ABROAD = situation(place="abroad")
AT_HOME = situation(place="at home")
SUSPENDED = Situation(
    facts=(
        Fact("app_metadata.suspended", '"yes"'),
        Fact("user_metadata.suspended", '"yes"'),
    )
)


def shipped(name: str):
    """A folder as it lies in `rules`."""
    return lambda workshop: workshop.specimen(name)


def script(code: str, **changes):
    """A folder around one script."""
    return lambda workshop: workshop.scripted(code, **changes)


def changed(name: str, **changes):
    """A specimen that differs a little."""
    return lambda workshop: workshop.changed(name, **changes)


R_LEVEL = shipped("rule-with-level")
R_ACR = shipped("rule-by-acr-values")
R_ONCE = shipped("rule-once-per-session")
A_SAFE = shipped("action-guarded")
A_LEVEL = shipped("action-with-level")
BEFORE, AFTER = shipped("before"), shipped("after")
ALWAYS = {"guardian__policies.json": {"policies": ["all-applications"]}}


@pytest.mark.parametrize(
    ("number", "old", "old_by", "new", "new_by", "where", "application", "tenant"),
    [
        ("P01", R_ACR,  "modern", shipped("array-compared-with-string"), "modern", STEP, "locked out", "weaker"),
        ("P02", R_ACR,  "modern", shipped("includes-on-what-may-be-absent"), "modern", UNDEFINED, "locked out", "stronger"),
        ("P02", R_ACR,  "modern", shipped("includes-on-what-may-be-absent"), "modern", PLAIN, "same", "same"),
        ("P03", R_ACR,  "modern", shipped("includes-on-what-may-be-absent"), "modern", REFRESH_UNDEFINED, "locked out", "stronger"),
        ("P03", changed("rule-by-acr-values", client=GRANTS), "modern", changed("includes-on-what-may-be-absent", client=GRANTS), "modern", PASSWORD_UNDEFINED, "locked out", "stronger"),
        ("P05", R_ACR,  "modern", shipped("request-read-after-a-pause"), "modern", STEP, "locked out", "weaker"),
        ("P06", R_LEVEL, LEVEL,   A_SAFE, LEVEL,    STEP, "locked out", "weaker"),
        ("P06", A_SAFE, "modern", R_LEVEL, "modern", STEP, "locked out", "weaker"),
        ("P06", BEFORE, "legacy", shipped("during"), "legacy", STEP, "same", "same"),
        ("P06", AFTER,  "modern", shipped("during"), "modern", STEP, "same", "same"),
        ("P07", R_ACR,  "modern", shipped("action-not-bound"), "modern", STEP, "locked out", "weaker"),
        ("P07", R_ACR,  "modern", shipped("action-not-deployed"), "modern", STEP, "locked out", "weaker"),
        ("P08", R_LEVEL, LEVEL,   shipped("nobody-asks"), LEVEL, STEP, "locked out", "weaker"),
        ("P08", R_ACR,  "modern", shipped("nobody-asks"), "modern", STEP, "locked out", "weaker"),
        ("P09", R_ACR,  "modern", shipped("placeholder-client"), "modern", STEP, "locked out", "weaker"),
        ("P09", R_ACR,  "modern", shipped("application-left-out"), "modern", STEP_LEFT_OUT, "locked out", "weaker"),
        ("P09", R_ACR,  "modern", shipped("application-left-out"), "modern", STEP, "same", "same"),
        ("P10", R_LEVEL, LEVEL,   shipped("level-stays-on-user"), LEVEL, STEP, "locked out", "same"),
        ("P13", R_LEVEL, LEVEL,   shipped("rule-translated-word-by-word"), LEVEL, STEP, "locked out", "same"),
        ("P15", A_SAFE, "modern", script(INERT_RULE), LEVEL, SMUGGLED, "weaker", "same"),
        ("P15", BEFORE, LEVEL,    A_SAFE, "modern", SMUGGLED, "same", "same"),
        ("P16", R_LEVEL, LEVEL,   shipped("level-for-a-remembered-browser"), LEVEL, STEP_REMEMBERED, "weaker", "same"),
        ("P17", BEFORE, "legacy", AFTER, "modern",  situation(session="second factor"), "same", "same"),
        ("P18", shipped("remembered-by-default"), "modern", script(ALWAYS_ASKS), "modern", PLAIN, "other prompts", "same"),
        ("P18", shipped("remembered-by-default"), "modern", script(ALWAYS_ASKS), "modern", REMEMBERED, "other prompts", "same"),
        ("P20", R_LEVEL, LEVEL,   shipped("rule-translated-word-by-word"), LEVEL, STEP_REMEMBERED, "locked out", "same"),
        ("P20", R_LEVEL, LEVEL,   script(POLARITY_MISTAKEN), LEVEL, STEP_REMEMBERED, "weaker", "same"),
        ("P21", shipped("remembered-by-default"), "modern", script(ALWAYS_ASKS_REMEMBERING), "modern", REMEMBERED, "same", "same"),
        ("P21", shipped("remembered-by-default"), "modern", script(ALWAYS_ASKS_REMEMBERING), "modern", STEP_REMEMBERED, "same", "same"),
        ("P21", shipped("remembered-by-default"), "legacy", script(ALWAYS_ASKS_REMEMBERING), "modern", STEP_REMEMBERED, "other prompts", "same"),
        ("P22", script(RULE_ALWAYS_ASKS_WITH_LEVEL), "legacy", script(ALWAYS_ASKS_REMEMBERING), "modern", REMEMBERED, "locked out", "same"),
        ("P25", A_SAFE, "modern", R_ONCE, "modern", REFRESH, "locked out", "stronger"),
        ("P25", R_ONCE, "modern", shipped("action-once-per-session"), "modern", REFRESH, "same", "same"),
        ("P28", BEFORE, "legacy", AFTER, "modern",  REFRESH_STEP, "other error", "weaker"),
        ("P29", changed("rule-with-level", client=GRANTS), LEVEL, changed("action-guarded", client=GRANTS), "modern", API_STEP, "locked out", "weaker"),
        ("P29", changed("rule-with-level", client=GRANTS), LEVEL, script(ALWAYS_ASKS, client=GRANTS), "modern", API_STEP, "locked out", "same"),
        ("P30", BEFORE, "legacy", AFTER, "modern",  SILENT_STEP, "same", "same"),
        ("P30", A_SAFE, "modern", R_ONCE, "modern", situation(flow="silent", session="password"), "locked out", "stronger"),
        ("P31", R_ONCE, "legacy", shipped("action-once-per-session"), "modern", SILENT, "same", "same"),
        ("P32", BEFORE, "legacy", shipped("skipped-for-silent-requests"), "legacy", SILENT_STEP, "weaker", "weaker"),
        ("P34", R_LEVEL, LEVEL,   shipped("action-step-up-once-per-session"), "modern", STEP_AGAIN, "locked out", "same"),
        ("P34", R_LEVEL, LEVEL,   A_SAFE, "modern", STEP_AGAIN, "same", "same"),
        ("P36", BEFORE, "legacy", AFTER, "modern",  STEP, "same", "same"),
        ("P39", BEFORE, "legacy", AFTER, "modern",  STEP_REMOVED, "same", "same"),
        ("P41", R_ACR,  "modern", shipped("rule-and-action-both-ask"), "modern", STEP, "same", "same"),
        ("P41", R_ACR,  "modern", shipped("nobody-asks"), "modern", STEP, "locked out", "weaker"),
        ("P44", R_ACR,  "modern", script(REDIRECTED_BY_A_RULE), "modern", STEP, "locked out", "weaker"),
        ("P45", changed("nobody-asks", **ALWAYS), "modern", shipped("taken-away-under-a-condition"), "modern", PLAIN, "weaker", "weaker"),
        ("P45", shipped("nobody-asks"), "modern", changed("nobody-asks", **ALWAYS), "modern", REFRESH, "locked out", "stronger"),
        ("P46", R_ACR,  "modern", script(CHALLENGES, **{"tenant.json": TENANT}), "modern", STEP_UNENROLLED, "locked out", "stronger"),
        ("P47", R_ACR,  "modern", shipped("challenge-without-the-switch"), "modern", STEP, "locked out", "weaker"),
        ("P49", R_ACR,  "modern", shipped("enrolled-provider-compared"), "modern", STEP, "locked out", "weaker"),
        ("P51", script(PARTNERS_EXEMPT), "modern", script(PARTNERS_EXEMPT_BY_ID), "modern", STEP, "other prompts", "stronger"),
        ("P53", BEFORE, "legacy", AFTER, "modern",  RECOVERY, "other prompts", "same"),
        ("P54", shipped("some-are-turned-away"), "legacy", script(DENIED_BY_AN_ACTION), "modern", SUSPENDED, "other error", "same"),
        ("P55", R_ACR,  "modern", script(THROWS), "modern", STEP, "locked out", "stronger"),
        ("P58", script(ABROAD_IN_A_RULE), "modern", script(ABROAD_IN_A_RULES_WORDS), "modern", ABROAD, "weaker", "weaker"),
        ("P58", script(NOT_AT_HOME_IN_A_RULE), "modern", shipped("country-in-a-rules-words"), "modern", AT_HOME, "other prompts", "stronger"),
        ("P59", script(NO_METADATA_IN_A_RULE), "modern", shipped("empty-metadata-is-true"), "modern", PLAIN, "weaker", "weaker"),
        ("P61", changed("configuration-missing", **{"rules__Step-up.js": SCOPE_FROM_CONFIGURATION, "rules-configs__STEP_UP_SCOPE.json": {"key": "STEP_UP_SCOPE", "value": "step_up"}}), "legacy", shipped("secret-missing"), "legacy", STEP, "locked out", "weaker"),
        ("P62", R_ACR,  "modern", shipped("version-in-require"), "modern", PLAIN, "locked out", "stronger"),
        ("P64", R_ACR,  "modern", shipped("does-not-parse"), "modern", STEP, "could not run", "could not run"),
        ("P76", changed("before", client={"sso": False}), "legacy", BEFORE, "legacy", STEP, "other prompts", "same"),
    ],
)  # fmt: skip
def test_a_scenario_is_found_and_put_into_its_class(  # noqa: PLR0917 - one a column
    workshop, number, old, old_by, new, new_by, where, application, tenant
):
    control = workshop.seen(old(workshop), old_by, where)
    candidate = workshop.seen(new(workshop), new_by, where)
    found = compare(control, candidate)
    assert (found.direction, found.at_tenant) == (application, tenant), (
        f"{number}: {control} | {candidate}"
    )


@pytest.mark.parametrize(
    ("scope",                                    "legacy", "userinfo", "conformant"),
    [
        ("openid",                                None,    "normal",   "normal"),
        ("openid step_up",                        None,    "mfa",      "mfa"),
        ("openid profile",                        "normal", "normal",  "normal"),
        ("openid authentication_level",           "normal", "normal",  "normal"),
        ("openid step_up authentication_level",   "mfa",   "mfa",      "mfa"),
    ],
)  # fmt: skip
def test_P12_the_scope_decides_where_a_legacy_level_shows(  # noqa: N802
    workshop, scope, legacy, userinfo, conformant
):
    rule, action = map(workshop.specimen, ("rule-with-level", "action-with-level"))
    old = claims_by_scope(rule, Legacy(scope=scope, source="userinfo"))
    new = claims_by_scope(action, Legacy(scope=scope))
    assert old.get("authentication_level") == _json(legacy)
    assert old.get("userinfo authentication_level") == _json(userinfo)
    assert new.get("authentication_level") == _json(conformant)


def claims_by_scope(folder, strategy):
    """What the tokens say to an application that asks with a scope of its own."""
    side = replace(side_of(folder, "legacy"), strategy=strategy)
    with SideSimulator(side) as simulator:
        return dict(simulator.observe(situation(request="step-up")).claims)


def test_P14_an_application_that_reads_the_other_spelling_locks_out(  # noqa: N802
    workshop,
):
    folder = workshop.specimen("action-with-level")
    plain = workshop.seen(folder, "legacy", STEP)
    namespaced = workshop.seen(folder, "legacy", STEP, "https://fabrikam.example/level")
    assert compare(plain, namespaced).direction == "locked out"


@pytest.mark.parametrize(("name", "by"), [("before", "legacy"), ("after", "modern")])
def test_P27_a_refreshed_token_proves_no_second_factor(  # noqa: N802
    workshop, name, by
):
    seen = workshop.seen(workshop.specimen(name), by, REFRESH)
    assert (seen.ending, seen.reach) == ("tokens", "customers")


@pytest.mark.parametrize(("name", "by"), [("before", "legacy"), ("after", "modern")])
def test_P31_a_silent_token_after_a_second_factor_takes_the_level_away(  # noqa: N802
    workshop, name, by
):
    folder = workshop.specimen(name)
    stepped_up = workshop.seen(folder, by, situation(request="step-up"))
    silent = workshop.seen(folder, by, SILENT)
    assert (stepped_up.reach, silent.reach) == ("employees", "customers")


def test_P36_who_left_at_the_second_factor_meets_it_again(workshop):  # noqa: N802
    seen = workshop.seen(workshop.specimen("after"), "modern", STEP)
    assert [prompt.kind for prompt in seen.prompts] == ["factor"]


def test_P39_a_parameter_that_was_removed_ends_before_the_door(  # noqa: N802
    workshop,
):
    seen = workshop.seen(workshop.specimen("after"), "modern", STEP_REMOVED)
    assert (seen.reach, seen.verdict) == ("nowhere", "denied: amr missing")


@pytest.mark.parametrize(
    ("on_error", "where",                                        "direction"),
    [
        ("page",     SUSPENDED,                                  "other error"),
        ("retry",    SUSPENDED,                                  "locked out"),
        ("retry",    replace(SUSPENDED, session="password"),     "locked out"),
        ("retry",    replace(SUSPENDED, flow="login again"),     "other error"),
        ("retry",    replace(SUSPENDED, flow="refresh"),         "other error"),
        ("retry",    PLAIN,                                      "same"),
    ],
)  # fmt: skip
def test_P54_an_application_that_tries_again_goes_round_for_ever(  # noqa: N802
    workshop, on_error, where, direction
):
    rule = workshop.specimen("some-are-turned-away")
    action = workshop.scripted(DENIED_BY_AN_ACTION)
    old = workshop.seen(rule, "legacy", where, on_error=on_error)
    new = workshop.seen(action, "modern", where, on_error=on_error)
    assert compare(old, new).direction == direction


@pytest.mark.parametrize("answer", ["fails", "cancels"])
def test_P54_who_meets_a_page_on_the_way_goes_not_round(  # noqa: N802
    workshop, answer
):
    where = situation(request="step-up", answer=answer)
    seen = workshop.seen(workshop.specimen("after"), "modern", where, on_error="retry")
    assert not seen.loops


def _json(word):
    return None if word is None else f'"{word}"'
