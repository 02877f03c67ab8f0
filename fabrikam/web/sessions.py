"""The intranet's sessions: a random cookie here, everything else on the server.

The cookie holds 256 random bits.  The store knows only their keyed hash, so whoever
reads the store cannot sign in with it.  Every sign-in gets a new id; the `family`
stays the same from one user's sign-in to their sign-out, step-ups included.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from fabrikam.oidc import Evidence, LogoutToken, recall_id_token
from fabrikam.web.stores import Store, StoreUnavailable

__all__ = ["Session", "SessionLifetimes", "Sessions", "keyed_hash"]

log = logging.getLogger(__name__)

_ID_BYTES: Final = 32
_LOGOUT_MARGIN: Final = 120  # seconds beyond a logout token's end, for clocks
_CLOCKS_DIFFER: Final = 60  # seconds, between processes and from start to start
_MOST_CANDIDATES: Final = 5  # cookies of one name that a browser may send us


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who is signed in, and what their last sign-in proved."""

    family: str
    evidence: Evidence
    name: str
    email: str
    started_at: int
    seen_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLifetimes:
    """How long a session lives, in seconds: unused, and at the most."""

    idle: int = 1_800
    absolute: int = 36_000


class Sessions:
    """All sessions; may be used from any thread."""

    def __init__(
        self,
        store: Store,
        *,
        secret: str,
        clock: Callable[[], int],
        lifetimes: SessionLifetimes,
    ) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock
        self._lifetimes = lifetimes

    def current(self, ids: Iterable[str]) -> Session | None:
        """Return the session that one of these cookie values opens, now used again.

        A browser may send several of one name when a neighbour has planted one.
        """
        for session_id in list(ids)[:_MOST_CANDIDATES]:
            session = self._open(session_id)
            if session is not None:
                return session
        return None

    def begin(
        self, evidence: Evidence, replaced: Session | None
    ) -> tuple[str, Session]:
        """Open a session for what was proved; return its cookie value and itself.

        Where the same user was signed in, the family and its age go on.
        """
        now = self._clock()
        session = Session(
            family=secrets.token_urlsafe(_ID_BYTES),
            evidence=evidence,
            name=_text_claim(evidence, "name"),
            email=_text_claim(evidence, "email"),
            started_at=now,
            seen_at=now,
        )
        if replaced is not None and replaced.evidence.subject == evidence.subject:
            session = replace(
                session,
                family=replaced.family,
                name=session.name or replaced.name,
                email=session.email or replaced.email,
                started_at=replaced.started_at,
            )
        session_id = secrets.token_urlsafe(_ID_BYTES)
        self._store.put(
            "session",
            self._key(session_id),
            _to_json(session),
            now=now,
            expires_at=self._end(session),
            tags=_tags(session),
        )
        return session_id, session

    def goes_on(self, session: Session) -> bool:
        """Say whether this session, or one that took its place, was not ended."""
        family = f"family:{session.family}"
        return bool(self._store.tagged("session", family, now=self._clock()))

    def end(self, ids: Iterable[str]) -> None:
        """Close the sessions that these cookie values open."""
        for session_id in list(ids)[:_MOST_CANDIDATES]:
            self._store.drop("session", self._key(session_id))

    def end_named_by(self, token: LogoutToken) -> int:
        """Close the sessions that a logout token names; count them.

        A `sid` ends its own session, and those of the user that never had one.
        """
        if token.sid is None:
            tags = [f"sub:{token.subject}"]
        else:
            tags = [f"sid:{token.sid}", f"sub-without-sid:{token.subject}"]
        now = self._clock()
        keys = {key for t in tags for key in self._store.tagged("session", t, now=now)}
        for key in keys:
            self._store.drop("session", key)
        return len(keys)

    def is_first_use(self, token: LogoutToken) -> bool:
        """Say whether this logout token was never seen before, and remember it."""
        return self._store.put(
            "logout_token",
            keyed_hash(self._secret, "jti", token.jti),
            "",
            now=self._clock(),
            expires_at=token.expires_at + _LOGOUT_MARGIN,
        )

    def csrf_token(self, session: Session) -> str:
        """Return what a form of this session must bring along."""
        return keyed_hash(self._secret, "csrf", session.family)

    def _open(self, session_id: str) -> Session | None:
        now = self._clock()
        key = self._key(session_id)
        kept = self._store.get("session", key, now=now)
        session = None if kept is None else _from_json(kept)
        if session is None or session.seen_at > now + _CLOCKS_DIFFER:
            return None  # one from the future would outlive its longest time
        if session.seen_at != now:
            session = replace(session, seen_at=now)
            self._touch(key, session, now)
        return session

    def _touch(self, key: str, session: Session, now: int) -> None:
        kept, end = _to_json(session), self._end(session)
        try:
            self._store.renew("session", key, kept, now=now, expires_at=end)
        except StoreUnavailable as error:  # on a full disk who is signed in may go on
            log.warning("a session was used, and its end was not moved: %s", error)

    def _end(self, session: Session) -> int:
        return min(
            session.seen_at + self._lifetimes.idle,
            session.started_at + self._lifetimes.absolute,
        )

    def _key(self, session_id: str) -> str:
        return keyed_hash(self._secret, "session", session_id)


def keyed_hash(secret: str, purpose: str, value: str) -> str:
    """Return a hash that only this application can make, for one purpose."""
    message = f"{purpose}\0{value}".encode(errors="surrogatepass")
    return hmac.digest(secret.encode(), message, "sha256").hex()


def _tags(session: Session) -> tuple[str, ...]:
    subject = session.evidence.subject
    sid = session.evidence.id_token.claims.get("sid")
    by_sid = f"sid:{sid}" if isinstance(sid, str) else f"sub-without-sid:{subject}"
    return (f"sub:{subject}", by_sid, f"family:{session.family}")


def _text_claim(evidence: Evidence, name: str) -> str:
    value = evidence.id_token.claims.get(name)
    return value if isinstance(value, str) else ""


def _to_json(session: Session) -> str:
    evidence = session.evidence
    return json.dumps(
        {
            "family": session.family,
            "name": session.name,
            "email": session.email,
            "started_at": session.started_at,
            "seen_at": session.seen_at,
            "claims": dict(evidence.id_token.claims),
            "received_at": evidence.received_at,
            "userinfo": evidence.userinfo and dict(evidence.userinfo),
            "asked_by": evidence.asked_by,
            "skew": evidence.skew,
        }
    )


def _from_json(text: str) -> Session | None:
    """Read a kept session; None where another version of this program wrote it."""
    try:
        kept: dict[str, Any] = json.loads(text)
        evidence = Evidence(
            recall_id_token(kept.pop("claims")),
            kept.pop("received_at"),
            kept.pop("userinfo"),
            kept.pop("asked_by"),
            kept.pop("skew"),
        )
        return Session(evidence=evidence, **kept)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
