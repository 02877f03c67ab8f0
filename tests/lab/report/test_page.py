"""The page of the report: what a reader without a mouse, or without eyes, gets of it."""

from __future__ import annotations

import json
import re

import pytest

from fabrikam.lab.commands import add_lab
from fabrikam.lab.report import page
from tests.lab.builders import RULES
from tests.lab.commandline import run

SPECIMENS = RULES / "specimens"


@pytest.fixture(scope="module")
def data():
    """A comparison with several differences, as data."""
    sides = ("rule-by-acr-values", "array-compared-with-string")
    folders = [str(SPECIMENS / side) for side in sides]
    words = ("--old-strategy", "modern", "--quick", "--json")
    return json.loads(run(add_lab, "lab", "compare", *folders, *words).out)


def test_every_diagram_stands_once_more_in_words(data):
    text = page(data)
    stories = [found[side]["story"] for found in data["differences"] for side in SIDES]
    listed = re.findall(r"<ol>(.*?)</ol>", text)
    assert len(listed) == text.count("<svg") == len(stories)
    assert [one.count("<li>") for one in listed] == [len(story) for story in stories]


SIDES = ("old", "new")


def test_whatever_can_be_scrolled_can_be_reached_and_has_a_name(data):
    wide = re.findall(r'<div class="wide"[^>]*>', page(data))
    assert len(wide) == 2 + 2 * len(data["differences"])
    assert all('tabindex="0" role="region" aria-label="' in one for one in wide)


def test_on_paper_nothing_is_cut_off(data):
    style = page(data).partition("<style>")[2].partition("</style>")[0]
    printed = style.partition("@media print")[2]
    assert ".wide { overflow: visible; }" in printed
    assert "@page { size: A4; margin: 12mm; }" in style
