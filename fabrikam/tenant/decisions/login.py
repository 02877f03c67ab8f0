"""A login at the tenant, as a value that only moves forward."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fabrikam.tenant.decisions.awaited_factors import answers
from fabrikam.tenant.decisions.facts import (
    AuthorizeRequest,
    RefreshToken,
    RegisteredClient,
    RememberedBrowser,
    SsoSession,
    TenantSettings,
    User,
)
from fabrikam.tenant.scripts.event import PassedMethod
from fabrikam.tenant.scripts.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["Login"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Everything that the next step depends on.

    `passed` is what was proved in this login, `session` what the browser had before.
    `answered` says that the user did what a paused script waited for; `commanded`, that
    a script steered the second factor itself; `accepted`, that the user has just
    allowed the application what it asked for.
    """

    request: AuthorizeRequest
    client: RegisteredClient
    settings: TenantSettings
    user: User | None = None
    session: SsoSession | None = None
    refresh_token: RefreshToken | None = None
    remembered: RememberedBrowser | None = None
    passed: tuple[PassedMethod, ...] = ()
    outcome: Outcome | None = None
    answered: bool = False
    commanded: bool = False
    consented: tuple[str, ...] = ()
    accepted: bool = False
    cancelled: bool = False
    transaction_id: str = ""

    def begun_anew(self) -> Login:
        """Begin again without anybody: nothing that a user proved or allowed stays."""
        return Login(
            request=self.request,
            client=self.client,
            settings=self.settings,
            remembered=self.remembered,
            transaction_id=self.transaction_id,
        )

    def after_password(self, user: User, at: int) -> Login:
        """Begin again with a user who has just given the right password."""
        given = PassedMethod("pwd", at)
        return replace(self.begun_anew(), user=user, passed=(given,))

    def after_factor(self, factor: str, at: int) -> Login:
        """Go on with a second factor that was just passed."""
        done = PassedMethod("mfa", at, factor)
        pause = self.outcome.pause if self.outcome else None
        answered = pause is not None and answers(pause.until, factor)
        return replace(
            self,
            passed=(*self.passed, done),
            answered=answered,
            commanded=self.commanded or answered,
        )

    def after_return(self) -> Login:
        """Go on with a browser that came back from where a script had sent it."""
        return replace(self, answered=True)

    def after_scripts(self, outcome: Outcome) -> Login:
        """Go on with what the scripts left."""
        return replace(self, outcome=outcome, answered=False)

    def has_passed(self, name: str) -> bool:
        """Tell whether a method was passed in this very login."""
        return any(method.name == name for method in self.passed)

    @property
    def methods(self) -> tuple[PassedMethod, ...]:
        """All that this browser session has proved: the latest entry of each kind."""
        before = self.session.methods if self.session else ()
        latest = {(done.name, done.factor): done for done in (*before, *self.passed)}
        return tuple(latest.values())

    @property
    def checkpoint(self) -> Mapping[str, Any] | None:
        """Where a paused run of the scripts goes on."""
        pause = self.outcome.pause if self.outcome else None
        return pause.checkpoint if pause else None
