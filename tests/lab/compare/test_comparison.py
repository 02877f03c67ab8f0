"""Which side is weaker: every pair of endings, at both doors."""

from __future__ import annotations

import pytest

from fabrikam.lab.compare.comparison import (
    DIRECTIONS,
    FAILING,
    Comparison,
    Known,
    compare,
    facts_of,
)
from fabrikam.lab.simulation.observation import Breakage, Prompt
from tests.lab.builders import observation

DENIED = observation(reach="nowhere", verdict="denied: amr missing")
PLAIN = observation()
PLAIN_MFA = observation(proof="factor")
IN_MFA = observation(reach="employees", proof="factor", verdict="allowed")
IN_SESSION = observation(reach="employees", proof="session", verdict="allowed")
IN_REMEMBERED = observation(reach="employees", proof="remembered", verdict="allowed")
IN_ENROLLED = observation(reach="employees", proof="enrolled", verdict="allowed")
IN_FOR_NOTHING = observation(reach="employees", proof="nothing", verdict="allowed")
OUT = observation(reach="nowhere", verdict="denied: amr missing", proof="nothing")


def error(name="access_denied", **changes):
    """A login that ends in an error."""
    ending = {"ending": "error", "error": name, "reach": "nowhere"}
    return observation(**{**ending, "verdict": f"error: {name}", **changes})


BROKE = Breakage("Step-up", "thrown", "it is undefined", "rules/Step-up.js", 3)
UNRUN = error(broken=Breakage("Step-up", "compile", "unexpected }"))
THREW = error(broken=BROKE)
REFUSED = error("unauthorized", refused=True)
GAVE_UP = observation(ending="prompt", reach="nowhere", gave_up=True)
CANCELLED = error(gave_up=True)
MFA_DUE = error("mfa_required")
MORE_PAGES = observation(prompts=(Prompt("password"), Prompt("consent")))


@pytest.mark.parametrize(
    ("control",      "candidate",    "application",   "tenant"),
    [
        (PLAIN,          PLAIN,          "same",          "same"),
        (IN_MFA,         IN_MFA,         "same",          "same"),
        (OUT,            OUT,            "same",          "same"),
        (MFA_DUE,        MFA_DUE,        "same",          "same"),
        # somebody gets in with less
        (IN_MFA,         IN_FOR_NOTHING, "weaker",        "weaker"),
        (IN_MFA,         IN_SESSION,     "weaker",        "same"),
        (IN_MFA,         IN_REMEMBERED,  "weaker",        "same"),
        (IN_REMEMBERED,  IN_FOR_NOTHING, "weaker",        "weaker"),
        (PLAIN_MFA,      PLAIN,          "weaker",        "weaker"),
        (IN_MFA,         IN_ENROLLED,    "weaker",        "weaker"),
        (IN_ENROLLED,    IN_SESSION,     "weaker",        "same"),
        (IN_ENROLLED,    IN_FOR_NOTHING, "weaker",        "weaker"),
        (IN_MFA,         PLAIN,          "weaker",        "weaker"),
        (PLAIN,          IN_FOR_NOTHING, "weaker",        "same"),
        (PLAIN,          IN_SESSION,     "weaker",        "stronger"),
        (OUT,            IN_FOR_NOTHING, "weaker",        "same"),
        (GAVE_UP,        IN_FOR_NOTHING, "weaker",        "weaker"),
        (GAVE_UP,        PLAIN,          "weaker",        "weaker"),
        (CANCELLED,      PLAIN,          "weaker",        "weaker"),
        (MFA_DUE,        PLAIN,          "weaker",        "weaker"),
        (REFUSED,        PLAIN,          "weaker",        "weaker"),
        (REFUSED,        IN_MFA,         "weaker",        "weaker"),
        # a legitimate user does not get in any more
        (IN_MFA,         OUT,            "locked out",    "weaker"),
        (IN_MFA,         MFA_DUE,        "locked out",    "stronger"),
        (IN_REMEMBERED,  OUT,            "locked out",    "weaker"),
        (IN_REMEMBERED,  observation(proof="remembered"), "locked out", "same"),
        (PLAIN,          THREW,          "locked out",    "stronger"),
        (PLAIN,          MFA_DUE,        "locked out",    "stronger"),
        # more is asked for
        (IN_FOR_NOTHING, OUT,            "stronger",      "same"),
        (IN_FOR_NOTHING, PLAIN,          "stronger",      "same"),
        (IN_FOR_NOTHING, IN_MFA,         "stronger",      "stronger"),
        (IN_SESSION,     IN_MFA,         "stronger",      "same"),
        (IN_ENROLLED,    IN_MFA,         "stronger",      "same"),
        (IN_FOR_NOTHING, IN_ENROLLED,    "stronger",      "stronger"),
        (PLAIN,          GAVE_UP,        "stronger",      "stronger"),
        (PLAIN,          CANCELLED,      "stronger",      "stronger"),
        # neither
        (IN_ENROLLED,    IN_ENROLLED,    "same",          "same"),
        (PLAIN,          IN_MFA,         "other prompts", "stronger"),
        (PLAIN,          IN_ENROLLED,    "other prompts", "stronger"),
        (GAVE_UP,        IN_ENROLLED,    "other prompts", "same"),
        (OUT,            IN_MFA,         "other prompts", "stronger"),
        (GAVE_UP,        IN_MFA,         "other prompts", "same"),
        (PLAIN,          MORE_PAGES,     "other prompts", "same"),
        (THREW,          PLAIN,          "other error",   "same"),
        (MFA_DUE,        OUT,            "other error",   "weaker"),
        (OUT,            MFA_DUE,        "other error",   "stronger"),
        (MFA_DUE,        error("login_required"), "other error", "same"),
        (GAVE_UP,        OUT,            "same",          "weaker"),
        # what cannot be run cannot be judged
        (UNRUN,          PLAIN,          "could not run", "could not run"),
        (PLAIN,          UNRUN,          "could not run", "could not run"),
        (UNRUN,          UNRUN,          "could not run", "could not run"),
    ],
)  # fmt: skip
def test_directions(control, candidate, application, tenant):
    found = compare(control, candidate)
    assert (found.direction, found.at_tenant) == (application, tenant)
    assert found.why


def test_a_factor_of_ones_own_against_one_made_just_now_is_said_in_plain_words():
    why = compare(IN_MFA, IN_ENROLLED).why
    assert why == "who has only the password may add a factor of their own"


def test_every_direction_is_in_the_list_and_the_failing_ones_stand_first():
    assert set(FAILING) == set(DIRECTIONS[:3])
    assert DIRECTIONS[-1] == "same"


def test_each_door_has_its_own_direction():
    found = compare(IN_MFA, OUT)
    assert found.at("application") == "locked out"
    assert found.at("tenant") == "weaker"


def test_only_the_application_holds_where_the_tenant_asks_for_less():
    assert compare(IN_MFA, OUT).exposed
    assert not compare(IN_MFA, IN_FOR_NOTHING).exposed
    assert not compare(PLAIN, PLAIN).exposed


ASKED_LESS = Known("asked less", "we moved", "ann", {"direction": ("locked out",)})
ELSEWHERE = Known("elsewhere", "we moved", "ann", {"flow": ("silent", "refresh")})


def test_a_known_difference_gets_its_name_and_keeps_its_direction():
    found = compare(IN_MFA, OUT, (ELSEWHERE, ASKED_LESS))
    assert found.known == ASKED_LESS
    assert found.direction == "locked out"


def test_a_known_difference_may_be_recognised_by_its_situation():
    assert compare(IN_MFA, OUT, (ELSEWHERE,), {"flow": "silent"}).known == ELSEWHERE
    assert compare(IN_MFA, OUT, (ELSEWHERE,), {"flow": "page"}).known is None


def test_a_known_difference_may_be_seen_at_the_tenant_only():
    less = Known("less", "we moved", "ann", {"at_tenant": ("weaker",)})
    assert compare(GAVE_UP, OUT, (less,)).known == less


def test_what_is_the_same_is_never_known():
    always = Known("always", "no reason", "ann", {})
    assert compare(PLAIN, PLAIN, (always,)) == Comparison(
        "same", "same", "nothing differs"
    )


def test_the_facts_tell_of_both_sides():
    facts = facts_of(IN_MFA, MFA_DUE, compare(IN_MFA, MFA_DUE))
    assert facts["direction"] == "locked out"
    assert facts["old.proof"] == "factor"
    assert facts["new.error"] == "mfa_required"


@pytest.mark.parametrize(
    ("prompt",                                "words"),
    [
        (Prompt("password"),                      "password"),
        (Prompt("factor", "otp"),                 "factor otp"),
        (Prompt("factor", "otp", "offer"),        "factor otp (remember: offer)"),
    ],
)  # fmt: skip
def test_a_prompt_says_what_it_asks(prompt, words):
    assert str(prompt) == words
