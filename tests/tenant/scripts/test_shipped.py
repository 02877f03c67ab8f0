"""The three folders that we ship: what they ask for, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fabrikam.tenant.scripts import Engine, read_folder
from tests.tenant.scripts.builders import MFA_ACR, SHIPPED, asking, script_input

PLAIN = asking()
STEP = asking(scope="openid step_up")
NEAR = asking(scope="openid step_up_not my_step_up")
ACR = asking(acr_values=MFA_ACR)
ACR_LIST = asking(acr_values=f"urn:example:silver {MFA_ACR}")
ACR_NEAR = asking(acr_values=f"{MFA_ACR}x x{MFA_ACR}")
BOTH = asking(scope="openid step_up", acr_values=MFA_ACR)
SILENT = asking(scope="openid step_up", acr_values=MFA_ACR, prompt="none")
REFRESH = script_input(protocol="oauth2-refresh-token", query={}, session_id=None)
REFRESH_STEP = replace(REFRESH, body={"scope": "openid step_up"})


@pytest.fixture(scope="module")
def run():
    engines = {
        name: Engine(read_folder(SHIPPED / name), time_limit=5)
        for name in ("before", "during", "after")
    }
    yield lambda name, login: engines[name].run(login)
    for engine in engines.values():
        engine.close()


@pytest.mark.parametrize(
    ("folder", "login",      "provider",             "level"),
    [
        ("before", PLAIN,        None,                   "normal"),
        ("before", STEP,         "google-authenticator", "mfa"),
        ("before", NEAR,         None,                   "normal"),
        ("before", ACR,          None,                   "normal"),
        ("before", BOTH,         "google-authenticator", "mfa"),
        ("before", SILENT,       "google-authenticator", "mfa"),
        ("before", REFRESH,      None,                   "normal"),
        ("before", REFRESH_STEP, "google-authenticator", "mfa"),
        ("during", PLAIN,        None,                   "normal"),
        ("during", STEP,         "google-authenticator", "mfa"),
        ("during", ACR,          "any",                  "normal"),
        ("during", BOTH,         "any",                  "mfa"),
        ("during", SILENT,       "any",                  "mfa"),
        ("during", REFRESH,      None,                   "normal"),
        ("during", REFRESH_STEP, "google-authenticator", "mfa"),
        ("after",  PLAIN,        None,                   None),
        ("after",  STEP,         None,                   None),
        ("after",  ACR,          "any",                  None),
        ("after",  ACR_LIST,     "any",                  None),
        ("after",  ACR_NEAR,     None,                   None),
        ("after",  BOTH,         "any",                  None),
        ("after",  SILENT,       "any",                  None),
        ("after",  REFRESH,      None,                   None),
        ("after",  REFRESH_STEP, None,                   None),
    ],
)  # fmt: skip
def test_what_a_folder_asks_for_and_claims(run, folder, login, provider, level):
    outcome = run(folder, login)
    assert outcome.failure is None
    asked = outcome.multifactor
    assert (asked and asked.provider) == provider
    assert outcome.id_token_claims.get("authentication_level") == level


@pytest.mark.parametrize("folder", ["before", "during", "after"])
def test_a_step_up_never_accepts_a_remembered_browser(run, folder):
    assert run(folder, BOTH).multifactor.allow_remember_browser is False


def test_an_absent_acr_values_is_no_error(run):
    login = replace(PLAIN, acr_values_absent_is_undefined=True)
    assert run("after", login).failure is None


def test_the_level_also_reaches_the_user_of_the_legacy_pipeline(run):
    assert run("before", STEP).user["authentication_level"] == "mfa"
