"""The bodies of /login, /login/mfa, /callback and /logout.

The edge where the protocol's exceptions become pages.  Nothing here decides: `judge`
does, and the relying party checks.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bottle import BaseRequest, HTTPResponse, request

from fabrikam.oidc import (
    CallbackRefused,
    Evidence,
    RelyingParty,
    SignInError,
    Transaction,
)
from fabrikam.stepup import Denied, Need, Strategy, judge, preferred
from fabrikam.web.cookies import Cookie
from fabrikam.web.current_session import CurrentSession
from fabrikam.web.error_pages import ErrorPages
from fabrikam.web.loop_guard import LoopGuard
from fabrikam.web.metrics import Metrics
from fabrikam.web.pending import Pending, Purpose
from fabrikam.web.refusal import see_other
from fabrikam.web.request_fields import every, field, header, repeats
from fabrikam.web.return_to import ReturnTo
from fabrikam.web.sessions import Session

__all__ = ["SignIn"]

log = logging.getLogger(__name__)

_BROWSER_BYTES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Sends browsers out to the tenant, and takes them back."""

    party: RelyingParty
    strategy: Strategy
    current_session: CurrentSession
    pending: Pending
    loop_guard: LoopGuard
    error_pages: ErrorPages
    return_to: ReturnTo
    browser_cookie: Cookie
    clock: Callable[[], int]
    base_url: str
    metrics: Metrics

    def depart(self, *, step_up: bool) -> HTTPResponse:
        """Send the browser to the tenant; it comes back to `return_to`."""
        destination = self.return_to.to(field(request.query, "return_to"))
        session = self.current_session.session()
        if _is_embedded(request):
            return self.error_pages.problem(CallbackRefused("embedded"))
        try:
            url, transaction = self.party.begin(
                self._ask(preferred(destination.requirement), step_up),
                return_to=destination.address,
                step_up=step_up,
                asked_by=self.strategy.name,
                subject=session.evidence.subject if session and step_up else None,
            )
        except SignInError as error:
            return self.error_pages.problem(error)
        known = self.browser_cookie.values(request)
        browser = known[0] if known else secrets.token_urlsafe(_BROWSER_BYTES)
        self.pending.keep(
            transaction, browser=browser, family=session.family if session else None
        )
        response = see_other(url)
        self.browser_cookie.set(response, browser)
        return response

    def arrive(self) -> HTTPResponse:
        """Take the browser back: to its page, or to one that says why not."""
        session = self.current_session.session()
        try:
            parameters = _single_valued(request)
            transaction = self._take(parameters.get("state", ""), session)
        except CallbackRefused as error:
            return self._once_more(error, session) or self.error_pages.problem(error)
        try:
            evidence = self.party.finish(transaction, parameters)
            session = self._living(transaction, session)
        except SignInError as error:
            return self.error_pages.problem(error, again=transaction.return_to)
        evidence = evidence.received_by(self.clock())
        return self._admit(transaction, evidence, session)

    def leave(self) -> HTTPResponse:
        """End the session here, then send the browser to end it at the tenant."""
        self.current_session.sessions.end(self.current_session.ids())
        query = {"client_id": self.party.client.client_id, "returnTo": self.base_url}
        issuer = self.party.provider.issuer
        response = see_other(f"{issuer}v2/logout?{urlencode(query)}")
        self.current_session.cookie.clear(response)
        response.set_header("Clear-Site-Data", '"cache"')
        log.info("signed out")
        return response

    def end_by_tenant(self, raw: str) -> HTTPResponse:
        """End the sessions that a back-channel logout token names.

        Implements OpenID Connect Back-Channel Logout 1.0 §2.7 and §2.8: 200, or 400
        with a JSON body; a token works once.
        """
        try:
            token = self.party.logout_token(raw)
        except SignInError as error:
            return _logout_refused(error)
        if not self.current_session.sessions.is_first_use(token):
            return _logout_refused(CallbackRefused("replay"))
        ended = self.current_session.sessions.end_named_by(token)
        log.info("the tenant ended %s sessions", ended)
        return HTTPResponse("", 200)

    def _ask(self, need: Need, step_up: bool) -> Mapping[str, str]:
        """Return what to ask the tenant for.

        A step-up without a page in mind asks for a second factor.
        """
        only_recent_login = need.login_within is not None and not need.second_factor
        asked = dict(self.strategy.ask()) if step_up and not only_recent_login else {}
        if need.login_within is not None:
            asked["max_age"] = str(need.login_within)
        return asked

    def _take(self, state: str, session: Session | None) -> Transaction:
        refused = CallbackRefused("browser", "no cookie of ours came along")
        for browser in self.browser_cookie.values(request):
            try:
                return self.pending.take(
                    state, browser=browser, family=session.family if session else None
                )
            except CallbackRefused as error:
                refused = error
        raise refused

    def _living(
        self, transaction: Transaction, session: Session | None
    ) -> Session | None:
        # somebody may have signed out while we were waiting for the tenant
        if session is None or self.current_session.sessions.goes_on(session):
            return session
        if transaction.step_up:
            raise CallbackRefused("session", "it ended during the step-up")
        return None

    def _once_more(
        self, error: CallbackRefused, session: Session | None
    ) -> HTTPResponse | None:
        """Let a signed-in visitor go on who reloads a callback or returns to it."""
        if session is None or error.reason != "unknown":
            return None
        for browser in self.browser_cookie.values(request):
            done = self.pending.finished(field(request.query, "state"), browser=browser)
            if done is not None:
                return see_other(done)
        return None

    def _admit(
        self, transaction: Transaction, evidence: Evidence, session: Session | None
    ) -> HTTPResponse:
        destination = self.return_to.to(transaction.return_to)
        verdict = judge(
            destination.requirement,
            evidence,
            by=self.strategy,
            now=self.clock(),
            attempted=transaction.step_up,
        )
        if isinstance(verdict, Denied):
            response = self.error_pages.denied(
                verdict.shortfalls,
                asked=transaction.asked,
                evidence=evidence,
                return_to=destination.address,
            )
            if session is not None:  # what was proved before goes on
                return response
        else:
            self.metrics.count_sign_in("admitted")
            purpose: Purpose = "step-up" if transaction.step_up else "login"
            self.loop_guard.note_arrival(destination.address, purpose)
            response = see_other(destination.address)
        session_id, _ = self.current_session.sessions.begin(evidence, session)
        self.current_session.sessions.end(self.current_session.ids())
        self.current_session.cookie.set(response, session_id)
        log.info("signed in %s", evidence.subject)
        return response


def _logout_refused(error: SignInError) -> HTTPResponse:
    log.warning("logout token refused: %s", error)
    body = {"error": "invalid_request", "error_description": "logout token refused"}
    return HTTPResponse(json.dumps(body), 400, {"Content-Type": "application/json"})


def _is_embedded(request: BaseRequest) -> bool:
    """Say whether another site asks in the visitor's place, by a picture or a frame."""
    is_ours = header(request, "Sec-Fetch-Site") != "cross-site"
    return not is_ours and header(request, "Sec-Fetch-Dest") != "document"


def _single_valued(request: BaseRequest) -> Mapping[str, str]:
    """Return the query; raises CallbackRefused where a parameter stands twice."""
    if repeats(request.query):
        raise CallbackRefused("malformed", "a parameter stands twice")
    return every(request.query)
