"""What the tenant does next in a login.

Rule 1: whether to ask, refuse or issue is decided in `next_step`, nowhere else.
Rule 2: this file knows nothing of HTTP, of JavaScript, or of storage.
Rule 3: scripts run before the second factor; what they asked for is an `Outcome`.
Rule 4: a session proves the first factor only; the second is weighed in every login.
Rule 5: `STAGES` is the order of a login; the first stage that wants something wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from fabrikam.tenant.decisions import second_factor as factors
from fabrikam.tenant.decisions.custom_claims import oversized_token
from fabrikam.tenant.decisions.session_lifetime import has_ended
from fabrikam.tenant.decisions.steps import (
    AskConsent,
    AskPassword,
    IssueCode,
    Refuse,
    RunPipeline,
    SendAway,
    Step,
)
from fabrikam.tenant.scripts.outcome import Redirect

if TYPE_CHECKING:
    from collections.abc import Callable

    from fabrikam.tenant.decisions.facts import SsoSession
    from fabrikam.tenant.decisions.login import Login

__all__ = ["STAGES", "next_step"]


def next_step(login: Login, now: int) -> Step:
    """Say what the tenant does next: the wish of the first stage that has one."""
    for stage in STAGES:
        step = stage(login, now)
        if step is not None:
            return step
    return IssueCode()


def _cancellation(login: Login, _now: int) -> Step | None:
    if not login.cancelled:
        return None
    return Refuse("access_denied", "The user cancelled the login")


def _audience(login: Login, _now: int) -> Step | None:
    audience = login.request.audience
    own = (None, *(login.settings.issuer + path for path in ("userinfo", "mfa/")))
    if audience in own or any(
        api.identifier == audience for api in login.settings.apis
    ):
        return None
    return Refuse("access_denied", f"Service not found: {audience}")


def _first_factor(login: Login, now: int) -> Step | None:
    if not login.request.hosted or login.has_passed("pwd"):
        return None
    if _session_suffices(login, now):
        return None
    if login.request.silent:
        return Refuse("login_required", "Login required")
    return AskPassword(login.request.login_hint)


def _session_suffices(login: Login, now: int) -> bool:
    session, user, request = login.session, login.user, login.request
    if session is None or user is None or session.user_id != user.user_id:
        return False
    if has_ended(session, login.settings, now) or "login" in request.prompt:
        return False
    if not login.client.single_sign_on and request.connection is None:
        return False  # legacy clients shared the session only when told to
    if request.hinted_subject not in (None, user.user_id):
        return False
    return _recent(session, request.max_age, now)


def _recent(session: SsoSession, max_age: int | None, now: int) -> bool:
    if max_age is None:
        return True
    # zero always asks, also within the second in which the password was given
    return max_age > 0 and now - session.authenticated_at <= max_age


def _block(login: Login, _now: int) -> Step | None:
    if login.user is not None and login.user.blocked:
        return Refuse("unauthorized", "user is blocked")
    return None


def _scripts(login: Login, _now: int) -> Step | None:
    if login.outcome is None:
        return RunPipeline()
    if login.outcome.denial is not None:
        return Refuse(login.outcome.denial.error, login.outcome.denial.description)
    return None


def _pause(login: Login, _now: int) -> Step | None:
    outcome = login.outcome
    if outcome is None or outcome.pause is None:
        return None
    if login.answered:
        return RunPipeline(outcome.pause.checkpoint)
    until = outcome.pause.until
    if isinstance(until, Redirect):
        return _send_away(login, until.url)
    return factors.commanded_step(login, until)


def _send_away(login: Login, url: str) -> Step:
    if login.request.silent or not login.request.hosted:
        return Refuse("interaction_required", "A script wants to redirect the browser")
    return SendAway(url)


def _second_factor(login: Login, now: int) -> Step | None:
    if login.has_passed("mfa") or login.commanded:
        return None
    demand = factors.demand_of(login)
    if demand is None or isinstance(demand, Refuse):
        return demand
    return factors.demanded_step(login, demand, now)


def _token_size(login: Login, _now: int) -> Step | None:
    token = oversized_token(login.outcome) if login.outcome else None
    if token is None:
        return None
    return Refuse("access_denied", f"Custom claims of the {token} exceed 100 KB")


def _consent(login: Login, _now: int) -> Step | None:
    if login.client.first_party or not login.request.hosted or login.accepted:
        return None
    known = () if "consent" in login.request.prompt else login.consented
    missing = tuple(scope for scope in login.request.scopes if scope not in known)
    if not missing:
        return None
    if login.request.silent:
        return Refuse("consent_required", "Consent required")
    return AskConsent(missing)


Stage: TypeAlias = "Callable[[Login, int], Step | None]"

STAGES: Final[tuple[Stage, ...]] = (
    _cancellation,
    _audience,
    _first_factor,
    _block,
    _scripts,
    _pause,
    _second_factor,
    _token_size,
    _consent,
)
