"""The words for what can go wrong, as tables: faults, errors, codes."""

from __future__ import annotations

from typing import Final, get_args

from fabrikam.oidc import (
    CallbackRefused,
    Fault,
    IdTokenRejected,
    ProviderUnreachable,
    ProviderUntrusted,
    SignInError,
    SubjectMismatch,
    TenantRefused,
    TokenEndpointRefused,
)
from fabrikam.web.explanations import forged_page, lost_page, problem_page

__all__ = ["codes_table", "errors_table", "faults_table"]

_MEANINGS: Final[dict[Fault, str]] = {
    "missing": "it is not there",
    "malformed": "it is there, in a shape or of a type that we do not read",
    "mismatch": "it is there and readable, and says something else than we need",
    "expired": "it was right, and is too old now",
    "early": "it speaks of a time that has not come yet",
}

_EXAMPLES: Final[tuple[SignInError, ...]] = (
    CallbackRefused("unknown"),
    CallbackRefused("browser"),
    CallbackRefused("session"),
    CallbackRefused("state"),
    CallbackRefused("issuer"),
    CallbackRefused("code"),
    CallbackRefused("malformed"),
    CallbackRefused("embedded"),
    TenantRefused("access_denied", ""),
    TenantRefused("access_denied", "The user cancelled the login"),
    TenantRefused("unauthorized", "user is blocked"),
    SubjectMismatch(),
    ProviderUnreachable(),
    ProviderUntrusted(),
    TokenEndpointRefused("invalid_grant"),
    TokenEndpointRefused("invalid_client"),
    IdTokenRejected("exp", "expired"),
)


def faults_table() -> str:
    """Return the closed vocabulary of faults with its meanings."""
    rows = [f"| `{fault}` | {_MEANINGS[fault]} |" for fault in get_args(Fault)]
    return "\n".join(["| Fault | Says of a part |", "| --- | --- |", *rows])


def errors_table() -> str:
    """Return every child of SignInError with what it means and what people read."""
    rows = [
        f"| `{error.__name__}` | {_first_line(error)} | {error.public} |"
        for error in SignInError.__subclasses__()
    ]
    return "\n".join(["| Error | Means | People read |", "| --- | --- | --- |", *rows])


def codes_table() -> str:
    """Return the stable code of each page that ends a sign-in, with its reason."""
    endings = [*map(problem_page, _EXAMPLES), lost_page("/"), forged_page("/")]
    pages = {page.code: page for page in endings}
    rows = [
        f"| `{code}` | {page.status} | {page.title} | {page.why.rstrip(': ')} |"
        for code, page in pages.items()
    ]
    head = ["| Code | Status | Title | Reason given |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows])


def _first_line(thing: type[SignInError]) -> str:
    return (thing.__doc__ or "").strip().splitlines()[0]
