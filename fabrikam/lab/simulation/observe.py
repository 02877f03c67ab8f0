"""What one situation comes to on one side.

The tenant's decisions come from its own core, the application's from `judge`; nothing
of theirs is written again here.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, assert_never

from fabrikam.lab.scenarios.axes import DIRECT
from fabrikam.lab.simulation.actors import present
from fabrikam.lab.simulation.login_start import wants_step_up
from fabrikam.lab.simulation.observation import Breakage, Observation
from fabrikam.lab.simulation.simulator import simulate, simulate_again
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

    from fabrikam.lab.simulation.observation import Proof, Reach
    from fabrikam.lab.simulation.sides import Side
    from fabrikam.lab.simulation.simulator import ScriptCache, SimulatedLogin
    from fabrikam.lab.simulation.tracked_reads import TrackedSituation
    from fabrikam.stepup import Shortfall, Verdict
    from fabrikam.tenant.decisions.grants import TokenClaims
    from fabrikam.tenant.decisions.login import Login
    from fabrikam.tenant.scripts import Action, Failure, Folder

__all__ = ["at_the_door", "observe", "observe_with_retries", "observed"]

_PROTOCOL: Final = ("amr", "acr")
_TAKEN_FOR_CANCELLED: Final = "access_denied"
_FACTOR_PAGES: Final = ("factor", "enrolment", "MFA API")


def observe(tracked: TrackedSituation, side: Side, scripts: ScriptCache) -> Observation:
    """Simulate a situation on one side and say what came of it."""
    return observed(simulate(tracked, side, scripts), tracked, side)


def observe_with_retries(
    tracked: TrackedSituation, side: Side, scripts: ScriptCache
) -> Observation:
    """Simulate a situation, and once more where the application tries again.

    Many applications take `access_denied` for "the user cancelled" and send the browser
    back to the tenant.  Where the tenant then has a session and shows no page, nobody
    is left who could stop it.
    """
    if side.on_error == "page":
        return observe(tracked, side, scripts)
    simulated = simulate(tracked, side, scripts)
    observation = observed(simulated, tracked, side)
    if observation.error != _TAKEN_FOR_CANCELLED or tracked.look("flow") in DIRECT:
        return observation
    again = observed(simulate_again(simulated, tracked, side, scripts), tracked, side)
    if again.prompts or again.error != _TAKEN_FOR_CANCELLED:
        return observation  # there is a page to stop at
    return replace(
        observation, loops=True, verdict=f"tries again for ever: {observation.error}"
    )


def observed(
    simulated: SimulatedLogin | Refuse, tracked: TrackedSituation, side: Side
) -> Observation:
    """Say what came of a login."""
    match simulated:
        case Refuse():
            return _never_begun(simulated)
        case _ if isinstance(simulated.ended, IssueCode):
            return _with_tokens(simulated, tracked, side)
        case _:
            return _without_tokens(simulated, side)


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


def _without_tokens(simulated: SimulatedLogin, side: Side) -> Observation:
    refused = simulated.ended if isinstance(simulated.ended, Refuse) else None
    return Observation(
        prompts=simulated.prompts,
        ending="error" if refused else "prompt",
        error=refused.error if refused else None,
        description=refused.description if refused else None,
        claims=(),
        verdict=f"error: {refused.error}" if refused else "waits at a page",
        reach="nowhere",
        proof=_proof(simulated, simulated.login),
        asked_by=_asked_by(simulated),
        gave_up=simulated.gave_up,
        refused=_was_refused(simulated),
        broken=_breakage(simulated, side),
    )


def _with_tokens(
    simulated: SimulatedLogin, tracked: TrackedSituation, side: Side
) -> Observation:
    login = simulated.login
    if login.request.hosted and "authorization_code" not in login.client.grant_types:
        return _never_begun(Refuse("unauthorized_client", "the code is worth nothing"))
    if shows_metadata(simulated, side):
        tracked.look("metadata")
    grant = grant_for(login, present(tracked))
    claims = claims_for(grant, login.client, present(tracked))
    id_token = claims.id_token if "openid" in grant.granted else None
    subject = login.user.user_id if login.user else ""
    reach, verdict = at_the_door(id_token, claims.userinfo, tracked, side, subject)
    return Observation(
        prompts=simulated.prompts,
        ending="tokens",
        error=None,
        description=None,
        claims=_telling(claims, simulated, side),
        verdict=verdict,
        reach=reach,
        proof=_proof(simulated, login),
        asked_by=_asked_by(simulated),
        broken=_breakage(simulated, side),
    )


def shows_metadata(simulated: SimulatedLogin, side: Side) -> bool:
    """Tell whether the level could come from metadata that no script has touched.

    A Rule's user has `app_metadata` merged into the root, and the legacy pipeline
    shows the root; what a script wrote there hides it.
    """
    if side.claim in ("app_metadata", "user_metadata"):
        return True
    last = simulated.runs[-1].ran if simulated.runs else None
    if last is None or last.outcome.user is None:
        return False
    return not {side.claim, "authentication_level"} <= (last.written or frozenset())


def at_the_door(
    id_token: Mapping[str, Any] | None,
    userinfo: Mapping[str, Any],
    tracked: TrackedSituation,
    side: Side,
    subject: str,
) -> tuple[Reach, str]:
    """Say how far the application lets its user go, and in what words."""
    if id_token is None:
        return "nowhere", "rejected: there is no ID token"
    if id_token["sub"] != subject:
        return "nowhere", "rejected: another subject came back"
    now = present(tracked)
    evidence = Evidence(
        recall_id_token(id_token),
        received_at=now,
        userinfo=userinfo if side.strategy.reads_userinfo else None,
        asked_by=side.strategy.name,
    )
    attempted = wants_step_up(tracked)
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
    claims: TokenClaims, simulated: SimulatedLogin, side: Side
) -> tuple[tuple[str, str], ...]:
    written = {name for run in simulated.runs for name in run.outcome.id_token_claims}
    names = (*_PROTOCOL, "auth_time", "authentication_level", *sorted(written))
    telling = _some(claims.id_token, names)
    if side.strategy.reads_userinfo:
        level = _some(claims.userinfo, ("authentication_level",))
        telling |= {f"userinfo {name}": value for name, value in level.items()}
    return tuple(telling.items())


def _some(claims: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    return {name: json.dumps(claims[name]) for name in names if name in claims}


def _proof(simulated: SimulatedLogin, login: Login) -> Proof:
    if login.has_passed("mfa"):
        return "enrolled" if _enrolled_now(simulated) else "factor"
    if login.remembered is not None and isinstance(demand_of(login), Demand):
        return "remembered"
    if any(method.name == "mfa" for method in login.methods):
        return "session"
    return "nothing"


def _enrolled_now(simulated: SimulatedLogin) -> bool:
    """Tell whether the only factor that was passed was set up in this very login."""
    user = simulated.login.user
    owned = user.enrolled if user else ()
    met = [prompt for prompt in simulated.prompts if prompt.kind in _FACTOR_PAGES]
    return bool(met) and all(
        prompt.kind == "enrolment" or prompt.method not in owned for prompt in met
    )


def _asked_by(simulated: SimulatedLogin) -> str | None:
    last = simulated.runs[-1].outcome if simulated.runs else Outcome()
    if last.multifactor is not None:
        return last.multifactor.asked_by
    if not any(prompt.kind in _FACTOR_PAGES for prompt in simulated.prompts):
        return None
    if simulated.login.commanded and last.executed:
        return last.executed[-1]
    return "the tenant's policy"


def _was_refused(simulated: SimulatedLogin) -> bool:
    if simulated.gave_up or not isinstance(simulated.ended, Refuse):
        return False
    last = simulated.runs[-1].outcome if simulated.runs else Outcome()
    if last.denial is None:
        return simulated.ended.error == "unauthorized"
    return last.failure is None and last.denial.error != "interaction_required"


def _breakage(simulated: SimulatedLogin, side: Side) -> Breakage | None:
    executed = {name for run in simulated.runs for name in run.outcome.executed}
    for action in side.folder.actions:
        hidden = next(_not_shown(action), None)
        if hidden is not None and action.name in executed:
            return Breakage(action.name, "unknown secret", hidden, action.file)
    for script, file, key in side.unknown_configuration:
        if script in executed:
            unknown = (
                f"configuration.{key} is not in the export: write it to rules-configs"
            )
            return Breakage(script, "unknown configuration", unknown, file)
    failures = [run.outcome.failure for run in simulated.runs if run.outcome.failure]
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
        names = [dependency.name for dependency in action.dependencies]
        for name in names if action.name == failure.script else ():
            if f"'{name}'" in failure.message:
                yield f"{name} is declared: npm install it in {folder.root}"


def _not_shown(action: Action) -> Iterator[str]:
    """Tell of secrets that a script reads and an export keeps to itself."""
    for name in sorted(action.hidden_secrets):
        if f"secrets.{name}" in action.source:
            yield (
                f"the export does not show the secret {name}: write @@{name}@@"
                " for its value, and the value in AUTH0_KEYWORD_REPLACE_MAPPINGS"
            )
