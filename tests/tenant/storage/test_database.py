"""Shelves: everything one-time is taken, families end together, nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.tenant import Assumptions, TenantSettings
from fabrikam.tenant.scripts import (
    Challenge,
    Denial,
    Outcome,
    PassedMethod,
    Pause,
    Redirect,
)
from fabrikam.tenant.storage.database import TenantDatabase, new_key
from fabrikam.tenant.storage.json_codec import freeze, thaw
from fabrikam.tenant.storage.tables import LoginTransaction, Origin
from tests.tenant.builders import ANN, HOUSE, ISSUER, NOW, a_login, a_session

LATER = NOW + 60


@dataclass(frozen=True, slots=True)
class Note:
    """Something to keep."""

    text: str


@pytest.fixture
def store(tmp_path):
    return TenantDatabase(tmp_path)


@pytest.fixture
def notes(store):
    return store.shelf("notes", Note)


def test_what_was_kept_is_taken_once(notes):
    notes.keep("k", Note("a"), ends_at=LATER)
    assert notes.look("k", NOW) == Note("a")
    assert notes.take("k", NOW) == Note("a")
    assert notes.take("k", NOW) is None
    assert notes.look("k", NOW) is None


def test_of_fifty_takers_one_gets_it(notes):
    notes.keep("k", Note("a"), ends_at=LATER)
    with ThreadPoolExecutor(20) as pool:
        taken = list(pool.map(lambda _: notes.take("k", NOW), range(50)))
    assert taken.count(Note("a")) == 1


@pytest.mark.parametrize(("now", "found"), [(LATER - 1, Note("a")), (LATER, None)])
def test_what_is_over_is_gone(notes, now, found):
    notes.keep("k", Note("a"), ends_at=LATER)
    assert notes.look("k", now) == found
    assert notes.take("k", now) == found


def test_a_swap_needs_the_old_value(notes):
    notes.keep("k", Note("a"), ends_at=LATER)
    assert notes.swap("k", Note("a"), Note("b"), ends_at=LATER)
    assert not notes.swap("k", Note("a"), Note("c"), ends_at=LATER)
    assert notes.look("k", NOW) == Note("b")


def test_shelves_do_not_mix(store, notes):
    notes.keep("k", Note("a"), ends_at=LATER)
    assert store.shelf("others", Note).look("k", NOW) is None
    assert notes.all(NOW) == [Note("a")]


def test_a_family_ends_with_all_that_is_still_to_come(store, notes):
    notes.keep("k", Note("a"), ends_at=LATER, family="f")
    notes.keep("other", Note("b"), ends_at=LATER, family="g")
    store.end_family("f", NOW)
    assert notes.look("k", NOW) is None
    assert notes.look("other", NOW) == Note("b")
    assert not notes.keep("late", Note("c"), ends_at=LATER, family="f")
    assert notes.look("late", NOW) is None


def test_sweeping_forgets_only_what_is_over(store, notes):
    notes.keep("old", Note("a"), ends_at=NOW)
    notes.keep("new", Note("b"), ends_at=LATER)
    store.sweep(NOW)
    assert notes.look("old", 0) is None
    assert notes.look("new", NOW) == Note("b")


def test_dropping_and_clearing(store, notes):
    notes.keep("a", Note("a"), ends_at=LATER)
    notes.keep("b", Note("b"), ends_at=LATER)
    notes.drop("a")
    assert notes.all(NOW) == [Note("b")]
    store.clear()
    assert notes.all(NOW) == []


def test_keys_are_not_on_the_disk(notes, tmp_path):
    key = new_key()
    notes.keep(key, Note("a"), ends_at=LATER)
    assert all(key.encode() not in p.read_bytes() for p in tmp_path.iterdir())


def test_keys_are_long_and_never_the_same():
    keys = {new_key() for _ in range(10_000)}
    assert len(keys) == 10_000
    assert min(map(len, keys)) >= 43


WRITER = """
import sys
from pathlib import Path
from fabrikam.tenant.storage.database import TenantDatabase
from fabrikam.tenant.storage.tables import Origin
shelf = TenantDatabase(Path(sys.argv[1])).shelf("origins", Origin)
for number in range(10**6):
    shelf.keep(f"k{number}", Origin(str(number)), ends_at=2**40)
    print(number, flush=True)
"""


def test_what_was_said_to_be_kept_survives_a_kill(tmp_path):
    for round_number in range(5):
        path = tmp_path / str(round_number)
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=HOUSE,
        )
        said = [int(writer.stdout.readline()) for _ in range(20)]
        os.kill(writer.pid, signal.SIGKILL)
        rest, _ = writer.communicate()
        said += [int(line) for line in rest.split()]
        shelf = TenantDatabase(path).shelf("origins", Origin)
        kept = [shelf.look(f"k{number}", 0) for number in said]
        assert kept == [Origin(str(number)) for number in said]


# the codec

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["is", "a", "b"]), inner)
    ),
    max_leaves=8,
)


@given(claims=st.dictionaries(st.sampled_from(["is", "a", "amr"]), json_values))
def test_a_login_under_way_comes_back_as_it_was(claims):
    outcome = Outcome(
        id_token_claims=claims,
        user=claims,
        denial=Denial("access_denied", "no"),
        pause=Pause(Challenge(({"type": "otp", "options": claims},)), claims),
        jwt_scopes={"a": ("b", "c")},
        access_token_scope=("x",),
        recorded_methods=("urn:m",),
    )
    login = a_login(
        user=ANN,
        session=a_session(),
        outcome=outcome,
        passed=(PassedMethod("mfa", 1, "otp"),),
        settings=TenantSettings(
            issuer=ISSUER, assumptions=Assumptions(silent_mfa_error="mfa_required")
        ),
        max_age=5,
        query={"a": "b"},
    )
    transaction = LoginTransaction(login=login, device="d", push="p")
    assert thaw(LoginTransaction, freeze(transaction)) == transaction


def test_a_redirecting_pause_comes_back_as_such():
    outcome = Outcome(pause=Pause(Redirect("http://x/"), {}))
    assert thaw(Outcome, freeze(outcome)) == outcome


@pytest.mark.parametrize("text", ["[]", "null", "{}", '{"login": 1}', "7"])
def test_another_shape_is_refused(text):
    with pytest.raises(ValueError, match="malformed"):
        thaw(LoginTransaction, text)


def test_what_an_older_version_kept_is_as_good_as_forgotten(store, notes):
    notes.keep("k", Note("a"), ends_at=LATER)
    assert store.shelf("notes", LoginTransaction).look("k", NOW) is None
    assert store.shelf("notes", LoginTransaction).all(NOW) == []
