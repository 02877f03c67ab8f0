"""The parts of an intranet, put together around one Bottle application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bottle import Bottle, HTTPError, request

from fabrikam.oidc import RelyingParty, origin_of
from fabrikam.stepup import MULTI_FACTOR, Need, Strategy
from fabrikam.web.bearer import Bearer
from fabrikam.web.cookies import cookies_of
from fabrikam.web.csrf import CrossSiteGuard
from fabrikam.web.current_session import Visits, forget_session
from fabrikam.web.error_pages import Endings
from fabrikam.web.explanations import level_of
from fabrikam.web.guard import Guard
from fabrikam.web.headers import policy, with_headers
from fabrikam.web.http_errors import trouble_pages
from fabrikam.web.kept_forms import Forms
from fabrikam.web.loop_guard import Rounds
from fabrikam.web.metrics import Metrics
from fabrikam.web.pages import Page, Pages
from fabrikam.web.pending import Pending
from fabrikam.web.refusal import Refusals
from fabrikam.web.request_fields import is_text
from fabrikam.web.return_to import Ways
from fabrikam.web.sessions import Lifetimes, Session, Sessions
from fabrikam.web.sign_in import SignIn
from fabrikam.web.stores import Store, StoreUnavailable

__all__ = ["Desk", "House", "furnish"]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What an intranet is built from.

    `clock` gives whole seconds since the epoch, `base_url` has no slash at the end.
    `max_age` is the greatest age of any second factor in seconds.  `api_audience` is
    the identifier of our API at the tenant, None where it has none.  `strategies` are
    shown side by side; `shadow` is one that is watched and never obeyed.
    """

    strategy: Strategy
    party: RelyingParty
    store: Store
    secret: str = field(repr=False)
    base_url: str
    clock: Callable[[], int]
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    evidence_seconds: int = 36_000
    sign_in_seconds: int = 600
    tenant_is_local: bool = False
    max_age: int | None = None
    api_audience: str | None = None
    strategies: tuple[Strategy, ...] = ()
    shadow: Strategy | None = None

    @property
    def second_factor(self) -> Need:
        """What a second factor is here: of any age, or of `max_age` at the most."""
        if self.max_age is None:
            return MULTI_FACTOR
        return MULTI_FACTOR.within(seconds=self.max_age)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the routes of a furnished application work with."""

    visits: Visits
    sign_in: SignIn
    forms: Forms
    pages: Pages
    endings: Endings
    metrics: Metrics


def furnish(app: Bottle, house: House, views: Path | None = None) -> Desk:
    """Give an application its guard, its pages and its way to sign in.

    `views` is the application's own folder; pages that it lacks are plain ones.
    """
    desk = _desk(app, house, views)
    app.uninstall("template")  # ours knows where the pages are
    app.install(desk.pages)
    token, forged = desk.visits.csrf_token, desk.endings.forged
    app.install(CrossSiteGuard(token=token, refusal=forged))
    app.install(_guard(house, desk))
    app.add_hook("before_request", _refuse_odd_paths)
    app.default_error_handler = trouble_pages(desk.pages)
    allowed = policy(
        tenant_origin=origin_of(house.party.provider.issuer),
        https=house.base_url.startswith("https://"),
    )
    app.wsgi = with_headers(app.wsgi, allowed)
    return desk


def _desk(app: Bottle, house: House, views: Path | None) -> Desk:
    session_cookie, browser_cookie = cookies_of(house.base_url)
    sessions = Sessions(
        house.store,
        secret=house.secret,
        clock=house.clock,
        lifetimes=house.lifetimes,
    )
    pending = Pending(
        house.store,
        secret=house.secret,
        clock=house.clock,
        seconds=house.sign_in_seconds,
    )
    visits = Visits(sessions, session_cookie, evidence_seconds=house.evidence_seconds)
    metrics = Metrics()
    pages = Pages(views, lambda: _common(house, visits))
    endings = Endings(pages, house.strategy, metrics)
    sign_in = SignIn(
        party=house.party,
        strategy=house.strategy,
        visits=visits,
        pending=pending,
        rounds=Rounds(pending, browser_cookie),
        endings=endings,
        ways=Ways(app),
        browser_cookie=browser_cookie,
        clock=house.clock,
        base_url=house.base_url,
        metrics=metrics,
    )
    return Desk(
        visits=visits,
        sign_in=sign_in,
        forms=Forms(house.store, secret=house.secret, clock=house.clock),
        pages=pages,
        endings=endings,
        metrics=metrics,
    )


def _guard(house: House, desk: Desk) -> Guard:
    refusals = Refusals(
        strategy=house.strategy,
        visits=desk.visits,
        forms=desk.forms,
        rounds=desk.sign_in.rounds,
        endings=desk.endings,
        metrics=desk.metrics,
    )
    bearer = Bearer(
        party=house.party,
        strategy=house.strategy,
        audience=house.api_audience,
        clock=house.clock,
    )
    return Guard(
        house.strategy,
        visitor=desk.visits.evidence,
        clock=house.clock,
        refusal=refusals,
        bearer=bearer,
    )


@dataclass(frozen=True, slots=True)
class _Visitor:
    name: str
    email: str
    second_factor: bool
    level: str


def _refuse_odd_paths() -> None:
    if not is_text(request.environ["bottle.raw_path"]):
        raise HTTPError(404)


def _common(house: House, visits: Visits) -> Page:
    """Return what every page shows."""
    session = _session_where_known(visits)
    common: dict[str, Any] = {
        "visitor": None,
        "strategy": house.strategy.name,
        "csrf": visits.csrf_token(),
        "path": request.path,
        "tenant_is_local": house.tenant_is_local,
        "tenant_url": house.party.provider.issuer,
    }
    if session is None:
        return common
    level = level_of(
        session.evidence, house.second_factor, by=house.strategy, now=house.clock()
    )
    name = session.name or session.email or session.evidence.subject
    return common | {
        "visitor": _Visitor(name, session.email, level.is_second_factor, str(level))
    }


def _session_where_known(visits: Visits) -> Session | None:
    try:
        return visits.session()
    except StoreUnavailable:  # a page that says so must not break on it as well
        forget_session()
        return None
