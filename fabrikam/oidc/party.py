"""The relying party: sends a browser out to sign in, and takes back what it brings.

Authorization Code flow with state, nonce and PKCE (OpenID Connect Core §3.1, RFC
7636), by requests-oauthlib.  Two steps with a pure value, the `Transaction`, between
them: whoever keeps it decides where.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote_plus

import requests
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient
from requests_oauthlib import OAuth2Session

from fabrikam.oidc.access_token import AccessToken, verify_access_token
from fabrikam.oidc.checks import Claims, Expected
from fabrikam.oidc.errors import (
    CallbackRefused,
    IdTokenRejected,
    ProviderUnreachable,
    SubjectMismatch,
    TenantRefused,
    TokenEndpointRefused,
)
from fabrikam.oidc.evidence import Evidence
from fabrikam.oidc.idtoken import IdToken, verify_id_token
from fabrikam.oidc.logout_token import LogoutToken, verify_logout_token
from fabrikam.oidc.provider import Metadata, Provider
from fabrikam.oidc.signature import Algorithm, TokenKeys, key_id
from fabrikam.oidc.transport import confine, reason_of

__all__ = ["Client", "RelyingParty", "Transaction"]

_LOGIN_SCOPE: Final = "openid profile email"
_LONGEST_PARAMETER: Final = 4_096
_VERIFIER_CHARACTERS: Final = 64
_SERVER_ERROR: Final = 500

# oauthlib refuses every http address unless told otherwise, process-wide.  Ours may
# be http on loopback only, which the settings see to before a party is made.
os.environ.setdefault("OAUTHLIB_INSECURE_TRANSPORT", "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """This application as it is registered at the tenant.

    `algorithm` is the registered `id_token_signed_response_alg`; with HS256 the key
    is `secret`.
    """

    client_id: str
    secret: str
    redirect_uri: str
    algorithm: Algorithm = "RS256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A sign-in under way: what only the browser that began it may bring back.

    `return_to` is a path of our own; `subject` is who must come back, where somebody
    was signed in already; `asked` are the extra parameters that were sent.
    """

    state: str
    nonce: str
    verifier: str
    return_to: str
    step_up: bool
    asked_by: str
    asked: Mapping[str, str]
    subject: str | None = None


class RelyingParty:
    """One client at one tenant; may be used from any thread."""

    def __init__(
        self,
        provider: Provider,
        client: Client,
        *,
        clock: Callable[[], float],
        reads_userinfo: bool = False,
    ) -> None:
        self.provider = provider
        self.client = client
        self._clock = clock
        self._reads_userinfo = reads_userinfo

    def begin(
        self,
        ask: Mapping[str, str],
        *,
        return_to: str,
        step_up: bool,
        asked_by: str = "",
        subject: str | None = None,
    ) -> tuple[str, Transaction]:
        """Return where to send the browser, and what to keep until it comes back.

        `ask` are parameters of the authorization request; its `scope` takes the place
        of the ordinary one.  Raises ProviderUnreachable, ProviderUntrusted.
        """
        metadata = self.provider.metadata()
        oauth = WebApplicationClient(self.client.client_id)
        verifier = oauth.create_code_verifier(_VERIFIER_CHARACTERS)
        transaction = Transaction(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=verifier,
            return_to=return_to,
            step_up=step_up,
            asked_by=asked_by,
            asked=dict(ask),
            subject=subject,
        )
        url, _ = self._session(scope=ask.get("scope", _LOGIN_SCOPE)).authorization_url(
            metadata.authorization_endpoint,
            state=transaction.state,
            nonce=transaction.nonce,
            code_challenge=oauth.create_code_challenge(verifier, "S256"),
            code_challenge_method="S256",
            **{name: value for name, value in ask.items() if name != "scope"},
        )
        return url, transaction

    def finish(
        self, transaction: Transaction, parameters: Mapping[str, str]
    ) -> Evidence:
        """Turn the parameters of the callback into evidence.

        The code is sent to the token endpoint once, whatever comes of it.
        Raises every child of SignInError.
        """
        metadata = self.provider.metadata()
        code = _code_of(parameters, transaction, metadata)
        answer = self._redeem(code, transaction, metadata)
        id_token = self._verified(answer, transaction)
        if transaction.subject not in (None, id_token.subject):
            raise SubjectMismatch("another subject came back")
        return Evidence(
            id_token,
            received_at=int(self._clock()),
            userinfo=self._userinfo(answer, id_token),
            asked_by=transaction.asked_by,
        )

    def logout_token(self, raw: str) -> LogoutToken:
        """Read a back-channel logout token; raises SignInError."""
        return verify_logout_token(
            raw,
            self._keys(raw),
            issuer_url=self.provider.issuer,
            client_id=self.client.client_id,
            algorithm=self.client.algorithm,
            now=int(self._clock()),
        )

    def access_token(self, raw: str, *, audience: str) -> AccessToken:
        """Read an access token for an API of ours; raises SignInError."""
        return verify_access_token(
            raw,
            self.provider.keys_for(key_id(raw)),
            issuer_url=self.provider.issuer,
            audience=audience,
            now=int(self._clock()),
        )

    def _keys(self, raw: str) -> TokenKeys:
        if self.client.algorithm == "HS256":
            return self.client.secret
        return self.provider.keys_for(key_id(raw))

    def _session(self, scope: str | None = None) -> OAuth2Session:
        session = OAuth2Session(
            self.client.client_id, redirect_uri=self.client.redirect_uri, scope=scope
        )
        session.max_redirects = 0  # it would carry code and secret to the new place
        session.register_compliance_hook("access_token_response", _json_answer)
        return confine(session, self.provider.issuer, self.provider.adapter)

    def _redeem(
        self, code: str, transaction: Transaction, metadata: Metadata
    ) -> Mapping[str, Any]:
        try:
            answer: Mapping[str, Any] = self._session().fetch_token(
                metadata.token_endpoint,
                code=code,
                code_verifier=transaction.verifier,
                **self._credentials(metadata),
            )
        except requests.TooManyRedirects as error:
            raise TokenEndpointRefused("redirect", "we do not follow it") from error
        except requests.RequestException as error:
            raise ProviderUnreachable(f"token endpoint: {reason_of(error)}") from error
        except OAuth2Error as error:
            raise TokenEndpointRefused(
                str(error.error), str(error.description)
            ) from error
        if str(answer.get("token_type", "")).lower() != "bearer":
            raise TokenEndpointRefused("token_type", "not a Bearer token")
        return answer

    def _credentials(self, metadata: Metadata) -> dict[str, Any]:
        """Return how the client says who it is (RFC 6749 §2.3.1)."""
        client = self.client
        if metadata.takes_secret_in_form:
            return {"include_client_id": True, "client_secret": client.secret}
        return {"auth": (quote_plus(client.client_id), quote_plus(client.secret))}

    def _verified(self, answer: Mapping[str, Any], transaction: Transaction) -> IdToken:
        raw = answer.get("id_token")
        access_token = answer.get("access_token")
        if not isinstance(raw, str):
            raise IdTokenRejected("token", "missing")
        expected = Expected(
            issuer=self.provider.issuer,
            client_id=self.client.client_id,
            nonce=transaction.nonce,
            now=int(self._clock()),
            algorithm=self.client.algorithm,
            access_token=access_token if isinstance(access_token, str) else None,
        )
        return verify_id_token(raw, self._keys(raw), expected)

    def _userinfo(self, answer: Mapping[str, Any], id_token: IdToken) -> Claims | None:
        if not self._reads_userinfo:
            return None
        userinfo = self.provider.userinfo(str(answer["access_token"]))
        if userinfo.get("sub") != id_token.subject:  # OIDC Core §5.3.2
            raise SubjectMismatch("userinfo speaks of another subject")
        return userinfo


def _json_answer(response: requests.Response) -> requests.Response:
    """Refuse what is no JSON object: the library would read an error page as a form."""
    status = f"token endpoint: status {response.status_code}"
    try:
        document = response.json()
    except (requests.JSONDecodeError, RecursionError) as error:
        raise ProviderUnreachable(f"{status}, not in JSON") from error
    if not isinstance(document, dict) or response.status_code >= _SERVER_ERROR:
        raise ProviderUnreachable(status)
    return response


def _code_of(
    parameters: Mapping[str, str], transaction: Transaction, metadata: Metadata
) -> str:
    """Check the answer before anything is sent anywhere (RFC 6749 §10.12, RFC 9207)."""
    if any(len(value) > _LONGEST_PARAMETER for value in parameters.values()):
        raise CallbackRefused("malformed", "a parameter is too long")
    state = parameters.get("state", "")
    if not hmac.compare_digest(state.encode(), transaction.state.encode()):
        raise CallbackRefused("state", "not the one that we sent")
    _same_issuer(parameters.get("iss"), metadata)
    if "error" in parameters and "code" in parameters:
        raise CallbackRefused("malformed", "an error and a code at once")
    if "error" in parameters:
        raise TenantRefused(
            parameters["error"], parameters.get("error_description", "")
        )
    if not parameters.get("code"):
        raise CallbackRefused("code", "neither a code nor an error")
    return parameters["code"]


def _same_issuer(iss: str | None, metadata: Metadata) -> None:
    if iss is None and not metadata.names_issuer_in_answers:
        return
    if iss != metadata.issuer:
        raise CallbackRefused("issuer", "the answer is not from our tenant")
