"""What the logs say: one line for each attack, and never a secret."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from contextlib import closing, suppress

import jwt
import pytest
import requests
from requests.adapters import BaseAdapter

from fabrikam.serving import log_to_stderr
from tests.builders import KID, id_token, private_key
from tests.programs import running
from tests.promises.pair import Person
from tests.promises.visitors import Visitor, add_user

CANARY = "canary-password-of-nobody-else"


class Overheard(BaseAdapter):
    """Hears every secret that passes between the intranet and the tenant."""

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self._inner = inner
        self.secrets: set[str] = set()

    def send(self, request, *args, **options):
        response = self._inner.send(request, *args, **options)
        if request.path_url == "/oauth/token":
            sent = dict(pair.split("=", 1) for pair in request.body.split("&"))
            body = response.raw.read()
            response.raw.seek(0)
            said = json.loads(body)
            self.secrets |= {sent["code"], sent["code_verifier"]}
            self.secrets |= {said["access_token"], said["id_token"]}
        return response

    def close(self) -> None:
        self._inner.close()


def dumped(folder) -> str:
    """Everything that the databases of a folder say."""
    texts = []
    for file in folder.rglob("*.sqlite"):
        with closing(sqlite3.connect(file)) as database:
            texts.append("\n".join(database.iterdump()))
    return "\n".join(texts)


@pytest.mark.promise("ASVS 16.2.5", "37", "ASVS 10.1.1", "ASVS 11.4.2")
def test_no_secret_of_a_sign_in_is_in_a_log_or_stays_in_a_store(
    make_pair, tmp_path, caplog
):
    caplog.set_level(logging.INFO)
    pair = make_pair()
    overheard = Overheard(pair.house.party.provider.adapter)
    pair.house.party.provider.adapter = overheard
    pair.stage.control("users", email="canary@fabrikam.example", password=CANARY,
                       factors=["otp"])  # fmt: skip
    canary = Person(pair, "canary@fabrikam.example")
    canary.password = CANARY
    page = canary.opens("/employees")
    assert page.status_int == 200
    canary.opens("/employees/7")
    wrong = Person(pair, "canary@fabrikam.example")
    wrong.password = CANARY + "-wrong"
    with suppress(AssertionError):  # the login page comes again and again
        wrong.opens("/customers")
    cookies = {cookie.value for cookie in canary.intranet.cookiejar}
    cookies |= {cookie.value for cookie in canary.tenant.cookiejar}
    (tenant_log,) = tmp_path.rglob("tenant-log.jsonl")
    logs = caplog.text + tenant_log.read_text()
    stores = dumped(tmp_path)
    assert len(overheard.secrets) >= 8
    seed = pair.stage.control("users")[-1]["totp_secret"]
    for secret in overheard.secrets | cookies | {CANARY}:
        assert secret not in logs
        assert secret not in stores
    for secret in (seed, "a client secret of more than thirty-two bytes"):
        assert secret not in logs
    assert "$argon2id$" in stores


def forged_token() -> str:
    return id_token(key=private_key("evil"), kid=KID)


def wrong_user(intranet):
    intranet.sign_in()
    return intranet.step_up(sub="auth0|ben", amr=["mfa"])


def no_factor(intranet):
    intranet.sign_in()
    return intranet.step_up()


def foreign_form(intranet):
    intranet.step_up(amr=["mfa"])
    fields = {"salary": "1", "csrf": "x"}
    return intranet.browser.post("/employees/7/salary", fields, status=403)


def back(**changes):
    def attack(intranet):
        return intranet.come_back(intranet.browser.get("/login"), **changes)

    return attack


def spoiled(raw):
    def attack(intranet):
        intranet.tenant.spoil = lambda _: raw
        return intranet.sign_in()

    return attack


def logout_token(intranet):
    sent = {"logout_token": jwt.encode({"sub": "x"}, "k" * 32)}
    return intranet.browser.post("/backchannel-logout", sent, status=400)


def weak_program(intranet):
    intranet.sign_in()
    return intranet.browser.get("/api/employees", status=401)


ATTACKS = {
    "an answer that nobody asked for": (back(state="x"), "callback-unknown"),
    "an answer of another issuer": (back(iss="http://evil.example/"), "issuer"),
    "an error and a code at once": (back(error="x"), "malformed"),
    "a denial by the tenant": (back(code=..., error="no"), "tenant-refused"),
    "a forged token": (spoiled(forged_token()), "signature"),
    "a token that is none": (spoiled("x"), "token malformed"),
    "another user": (wrong_user, "another-user"),
    "a step-up without a factor": (no_factor, "step-up-amr-missing"),
    "a form of another site": (foreign_form, "form-not-ours"),
    "a forged logout": (logout_token, "logout token refused"),
    "a program that is signed in too weakly": (weak_program, "step-up required"),
}


@pytest.mark.promise(
    "ASVS 16.3.2", "ASVS 16.3.3", "ASVS 16.2.1", "ASVS 16.3.1", "58"
)  # fmt: skip
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_leaves_one_line_with_its_reason(intranet, caplog, name):
    caplog.set_level(logging.INFO)
    attack, reason = ATTACKS[name]
    before = len(caplog.records)
    attack(intranet)
    lines = [record.getMessage() for record in caplog.records[before:]]
    about = [line for line in lines if not line.startswith("signed in")]
    assert len(about) == 1, lines
    assert reason in about[0]


@pytest.mark.promise("ASVS 16.3.4")
def test_an_unexpected_error_leaves_a_line_with_its_kind(intranet, caplog, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    intranet.sign_in()
    monkeypatch.setattr("app.claim_rows", broken)
    page = intranet.browser.get("/profile", status=500, expect_errors=True)
    reference = re.search(r"Reference <code>(\w+)</code>", page.text)[1]
    (line,) = (r.getMessage() for r in caplog.records if r.message.startswith("error "))
    assert "ZeroDivisionError" in line
    assert reference in line


@pytest.mark.promise("ASVS 16.2.2", "ASVS 16.2.4", "ASVS 16.4.1", "ASVS 16.2.3")
def test_a_line_is_one_line_in_utc_whatever_a_stranger_wrote(capsys):
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    try:
        log_to_stderr()
        logging.getLogger("fabrikam").warning("said %s", "a\r\nb\x1b[31m\u2028c")
    finally:
        root.handlers[:], root.level = handlers, level
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}Z WARNING fabrikam said", line
    )
    assert "\x1b" not in line


@pytest.mark.promise("ASVS 16.2.5", "ASVS 16.3.1")
def test_the_programs_log_sign_ins_and_no_secrets(tmp_path):
    secret = "a canary of a client secret, long enough"
    key = "a canary of an application key"
    environ = {
        "STEP_UP_STRATEGY": "both",
        "AUTH0_CLIENT_SECRET": secret,
        "APP_SECRET_KEY": key,
    }
    with running(tmp_path / "data", **environ) as program:
        email, seed = add_user(program, "canary")
        ann = Visitor(program, email, seed)
        assert ann.opens("/employees").status_code == 200
        code = [url for url in ann.passed if "callback" in url]
        requests.get(f"{program.url}/callback?state=x&code=canary-code", timeout=9)
        cookies = [cookie.value for cookie in ann.http.cookies]
        printed = program.stop()
    log = printed + program.log.read_text()
    assert code
    assert "signed in auth0|" in log
    for word in (
        secret,
        key,
        seed,
        "eyJ",
        "canary-code",
        "fabrikam-password",
        *cookies,
    ):
        assert word not in log
