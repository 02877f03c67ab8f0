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
from fabrikam.web.current_session import CurrentSession, forget_session
from fabrikam.web.error_pages import ErrorPages, http_error_pages
from fabrikam.web.explanations import level_of
from fabrikam.web.guard import Guard
from fabrikam.web.headers import policy, with_headers
from fabrikam.web.kept_forms import KeptForms
from fabrikam.web.loop_guard import LoopGuard
from fabrikam.web.metrics import Metrics, NoMetrics
from fabrikam.web.pages import Page, Pages
from fabrikam.web.pending import Pending
from fabrikam.web.refusal import Refusals
from fabrikam.web.request_fields import is_text
from fabrikam.web.return_to import ReturnTo
from fabrikam.web.sessions import Session, SessionLifetimes, Sessions
from fabrikam.web.sign_in import SignIn
from fabrikam.web.stores import Store, StoreUnavailable

__all__ = ["Services", "StepUpConfiguration", "install_step_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUpConfiguration:
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
    lifetimes: SessionLifetimes = field(default_factory=SessionLifetimes)
    evidence_seconds: int = 36_000
    sign_in_seconds: int = 600
    tenant_is_local: bool = False
    max_age: int | None = None
    api_audience: str | None = None
    strategies: tuple[Strategy, ...] = ()
    shadow: Strategy | None = None
    metrics: Metrics = field(default_factory=NoMetrics)

    @property
    def second_factor(self) -> Need:
        """What a second factor is here: of any age, or of `max_age` at the most."""
        if self.max_age is None:
            return MULTI_FACTOR
        return MULTI_FACTOR.within(seconds=self.max_age)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the routes of a furnished application work with."""

    current_session: CurrentSession
    sign_in: SignIn
    forms: KeptForms
    pages: Pages
    error_pages: ErrorPages
    metrics: Metrics


def install_step_up(
    app: Bottle, configuration: StepUpConfiguration, views: Path | None = None
) -> Services:
    """Give an application its guard, its pages and its way to sign in.

    `views` is the application's own folder; pages that it lacks are plain ones.
    """
    services = _services(app, configuration, views)
    app.uninstall("template")  # ours knows where the pages are
    app.install(services.pages)
    token, forged = services.current_session.csrf_token, services.error_pages.forged
    app.install(CrossSiteGuard(token=token, refusal=forged))
    app.install(_guard(configuration, services))
    app.add_hook("before_request", _refuse_odd_paths)
    app.default_error_handler = http_error_pages(services.pages)
    allowed = policy(
        tenant_origin=origin_of(configuration.party.provider.issuer),
        https=configuration.base_url.startswith("https://"),
    )
    app.wsgi = with_headers(app.wsgi, allowed)
    return services


def _services(
    app: Bottle, configuration: StepUpConfiguration, views: Path | None
) -> Services:
    session_cookie, browser_cookie = cookies_of(configuration.base_url)
    sessions = Sessions(
        configuration.store,
        secret=configuration.secret,
        clock=configuration.clock,
        lifetimes=configuration.lifetimes,
    )
    pending = Pending(
        configuration.store,
        secret=configuration.secret,
        clock=configuration.clock,
        seconds=configuration.sign_in_seconds,
    )
    current_session = CurrentSession(
        sessions, session_cookie, evidence_seconds=configuration.evidence_seconds
    )
    metrics = configuration.metrics
    pages = Pages(views, lambda: _common(configuration, current_session))
    error_pages = ErrorPages(pages, configuration.strategy, metrics)
    sign_in = SignIn(
        party=configuration.party,
        strategy=configuration.strategy,
        current_session=current_session,
        pending=pending,
        loop_guard=LoopGuard(pending, browser_cookie),
        error_pages=error_pages,
        return_to=ReturnTo(app),
        browser_cookie=browser_cookie,
        clock=configuration.clock,
        base_url=configuration.base_url,
        metrics=metrics,
    )
    return Services(
        current_session=current_session,
        sign_in=sign_in,
        forms=KeptForms(
            configuration.store, secret=configuration.secret, clock=configuration.clock
        ),
        pages=pages,
        error_pages=error_pages,
        metrics=metrics,
    )


def _guard(configuration: StepUpConfiguration, services: Services) -> Guard:
    refusals = Refusals(
        strategy=configuration.strategy,
        current_session=services.current_session,
        forms=services.forms,
        loop_guard=services.sign_in.loop_guard,
        error_pages=services.error_pages,
        metrics=services.metrics,
    )
    bearer = Bearer(
        party=configuration.party,
        strategy=configuration.strategy,
        audience=configuration.api_audience,
        clock=configuration.clock,
    )
    return Guard(
        configuration.strategy,
        visitor=services.current_session.evidence,
        clock=configuration.clock,
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


def _common(
    configuration: StepUpConfiguration, current_session: CurrentSession
) -> Page:
    """Return what every page shows."""
    session = _session_where_known(current_session)
    common: dict[str, Any] = {
        "visitor": None,
        "strategy": configuration.strategy.name,
        "csrf": current_session.csrf_token(),
        "path": request.path,
        "tenant_is_local": configuration.tenant_is_local,
        "tenant_url": configuration.party.provider.issuer,
    }
    if session is None:
        return common
    level = level_of(
        session.evidence,
        configuration.second_factor,
        by=configuration.strategy,
        now=configuration.clock(),
    )
    name = session.name or session.email or session.evidence.subject
    return common | {
        "visitor": _Visitor(name, session.email, level.is_second_factor, str(level))
    }


def _session_where_known(current_session: CurrentSession) -> Session | None:
    try:
        return current_session.session()
    except StoreUnavailable:  # a page that says so must not break on it as well
        forget_session()
        return None
