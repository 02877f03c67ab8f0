"""Everything that is kept between two requests, each kind on its own shelf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fabrikam.tenant.decisions.facts import RememberedBrowser, SsoSession
from fabrikam.tenant.decisions.grants import Grant
from fabrikam.tenant.decisions.login import Login

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.tenant.storage.database import Table, TenantDatabase

__all__ = [
    "Consent",
    "FinishedLogin",
    "IssuedGrant",
    "LoginTransaction",
    "MfaTransaction",
    "Origin",
    "Push",
    "PushedRequest",
    "Tables",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginTransaction:
    """A login under way, bound to the browser that began it.

    Of `recovery_seed` and the browser's own secret comes the recovery code that the
    user still has to write down.
    """

    login: Login
    device: str
    push: str | None = None
    proposed: str | None = None
    recovery_seed: str | None = None
    remember: bool = False

    @property
    def recovery_due(self) -> bool:
        """A new recovery code is to be shown before the login may end."""
        return self.recovery_seed is not None

    def of(self, login: Login) -> LoginTransaction:
        """Begin anew at the same place: what somebody proved before is gone."""
        return LoginTransaction(login=login, device=self.device)


@dataclass(frozen=True, slots=True)
class FinishedLogin:
    """A login that came to its end, in which browser and for whom."""

    device: str
    client_id: str


@dataclass(frozen=True, slots=True)
class IssuedGrant:
    """A grant on its way to a client, with the family that ends it.

    `renewals` tells the refresh tokens of one family from one another.
    """

    grant: Grant
    family: str
    renewable_until: int = 0
    lasting: Grant | None = None
    renewals: int = 0

    @property
    def renewed_from(self) -> Grant:
        """What a refresh starts from: the first grant, never a narrowed one."""
        return self.lasting or self.grant


@dataclass(frozen=True, slots=True)
class Origin:
    """The family that a code or refresh token belongs to, kept after its use."""

    family: str


@dataclass(frozen=True, slots=True)
class Consent:
    """The scopes that a user allowed a third-party client."""

    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A request on a user's phone, for one login and one answer."""

    id: str
    user_id: str
    email: str
    client_name: str
    address: str
    asked_at: int
    answer: str = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRequest:
    """A request that a client sent beforehand, for one sign-in."""

    client_id: str
    query: Mapping[str, str]
    begins_until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MfaTransaction:
    """A direct grant that waits for its second factor.

    `will_do` names the factors that a script asked for; empty, any will do.
    `renews` is what a refresh started from.
    """

    login: Login
    client_id: str
    ends_at: int
    will_do: tuple[str, ...] = ()
    renews: IssuedGrant | None = None
    oob_code: str | None = None
    proposed: str | None = None
    polled_at: int = 0


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that is kept between two requests, each kind on its shelf."""

    sessions: Table[SsoSession]
    remembered: Table[RememberedBrowser]
    transactions: Table[LoginTransaction]
    finished: Table[FinishedLogin]
    codes: Table[IssuedGrant]
    origins: Table[Origin]
    access_tokens: Table[IssuedGrant]
    refresh_tokens: Table[IssuedGrant]
    consents: Table[Consent]
    pushes: Table[Push]
    pushed: Table[PushedRequest]
    mfa_logins: Table[MfaTransaction]

    @staticmethod
    def of(store: TenantDatabase) -> Tables:
        """Open all shelves of a store."""
        return Tables(
            sessions=store.shelf("sessions", SsoSession),
            remembered=store.shelf("remembered", RememberedBrowser),
            transactions=store.shelf("tickets", LoginTransaction),
            finished=store.shelf("finished logins", FinishedLogin),
            codes=store.shelf("codes", IssuedGrant),
            origins=store.shelf("origins", Origin),
            access_tokens=store.shelf("access tokens", IssuedGrant),
            refresh_tokens=store.shelf("refresh tokens", IssuedGrant),
            consents=store.shelf("consents", Consent),
            pushes=store.shelf("pushes", Push),
            pushed=store.shelf("pushed requests", PushedRequest),
            mfa_logins=store.shelf("mfa logins", MfaTransaction),
        )
