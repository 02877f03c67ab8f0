"""A story names the script, the file and the line of what was done."""

from __future__ import annotations

import pytest

from fabrikam.lab.simulation.timeline import story_of
from tests.lab.builders import MFA_ACR, situation

STEP = situation(request="step-up")


def told(workshop, folder, word, where):
    """The story of a login, as pairs of words and places."""
    simulator = workshop.simulator(folder, word)
    story = story_of(
        simulator.simulate(where), simulator.observe(where), simulator.side.folder
    )
    return [(moment.said, moment.where) for moment in story]


@pytest.mark.parametrize(
    ("name",                       "word",   "where", "said",                                                                     "place"),
    [
        ("before",                     "legacy", STEP,  "Step-up asks for google-authenticator; the browser may not be remembered", "rules/Step-up.js:16"),
        ("before",                     "legacy", STEP,  'Step-up writes authentication_level = "mfa" into the ID token',            "rules/Step-up.js:25"),
        ("after",                      "modern", STEP,  "Step-up asks for any; the browser may not be remembered",                  "actions/Step-up/code.js:14"),
        ("includes-on-what-may-be-absent", "modern", situation(acr_values_absent="undefined"), "Step-up breaks:", "actions/Step-up/code.js:4"),
        ("version-in-require",         "modern", situation(), "Step-up breaks:", "actions/Step-up/code.js:"),
    ],
)  # fmt: skip
def test_an_effect_has_its_place(  # noqa: PLR0917 - one a column
    workshop, name, word, where, said, place
):
    story = told(workshop, workshop.specimen(name), word, where)
    assert any(one.startswith(said) and at.startswith(place) for one, at in story)


def test_a_refusal_has_its_place(workshop):
    folder = workshop.scripted(
        "exports.onExecutePostLogin = async (event, api) => {\n"
        '  api.access.deny("not today");\n'
        "};"
    )
    story = told(workshop, folder, "modern", situation())
    refusal = ("Step-up refuses: access_denied, not today", "actions/Step-up/code.js:2")
    assert refusal in story
    assert story[-1] == ("error: access_denied", "")


def test_a_pause_has_its_place(workshop):
    folder = workshop.specimen("request-read-after-a-pause")
    said = [one for one, _ in told(workshop, folder, "modern", STEP)]
    assert "Terms waits for the user: redirect" in said
    assert "sends the browser away, and it comes back" in said


def test_a_story_begins_with_the_request_and_ends_with_the_verdict(workshop):
    story = told(workshop, workshop.specimen("after"), "modern", STEP)
    assert story[0][0].startswith("/authorize scope=openid profile email")
    assert MFA_ACR in story[0][0]
    assert story[-1][0] == "allowed"


@pytest.mark.parametrize(
    ("where",                                     "last"),
    [
        (situation(request="step-up", answer="fails"),   "does not get past this page"),
        (situation(request="step-up", answer="cancels"), "error: access_denied"),
        (situation(flow="password"),                     "error: unauthorized_client"),
        (situation(flow="refresh"),                      "asks for more: amr missing"),
    ],
)  # fmt: skip
def test_a_story_that_ends_elsewhere_says_where(workshop, where, last):
    story = told(workshop, workshop.specimen("after"), "modern", where)
    assert story[-1][0] == last
