"""The environment: what is taken, what is a problem, and how that is said."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.settings import SETTINGS, Settings, SettingsRejected, keywords_in
from fabrikam.stepup import Both, Either, Legacy, Modern


def problems(**environ) -> list[str]:
    with pytest.raises(SettingsRejected) as rejected:
        Settings.read(environ)
    return [str(problem) for problem in rejected.value.problems]


@pytest.mark.promise("14", "ASVS 3.5.4")
def test_nothing_has_to_be_set():
    settings = Settings.read({})
    assert settings.tenant_is_local
    assert settings.issuer == "http://127.0.0.1:3001/"
    assert settings.app_base_url == "http://localhost:3000"
    assert settings.strategy == Legacy()
    assert settings.shadow is None
    assert settings.session_url == "sqlite:///.data/intranet.sqlite"


@pytest.mark.parametrize(
    ("name", "strategy"),
    [
        ("legacy",  Legacy()),
        ("modern",  Modern()),
        ("either",  Either(Legacy(), Modern())),
        ("both",    Both(Legacy(), Modern())),
    ],
)  # fmt: skip
def test_a_strategy_has_a_name(name, strategy):
    assert Settings.read({"STEP_UP_STRATEGY": name}).strategy == strategy


@pytest.mark.parametrize(
    ("domain", "issuer"),
    [
        ("example.eu.auth0.com",        "https://example.eu.auth0.com/"),
        ("https://login.example.com",   "https://login.example.com/"),
        ("https://login.example.com/",  "https://login.example.com/"),
        ("http://127.0.0.1:3001/",      "http://127.0.0.1:3001/"),
        ("http://localhost:9",          "http://localhost:9/"),
        ("http://[::1]:9",              "http://[::1]:9/"),
    ],
)  # fmt: skip
def test_a_tenant_is_a_host_or_an_issuer(domain, issuer):
    environ = {
        "AUTH0_DOMAIN": domain,
        "AUTH0_CLIENT_ID": "id",
        "AUTH0_CLIENT_SECRET": "a long client secret",
    }
    assert Settings.read(environ).issuer == issuer


@pytest.mark.promise("ASVS 12.2.1", "RFC 9700 2.6")
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("STEP_UP_STRATEGY",         "modren",                 "one of legacy, modern, either, both"),
        ("STEP_UP_SHADOW",           "none",                   "one of legacy, modern, either, both"),
        ("STEP_UP_CLAIM_SOURCE",     "token",                  "one of id_token, userinfo"),
        ("STEP_UP_SCOPE",            "step_up",                "a scope with the word openid"),
        ("STEP_UP_MAX_AGE",          "-1",                     "a number from 1"),
        ("STEP_UP_MAX_AGE",          "1e3",                    "a number from 1"),
        ("STEP_UP_MAX_AGE",          "٣",                      "a number from 1"),
        ("PORT",                     "65536",                  "a number from 1 to 65535"),
        ("PORT",                     "0",                      "a number from 1 to 65535"),
        ("PORT",                     "9" * 5000,               "a number from 1 to 65535"),
        ("APP_BASE_URL",             "http://intranet.example", "http is for loopback only"),
        ("APP_BASE_URL",             "https://a.example/path", "https://your.host"),
        ("APP_BASE_URL",             "ftp://a.example",        "https://your.host"),
        ("APP_SECRET_KEY",           "short",                  "16 random characters"),
        ("AUTH0_SECRET",             "short",                  "16 random characters"),
        ("SESSION_URL",              "postgres://x",           "sqlite:///FILE or redis://"),
        ("AUTH0_ID_TOKEN_ALG",       "none",                   "one of RS256, PS256, HS256"),
        ("TENANT_BASE_URL",          "http://tenant.example/", "http is for loopback only"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_one_line(name, value, said):
    (line,) = problems(**{name: value})
    assert said in line
    assert line.startswith("APP_SECRET_KEY" if name == "AUTH0_SECRET" else name)
    assert "\n" not in line


@pytest.mark.parametrize(
    "domain",
    [
        "http://example.com/",
        "https://a@b.example",
        "//x",
        "x y",
        "https://x/?q",
        "[::1",
    ],
)
def test_a_tenant_that_is_no_host_is_a_problem(domain):
    lines = problems(
        AUTH0_DOMAIN=domain, AUTH0_CLIENT_ID="id", AUTH0_CLIENT_SECRET="a" * 20
    )
    assert [line.split(":")[0] for line in lines] == ["AUTH0_DOMAIN"]


def test_a_tenant_needs_its_client():
    lines = problems(AUTH0_DOMAIN="example.eu.auth0.com")
    assert [line.split(":")[0] for line in lines] == [
        "AUTH0_CLIENT_ID",
        "AUTH0_CLIENT_SECRET",
    ]


def test_a_name_that_nobody_knows_is_a_problem_with_the_right_one():
    (line,) = problems(STEP_UP_STRATEGEY="modern")
    assert line == (
        "STEP_UP_STRATEGEY: no setting has this name; write STEP_UP_STRATEGY"
    )


def test_all_problems_are_said_at_once():
    assert len(problems(PORT="x", STEP_UP_STRATEGY="x", STEP_UP_X="x")) == 3


@pytest.mark.promise("ASVS 16.2.5")
def test_no_setting_prints_a_secret():
    settings = Settings.read({"APP_SECRET_KEY": "a secret of this application"})
    assert "a secret" not in repr(settings)
    (line,) = problems(AUTH0_CLIENT_SECRET="hunter2")
    assert "hunter2" not in line


@given(st.dictionaries(st.sampled_from([s.name for s in SETTINGS]), st.text()))
def test_no_value_however_odd_is_more_than_a_problem(environ):
    with suppress(SettingsRejected):
        assert Settings.read(environ).issuer.endswith("/")


SECRET = "sixteen characters and more"


@pytest.mark.parametrize(
    "environ",
    [
        {"APP_SECRET_KEY": SECRET, "AUTH0_SECRET": ""},
        {"AUTH0_SECRET": "", "APP_SECRET_KEY": SECRET},
        {"AUTH0_SECRET": SECRET},
        {"AUTH0_SECRET": SECRET, "APP_SECRET_KEY": SECRET},
    ],
)  # fmt: skip
def test_an_empty_alias_erases_nothing(environ):
    assert Settings.read(environ)["APP_SECRET_KEY"] == SECRET


def test_two_names_of_one_secret_must_not_disagree():
    (problem,) = problems(APP_SECRET_KEY=SECRET, AUTH0_SECRET=f"another {SECRET}")
    assert problem.startswith("AUTH0_SECRET: APP_SECRET_KEY says something else")


@pytest.mark.parametrize("name", ["PORT", "STEP_UP_MAX_AGE"])
@pytest.mark.parametrize("value", ["0000000099999999", "9" * 13, "9" * 5000])
def test_a_number_is_held_against_its_bounds_with_all_its_digits(name, value):
    assert "is not usable" in problems(**{name: value})[0]


def test_leading_zeros_are_no_digits():
    assert Settings.read({"PORT": "0003000"})["PORT"] == 3000


@pytest.mark.parametrize("url", ["redis://127.0.0.1:abc/0", "redis://[x", "mysql://h"])
def test_a_store_that_nobody_could_open_is_a_problem(url):
    assert problems(SESSION_URL=url)[0].startswith("SESSION_URL: ")


def test_a_switch_that_nobody_knows_is_among_all_problems():
    said = problems(TENANT_QUIRKS="acr_values_absent=perhaps", PORT="0")
    assert [line.partition(":")[0] for line in said] == ["PORT", "TENANT_QUIRKS"]


def test_keywords_are_named_in_json_and_the_environment_fills_their_gaps():
    environ = {
        "AUTH0_KEYWORD_REPLACE_MAPPINGS": '{"ENV": "test", "LIST": [1, null]}',
        "ENV": "production",
        "REGION": "eu",
    }
    keywords = Settings.read(environ).keywords
    assert keywords["ENV"] == "test"
    assert keywords["LIST"] == [1, None]
    assert keywords["REGION"] == "eu"
    assert dict(keywords_in(environ)) == dict(keywords)


@pytest.mark.parametrize(
    "name", ["APP_SECRET_KEY", "AUTH0_SECRET", "AUTH0_CLIENT_SECRET", "SESSION_URL"]
)
def test_our_own_secrets_are_no_keywords_unless_somebody_names_them(name):
    environ = {name: "sqlite:///a-secret-of-the-intranet"}
    assert name not in Settings.read(environ).keywords
    named = {**environ, "AUTH0_KEYWORD_REPLACE_MAPPINGS": f'{{"{name}": "given"}}'}
    assert Settings.read(named).keywords[name] == "given"


@pytest.mark.parametrize("written", ["ENV=test", "[]", "{", '{"A": NaN}', "[" * 99_999])
def test_keywords_that_are_no_json_object_are_a_problem_everywhere(written):
    environ = {"AUTH0_KEYWORD_REPLACE_MAPPINGS": written}
    complaint = (
        "AUTH0_KEYWORD_REPLACE_MAPPINGS: not a JSON object; "
        """write an object, such as '{"ENV": "test"}'"""
    )
    assert problems(**environ) == [complaint]
    with pytest.raises(SettingsRejected, match="not a JSON object"):
        keywords_in(environ)
