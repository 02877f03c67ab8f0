"""One situation through the real tenant and the real intranet, in process.

The core says what a login comes to; a walk goes and looks: over the pages, with forms
and cookies, through every check of the relying party.  Where the two disagree, one of
them is wrong, and no comparison that rests on the core may be believed.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from fabrikam.lab.end_to_end.direct_login import DirectLogin
from fabrikam.lab.end_to_end.earlier_sessions import EarlierSessions
from fabrikam.lab.end_to_end.page_login import PageLogin, WalkedLogin
from fabrikam.lab.end_to_end.programs import APP, Programs
from fabrikam.lab.end_to_end.user_agent import UserAgent
from fabrikam.lab.scenarios.axes import DIRECT
from fabrikam.lab.scenarios.situation import ORDINARY, departures
from fabrikam.lab.simulation.actors import metadata_of
from fabrikam.lab.simulation.login_start import login_start
from fabrikam.lab.simulation.side_simulator import SideSimulator
from fabrikam.lab.simulation.sides import ISSUER
from fabrikam.lab.simulation.tracked_reads import TrackedSituation
from fabrikam.tenant import Refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fabrikam.lab.end_to_end.programs import OpenIntranet, Visitor
    from fabrikam.lab.scenarios.situation import Situation
    from fabrikam.lab.simulation.observation import Observation
    from fabrikam.lab.simulation.side_simulator import Progress
    from fabrikam.lab.simulation.sides import Side
    from fabrikam.tenant import Login, RegisteredClient

__all__ = ["Disagreement", "Walker", "expected", "walk_through", "walkable"]


class Disagreement(Exception):
    """A walk came to something else than the core says."""

    def __init__(
        self, side: Side, situation: Situation, core: WalkedLogin, walk: WalkedLogin
    ) -> None:
        words = departures(situation)
        super().__init__(
            f"{side.name}, {words}: the core says {core}, a walk came to {walk}"
        )
        self.side = side
        self.situation = situation
        self.core = core
        self.walk = walk


def walkable(situation: Situation) -> bool:
    """Tell whether a browser can bring a situation about by itself.

    The local tenant knows no geography, and a recovery code is shown to its user only.
    """
    return (
        situation.place == ORDINARY.place
        and situation.answer != "recovery code"
        and not situation.facts
    )


def expected(observation: Observation) -> WalkedLogin:
    """Say what a walk must come to, if the core is right."""
    pages = tuple((prompt.kind, prompt.method) for prompt in observation.prompts)
    return WalkedLogin(pages, observation.error, observation.reach == "employees")


class Walker:
    """Walks situations on one side; close it, or use it in a `with`."""

    def __init__(self, side: Side, open_intranet: OpenIntranet, root: Path) -> None:
        self._side = side
        self._programs = Programs(side, open_intranet, root)

    def __enter__(self) -> Walker:
        return self

    def __exit__(self, *_: object) -> None:
        self._programs.close()

    def check(self, situation: Situation, observation: Observation) -> None:
        """Walk a situation; raises Disagreement."""
        core, walk = expected(observation), self.walk(situation)
        if core != walk:
            raise Disagreement(self._side, situation, core, walk)

    def walk(self, situation: Situation) -> WalkedLogin:
        """Walk a situation."""
        login = login_start(TrackedSituation(situation), self._side)
        if isinstance(login, Refuse):
            raise TypeError("a walk begins at /authorize")
        visitor = self._programs.visitor(
            situation.user, metadata_of(TrackedSituation(situation))
        )
        if situation.flow in DIRECT:
            return self._at_the_token_endpoint(situation, login, visitor)
        return self._over_the_pages(situation, login, visitor)

    def _over_the_pages(
        self, situation: Situation, login: Login, visitor: Visitor
    ) -> WalkedLogin:
        programs = self._programs
        client = _registered(login.client, situation)
        intranet = programs.intranet(login.client.client_id, self._side.strategy)
        browser = UserAgent({ISSUER: programs.tenant, APP: intranet})
        EarlierSessions(programs, browser, visitor, client).bring_about(situation)
        programs.set_scene(situation, client)
        if situation.user == "blocked":
            programs.block(visitor)
        return PageLogin(programs, browser, visitor, situation.answer).go(
            situation, login
        )

    def _at_the_token_endpoint(
        self, situation: Situation, login: Login, visitor: Visitor
    ) -> WalkedLogin:
        client = _registered(login.client, situation)
        direct_login = DirectLogin(self._programs, visitor, situation)
        if situation.flow == "refresh":
            direct_login.prepare(client)
        self._programs.set_scene(situation, client)
        if situation.user == "blocked":
            self._programs.block(visitor)
        return direct_login.go(login, self._side)


def _registered(client: RegisteredClient, situation: Situation) -> dict[str, Any]:
    conformant = {"legacy": False, "conformant": True}
    return {
        "client_id": client.client_id,
        "name": client.name,
        "client_metadata": dict(client.metadata),
        "grant_types": list(client.grant_types),
        "oidc_conformant": conformant.get(situation.pipeline, client.conformant),
        "sso": client.single_sign_on,
        "sso_disabled": not client.single_sign_on,
        "is_first_party": client.first_party,
        "jwt_configuration": {"alg": "RS256"},
    }


def walk_through(
    side: Side,
    situations: Iterable[Situation],
    open_intranet: OpenIntranet,
    progress: Progress = lambda *_: None,
) -> int:
    """Walk situations on one side and count them; raises Disagreement."""
    chosen = [situation for situation in situations if walkable(situation)]
    with (
        _in_silence(),
        TemporaryDirectory(prefix="lab-") as root,
        SideSimulator(side) as simulator,
        Walker(side, open_intranet, Path(root)) as walker,
    ):
        for number, situation in enumerate(chosen):
            progress(f"walking through {side.name}", number, len(chosen))
            walker.check(situation, simulator.observe(situation))
    return len(chosen)


@contextmanager
def _in_silence() -> Iterator[None]:
    """Keep what the programs would log of visitors who are not let in."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
