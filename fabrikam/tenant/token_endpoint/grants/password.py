"""The password grant, and Auth0's own that names its connection, password-realm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.tenant.http.browser import current_caller
from fabrikam.tenant.scripts import PassedMethod
from fabrikam.tenant.token_endpoint.direct_login import granted, login_for, through
from fabrikam.tenant.token_endpoint.token_errors import Refused
from fabrikam.tenant.token_endpoint.token_request import asked_of, client_of, fields_of

if TYPE_CHECKING:
    from oauthlib.common import Request

    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import Person
    from fabrikam.tenant.storage.tables import Entitlement

__all__ = ["by_default", "by_realm"]

_LOCKED: Final = (
    "Your account has been blocked after multiple consecutive login attempts."
)


def by_default(house: House, request: Request) -> Entitlement:
    """Weigh a password, at the default connection."""
    if house.configuration.tenancy.default_directory is None:
        without = "Authorization server not configured with default connection."
        raise Refused("server_error", without, 500)
    return _by_password(house, request)


def by_realm(house: House, request: Request) -> Entitlement:
    """Weigh a password, at the connection that is named."""
    realm = fields_of(request).get("realm")
    if realm != house.configuration.tenancy.connection.name:
        raise Refused("invalid_request", f"Unknown realm: {realm}", 400)
    return _by_password(house, request)


def _by_password(house: House, request: Request) -> Entitlement:
    fields, caller = fields_of(request), current_caller(house.issuer)
    for name in ("username", "password"):
        if not fields.get(name):
            raise Refused("invalid_request", f"Missing required parameter: {name}", 400)
    answer = house.directory.password(
        fields["username"], fields["password"], caller.address, house.now()
    )
    if answer == "locked":
        name = house.masked(fields["username"])
        house.log.write("limit_wc", user_name=name, ip=caller.address)
        raise Refused("too_many_attempts", _LOCKED, 429)
    if answer == "wrong":
        raise Refused("invalid_grant", "Wrong email or password.")
    return _by_right_password(house, request, answer)


def _by_right_password(house: House, request: Request, user: Person) -> Entitlement:
    fields = fields_of(request)
    asked = asked_of(
        request,
        "oauth2-password",
        scopes=tuple(dict.fromkeys(fields.get("scope", "").split())),
        audience=fields.get("audience"),
    )
    passed = (PassedMethod("pwd", house.now()),)
    login = login_for(house, client_of(request), asked, user, passed)
    return granted(house, through(house, login))
