"""The ways to ask for a second factor, each with the way to read the answer. Pure.

`legacy` and `modern` are the two mechanisms of Auth0, `both` demands both answers,
`either` is content with one and therefore as weak as the weaker of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from fabrikam.oidc import Claims, Evidence
from fabrikam.stepup.verdict import Shortfall

__all__ = [
    "MFA_ACR",
    "Both",
    "ClaimSource",
    "Either",
    "Legacy",
    "Modern",
    "Strategy",
]

MFA_ACR: Final = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

ClaimSource = Literal["id_token", "userinfo"]


class Strategy(Protocol):
    """A way to ask for a second factor, and the way to read the answer."""

    @property
    def name(self) -> str:
        """The word in settings, pages and the log."""
        ...

    @property
    def reads_userinfo(self) -> bool:
        """Whether the answer stands in `/userinfo` rather than in the ID token."""
        ...

    def ask(self) -> Mapping[str, str]:
        """Return the parameters that ask the tenant for a second factor."""
        ...

    def shortfalls(self, evidence: Evidence) -> tuple[Shortfall, ...]:
        """Return what the evidence lacks of a second factor; empty: nothing."""
        ...

    def token_shortfalls(self, claims: Claims) -> tuple[Shortfall, ...]:
        """Return what the claims of an access token lack of a second factor."""
        ...


@dataclass(frozen=True, slots=True)
class Legacy:
    """A Rule sees a scope, forces the factor and writes the level into a claim.

    `source` is where the claim is read.  Userinfo is the weaker one: it is not signed
    and speaks of the access token, not of this login.
    """

    claim: str = "authentication_level"
    scope: str = "openid step_up"
    source: ClaimSource = "id_token"
    name: str = "legacy"

    @property
    def reads_userinfo(self) -> bool:
        """Whether the claim is read from `/userinfo`."""
        return self.source == "userinfo"

    def ask(self) -> Mapping[str, str]:
        """Return the scope that the Rule looks for."""
        return {"scope": self.scope}

    def shortfalls(self, evidence: Evidence) -> tuple[Shortfall, ...]:
        """Return what the level claim lacks."""
        return _level_shortfalls(self.claim, self._claims(evidence))

    def token_shortfalls(self, claims: Claims) -> tuple[Shortfall, ...]:
        """Return what the level claim of an access token lacks."""
        return _level_shortfalls(self.claim, claims)

    def _claims(self, evidence: Evidence) -> Claims:
        if self.source == "userinfo":
            return evidence.userinfo or {}
        return evidence.id_token.claims


@dataclass(frozen=True, slots=True)
class Modern:
    """The tenant lists its methods in `amr` when asked for an `acr_values`.

    `demands_acr` also wants the class in `acr`, as Auth0's older text has it.
    """

    demands_acr: bool = False
    name: str = "modern"

    @property
    def reads_userinfo(self) -> bool:
        """Say no: `amr` never stands in `/userinfo`."""
        return False

    def ask(self) -> Mapping[str, str]:
        """Return the class of authentication that the Action looks for."""
        return {"acr_values": MFA_ACR}

    def shortfalls(self, evidence: Evidence) -> tuple[Shortfall, ...]:
        """Return what `amr` lacks, and `acr` where it counts."""
        claims = evidence.id_token.claims
        by_amr = _amr_shortfalls(claims.get("amr"))
        return by_amr + (self.token_shortfalls(claims) if self.demands_acr else ())

    def token_shortfalls(self, claims: Claims) -> tuple[Shortfall, ...]:
        """Return what the class of authentication lacks.

        `amr` is never in an access token: `acr` is what speaks there (RFC 9470 §6.1).
        """
        if claims.get("acr") == MFA_ACR:
            return ()
        if "acr" not in claims:
            return (Shortfall("acr", "missing"),)
        return (Shortfall("acr", "mismatch", claims["acr"]),)


def _level_shortfalls(claim: str, claims: Claims) -> tuple[Shortfall, ...]:
    match claims.get(claim):
        case None:
            return (Shortfall(claim, "missing"),)
        case "mfa":
            return ()
        case str(level):
            return (Shortfall(claim, "mismatch", level),)
        case other:
            return (Shortfall(claim, "malformed", other),)


def _amr_shortfalls(amr: Any) -> tuple[Shortfall, ...]:
    match amr:
        case None:
            return (Shortfall("amr", "missing"),)
        case [*methods] if all(isinstance(method, str) for method in methods):
            if "mfa" in methods:
                return ()
            return (Shortfall("amr", "mismatch", tuple(methods)),)
        case other:  # a bare "mfa" is not a list of methods
            return (Shortfall("amr", "malformed", other),)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two mechanisms, asked for at once."""

    legacy: Legacy
    modern: Modern

    @property
    def reads_userinfo(self) -> bool:
        """Whether the level claim is read from `/userinfo`."""
        return self.legacy.reads_userinfo

    def ask(self) -> Mapping[str, str]:
        """Return the parameters of both."""
        return {**self.legacy.ask(), **self.modern.ask()}


@dataclass(frozen=True, slots=True)
class Both(_Pair):
    """Ask by both mechanisms, and believe only where both answers agree."""

    name: str = "both"

    def shortfalls(self, evidence: Evidence) -> tuple[Shortfall, ...]:
        """Return what either answer lacks."""
        return self.legacy.shortfalls(evidence) + self.modern.shortfalls(evidence)

    def token_shortfalls(self, claims: Claims) -> tuple[Shortfall, ...]:
        """Return what either claim of an access token lacks."""
        by_legacy = self.legacy.token_shortfalls(claims)
        return by_legacy + self.modern.token_shortfalls(claims)


@dataclass(frozen=True, slots=True)
class Either(_Pair):
    """Ask by both mechanisms, and believe one answer: as weak as the weaker one."""

    name: str = "either"

    def shortfalls(self, evidence: Evidence) -> tuple[Shortfall, ...]:
        """Return what both answers lack, if neither is enough."""
        return _unless_one_is_enough(
            self.legacy.shortfalls(evidence), self.modern.shortfalls(evidence)
        )

    def token_shortfalls(self, claims: Claims) -> tuple[Shortfall, ...]:
        """Return what both claims of an access token lack, if neither is enough."""
        return _unless_one_is_enough(
            self.legacy.token_shortfalls(claims), self.modern.token_shortfalls(claims)
        )


def _unless_one_is_enough(
    by_legacy: tuple[Shortfall, ...], by_modern: tuple[Shortfall, ...]
) -> tuple[Shortfall, ...]:
    return by_legacy + by_modern if by_legacy and by_modern else ()
