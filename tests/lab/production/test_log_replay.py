"""Recorded logins through two strategies: every shape of line, any number of them."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrikam.lab.commands import add_lab
from fabrikam.lab.production import log_replay, log_replay_text
from fabrikam.lab.production.log_events import (
    Broken,
    FactorPassed,
    LineRejected,
    LoggedLogin,
    Other,
    RecordedClaims,
    entries_of,
)
from fabrikam.lab.production.log_replay import ReplayedLog, lines_of, replay_lines
from fabrikam.lab.production.recorded_decision import Sides
from fabrikam.stepup import MFA_ACR, Legacy, Modern, Strategy
from tests.lab.commandline import run

STEP_UP = "openid step_up"
MFA = {"prompts": [{"name": "prompt-authenticate"}, {"name": "login"}, {"name": "mfa"}]}


def event(kind: str = "s", scope: Any = "openid", **changes: Any) -> dict[str, Any]:
    """A log event of a login with a password; a field changed to `...` is left out."""
    details = {
        "prompts": [{"name": "prompt-authenticate"}, {"name": "login"}],
        "request": {"qs": {"scope": scope}} if scope is not None else {},
    }
    told = {
        "date": "2026-11-20T10:00:00.000Z",
        "type": kind,
        "client_id": "intranet",
        "client_name": "Fabrikam Intranet",
        "user_id": "auth0|ann",
        "details": {**details, **changes.pop("details", {})},
    }
    merged = {**told, **changes}
    return {name: value for name, value in merged.items() if value is not ...}


def line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


def read(value: Any) -> Any:
    """The one entry of a line."""
    (entry,) = entries_of(line(value))
    return entry


def replayed(
    *values: Any, control: Strategy | None = None, candidate: Strategy | None = None
) -> ReplayedLog:
    """What these lines come to; bytes are lines as they stand."""
    sides = Sides(
        control=control or Legacy(),
        candidate=candidate or Modern(),
        claim="authentication_level",
        scope="step_up",
    )
    lines = [value if isinstance(value, bytes) else line(value) for value in values]
    return replay_lines(lines, sides)


@pytest.mark.parametrize(
    "nested",
    [
        lambda plain: plain,
        lambda plain: {"log_id": "9", "data": plain},
        lambda plain: [{"log_id": "9", "data": plain}],
        lambda plain: {"id": "1", "source": "bus", "data": plain},
    ],
)
def test_an_event_is_read_however_it_is_nested(nested):
    assert read(nested(event(scope=STEP_UP, details=MFA))) == LoggedLogin(
        flow="page",
        user="auth0|ann",
        client="intranet",
        at=1_795_168_800.0,
        scopes=("openid", "step_up"),
        factor=True,
    )


@pytest.mark.parametrize(
    ("kind", "flow"),
    [
        ("s",       "page"),
        ("ssa",     "silent"),
        ("sertft",  "refresh"),
        ("sepft",   "password"),
        ("seotpft", "MFA API"),
        ("seoobft", "MFA API"),
        ("sercft",  "MFA API"),
    ],
)  # fmt: skip
def test_the_flow_of_a_login(kind, flow):
    assert read(event(kind)).flow == flow


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("f",       LineRejected()),
        ("fsa",     LineRejected()),
        ("mfar",    LineRejected()),
        ("feacft",  LineRejected()),
        ("gd_auth_failed", LineRejected()),
        ("ss",      Other()),
        ("fs",      Other()),
        ("seacft",  Other()),  # the login that it belongs to has an event of its own
        ("sapi",    Other()),
        ("never heard of", Other()),
    ],
)  # fmt: skip
def test_events_that_are_no_login(kind, entry):
    assert read(event(kind)) == entry


@pytest.mark.parametrize(
    ("changes", "scopes"),
    [
        ({"details": {"request": {"qs": {"scope": "a b"}}}},        ("a", "b")),
        ({"details": {"request": {"body": {"scope": "a"}}}},        ("a",)),
        ({"details": {"request": {}, "qs": {"scope": "a"}}},        ("a",)),
        ({"details": {"request": {}, "body": {"scope": "a"}}},      ("a",)),
        ({"details": {"request": {}, "scope": "a"}},                ("a",)),
        ({"details": {"request": {}}, "scope": ["a", 7, "b"]},      ("a", "b")),
        ({"details": {"request": {}}, "scope": None},               None),
        ({"details": {"request": {"qs": {"client_id": "c"}}}},      ()),
        ({"details": {"request": {"qs": {"acr_values": MFA_ACR}}}}, ()),
        ({"details": {"request": {}}},                              None),
        ({"details": "odd"},                                        None),
        ({"details": {"request": [1], "qs": "odd"}},                None),
    ],
)  # fmt: skip
def test_where_the_scope_of_a_request_stands(changes, scopes):
    assert read(event() | changes).scopes == scopes


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (b"{",                     "not JSON"),
        (b"\xff\xfe\x00",          "not in UTF-8"),
        (b"[" * 100_000,           "nested too deeply"),
        (b"7",                     "not an object"),
        (b"null",                  "not an object"),
        (b'{"data": 7}',           "data is not an object"),
        (b'{"type": 7}',           "neither a log event nor claims"),
        (b"{}",                    "neither a log event nor claims"),
        (b"1" * 10_000,            "not JSON"),
    ],
)  # fmt: skip
def test_a_broken_line_says_why(value, why):
    assert list(entries_of(value)) == [Broken(why)]


CLAIMS = {"sub": "auth0|ann", "aud": "intranet", "amr": ["mfa"]}


@pytest.mark.parametrize(
    ("value", "client"),
    [
        (CLAIMS,                                  "intranet"),
        ({"claims": CLAIMS},                      "intranet"),
        ({"claims": CLAIMS, "client": "other"},   "other"),
        ({"data": {"claims": CLAIMS}},            "intranet"),
        ({"claims": CLAIMS | {"azp": "azp"}},     "azp"),
        ({"claims": CLAIMS | {"aud": ["a", "b"]}}, "a"),
        ({"claims": CLAIMS | {"aud": []}},        ""),
        ({"claims": CLAIMS | {"aud": 7}},         ""),
    ],
)  # fmt: skip
def test_recorded_claims_are_read_with_their_client(value, client):
    entry = read(value)
    assert isinstance(entry, RecordedClaims)
    assert (entry.client, entry.user) == (client, "auth0|ann")


@pytest.mark.parametrize(
    ("told", "direction"),
    [
        (event(),                                          "same"),
        (event(scope=STEP_UP, details=MFA),                "same"),
        (event(scope=STEP_UP),                             "stronger"),
        (event(details=MFA),                               "other prompts"),
        (event("ssa"),                                     "same"),
        (event("ssa", STEP_UP),                            "stronger"),
        (event("sertft", STEP_UP),                         "stronger"),
        (event("seotpft", STEP_UP),                        "locked out"),
        (event("seotpft"),                                 "same"),
        (event(scope="openid stepup step_up_now"),         "same"),
    ],
)  # fmt: skip
def test_a_login_of_the_log_from_legacy_to_modern(told, direction):
    assert replayed(told).directions == {direction: 1}


def test_a_factor_that_is_an_event_of_its_own_belongs_to_the_login_after_it():
    passed = event("gd_auth_succeed", date="2026-11-20T09:58:00.000Z")
    assert isinstance(read(passed), FactorPassed)
    assert replayed(passed, event(scope=STEP_UP)).directions == {"same": 1}
    twice = replayed(passed, event(scope=STEP_UP), event(scope=STEP_UP))
    assert twice.directions == {"same": 1, "stronger": 1}


@pytest.mark.parametrize(
    "passed",
    [
        event("gd_auth_succeed", date="2026-11-20T09:40:00.000Z"),
        event("gd_auth_succeed", date="2026-11-20T10:30:00.000Z"),
        event("gd_auth_succeed", user_id="auth0|ben"),
        event("gd_auth_succeed", user_id=...),
    ],
)
def test_a_factor_of_another_time_or_user_does_not(passed):
    assert replayed(passed, event(scope=STEP_UP)).directions == {"stronger": 1}


def test_of_many_factors_that_wait_the_one_passed_last_is_kept(monkeypatch):
    monkeypatch.setattr(log_replay, "_MOST_WAITING", 3)
    others = [event("gd_auth_succeed", user_id=f"auth0|{one}") for one in range(2)]
    mine, late = event("gd_auth_succeed"), event("gd_auth_succeed", user_id="auth0|9")
    told = (mine, *others, mine, late, event(scope=STEP_UP))
    assert replayed(*told).directions == {"same": 1}


def test_one_of_a_kind_is_told_in_the_singular():
    found = replayed(event(scope=STEP_UP))
    text = log_replay_text.text_of(found, "legacy", "modern")
    assert "1 line: 1 login of 1 user compared" in text
    assert "1 time, as in line 1" in text


@pytest.mark.parametrize(
    ("claims", "direction"),
    [
        ({"authentication_level": "mfa", "amr": ["mfa"]},    "same"),
        ({"authentication_level": "normal"},                 "same"),
        ({"authentication_level": "mfa"},                    "stronger"),
        ({"authentication_level": "normal", "amr": ["mfa"]}, "weaker"),
        ({"amr": "mfa"},                                     "same"),
    ],
)  # fmt: skip
def test_recorded_claims_from_legacy_to_modern(claims, direction):
    assert replayed({"claims": CLAIMS | {"amr": None} | claims}).directions == {
        direction: 1
    }


def test_back_from_modern_to_legacy_a_scope_without_a_factor_is_weaker():
    found = replayed(event(scope=STEP_UP), control=Modern(), candidate=Legacy())
    assert found.directions == {"weaker": 1}
    assert log_replay_text.verdict_of(found).startswith(
        "WEAKER: 1 login of 1 user would"
    )


def test_the_level_in_userinfo_is_judged_where_it_was_recorded():
    legacy = Legacy(source="userinfo")
    level = {"authentication_level": "mfa"}
    recorded = {"claims": CLAIMS, "userinfo": level}
    assert replayed(recorded, control=legacy).directions == {"same": 1}
    assert replayed({"claims": CLAIMS | level}, control=legacy).directions == {
        "weaker": 1
    }


def test_who_is_treated_differently_is_told_by_direction_client_and_line():
    found = replayed(
        event(),
        b"\n",
        event(scope=STEP_UP, client_id="payroll"),
        event(scope=STEP_UP, client_id="payroll", user_id="auth0|ben"),
        event(scope=STEP_UP, client_id=...),
        b"{broken",
        event("s", None),
        event("sapi"),
        event("f"),
    )
    assert found.lines == 9
    assert (found.compared, found.untold, found.others, found.refused) == (4, 1, 1, 1)
    assert (found.users, found.users_by) == (2, {"same": 1, "stronger": 2})
    assert found.clients["payroll"] == {"stronger": 2}
    assert found.broken == ((6, "not JSON"),)
    text = log_replay_text.text_of(found, "legacy", "modern")
    assert "4 logins of 2 users compared" in text
    assert "3 times, as in lines 3, 4, 5" in text
    assert "legacy: lets in; modern: amr missing" in text
    assert "client payroll: 2 stronger" in text
    assert "client Fabrikam Intranet: 1 stronger" in text
    assert "line 6: not JSON" in text


def test_what_a_terminal_must_not_see_is_spelled_out():
    odd = event(scope=STEP_UP, client_id="a\x1b[2J\nb\ud800")
    text = log_replay_text.text_of(replayed(odd), "legacy", "modern")
    assert "client a\\x1b[2J\\nb\\ud800: 1 stronger" in text


def test_the_first_ten_broken_lines_are_shown_and_all_are_counted():
    found = replayed(*[b"{"] * 25, event())
    assert (found.broken_lines, len(found.broken)) == (25, 10)
    text = log_replay_text.text_of(found, "legacy", "modern")
    assert "line 10: not JSON" in text
    assert "line 11:" not in text
    assert "and 15 more broken lines" in text


def test_a_file_that_tells_of_no_login_proves_nothing():
    assert log_replay_text.verdict_of(replayed(event("sapi"))).startswith("NOTHING")
    assert log_replay_text.verdict_of(replayed()).startswith("NOTHING")


def test_a_line_longer_than_any_event_is_broken_and_the_next_one_is_read():
    giant = b'{"x": "' + b"y" * 3_000_000 + b'"}\n'
    lines = list(lines_of(io.BytesIO(line(event()) + giant + line(event()))))
    assert lines == [line(event()), None, line(event())]
    found = replay_lines(
        lines, Sides(control=Legacy(), candidate=Modern(), claim="x", scope="y")
    )
    assert found.broken == ((2, "longer than a million bytes"),)
    assert found.compared == 2


def test_a_last_line_without_its_end_is_read():
    assert list(lines_of(io.BytesIO(b"a\nb"))) == [b"a\n", b"b"]


def test_progress_is_told_in_bytes():
    seen = []
    list(lines_of(io.BytesIO(b"abc\n" * 5), seen.append))
    assert sum(seen) == 20


def test_users_and_clients_are_counted_up_to_a_cap(monkeypatch):
    monkeypatch.setattr(log_replay, "MOST_USERS", 100)
    monkeypatch.setattr(log_replay_text, "MOST_USERS", 100)
    monkeypatch.setattr(log_replay, "MOST_CLIENTS", 10)
    found = replayed(
        *[
            event(user_id=f"auth0|{number}", client_id=f"c{number % 20}")
            for number in range(200)
        ]
    )
    assert (found.compared, found.users) == (200, 100)
    assert len(found.clients) == 11
    assert found.clients["(other clients)"] == {"same": 100}
    assert "100 or more users" in log_replay_text.text_of(found, "legacy", "modern")


def test_of_many_lines_none_is_kept():
    one = line(event(scope=STEP_UP))
    lines = (one.replace(b"ann", b"%d" % (number % 50)) for number in range(8_000))
    sides = Sides(control=Legacy(), candidate=Modern(), claim="l", scope="step_up")
    tracemalloc.start()
    try:
        replay_lines(lines, sides)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000 * len(one) / 4


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "type",
                    "claims",
                    "details",
                    "prompts",
                    "name",
                    "request",
                    "qs",
                    "scope",
                    "date",
                    "user_id",
                    "client_id",
                    "sub",
                    "amr",
                    "aud",
                    "methods",
                ]
            ),
            inner | st.sampled_from(["s", "ssa", "gd_auth_succeed", "mfa", STEP_UP]),
            max_size=6,
        )
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=80)))
def test_no_bytes_whatever_break_it(lines):
    data = b"\n".join(lines)
    found = replay_lines(
        lines_of(io.BytesIO(data)),
        Sides(control=Legacy(), candidate=Modern(), claim="level", scope="step_up"),
    )
    assert found.lines == data.count(b"\n") + (data[-1:] not in (b"", b"\n"))
    assert json.dumps(log_replay_text.as_json(found, "a", "b"))


@settings(deadline=None)
@given(st.lists(ODD, max_size=5))
def test_no_json_whatever_breaks_it_and_every_line_is_counted_somewhere(values):
    found = replayed(*values, control=Modern(), candidate=Legacy())
    assert log_replay_text.text_of(found, "modern", "legacy")
    assert json.dumps(log_replay_text.as_json(found, "modern", "legacy"))
    counted = found.compared + found.untold + found.others + found.refused
    plain = [value for value in values if not isinstance(value, list)]
    passed = sum(
        isinstance(entry, FactorPassed)
        for one in plain
        for entry in entries_of(line(one))
    )
    assert counted + found.broken_lines + passed >= len(plain)


def test_the_command_tells_and_its_code_says_whether_something_is_weaker(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_bytes(line(event(scope=STEP_UP)))
    ended = run(add_lab, "lab", "replay-log", str(log))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Nothing is weaker in what was recorded.")
    back = ("--old-strategy", "modern", "--new-strategy", "legacy")
    ended = run(add_lab, "lab", "replay-log", str(log), *back, "--json")
    assert ended.code == 1
    told = json.loads(ended.out)
    assert told["directions"] == {"weaker": 1}
    assert told["judgements"][0]["example_lines"] == [1]
    ended = run(add_lab, "lab", "replay-log", str(log), *back, "--quiet")
    assert ended.out.count("\n") == 1


def test_the_command_cannot_say_anything_about_nothing(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"")
    assert run(add_lab, "lab", "replay-log", str(log)).code == 3


@pytest.mark.parametrize(
    ("name", "why"), [("none.jsonl", "there is no such file"), ("", "it is a folder")]
)
def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path, name, why):
    ended = run(add_lab, "lab", "replay-log", str(tmp_path / name))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"{tmp_path / name}: {why}")


def test_the_names_of_scope_and_claim_can_be_others(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_bytes(
        line(event(scope="openid high"))
        + line({"claims": CLAIMS | {"https://x/level": "mfa"}})
    )
    named = ("--scope", "high", "--claim", "https://x/level")
    told = json.loads(run(add_lab, "lab", "replay-log", str(log), *named, "--json").out)
    assert told["directions"] == {"stronger": 1, "same": 1}
