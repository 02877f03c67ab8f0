"""An authorization request, weighed before anybody acts on it.

`/authorize` and `/oauth/par` use the same scales, so a request that was pushed is no
worse than one that came with the browser.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlencode

from oauthlib.oauth2 import AuthorizationEndpoint, FatalClientError, OAuth2Error
from oauthlib.openid.connect.core.grant_types import AuthorizationCodeGrant

from fabrikam.tenant.decisions.authorization_request import read_request
from fabrikam.tenant.decisions.facts import AuthorizeRequest
from fabrikam.tenant.decisions.steps import Refuse
from fabrikam.tenant.token_endpoint.request_validator import TenantRequestValidator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.tenant.context import TenantContext

__all__ = ["AuthorizationChecks", "NoWayBack", "Pairs"]

# what oauthlib is shown; it would take `user` or `scopes` from a stranger as its own
_READ_BY_OAUTHLIB: Final = frozenset(
    {
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }
)

_LONGEST: Final = 8_000  # characters; it is kept while the login is under way

Pairs: TypeAlias = "list[tuple[str, str]]"


@dataclass(frozen=True, slots=True)
class NoWayBack:
    """A client or an address that is not known, so that nobody there may be told."""

    what: str


class AuthorizationChecks:
    """oauthlib's reading of a request, and ours behind it."""

    def __init__(self, tenant: TenantContext) -> None:
        code = AuthorizationCodeGrant(TenantRequestValidator(tenant))
        self._endpoint = AuthorizationEndpoint("code", "Bearer", {"code": code})

    def weigh(self, pairs: Pairs) -> AuthorizeRequest | Refuse | NoWayBack:
        """Read a request, or say what is wrong with it and whether to tell."""
        if sum(len(name) + len(value) for name, value in pairs) > _LONGEST:
            return NoWayBack("the request is too long.")
        query = dict(reversed(pairs))
        verdict = _repeated_address(pairs) or self._verdict(query)
        return verdict or _repeated(pairs) or read_request(query)

    def _verdict(self, query: Mapping[str, str]) -> NoWayBack | Refuse | None:
        shown = {name: query[name] for name in query if name in _READ_BY_OAUTHLIB}
        try:
            self._endpoint.validate_authorization_request(
                f"/authorize?{urlencode(shown)}"
            )
        except FatalClientError as fatal:
            return NoWayBack(fatal.description)
        except OAuth2Error as error:
            return Refuse(error.error or "server_error", error.description)
        return None


def _repeated_address(pairs: Pairs) -> NoWayBack | None:
    names = [name for name, _ in pairs]
    if max(names.count("client_id"), names.count("redirect_uri")) > 1:
        return NoWayBack("client_id or redirect_uri is repeated.")
    return None


def _repeated(pairs: Pairs) -> Refuse | None:
    twice = [name for name, count in Counter(n for n, _ in pairs).items() if count > 1]
    return Refuse("invalid_request", f"{twice[0]} is repeated") if twice else None
