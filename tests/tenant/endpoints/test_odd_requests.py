"""Requests that no program of ours sends: a 4xx for each, and never a fault of ours."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlencode

import jwt
import pytest

from fabrikam.tenant.scripts.outcome import Outcome, Pause, Redirect
from tests.tenant.builders import CALLBACK, ISSUER, SECRET, Script

FOREIGN = {"Origin": "https://evil.example"}


def forged(**claims):
    """A token that nobody has signed."""
    header, _, _ = jwt.encode({}, "k" * 32).split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
    return f"{header}.{body.rstrip('=')}.c2lnbmF0dXJl"


@pytest.mark.promise("ASVS 16.5.4")
@pytest.mark.parametrize("aud", [["a"], {"a": 1}, 5, True, "\ud800", [], None])
def test_a_hint_for_any_audience_is_no_hint(stage, aud):
    token = forged(aud=aud, sub="s")
    hinted = urlencode({"id_token_hint": token})
    stage.program.get(f"/oidc/logout?{hinted}", status=400)
    stage.program.get(f"/tokeninfo?{urlencode({'id_token': token})}", status=401)


@pytest.mark.promise("ASVS 16.5.4", "ASVS 15.3.5")
@pytest.mark.parametrize(
    "claims",
    [{"exp": 1}, {"sub": "s"}, {"sub": "s", "exp": "soon"}, {"sub": ["s"], "exp": 1}],
)
def test_a_hint_that_a_client_signed_itself_needs_the_claims_of_ours(stage, claims):
    stage.add_client(client_id="hs", jwt_configuration={"alg": "HS256"})
    said = {"iss": ISSUER, "aud": "hs", **claims}
    payload = json.dumps(said).encode()
    token = jwt.PyJWS().encode(payload, SECRET, algorithm="HS256")
    stage.program.get(f"/tokeninfo?{urlencode({'id_token': token})}", status=401)


@pytest.mark.promise("ASVS 16.5.4")
@pytest.mark.parametrize("name", ["User-Agent", "Accept-Language", "Authorization"])
@pytest.mark.parametrize("path", ["/authorize", "/oidc/logout", "/userinfo", "/mfa/authenticators"])  # fmt: skip
def test_a_header_of_any_bytes_is_read(stage, name, path):
    answer = stage.program.get(path, headers={name: "Bearer \xff"}, status="*")
    assert answer.status_int < 500


@pytest.mark.promise("ASVS 16.5.4")
@pytest.mark.parametrize("credentials", ["/w==", "7aCA", "\xff", "YSVFRCVBMCU4MDpi"])
def test_credentials_of_any_bytes_are_wrong_credentials(stage, credentials):
    sent = {"Authorization": f"Basic {credentials}"}
    for path in ("/oauth/token", "/oauth/par", "/mfa/challenge"):
        fields = {"grant_type": "authorization_code", "code": "c"}
        stage.program.post(path, fields, headers=sent, status=401)


@pytest.mark.promise("ASVS 16.5.4")
@pytest.mark.parametrize(
    "body",
    [
        '{"client_id": "\\ud800"}',
        '{"grant_type": "authorization_code", "code": "\\udfff"}',
        "[" * 45_000 + "]" * 45_000,
        '{"a":' * 15_000 + "1" + "}" * 15_000,
        "{",
        "[]",
    ],
)
@pytest.mark.parametrize(
    "path", ["/oauth/token", "/oauth/revoke", "/oauth/par", "/mfa/challenge", "/tokeninfo", "/_tenant/clock"]
)  # fmt: skip
def test_json_that_is_no_text_or_too_deep_is_the_callers_mistake(stage, path, body):
    stage.program.post(path, body, content_type="application/json", status=400)


@pytest.mark.promise("ASVS 13.4.5")
@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_HOST": "["},
        {"HTTP_HOST": ""},
        {"HTTP_HOST": "localhost:99999"},
        {"HTTP_HOST": "localhost:x"},
        {"HTTP_HOST": "evil.example@127.0.0.1"},
        {"HTTP_HOST": "127.0.0.1#.evil.example"},
        {"HTTP_HOST": "localhost/evil.example"},
        {"HTTP_HOST": "localhost:3001", "HTTP_X_FORWARDED_FOR": "10.1.2.3"},
        {"HTTP_HOST": "localhost:3001", "HTTP_FORWARDED": "for=10.1.2.3"},
        {"HTTP_HOST": "localhost:3001", "HTTP_VIA": "1.1 nginx"},
    ],
)
@pytest.mark.parametrize("path", ["/_tenant/users", "/phone"])
def test_what_is_for_this_machine_is_not_for_a_proxy_on_it(stage, path, environ):
    stage.program.get(path, extra_environ=environ, status=403)


@pytest.mark.promise("ASVS 13.4.5")
@pytest.mark.parametrize("path", ["/_tenant%ff/users", "/_ten%fe%ffant/users", "/phone%ff"])  # fmt: skip
def test_no_other_spelling_leads_to_what_a_proxy_has_closed(stage, path):
    stage.program.get(path, status=404)


@pytest.mark.promise("ASVS 3.5.2")
@pytest.mark.parametrize("headers", [FOREIGN, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])  # fmt: skip
def test_no_page_of_another_site_tells_the_control_api_anything(stage, headers):
    stage.program.post_json("/_tenant/reset", {}, headers=headers, status=403)


class Away(Script):
    """Sends every browser away once."""

    def run(self, script_input, _checkpoint=None):
        self.seen.append(script_input)
        if script_input.resume is not None:
            return Outcome()
        return Outcome(pause=Pause(Redirect("https://check.example/"), {"at": 1}))


def away(browser):
    """Sign in as far as the page that a script sends one to; return the state."""
    response = browser.authorize()
    if "check.example" not in response.location:
        response = browser.answer(response.follow())
        return response.text.split("check.example/?state=")[1].split('"')[0]
    return response.location.partition("state=")[2]


@pytest.mark.promise("ASVS 15.3.7")
def test_what_was_vouched_for_in_one_login_is_not_taken_in_another(make_stage):
    stage = make_stage(engine=Away())
    browser = stage.browser()
    first, second = away(browser), away(browser)
    twice = urlencode([("state", second), ("state", first)])
    browser.app.get(f"/continue?{twice}", status=400)
    browser.app.post(f"/continue?state={second}", {"state": first}, status=400)
    assert not any(script_input.resume for script_input in stage.script.seen)
    same = browser.app.post(f"/continue?state={second}", {"state": second})
    assert same.location.startswith(CALLBACK)
    resume = stage.script.seen[-1].resume
    assert resume.query["state"] == resume.body["state"] == second
