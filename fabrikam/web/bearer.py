"""Programs that bring an access token instead of a session (RFC 6750, RFC 9470)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, assert_never

from bottle import HTTPResponse, request

from fabrikam.oidc import AccessToken, RelyingParty, SignInError
from fabrikam.stepup import (
    Granted,
    Requirement,
    StepUpRequired,
    Strategy,
    judge_token,
    preferred,
)
from fabrikam.web.problem_details import (
    lacking_words,
    problem,
    scope_challenge,
    step_up_challenge,
    token_challenge,
)
from fabrikam.web.request_fields import header

__all__ = ["Bearer"]

log = logging.getLogger(__name__)

_PREFIX: Final = "bearer "


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Judges the access token of the present request.

    `audience` names our API at the tenant; None: no token is taken.
    """

    party: RelyingParty
    strategy: Strategy
    audience: str | None
    clock: Callable[[], int]

    def is_brought(self) -> bool:
        """Say whether the present request brings an access token."""
        return header(request, "Authorization").lower().startswith(_PREFIX)

    def refusal(self, requirement: Requirement, scope: str) -> HTTPResponse | None:
        """Return what to answer instead; None: let the program pass."""
        try:
            token = self._token()
        except SignInError as error:
            log.warning("access token refused: %s", error)
            return _refused_token()
        if token is None:
            return _refused_token()
        if scope not in token.scopes:
            return _refused_scope(scope)
        verdict = judge_token(requirement, token, by=self.strategy, now=self.clock())
        match verdict:
            case Granted():
                return None
            case StepUpRequired():
                return self._step_up(verdict, requirement)
            case _:
                assert_never(verdict)

    def _token(self) -> AccessToken | None:
        raw = header(request, "Authorization")[len(_PREFIX) :].strip()
        if self.audience is None:
            return None
        return self.party.access_token(raw, audience=self.audience)

    def _step_up(
        self, verdict: StepUpRequired, requirement: Requirement
    ) -> HTTPResponse:
        need = preferred(requirement)
        return problem(
            401,
            "step-up-required",
            "A stronger sign-in is needed",
            "Get a new access token, asked for as the challenge says.",
            challenge=step_up_challenge(need, self.strategy, need.token_within),
            more=lacking_words(verdict.shortfalls),
        )


def _refused_token() -> HTTPResponse:
    return problem(
        401,
        "invalid-token",
        "This access token is not accepted",
        "Get a new one from the tenant, for the audience of this API.",
        challenge=token_challenge(),
    )


def _refused_scope(scope: str) -> HTTPResponse:
    return problem(
        403,
        "insufficient-scope",
        "This access token does not cover what you ask for",
        f"Get one with the scope {scope}.",
        challenge=scope_challenge(scope),
    )
