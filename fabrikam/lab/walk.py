"""One situation through the real tenant and the real intranet, in process.

The core says what a login comes to; a walk goes and looks: over the pages, with forms
and cookies, through every check of the relying party.  Where the two disagree, one of
them is wrong, and no comparison that rests on the core may be believed.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import pyotp

from fabrikam.lab.bench import Bench
from fabrikam.lab.browser import Browser, Page, query_of
from fabrikam.lab.departing import DAY, HOUR, MINUTE, NOW, departure, metadata_of
from fabrikam.lab.glance import Glance
from fabrikam.lab.sides import CALLBACK, ISSUER
from fabrikam.lab.situations import DIRECT, ORDINARY, departures
from fabrikam.lab.stage import APP, PASSWORD, SECRET, Stage, Visitor
from fabrikam.tenant import MFA_ACR, Refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fabrikam.lab.compare import Observation
    from fabrikam.lab.sides import Side
    from fabrikam.lab.situations import Situation
    from fabrikam.lab.stage import OpenIntranet
    from fabrikam.tenant.facts import Client
    from fabrikam.tenant.journey import Login

__all__ = [
    "Disagreement",
    "Walked",
    "Walker",
    "expected",
    "walk_through",
    "walkable",
]

_MOST_PAGES: Final = 30
_SENT: Final = ("scope", "acr_values", "prompt", "max_age", "audience")
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "/u/login": ("password", ""),
    "/u/mfa-otp-challenge": ("factor", "otp"),
    "/u/mfa-push-challenge-push": ("factor", "push-notification"),
    "/u/mfa-otp-enrollment": ("enrolment", "otp"),
    "/u/mfa-push-enrollment-qr": ("enrolment", "push-notification"),
    "/u/consent": ("consent", ""),
}
_WRONG_CODE: Final = "000000"


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk came to: the pages met, the error brought back, how far it led."""

    pages: tuple[tuple[str, str], ...]
    error: str | None
    employees: bool


class Disagreement(Exception):
    """A walk came to something else than the core says."""

    def __init__(
        self, side: Side, situation: Situation, core: Walked, walk: Walked
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

    The token endpoint is not the intranet's way in, the local tenant knows no
    geography, and a recovery code is shown to its user only.
    """
    return (
        situation.flow not in DIRECT
        and situation.place == ORDINARY.place
        and situation.answer != "recovery code"
        and situation.beyond == ORDINARY.beyond
    )


def expected(seen: Observation) -> Walked:
    """Say what a walk must come to, if the core is right."""
    pages = tuple((prompt.kind, prompt.method) for prompt in seen.prompts)
    return Walked(pages, seen.error, seen.reach == "employees")


class Walker:
    """Walks situations on one side; close it, or use it in a `with`."""

    def __init__(self, side: Side, open_intranet: OpenIntranet, root: Path) -> None:
        self._side = side
        self._stage = Stage(side, open_intranet, root)

    def __enter__(self) -> Walker:
        return self

    def __exit__(self, *_: object) -> None:
        self._stage.close()

    def check(self, situation: Situation, seen: Observation) -> None:
        """Walk a situation; raises Disagreement."""
        core, walk = expected(seen), self.walk(situation)
        if core != walk:
            raise Disagreement(self._side, situation, core, walk)

    def walk(self, situation: Situation) -> Walked:
        """Walk a situation."""
        login = departure(Glance(situation), self._side)
        if isinstance(login, Refuse):
            raise TypeError("a walk begins at /authorize")
        stage = self._stage
        client = _registered(login.client, situation)
        intranet = stage.intranet(login.client.client_id, self._side.strategy)
        browser = Browser({ISSUER: stage.tenant, APP: intranet})
        visitor = stage.visitor(situation.user, metadata_of(Glance(situation)))
        _Past(stage, browser, visitor, client).bring_about(situation)
        stage.set_scene(situation, client)
        if situation.user == "blocked":
            stage.block(visitor)
        return _Visit(stage, browser, visitor, situation.answer).go(situation, login)


def _registered(client: Client, situation: Situation) -> dict[str, Any]:
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


class _Past:
    """What the browser did before: earlier sessions, and factors it is trusted with."""

    def __init__(
        self,
        stage: Stage,
        browser: Browser,
        visitor: Visitor,
        client: Mapping[str, Any],
    ) -> None:
        self._stage, self._browser = stage, browser
        self._visitor, self._client = visitor, client

    def bring_about(self, situation: Situation) -> None:
        """Live through it, then stand in the present."""
        if (situation.cookie, situation.session) != ("none", "none"):
            self._stage.neutral()
            plain = {"client_secret": SECRET, "callbacks": [CALLBACK]}
            self._stage.control("clients", {**self._client, **plain, "sso": True})
            self._remember(situation.cookie)
            self._sign_in(situation.session)
        self._stage.now = NOW

    def _remember(self, cookie: str) -> None:
        match cookie:
            case "5 days" | "another user's":
                who = self._visitor if cookie == "5 days" else self._somebody_else()
                self._pass_a_factor(who, 5 * DAY)
            case "8 days idle":
                self._pass_a_factor(self._visitor, 8 * DAY)
            case "31 days":
                for days in (31, 25, 19, 13, 7, 2):  # never idle for a week
                    self._pass_a_factor(self._visitor, days * DAY)
        self._browser.forget("auth0")

    def _somebody_else(self) -> Visitor:
        return self._stage.visitor("authenticator app", {})

    def _pass_a_factor(self, visitor: Visitor, ago: int) -> None:
        self._stage.now = NOW - ago
        self._browser.forget("auth0")
        visit = _Visit(self._stage, self._browser, visitor, "passes", remember=True)
        visit.through(self._browser.get(self._authorize()))

    def _sign_in(self, session: str) -> None:
        if session == "none":
            return
        ago = 8 * HOUR if session.endswith("8 hours ago") else 10 * MINUTE
        self._stage.now = NOW - ago - MINUTE
        answer = "fails" if session == "password" else "passes"
        visit = _Visit(self._stage, self._browser, self._visitor, answer)
        visit.through(self._browser.get(self._authorize(acr_values=MFA_ACR)))

    def _authorize(self, **more: str) -> str:
        plain = {
            "response_type": "code",
            "client_id": self._client["client_id"],
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": "past",
            **more,
        }
        return f"{ISSUER}authorize?{urlencode(plain)}"


class _Visit:
    """One browser at the tenant's pages, with somebody who answers them."""

    def __init__(
        self,
        stage: Stage,
        browser: Browser,
        visitor: Visitor,
        answer: str,
        *,
        remember: bool = False,
    ) -> None:
        self._stage, self._browser, self._visitor = stage, browser, visitor
        self._answer = answer
        self._remember = {"rememberBrowser": "true"} if remember else {}
        self.pages: list[tuple[str, str]] = []
        self._stopped = False

    def go(self, situation: Situation, login: Login) -> Walked:
        """Walk from the intranet's door to its verdict."""
        way = "/login" if situation.request == "login" else "/login/mfa"
        departed = self._browser.get(APP + way, return_to="/employees")
        sent = _on_the_way(departed.leads_to, login.request.query)
        back = self.through(self._browser.get(sent))
        error = None
        if back is not None:
            error = query_of(back).get("error")
            self._browser.get(back)
        employees = self._browser.get(f"{APP}/employees").status == HTTPStatus.OK
        return Walked(tuple(self.pages), error, employees)

    def through(self, page: Page) -> str | None:
        """Answer pages until the browser is sent back to the application."""
        for _ in range(_MOST_PAGES):
            where = page.leads_to
            if page.location is None:
                page = self._answered(page)
            elif where.startswith(CALLBACK):
                return where
            elif not where.startswith(ISSUER):  # a script sent the browser away
                self.pages.append(("redirect", ""))
                page = self._browser.get(f"{ISSUER}continue", **_state(where))
            else:
                page = self._browser.get(where)
            if self._stopped:
                return None
        raise RuntimeError(f"a login that never ends: {self.pages}")

    def _answered(self, page: Page) -> Page:
        kind = _KINDS.get(page.path)
        if kind is not None:
            self.pages.append(kind)
        return self._answers()[kind[0] if kind else page.path](page)

    def _answers(self) -> Mapping[str, Callable[[Page], Page]]:
        return {
            "password": self._password,
            "factor": self._factor,
            "enrolment": self._enrolment,
            "consent": lambda page: self._send(page, action="accept"),
            "/u/mfa-recovery-code-enrollment": self._send,
        }

    def _password(self, page: Page) -> Page:
        return self._send(page, username=self._visitor.email, password=PASSWORD)

    def _factor(self, page: Page) -> Page:
        if self._answer == "cancels":
            return self._cancel(page)
        if page.path.endswith("-push"):
            word = "deny" if self._answer == "fails" else "allow"
            self._stage.answer_push(self._visitor, word)
            self._stopped = self._answer == "fails"
            return self._send(page, **self._remember)
        return self._typed(page, lambda: self._stage.code(self._visitor))

    def _enrolment(self, page: Page) -> Page:
        if self._answer == "cancels":
            return self._cancel(page)
        now = self._stage.now
        return self._typed(page, lambda: pyotp.TOTP(page.secret).at(now))

    def _typed(self, page: Page, code: Callable[[], str]) -> Page:
        self._stopped = self._answer == "fails"
        typed = _WRONG_CODE if self._stopped else code()
        return self._send(page, code=typed, **self._remember)

    def _cancel(self, page: Page) -> Page:
        return self._browser.post(f"{ISSUER}u/cancel", page.hidden)

    def _send(self, page: Page, **fields: str) -> Page:
        filled = {**page.hidden, "action": "default", **fields}
        return self._browser.post(page.url, filled)


def _on_the_way(url: str, asked: Mapping[str, str]) -> str:
    """Change what the application sent into what reaches the tenant."""
    sent = {n: value for n, value in query_of(url).items() if n not in _SENT}
    arrived = {name: asked[name] for name in _SENT if name in asked}
    return urlunsplit(urlsplit(url)._replace(query=urlencode(sent | arrived)))


def _state(url: str) -> dict[str, str]:
    return {"state": query_of(url)["state"]}


def walk_through(
    side: Side,
    situations: Iterable[Situation],
    open_intranet: OpenIntranet,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> int:
    """Walk situations on one side and count them; raises Disagreement."""
    chosen = [situation for situation in situations if walkable(situation)]
    with (
        _in_silence(),
        TemporaryDirectory(prefix="lab-") as root,
        Bench(side) as bench,
        Walker(side, open_intranet, Path(root)) as walker,
    ):
        for number, situation in enumerate(chosen):
            progress(f"walking through {side.name}", number, len(chosen))
            walker.check(situation, bench.observe(situation))
    return len(chosen)


@contextmanager
def _in_silence() -> Iterator[None]:
    """Keep what the houses would log of visitors who are not let in."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
