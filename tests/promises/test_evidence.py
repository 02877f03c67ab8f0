"""Attacks 1 to 37: evidence that is old, foreign, weaker, or not there at all."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest

from fabrikam.stepup import MFA_ACR, Legacy, Modern
from fabrikam.tenant.scripts import Engine, read_folder
from tests.builders import NOW
from tests.promises.pair import Pair
from tests.tenant.builders import PUSH, Script, asks_mfa, shipped

STRATEGIES = {"before": Legacy(), "after": Modern()}


def changed(url: str, **parameters: str) -> str:
    """An address with some parameters changed; `...` takes one out."""
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query)), **parameters}
    kept = {name: value for name, value in query.items() if value is not ...}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def with_rule(make_pair, tmp_path, body: str) -> Pair:
    """A pair whose tenant runs one Rule with this body."""
    folder = shipped("before", tmp_path / "odd")
    (script,) = (folder / "rules").glob("*.js")
    script.write_text(f"function odd(user, context, callback) {{ {body} }}")
    engine = Engine(read_folder(folder), time_limit=2)
    options = {"folder": folder, "engine": engine}
    return make_pair(stage_options=options, strategy=Legacy())


@pytest.mark.parametrize(("seconds", "status"), [(300, 200), (301, 303)])
def test_001_a_second_factor_is_good_to_the_second(pair, seconds, status):
    ann = pair.person()
    ann.opens("/employees")
    pair.later(seconds)
    page = ann.intranet.post(
        "/employees/7/salary", {"csrf": csrf(ann)}, status="*", expect_errors=True
    )
    assert page.status_int == (400 if status == 200 else 303)  # 400: an empty form


def csrf(ann) -> str:
    page = ann.intranet.get("/employees/7").text
    return re.search(r'name="csrf" value="([^"]+)"', page)[1]


@pytest.mark.parametrize("rules", STRATEGIES)
def test_003_another_user_at_the_tenant_finishes_nobodys_step_up(make_pair, rules):
    pair = make_pair(rules, strategy=STRATEGIES[rules])
    ann, ben = pair.person(), pair.person(PUSH)
    ann.opens("/customers")
    departure = ann.until(ann.intranet.get("/employees"), "/authorize?")
    ann.tenant, ann.email = ben.tenant, PUSH
    page = ann.ends(departure)
    assert page.status_int == 403
    assert "Somebody else signed in" in page
    assert "otp@fabrikam.example" in ann.intranet.get("/profile", status=200)
    assert ann.intranet.get("/employees", status=303)


def test_005_a_tenant_without_the_script_ends_at_a_page_after_one_step_up(make_pair):
    pair = make_pair("before", strategy=Modern())
    ann = pair.person()
    page = ann.opens("/employees")
    assert page.status_int == 403
    assert len(ann.asked) == 2  # the login, and one step-up
    assert "step-up-amr-missing" in page
    assert ann.intranet.get("/customers", status=200)


def test_006_a_remembered_browser_is_asked_for_the_factor_all_the_same(make_pair):
    script = Script(lambda _: asks_mfa(remember=True))
    ann = make_pair(stage_options={"engine": script}).person()
    page = ann.until(ann.intranet.get("/customers"), "/u/mfa-otp-challenge")
    page = page if page.status_int == 200 else ann.steps(page)
    form = page.forms[0]
    form["rememberBrowser"] = True
    form["code"] = ann.pair.stage.code_of(ann.email)
    ann.ends(form.submit("action", value="default", status="*"))
    ann.pair.later(60)
    ann.opens("/logout")
    assert ann.opens("/customers").status_int == 200  # remembered: no code was asked
    assert ann.intranet.get("/employees", status=303)
    met = ann.until(ann.intranet.get("/employees"), "/u/mfa-otp-challenge")
    assert "/u/mfa-otp-challenge" in (met.location or met.request.path)


@pytest.mark.parametrize(
    ("rules", "taken_out"), [("before", "scope"), ("after", "acr_values")]
)
def test_008_a_browser_that_strips_the_question_ends_at_a_page(
    make_pair, rules, taken_out
):
    ann = make_pair(rules, strategy=STRATEGIES[rules]).person()
    ann.opens("/customers")
    departure = ann.until(ann.intranet.get("/employees"), "/authorize?")
    plain = "openid" if taken_out == "scope" else ...
    page = ann.ends(ann.goes(changed(departure.location, **{taken_out: plain})))
    assert page.status_int == 403
    assert len(ann.asked) == 2  # the login, and this step-up
    assert "was not enough" in page
    assert ann.intranet.get("/employees", status=303)


@pytest.mark.parametrize(
    ("rules", "added"),
    [("before", {"scope": "openid step_up"}), ("after", {"acr_values": MFA_ACR})],
)
def test_009_a_browser_that_asks_for_more_comes_back_where_it_would(
    make_pair, rules, added
):
    ann = make_pair(rules, strategy=STRATEGIES[rules]).person()
    departure = ann.until(ann.intranet.get("/customers"), "/authorize?")
    page = ann.ends(ann.goes(changed(departure.location, **added)))
    assert (page.request.path, page.status_int) == ("/customers", 200)


def test_010_a_level_written_too_early_reaches_nobody_who_gave_up(make_pair):
    ann = make_pair("before", strategy=Legacy()).person()
    challenge = ann.steps(
        ann.until(ann.intranet.get("/login/mfa"), "/u/mfa-otp-challenge")
    )
    refused = ann.ends(challenge.forms[1].submit(status="*"))
    assert refused.status_int == 403
    assert not ann.cookie
    assert ann.opens("/profile").status_int == 200  # by the password's session
    assert "normal" in ann.intranet.get("/profile")
    assert ann.intranet.get("/employees", status=303)


@pytest.mark.parametrize(
    "body",
    [
        "throw new Error('broken');",
        "return;",
        "for (;;) {}",
        "process.exit(0);",
        "callback(new Error('no')); callback(null, user, context);",
        "context.idToken.amr = ['mfa']; callback(null, user, context);",
    ],
)
def test_011_a_script_that_breaks_lets_nobody_in(make_pair, tmp_path, body):
    ann = with_rule(make_pair, tmp_path, body).person()
    page = ann.opens("/employees")
    assert page.status_int == 403
    assert ann.intranet.get("/employees", status=303)


@pytest.mark.parametrize("words", ["urn:x {}", "{} urn:x", "urn:x {} urn:y"])
def test_012_the_class_stands_at_any_place_of_the_list(make_pair, words):
    ann = make_pair("after").person()
    ann.opens("/customers")
    departure = ann.until(ann.intranet.get("/employees"), "/authorize?")
    asked = changed(departure.location, acr_values=words.format(MFA_ACR))
    assert ann.ends(ann.goes(asked)).status_int == 200
    assert ann.intranet.get("/employees", status=200)


def test_033_a_silent_login_renews_nothing(pair):
    ann = pair.person()
    ann.opens("/employees")
    pair.later(301)
    silent = ann.until(ann.intranet.get("/login"), "/authorize?")
    ann.ends(ann.goes(changed(silent.location, prompt="none")))
    assert ann.intranet.get("/customers", status=200)
    assert ann.intranet.get("/employees", status=303)


def test_034_the_intranet_never_asks_for_a_refresh_token(pair):
    ann = pair.person()
    ann.opens("/employees")
    for url in ann.asked:
        assert "offline_access" not in dict(parse_qsl(urlsplit(url).query))["scope"]


def test_036_evidence_lives_longer_than_the_token_and_ends_on_its_own_day(
    make_intranet,
):
    intranet = make_intranet(evidence_seconds=1_000)
    intranet.step_up(amr=["mfa"], exp=NOW + 60)
    intranet.later(999)
    assert intranet.browser.get("/employees", status=200)
    intranet.later(1)
    assert intranet.browser.get("/employees", status=303)


@pytest.mark.parametrize("rules", STRATEGIES)
@pytest.mark.parametrize(
    "metadata",
    [
        {"authentication_level": "mfa", "amr": ["mfa"], "acr": MFA_ACR},
        {"__proto__": {"authentication_level": "mfa", "amr": ["mfa"]}},
    ],
)
@pytest.mark.promise("ASVS 15.3.3", "ASVS 15.3.6")
def test_007_nothing_in_a_profile_is_taken_for_a_level(make_pair, rules, metadata):
    pair = make_pair(rules, strategy=STRATEGIES[rules])
    pair.stage.control(
        "users",
        email="otp@fabrikam.example",
        user_metadata=metadata,
        app_metadata=metadata,
    )
    ann = pair.person()
    ann.opens("/customers")
    assert ann.intranet.get("/employees", status=303)
    ann.opens("/employees")
    assert len(ann.asked) == 2


@pytest.mark.promise("ASVS 6.8.1")
def test_004_the_same_subject_of_another_issuer_is_nobody(intranet):
    intranet.sign_in()
    arrival = intranet.step_up(iss="http://127.0.0.1:3002/", amr=["mfa"])
    assert arrival.status_int == 502
    assert intranet.browser.get("/employees", status=303)


@pytest.mark.promise("ASVS 6.8.1")
def test_003_the_same_address_of_another_subject_is_somebody_else(intranet):
    intranet.sign_in(email="ann@fabrikam.example")
    arrival = intranet.step_up(
        sub="auth0|other", email="ann@fabrikam.example", amr=["mfa"]
    )
    assert arrival.status_int == 403
    assert intranet.browser.get("/employees", status=303)


def test_064_a_step_up_that_was_only_begun_leaves_everything_as_it_was(pair):
    ann = pair.person()
    ann.opens("/customers")
    before = ann.cookie
    ann.until(ann.intranet.get("/employees"), "/u/mfa-otp-challenge")
    assert ann.cookie == before
    assert "normal" in ann.intranet.get("/profile", status=200)
    for address in ("/employees", "/employees/7", "/api/employees"):
        assert ann.intranet.get(address, status="*").status_int in (303, 401)
