"""Who is asking: the session behind the present request, looked up once."""

from __future__ import annotations

from typing import Final

from bottle import BaseRequest, request

from fabrikam.oidc import Evidence
from fabrikam.web.cookies import Cookie
from fabrikam.web.sessions import Session, Sessions

__all__ = ["CurrentSession", "forget_session"]

_KEPT: Final = "fabrikam.session"


def forget_session() -> None:
    """Treat the present request as a stranger's from here on."""
    request.environ[_KEPT] = None


class CurrentSession:
    """The session of the present request, and what its visitor has shown.

    Evidence older than `evidence_seconds` proves nothing any more, however lively
    the session.
    """

    def __init__(
        self, sessions: Sessions, cookie: Cookie, *, evidence_seconds: int
    ) -> None:
        self.sessions = sessions
        self.cookie = cookie
        self._evidence_seconds = evidence_seconds

    def session(self) -> Session | None:
        """Return the session that this request's cookie opens."""
        if _KEPT not in request.environ:
            request.environ[_KEPT] = self._opened(request)
        session: Session | None = request.environ[_KEPT]
        return session

    def signed_in(self) -> Session:
        """Return the session of a visitor whom the guard has let in."""
        session = self.session()
        if session is None:
            raise LookupError("nobody is signed in: this route requires too little")
        return session

    def evidence(self) -> Evidence | None:
        """Return what the present visitor has shown."""
        session = self.session()
        return None if session is None else session.evidence

    def csrf_token(self) -> str:
        """Return what a form of this visitor must bring along; "" for strangers."""
        session = self.session()
        return "" if session is None else self.sessions.csrf_token(session)

    def ids(self) -> tuple[str, ...]:
        """Return the values of the session cookie as the browser sent them."""
        return self.cookie.values(request)

    def _opened(self, request: BaseRequest) -> Session | None:
        session = self.sessions.current(self.cookie.values(request))
        if session is None:
            return None
        age = session.seen_at - session.evidence.received_at
        return session if age < self._evidence_seconds else None
