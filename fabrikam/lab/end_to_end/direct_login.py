"""A direct login: one at the real token endpoint, where no page is shown.

The intranet has no such way in, so its verdict is asked of `judge` alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import jwt
import pyotp

from fabrikam.lab.end_to_end.page_login import WRONG_CODE, PageLogin, WalkedLogin
from fabrikam.lab.end_to_end.programs import PASSWORD, SECRET, Programs, Visitor
from fabrikam.lab.end_to_end.user_agent import UserAgent, query_of
from fabrikam.lab.simulation.actors import FACTORS
from fabrikam.lab.simulation.observe import at_the_door
from fabrikam.lab.simulation.sides import ISSUER
from fabrikam.lab.simulation.simulator import MFA_GRANT_TYPES
from fabrikam.lab.simulation.tracked_reads import TrackedSituation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.scenarios.situation import Situation
    from fabrikam.lab.simulation.sides import Side
    from fabrikam.tenant import Login

__all__ = ["DirectLogin"]

_TOKEN: Final = f"{ISSUER}oauth/token"
_LASTING: Final = "openid profile email offline_access"


class DirectLogin:
    """One program at the token endpoint, for one user."""

    def __init__(
        self, programs: Programs, visitor: Visitor, situation: Situation
    ) -> None:
        self._programs, self._visitor, self._situation = programs, visitor, situation
        self._browser = UserAgent({ISSUER: programs.tenant})
        self._refresh_token = ""
        self._pages: list[tuple[str, str]] = []

    def prepare(self, client: Mapping[str, Any]) -> None:
        """Get the refresh token that a refresh begins with, in a login of before."""
        programs = self._programs
        programs.neutral()
        grants = [*client["grant_types"], "refresh_token", "authorization_code"]
        programs.register({**client, "grant_types": grants, "is_first_party": True})
        visit = PageLogin(programs, self._browser, self._visitor, "passes")
        asked = {
            "response_type": "code",
            "client_id": client["client_id"],
            "redirect_uri": programs.callback,
            "scope": _LASTING,
            "state": "before",
        }
        back = visit.through(self._browser.get(f"{ISSUER}authorize", **asked)) or ""
        answer = self._ask(
            {
                "grant_type": "authorization_code",
                "code": query_of(back)["code"],
                "redirect_uri": programs.callback,
                "client_id": client["client_id"],
            }
        )
        self._refresh_token = answer["refresh_token"]

    def go(self, login: Login, side: Side) -> WalkedLogin:
        """Ask for tokens as the situation does."""
        body = dict(login.request.body)
        mine = {"refresh_token": self._refresh_token, "username": self._visitor.email}
        answer = self._ask(body | {name: mine[name] for name in mine if name in body})
        if answer.get("error") == "mfa_required" and self._situation.flow == "MFA API":
            answer = self._with_factor(login, answer["mfa_token"])
        error = answer.get("error")
        employees = error is None and self._judged(answer, side)
        return WalkedLogin(tuple(self._pages), error, employees)

    def _with_factor(self, login: Login, mfa_token: str) -> dict[str, Any]:
        factor = next(iter(FACTORS[self._situation.user]), None)
        proof = self._proof(login, mfa_token, factor)
        asked = factor or "otp"
        answer = self._ask(
            {
                "grant_type": MFA_GRANT_TYPES[asked],
                "client_id": login.client.client_id,
                "mfa_token": mfa_token,
                **proof,
            }
        )
        if answer.get("error") != "unauthorized_client":
            self._pages.append(("MFA API", asked))
        return answer

    def _proof(
        self, login: Login, mfa_token: str, factor: str | None
    ) -> dict[str, str]:
        fails = self._situation.answer == "fails"
        if factor == "push-notification":
            sent = {"client_id": login.client.client_id, "client_secret": SECRET}
            challenge = {**sent, "mfa_token": mfa_token, "challenge_type": "oob"}
            asked = self._post(f"{ISSUER}mfa/challenge", challenge)
            self._programs.answer_push(self._visitor, "deny" if fails else "allow")
            return {"oob_code": asked["oob_code"]}
        code = (
            self._programs.code(self._visitor) if factor else self._enrolled(mfa_token)
        )
        return {"otp": WRONG_CODE if fails else code}

    def _enrolled(self, mfa_token: str) -> str:
        secret = self._programs.associate(mfa_token)
        return str(pyotp.TOTP(secret).at(self._programs.now))

    def _judged(self, answer: Mapping[str, Any], side: Side) -> bool:
        raw = answer.get("id_token")
        claims = _unverified(raw) if raw else None
        bearer = {"access_token": answer["access_token"]}
        userinfo = self._post(f"{ISSUER}userinfo", bearer) if raw else {}
        tracked, subject = TrackedSituation(self._situation), self._visitor.user_id
        return at_the_door(claims, userinfo, tracked, side, subject)[0] == "employees"

    def _ask(self, fields: Mapping[str, str]) -> dict[str, Any]:
        known = {"client_secret": SECRET}
        known |= {"password": PASSWORD} if fields["grant_type"] == "password" else {}
        return self._post(_TOKEN, {**fields, **known})

    def _post(self, url: str, fields: Mapping[str, str]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._browser.post(url, fields).text)
        return answer


def _unverified(raw: str) -> dict[str, Any]:
    # what is asked here is what the tenant says, not whether it signed it
    claims: dict[str, Any] = jwt.decode(raw, options={"verify_signature": False})
    return claims
