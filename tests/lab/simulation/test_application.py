"""Which application the lab asks as: the folders' own, the same on both sides."""

from __future__ import annotations

import pytest

from fabrikam.lab.simulation.application import ApplicationUnclear, applications
from fabrikam.tenant.scripts import read_folder
from tests.tenant.scripts.builders import write

PORTAL = {"name": "HR Portal", "app_type": "regular_web", "is_first_party": True}
PORTAL_ID = {**PORTAL, "client_id": "AbC123"}
SHOP = {"name": "Shop", "app_type": "spa"}
ROBOT = {"name": "Robot", "app_type": "non_interactive"}
PARTNER = {"name": "Partner", "app_type": "regular_web", "is_first_party": False}
PHONE = {"name": "Phone", "app_type": "native"}
INTRANET = {"name": "Fabrikam Intranet", "client_id": "fabrikam-intranet"}
RENAMED = {**PORTAL_ID, "name": "Portal of HR"}
ELSEWHERE = {**PORTAL, "client_id": "XyZ789"}

RULE = """function (user, context, callback) {
  if (%s) context.multifactor = { provider: 'any' };
  callback(null, user, context);
}"""


@pytest.fixture
def folder(tmp_path):
    """Writes a folder with some clients, and a Rule with this condition."""

    def written(*clients, when="true", **files):
        place = tmp_path / f"folder-{len(list(tmp_path.iterdir()))}"
        about = {"name": "Step-up", "order": 1, "script": "./Step-up.js"}
        script = {"rules/Step-up.json": about, "rules/Step-up.js": RULE % when}
        listed = {f"clients/{one['name']}.json": one for one in clients}
        return read_folder(write(place, {**script, **listed, **files}))

    return written


@pytest.mark.parametrize(
    ("old",                  "new",                  "wished",   "asks"),
    [
        ([PORTAL_ID],            [PORTAL_ID],            None,       ("HR Portal", "AbC123")),
        ([PORTAL_ID, INTRANET],  [PORTAL_ID, INTRANET],  None,       ("Fabrikam Intranet", "fabrikam-intranet")),
        ([PORTAL_ID, ROBOT],     [PORTAL_ID, ROBOT],     None,       ("HR Portal", "AbC123")),
        ([PORTAL_ID, PARTNER],   [PORTAL_ID],            None,       ("HR Portal", "AbC123")),
        ([PORTAL_ID, PHONE],     [PORTAL_ID, PHONE],     None,       ("HR Portal", "AbC123")),
        ([PHONE, ROBOT],         [PHONE],                None,       ("Phone", "made-up-phone")),
        ([PORTAL_ID],            [PORTAL_ID, SHOP],      None,       ("HR Portal", "AbC123")),
        ([PORTAL_ID, SHOP],      [PORTAL_ID, SHOP],      "Shop",     ("Shop", "made-up-shop")),
        ([PORTAL_ID, SHOP],      [PORTAL_ID, SHOP],      "AbC123",   ("HR Portal", "AbC123")),
        ([PORTAL_ID],            [],                     None,       ("HR Portal", "AbC123")),
        ([],                     [PORTAL_ID],            None,       ("HR Portal", "AbC123")),
        ([],                     [],                     None,       ("Fabrikam Intranet", "fabrikam-intranet")),
        ([],                     [],                     "AbC123",   ("AbC123", "AbC123")),
        ([PORTAL],               [PORTAL_ID],            None,       ("HR Portal", "AbC123")),
    ],
)  # fmt: skip
def test_one_application_asks_on_both_sides(folder, old, new, wished, asks):
    for application in applications(folder(*old), folder(*new), wished):
        assert (application.name, application.client_id) == asks


@pytest.mark.parametrize(
    ("old",               "new",                "wished",  "said"),
    [
        ([PORTAL_ID, SHOP],   [PORTAL_ID, SHOP],    None,      "--client: the folders have 'HR Portal', 'Shop'"),
        ([ROBOT],             [ROBOT],              None,      "the folders have 'Robot'"),
        ([PORTAL_ID, SHOP],   [PORTAL_ID],          "Nobody",  "no client is called 'Nobody'"),
        ([PORTAL_ID],         [SHOP],               None,      "which application asks"),
        ([PORTAL_ID, SHOP],   [SHOP],               "AbC123",  "has no client 'HR Portal'; it has 'Shop'"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_asked_with_the_names(folder, old, new, wished, said):
    with pytest.raises(ApplicationUnclear, match=said):
        applications(folder(*old), folder(*new), wished)


def test_a_client_that_was_renamed_is_still_the_same(folder):
    old, new = applications(folder(PORTAL_ID), folder(RENAMED))
    assert (old.name, new.name) == ("HR Portal", "Portal of HR")


def test_two_tenants_know_the_same_application_by_two_ids(folder):
    old, new = applications(folder(PORTAL_ID), folder(ELSEWHERE))
    assert (old.client_id, new.client_id) == ("AbC123", "XyZ789")


@pytest.mark.parametrize(
    "when",
    [
        "context.clientID === 'AbC123'",
        "['AbC123', 'DeF456'].indexOf(context.clientID) !== -1",
        "context.clientID === configuration.PORTAL",
    ],
)
def test_an_id_that_the_export_leaves_out_stands_in_the_old_scripts(folder, when):
    config = {"rules-configs/PORTAL.json": {"key": "PORTAL", "value": "AbC123"}}
    old = folder(PORTAL, when=when, **config)
    new = folder(PORTAL, when="context.clientID === 'AbCI23'")
    for application in applications(old, new):
        assert application.client_id == "AbC123"
        assert application.id_from == "rules/Step-up.js"


def test_a_wished_id_that_only_the_scripts_know_is_taken(folder):
    old = folder(PORTAL, when="['AbC123', 'DeF456'].indexOf(context.clientID) !== -1")
    assert applications(old, old, "DeF456")[0].client_id == "DeF456"


def test_where_an_id_comes_from_is_said_only_if_the_folder_lacks_it(folder):
    old, new = applications(folder(PORTAL_ID), folder(PORTAL))
    assert (old.id_from, new.id_from) == ("", "the other folder")
    assert applications(folder(PORTAL), folder(PORTAL))[0].id_from == "made up"


def test_all_that_the_folder_says_of_the_client_stays(folder):
    old, new = folder({**PORTAL, "oidc_conformant": False}), folder(PORTAL)
    control, candidate = applications(old, new)
    assert control.said["oidc_conformant"] is False
    assert "oidc_conformant" not in candidate.said
