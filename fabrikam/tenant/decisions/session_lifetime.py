"""How long a session lasts: as the tenant says, or less if a script said so.  Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fabrikam.tenant.scripts.outcome import SessionLimits

if TYPE_CHECKING:
    from fabrikam.tenant.decisions.facts import SsoSession, TenantSettings
    from fabrikam.tenant.decisions.grants import Grant
    from fabrikam.tenant.scripts.outcome import Outcome

__all__ = [
    "ends_at",
    "has_ended",
    "idles_until",
    "renewed_grant",
    "sooner",
    "used_session",
]


def has_ended(session: SsoSession, settings: TenantSettings, now: int) -> bool:
    """Tell whether a browser session is over, by age or by idleness."""
    return now >= min(ends_at(session, settings), idles_until(session, settings))


def ends_at(session: SsoSession, settings: TenantSettings) -> int:
    """Say when a session ends whatever happens."""
    return sooner(session.created_at + settings.session_seconds, session.expires_at)


def idles_until(session: SsoSession, settings: TenantSettings) -> int:
    """Say when a session ends that nobody uses."""
    return sooner(session.seen_at + settings.idle_seconds, session.idle_expires_at)


def used_session(session: SsoSession, outcome: Outcome | None, now: int) -> SsoSession:
    """Note that a session was used, and what scripts made of it.

    An idle end that a script once set is over with the next use of the session.
    """
    used = replace(session, seen_at=now, idle_expires_at=None)
    if outcome is None:
        return used
    said = outcome.session
    return replace(
        used,
        expires_at=said.expires_at
        if session.expires_at is None
        else sooner(session.expires_at, said.expires_at),
        idle_expires_at=said.idle_expires_at,
        metadata=session.metadata if said.metadata is None else said.metadata,
        cookie_mode=said.cookie_mode or session.cookie_mode,
    )


def renewed_grant(lasting: Grant, given: Grant) -> Grant:
    """Keep what a refresh starts from, with the metadata that scripts set last."""
    said = given.refresh_token.metadata
    kept = lasting.refresh_token.metadata if said is None else said
    return replace(lasting, refresh_token=SessionLimits(metadata=kept))


def sooner(usual: int, said: int | None) -> int:
    """Take the usual end, or what a script said where that is sooner."""
    return usual if said is None else min(usual, said)
