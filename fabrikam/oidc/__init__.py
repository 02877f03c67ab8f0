"""The ground floor: OpenID Connect as a relying party sees it.

`RelyingParty` sends a browser out and turns what it brings back into `Evidence`.
"""

from fabrikam.oidc.access_token import AccessToken as AccessToken
from fabrikam.oidc.access_token import verify_access_token as verify_access_token
from fabrikam.oidc.challenge import StepUpChallenge as StepUpChallenge
from fabrikam.oidc.challenge import read_challenge as read_challenge
from fabrikam.oidc.checks import Claims as Claims
from fabrikam.oidc.checks import Expected as Expected
from fabrikam.oidc.errors import CallbackRefused as CallbackRefused
from fabrikam.oidc.errors import Fault as Fault
from fabrikam.oidc.errors import IdTokenRejected as IdTokenRejected
from fabrikam.oidc.errors import ProviderUnreachable as ProviderUnreachable
from fabrikam.oidc.errors import ProviderUntrusted as ProviderUntrusted
from fabrikam.oidc.errors import SignInError as SignInError
from fabrikam.oidc.errors import SubjectMismatch as SubjectMismatch
from fabrikam.oidc.errors import TenantRefused as TenantRefused
from fabrikam.oidc.errors import TokenEndpointRefused as TokenEndpointRefused
from fabrikam.oidc.errors import TokenRejected as TokenRejected
from fabrikam.oidc.evidence import Evidence as Evidence
from fabrikam.oidc.idtoken import IdToken as IdToken
from fabrikam.oidc.idtoken import recall_id_token as recall_id_token
from fabrikam.oidc.idtoken import verify_id_token as verify_id_token
from fabrikam.oidc.keyset import KeySet as KeySet
from fabrikam.oidc.keyset import parse_jwks as parse_jwks
from fabrikam.oidc.logout_token import LogoutToken as LogoutToken
from fabrikam.oidc.logout_token import verify_logout_token as verify_logout_token
from fabrikam.oidc.party import Client as Client
from fabrikam.oidc.party import RelyingParty as RelyingParty
from fabrikam.oidc.party import Transaction as Transaction
from fabrikam.oidc.provider import Provider as Provider
from fabrikam.oidc.provider import parse_metadata as parse_metadata
from fabrikam.oidc.signature import Algorithm as Algorithm
from fabrikam.oidc.signature import verify_signature as verify_signature
from fabrikam.oidc.transport import BoundedAdapter as BoundedAdapter
from fabrikam.oidc.transport import WsgiAdapter as WsgiAdapter
from fabrikam.oidc.transport import confine as confine
from fabrikam.oidc.transport import origin_of as origin_of
