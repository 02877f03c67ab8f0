"""SU614, SU615: what reaches no application of the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.lab.auth0.members import CLIENT_IDS, closest
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.lint.check import check
from fabrikam.lab.lint.claims import claims, is_level
from fabrikam.lab.lint.skipped_mfa import is_placeholder
from fabrikam.lab.lint.value_types import comparisons, memberships

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node
    from fabrikam.lab.lint.whole_folder import LintedFolder

__all__ = ["client_unknown", "level_in_access_token_only"]


@check(
    "SU614",
    why="The comparison is true for no application of this folder: whoever should be "
    "asked is not asked, or an exception holds for nobody.",
    instead="the client id as the folder has it",
)
def client_unknown(whole: LintedFolder) -> Iterator[Hit]:
    """A client id that no application of the folder has."""
    clients = whole.folder.clients
    known = tuple(
        str(client["client_id"]) for client in clients if "client_id" in client
    )
    if not clients or len(known) < len(clients):
        return  # most exports leave the ids out
    for script in whole.running:
        compared = list(_compared(script))
        if not any(word in known for _, word in compared):  # else: another tenant's ids
            for node, word in compared:
                if not is_placeholder(word):  # SU301 has said so
                    yield script.at(node, closest(word, known))


@check(
    "SU615",
    why="An application that signs people in reads its ID token, and an access token "
    "is none of its business. It never gets the level, and asks for it for ever.",
    instead='api.idToken.setCustomClaim("…", level), be it beside the access token',
)
def level_in_access_token_only(whole: LintedFolder) -> Iterator[Hit]:
    """The level stands in the access token only."""
    levels = [
        (script, claim)
        for script in whole.running
        for claim in claims(script)
        if is_level(claim)
    ]
    if levels and all(claim.in_access_token for _, claim in levels):
        script, claim = levels[0]
        yield script.at(claim.node)


def _compared(script: Script) -> Iterator[tuple[Node, str]]:
    """Give the words that the id of the client is compared with."""
    for node, side, other in comparisons(script):
        word = script.names.constant(other)
        if script.path(side) in CLIENT_IDS and word:
            yield node, word
    for call, listed, item in memberships(script):
        array = script.names.literal(listed, "array")
        for part in [] if array is None else array.named_children:
            word = script.names.constant(part)
            if script.path(item) in CLIENT_IDS and word:
                yield call, word
    for switch in script.nodes("switch_statement"):
        if script.path(js.field(switch, "value")) in CLIENT_IDS:
            for case in js.nodes(switch, "switch_case"):
                word = script.names.constant(js.field(case, "value"))
                if word:
                    yield case, word
