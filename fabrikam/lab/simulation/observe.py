"""What one situation comes to on one side.

The tenant's decisions come from its own core, the application's from `judge`; nothing
of theirs is written again here.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, assert_never

from fabrikam.lab.compare.comparison import Breakage, Observation
from fabrikam.lab.simulation.actors import present
from fabrikam.lab.simulation.login_start import wants_step_up
from fabrikam.lab.simulation.simulator import travel
from fabrikam.oidc import Evidence, recall_id_token
from fabrikam.stepup import (
    MULTI_FACTOR,
    Denied,
    Granted,
    LoginRequired,
    StepUpRequired,
    judge,
)
from fabrikam.tenant.decisions.grants import claims_for, grant_for
from fabrikam.tenant.decisions.second_factor import Demand, demand_of
from fabrikam.tenant.decisions.steps import IssueCode, Refuse
from fabrikam.tenant.scripts import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fabrikam.lab.compare.comparison import Proof, Reach
    from fabrikam.lab.simulation.sides import Side
    from fabrikam.lab.simulation.simulator import Scripts, Trip
    from fabrikam.lab.simulation.tracked_reads import Glance
    from fabrikam.stepup import Shortfall, Verdict
    from fabrikam.tenant.decisions.grants import TokenClaims
    from fabrikam.tenant.decisions.login import Login
    from fabrikam.tenant.scripts import Action, Failure, Folder

__all__ = ["at_the_door", "observe", "observed"]

_SECRET: Final = re.compile(r"secret (\S+) has no value in an export")
_PROTOCOL: Final = ("amr", "acr")
_FACTOR_PAGES: Final = ("factor", "enrolment", "MFA API")


def observe(glance: Glance, side: Side, scripts: Scripts) -> Observation:
    """Drive a situation on one side and say what came of it."""
    return observed(travel(glance, side, scripts), glance, side)


def observed(trip: Trip | Refuse, glance: Glance, side: Side) -> Observation:
    """Say what came of a login."""
    match trip:
        case Refuse():
            return _never_begun(trip)
        case _ if isinstance(trip.ended, IssueCode):
            return _with_tokens(trip, glance, side)
        case _:
            return _without_tokens(trip, side)


def _never_begun(refused: Refuse) -> Observation:
    return Observation(
        prompts=(),
        ending="error",
        error=refused.error,
        description=refused.description,
        claims=(),
        verdict=f"error: {refused.error}",
        reach="nowhere",
        proof="nothing",
        asked_by=None,
    )


def _without_tokens(trip: Trip, side: Side) -> Observation:
    refused = trip.ended if isinstance(trip.ended, Refuse) else None
    return Observation(
        prompts=trip.prompts,
        ending="error" if refused else "prompt",
        error=refused.error if refused else None,
        description=refused.description if refused else None,
        claims=(),
        verdict=f"error: {refused.error}" if refused else "waits at a page",
        reach="nowhere",
        proof=_proof(trip, trip.login),
        asked_by=_asked_by(trip),
        gave_up=trip.gave_up,
        refused=_was_refused(trip),
        broken=_breakage(trip, side),
    )


def _with_tokens(trip: Trip, glance: Glance, side: Side) -> Observation:
    login = trip.login
    if login.request.hosted and "authorization_code" not in login.client.grant_types:
        return _never_begun(Refuse("unauthorized_client", "the code is worth nothing"))
    if shows_metadata(trip, side):
        glance.look("metadata")
    grant = grant_for(login, present(glance))
    claims = claims_for(grant, login.client, present(glance))
    id_token = claims.id_token if "openid" in grant.granted else None
    subject = login.user.user_id if login.user else ""
    reach, verdict = at_the_door(id_token, claims.userinfo, glance, side, subject)
    return Observation(
        prompts=trip.prompts,
        ending="tokens",
        error=None,
        description=None,
        claims=_telling(claims, trip, side),
        verdict=verdict,
        reach=reach,
        proof=_proof(trip, login),
        asked_by=_asked_by(trip),
        broken=_breakage(trip, side),
    )


def shows_metadata(trip: Trip, side: Side) -> bool:
    """Tell whether the level could come from metadata that no script has touched.

    A Rule's user has `app_metadata` merged into the root, and the legacy pipeline
    shows the root; what a script wrote there hides it.
    """
    if side.claim in ("app_metadata", "user_metadata"):
        return True
    last = trip.runs[-1].ran if trip.runs else None
    if last is None or last.outcome.user is None:
        return False
    return not {side.claim, "authentication_level"} <= (last.written or frozenset())


def at_the_door(
    id_token: Mapping[str, Any] | None,
    userinfo: Mapping[str, Any],
    glance: Glance,
    side: Side,
    subject: str,
) -> tuple[Reach, str]:
    """Say how far the application lets its user go, and in what words."""
    if id_token is None:
        return "nowhere", "rejected: there is no ID token"
    if id_token["sub"] != subject:
        return "nowhere", "rejected: another subject came back"
    now = present(glance)
    evidence = Evidence(
        recall_id_token(id_token),
        received_at=now,
        userinfo=userinfo if side.strategy.reads_userinfo else None,
        asked_by=side.strategy.name,
    )
    attempted = wants_step_up(glance)
    return _reached(
        judge(MULTI_FACTOR, evidence, by=side.strategy, now=now, attempted=attempted)
    )


def _reached(verdict: Verdict) -> tuple[Reach, str]:
    match verdict:
        case Granted():
            return "employees", "allowed"
        case StepUpRequired(shortfalls):
            return "customers", f"asks for more: {_words(shortfalls)}"
        case Denied(shortfalls):
            return "nowhere", f"denied: {_words(shortfalls)}"
        case LoginRequired():
            return "nowhere", "asks for a login"
        case _:
            assert_never(verdict)


def _words(shortfalls: Iterable[Shortfall]) -> str:
    return ", ".join(f"{lack.claim} {lack.fault}" for lack in shortfalls)


def _telling(
    claims: TokenClaims, trip: Trip, side: Side
) -> tuple[tuple[str, str], ...]:
    written = {name for run in trip.runs for name in run.outcome.id_token_claims}
    names = (*_PROTOCOL, "auth_time", "authentication_level", *sorted(written))
    told = _some(claims.id_token, names)
    if side.strategy.reads_userinfo:
        level = _some(claims.userinfo, ("authentication_level",))
        told |= {f"userinfo {name}": value for name, value in level.items()}
    return tuple(told.items())


def _some(claims: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    return {name: json.dumps(claims[name]) for name in names if name in claims}


def _proof(trip: Trip, login: Login) -> Proof:
    if login.has_passed("mfa"):
        return "enrolled" if _enrolled_now(trip) else "factor"
    if login.remembered is not None and isinstance(demand_of(login), Demand):
        return "remembered"
    if any(method.name == "mfa" for method in login.methods):
        return "session"
    return "nothing"


def _enrolled_now(trip: Trip) -> bool:
    """Tell whether the only factor that was passed was set up in this very login."""
    user = trip.login.user
    owned = user.enrolled if user else ()
    met = [prompt for prompt in trip.prompts if prompt.kind in _FACTOR_PAGES]
    return bool(met) and all(
        prompt.kind == "enrolment" or prompt.method not in owned for prompt in met
    )


def _asked_by(trip: Trip) -> str | None:
    last = trip.runs[-1].outcome if trip.runs else Outcome()
    if last.multifactor is not None:
        return last.multifactor.asked_by
    if not any(prompt.kind in _FACTOR_PAGES for prompt in trip.prompts):
        return None
    if trip.login.commanded and last.executed:
        return last.executed[-1]
    return "the tenant's policy"


def _was_refused(trip: Trip) -> bool:
    if trip.gave_up or not isinstance(trip.ended, Refuse):
        return False
    last = trip.runs[-1].outcome if trip.runs else Outcome()
    if last.denial is None:
        return trip.ended.error == "unauthorized"
    return last.failure is None and last.denial.error != "interaction_required"


def _breakage(trip: Trip, side: Side) -> Breakage | None:
    executed = {name for run in trip.runs for name in run.outcome.executed}
    for action in side.folder.actions:
        hidden = next(_not_shown(action, side.folder), None)
        if hidden is not None and action.name in executed:
            return Breakage(action.name, "unknown secret", hidden, action.file)
    failures = [run.outcome.failure for run in trip.runs if run.outcome.failure]
    if not failures:
        return None
    last = failures[-1]
    missing = next(_not_installed(last, side.folder), None)
    if missing is not None:
        return Breakage(last.script, "missing package", missing, last.file, last.line)
    return Breakage(last.script, last.kind, last.message, last.file, last.line)


def _not_installed(failure: Failure, folder: Folder) -> Iterator[str]:
    """Tell of a package that the Action declares, and Auth0 would have installed."""
    if "Cannot find module" not in failure.message:
        return
    for action in folder.actions:
        names = [one.name for one in action.dependencies]
        for name in names if action.name == failure.script else ():
            if f"'{name}'" in failure.message:
                yield f"{name} is declared: npm install it in {folder.root}"


def _not_shown(action: Action, folder: Folder) -> Iterator[str]:
    """Tell of secrets that a script reads and an export keeps to itself."""
    for problem in folder.warnings:
        found = _SECRET.match(problem.message)
        if found is not None and f"secrets.{found[1]}" in action.source:
            yield (
                f"the export does not show the secret {found[1]}: write @@{found[1]}@@"
                " for its value, and the value in AUTH0_KEYWORD_REPLACE_MAPPINGS"
            )
