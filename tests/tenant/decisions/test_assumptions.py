"""Doubts about Auth0, and the words that answer them."""

from __future__ import annotations

import pytest

from fabrikam.tenant import DOUBTS, Assumptions, assumptions_from


@pytest.mark.parametrize("name", DOUBTS)
def test_every_doubt_has_its_default_first_and_every_word_is_accepted(name):
    doubt = DOUBTS[name]
    assert getattr(Assumptions(), name) == doubt.words[0]
    for word in doubt.words:
        assert getattr(assumptions_from({name: word}), name) == word


def test_an_unknown_quirk_says_which_are_known():
    with pytest.raises(ValueError, match="known are acr_values_absent"):
        assumptions_from({"amr": "present"})
    with pytest.raises(ValueError, match="write empty or undefined"):
        assumptions_from({"acr_values_absent": "null"})
