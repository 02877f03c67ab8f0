"""What an Action asked for, one operation after another.

Pure.  `OPERATIONS` lists what the worker may write down, and what each does to the
outcome; the last word of a kind counts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from fabrikam.tenant.scripts.outcome import (
    Denial,
    MultifactorRequest,
    Outcome,
    SessionLimits,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["OPERATIONS", "after"]

Operation: TypeAlias = "Callable[..., Outcome]"
Group: TypeAlias = Literal["session", "refresh_token"]


def after(outcome: Outcome, operation: Mapping[str, Any]) -> Outcome:
    """Apply one operation; one without an effect here has it elsewhere."""
    apply = OPERATIONS.get(operation["name"])
    if apply is None:
        return outcome
    return apply(outcome, operation["by"], *operation["args"])


def _deny(outcome: Outcome, _by: str, reason: str) -> Outcome:
    return replace(outcome, denial=Denial("access_denied", reason))


def _invalid(outcome: Outcome, _by: str, _code: str, message: str) -> Outcome:
    return replace(outcome, denial=Denial("access_denied", message))


def _multifactor(
    outcome: Outcome, by: str, provider: str, options: Mapping[str, Any]
) -> Outcome:
    """Take over the two options that Actions have; Auth0 drops the others as well."""
    request = MultifactorRequest(
        provider=provider,
        allow_remember_browser=options.get("allowRememberBrowser") is True,
        asked_by=by,
        options={k: v for k, v in options.items() if k == "providerOptions"},
    )
    return replace(outcome, multifactor=request)


def _id_token(outcome: Outcome, _by: str, name: str, value: Any = None) -> Outcome:
    return replace(outcome, id_token_claims={**outcome.id_token_claims, name: value})


def _access_token(outcome: Outcome, _by: str, name: str, value: Any = None) -> Outcome:
    claims = {**outcome.access_token_claims, name: value}
    return replace(outcome, access_token_claims=claims)


def _add_scope(outcome: Outcome, _by: str, scope: str) -> Outcome:
    return replace(
        outcome,
        added_scopes=(*_without(outcome.added_scopes, scope), scope),
        removed_scopes=_without(outcome.removed_scopes, scope),
    )


def _remove_scope(outcome: Outcome, _by: str, scope: str) -> Outcome:
    return replace(
        outcome,
        added_scopes=_without(outcome.added_scopes, scope),
        removed_scopes=(*_without(outcome.removed_scopes, scope), scope),
    )


def _primary_user(outcome: Outcome, _by: str, user_id: str) -> Outcome:
    return replace(outcome, primary_user=user_id)


def _record_method(outcome: Outcome, _by: str, url: str) -> Outcome:
    return replace(outcome, recorded_methods=(*outcome.recorded_methods, url))


def _app_metadata(outcome: Outcome, _by: str, key: str, value: Any = None) -> Outcome:
    return replace(outcome, app_metadata={**outcome.app_metadata, key: value})


def _user_metadata(outcome: Outcome, _by: str, key: str, value: Any = None) -> Outcome:
    return replace(outcome, user_metadata={**outcome.user_metadata, key: value})


def _transaction(outcome: Outcome, _by: str, key: str, value: Any) -> Outcome:
    before = {k: v for k, v in outcome.transaction_metadata.items() if k != key}
    metadata = before if value is None else {**before, key: value}
    return replace(outcome, transaction_metadata=metadata)


def _revoke_session(outcome: Outcome, _by: str, reason: str) -> Outcome:
    denial = Denial("access_denied", reason)
    return replace(outcome, denial=denial, session_revoked=reason)


def _revoke_refresh_token(outcome: Outcome, _by: str, reason: str) -> Outcome:
    denial = Denial("access_denied", reason)
    return replace(outcome, denial=denial, refresh_token_revoked=reason)


def _expires(group: Group) -> Operation:
    def apply(outcome: Outcome, _by: str, milliseconds: float) -> Outcome:
        before = _lasting(outcome, group)
        at = _earliest(before.expires_at, milliseconds)
        return _with_lasting(outcome, group, replace(before, expires_at=at))

    return apply


def _idle_expires(group: Group) -> Operation:
    def apply(outcome: Outcome, _by: str, milliseconds: float) -> Outcome:
        before = _lasting(outcome, group)
        at = _earliest(before.idle_expires_at, milliseconds)
        return _with_lasting(outcome, group, replace(before, idle_expires_at=at))

    return apply


def _metadata(group: Group) -> Operation:
    def apply(outcome: Outcome, _by: str, metadata: Mapping[str, str]) -> Outcome:
        changed = replace(_lasting(outcome, group), metadata=dict(metadata))
        return _with_lasting(outcome, group, changed)

    return apply


def _lasting(outcome: Outcome, group: Group) -> SessionLimits:
    return outcome.session if group == "session" else outcome.refresh_token


def _with_lasting(outcome: Outcome, group: Group, lasting: SessionLimits) -> Outcome:
    if group == "session":
        return replace(outcome, session=lasting)
    return replace(outcome, refresh_token=lasting)


def _earliest(before: int | None, milliseconds: float) -> int:
    at = int(milliseconds) // 1000
    return at if before is None else min(before, at)


def _cookie_mode(outcome: Outcome, _by: str, mode: str) -> Outcome:
    return replace(outcome, session=replace(outcome.session, cookie_mode=mode))


def _without(words: tuple[str, ...], word: str) -> tuple[str, ...]:
    return tuple(other for other in words if other != word)


OPERATIONS: Final[Mapping[str, Operation]] = {
    "access.deny": _deny,
    "accessToken.addScope": _add_scope,
    "accessToken.removeScope": _remove_scope,
    "accessToken.setCustomClaim": _access_token,
    "authentication.recordMethod": _record_method,
    "authentication.setPrimaryUser": _primary_user,
    "idToken.setCustomClaim": _id_token,
    "multifactor.enable": _multifactor,
    "refreshToken.revoke": _revoke_refresh_token,
    "refreshToken.setExpiresAt": _expires("refresh_token"),
    "refreshToken.setIdleExpiresAt": _idle_expires("refresh_token"),
    "refreshToken.setMetadata": _metadata("refresh_token"),
    "session.revoke": _revoke_session,
    "session.setCookieMode": _cookie_mode,
    "session.setExpiresAt": _expires("session"),
    "session.setIdleExpiresAt": _idle_expires("session"),
    "session.setMetadata": _metadata("session"),
    "transaction.setMetadata": _transaction,
    "user.setAppMetadata": _app_metadata,
    "user.setUserMetadata": _user_metadata,
    "validation.error": _invalid,
}
