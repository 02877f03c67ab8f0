"""The limits that Auth0 documents on what a script is made of, one row each."""

from __future__ import annotations

import pytest

from fabrikam.tenant.scripts import FolderRejected, read_folder
from tests.tenant.scripts.builders import action, actions, rule, rules

PLAIN = action("")


def secret(name, value):
    return {"secrets": [{"name": name, "value": value}]}


@pytest.mark.parametrize(
    ("source", "about", "wrong"),
    [
        (PLAIN.ljust(100_000),        {},                          None),
        (PLAIN.ljust(100_001),        {},                          "100000 bytes"),
        (PLAIN + "/" * 2 + "é" * 50_000, {},                       "100000 bytes"),
        (PLAIN,                       secret("K" * 128, "v"),      None),
        (PLAIN,                       secret("K" * 129, "v"),      "is too long"),
        (PLAIN,                       secret("K", "v" * 4096),     None),
        (PLAIN,                       secret("K", "v" * 4097),     "is too long"),
    ],
)  # fmt: skip
def test_an_action_has_no_more_than_auth0_takes(tmp_path, source, about, wrong):
    root = actions(tmp_path, source, **about)
    if wrong is None:
        assert read_folder(root).actions
        return
    with pytest.raises(FolderRejected, match=wrong):
        read_folder(root)


def test_a_rule_has_no_more_than_auth0_takes(tmp_path):
    root = rules(tmp_path, rule("").ljust(100_001))
    with pytest.raises(FolderRejected, match="100000 bytes"):
        read_folder(root)
