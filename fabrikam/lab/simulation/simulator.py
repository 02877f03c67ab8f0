"""A login simulated from its start to its end, by the tenant's own core.

Rule 1: what the tenant does next is `next_step`'s word; the lab plays browser and user.
Rule 2: the scripts run in real Node, the same occasion once.
Rule 3: time and randomness are constants, so what differs differs for a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, assert_never

from fabrikam.lab.simulation.actors import (
    caller_in,
    person_in,
    place_in,
    present,
    remembered_in,
)
from fabrikam.lab.simulation.login_start import GRANT_TYPES, login_start
from fabrikam.lab.simulation.observation import Prompt
from fabrikam.lab.simulation.script_cache import CachedRun, ScriptCache, ScriptsStuck
from fabrikam.tenant.decisions.account_linking import with_linked_primary
from fabrikam.tenant.decisions.facts import SsoSession
from fabrikam.tenant.decisions.journey import next_step
from fabrikam.tenant.decisions.script_input import script_input_for
from fabrikam.tenant.decisions.second_factor import Demand, demand_of
from fabrikam.tenant.decisions.steps import (
    AskConsent,
    AskEnrolment,
    AskFactor,
    AskPassword,
    IssueCode,
    Refuse,
    RequireMultifactor,
    RunPipeline,
    SendAway,
)
from fabrikam.tenant.scripts import PassedMethod, Resume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.simulation.sides import Side
    from fabrikam.lab.simulation.tracked_reads import TrackedSituation
    from fabrikam.tenant.decisions.login import Login
    from fabrikam.tenant.decisions.steps import Step
    from fabrikam.tenant.scripts import Outcome, ScriptInput

__all__ = [
    "MFA_GRANT_TYPES",
    "Run",
    "ScriptCache",
    "ScriptsStuck",
    "SimulatedLogin",
    "simulate",
    "simulate_again",
]

_MOST_STEPS: Final = 50
_STATE: Final = {"state": "ticket"}
MFA_GRANT_TYPES: Final = {
    "otp": "http://auth0.com/oauth/grant-type/mfa-otp",
    "push-notification": "http://auth0.com/oauth/grant-type/mfa-oob",
    "recovery-code": "http://auth0.com/oauth/grant-type/mfa-recovery-code",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the scripts: what they saw, what they left."""

    script_input: ScriptInput
    ran: CachedRun

    @property
    def outcome(self) -> Outcome:
        """What they left."""
        return self.ran.outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedLogin:
    """A login under way, as a value that only moves forward.

    `events` are the pages and the runs of scripts, in order; `ended` is how the tenant
    ended it, None where the user stopped at a page.
    """

    login: Login
    events: tuple[Prompt | Run, ...] = ()
    ended: IssueCode | Refuse | None = None
    over: bool = False
    gave_up: bool = False

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """The pages that the user met."""
        return tuple(event for event in self.events if isinstance(event, Prompt))

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs of the scripts."""
        return tuple(event for event in self.events if isinstance(event, Run))

    def after(self, event: Prompt | Run, login: Login) -> SimulatedLogin:
        """Go on behind a page, or after the scripts."""
        return replace(self, events=(*self.events, event), login=login)

    def stopped(self, prompt: Prompt, *, gave_up: bool) -> SimulatedLogin:
        """End at a page that was not passed."""
        events = (*self.events, prompt)
        return replace(self, events=events, over=True, gave_up=gave_up)

    def end(self, step: IssueCode | Refuse) -> SimulatedLogin:
        """End as the tenant says."""
        return replace(self, ended=step, over=True)


def simulate(
    tracked: TrackedSituation, side: Side, scripts: ScriptCache
) -> SimulatedLogin | Refuse:
    """Simulate the login of a situation to its end."""
    login = login_start(tracked, side)
    return login if isinstance(login, Refuse) else _run_to_end(login, tracked, scripts)


def simulate_again(
    simulated: SimulatedLogin | Refuse,
    tracked: TrackedSituation,
    side: Side,
    scripts: ScriptCache,
) -> SimulatedLogin | Refuse:
    """Simulate the same login again, in the browser in which the first ended."""
    login = login_start(tracked, side)
    if isinstance(login, Refuse) or isinstance(simulated, Refuse):
        return login if isinstance(login, Refuse) else simulated
    left = simulated.login
    if left.session is not None:  # it is kept from the first factor on
        login = replace(login, user=left.user, session=left.session)
    return _run_to_end(login, tracked, scripts)


def _run_to_end(
    login: Login, tracked: TrackedSituation, scripts: ScriptCache
) -> SimulatedLogin | Refuse:
    refused = _grant_refused(tracked, login)
    if refused is not None:
        return refused
    simulated = SimulatedLogin(login=login)
    for _ in range(_MOST_STEPS):
        if simulated.over:
            return simulated
        step = next_step(simulated.login, present(tracked))
        simulated = _after_step(simulated, step, tracked, scripts)
    return simulated.end(Refuse("server_error", "the login never ends"))


def _grant_refused(tracked: TrackedSituation, login: Login) -> Refuse | None:
    grant_type = GRANT_TYPES.get(tracked.look("flow"))
    if grant_type is None:
        return None
    if grant_type not in login.client.grant_types:
        return _not_allowed(grant_type)
    if grant_type == "password" and login.settings.default_directory is None:
        return Refuse("server_error", "there is no default connection")
    return None


def _not_allowed(grant_type: str) -> Refuse:
    sentence = f"Grant type '{grant_type}' not allowed for the client."
    return Refuse("unauthorized_client", sentence)


def _after_step(
    simulated: SimulatedLogin,
    step: Step,
    tracked: TrackedSituation,
    scripts: ScriptCache,
) -> SimulatedLogin:
    login = simulated.login
    match step:
        case RunPipeline(checkpoint):
            return _after_scripts(simulated, checkpoint, tracked, scripts)
        case AskPassword():
            return simulated.after(Prompt("password"), _after_password(tracked, login))
        case AskFactor(factors, remember):
            prompt = Prompt("factor", factors[0], remember)
            return _answered(simulated, prompt, factors, tracked)
        case AskEnrolment(factors, remember):
            prompt = Prompt("enrolment", factors[0], remember)
            return _answered(simulated, prompt, factors, tracked)
        case AskConsent():
            accepted = replace(login, accepted=True, consented=login.request.scopes)
            return simulated.after(Prompt("consent"), accepted)
        case SendAway():
            return simulated.after(Prompt("redirect"), login.after_return())
        case RequireMultifactor():
            return _at_the_api(simulated, step, tracked)
        case IssueCode() | Refuse():
            return simulated.end(step)
        case _:
            assert_never(step)


def _after_scripts(
    simulated: SimulatedLogin,
    checkpoint: Mapping[str, Any] | None,
    tracked: TrackedSituation,
    scripts: ScriptCache,
) -> SimulatedLogin:
    with tracked.aside():  # what the scripts see is looked at where they read it
        resume = _resume(simulated, checkpoint)
        script_input = script_input_for(
            simulated.login, present(tracked), caller_in(tracked), resume
        )
    ran = scripts.run(replace(script_input, geoip=place_in(tracked)), checkpoint)
    for axis in ran.axes:
        if axis != "acr_values_absent" or "acr_values" not in script_input.query:
            tracked.look(axis)
    outcome = with_linked_primary(ran.outcome, script_input.user, None)
    recorded = (
        PassedMethod(method, present(tracked)) for method in outcome.recorded_methods
    )
    login = replace(simulated.login, passed=(*simulated.login.passed, *recorded))
    login = _with_cookie(login.after_scripts(outcome), tracked)
    return simulated.after(Run(script_input, ran), login)


def _resume(
    simulated: SimulatedLogin, checkpoint: Mapping[str, Any] | None
) -> Resume | None:
    if checkpoint is None:
        return None
    if simulated.prompts and simulated.prompts[-1].kind == "redirect":
        return Resume("GET", _STATE, {})
    return Resume("POST", _STATE, _STATE)


def _with_cookie(login: Login, tracked: TrackedSituation) -> Login:
    """Show the remembered browser, where the tenant would look at it at all."""
    demand = demand_of(login)
    if not isinstance(demand, Demand) or demand.remember == "never":
        return login
    return replace(login, remembered=remembered_in(tracked, login))


def _after_password(tracked: TrackedSituation, login: Login) -> Login:
    user, now = login.user or person_in(tracked), present(tracked)
    proved = login.after_password(user, now)
    session = SsoSession(
        sid="session",
        user_id=user.user_id,
        created_at=now,
        authenticated_at=now,
        seen_at=now,
        methods=proved.passed,
        clients=login.session.clients if login.session else (),
    )
    return replace(proved, session=session)


def _answered(
    simulated: SimulatedLogin,
    prompt: Prompt,
    factors: tuple[str, ...],
    tracked: TrackedSituation,
) -> SimulatedLogin:
    now, login = present(tracked), simulated.login
    match tracked.look("answer"):
        case "fails":
            return simulated.stopped(prompt, gave_up=True)
        case "cancels":
            cancelled = simulated.after(prompt, replace(login, cancelled=True))
            return replace(cancelled, gave_up=True)
        case "recovery code" if prompt.kind == "factor":
            if "recovery-code" not in factors:
                return simulated.stopped(prompt, gave_up=False)
            return simulated.after(prompt, login.after_factor("recovery-code", now))
        case _:
            return simulated.after(prompt, login.after_factor(factors[0], now))


def _at_the_api(
    simulated: SimulatedLogin, step: RequireMultifactor, tracked: TrackedSituation
) -> SimulatedLogin:
    if tracked.look("flow") != "MFA API":
        return simulated.end(
            Refuse("mfa_required", "Multifactor authentication required")
        )
    factor = _factor_at_the_api(simulated, step, tracked)
    grant_type = MFA_GRANT_TYPES.get(factor, factor)
    if grant_type not in simulated.login.client.grant_types:
        return simulated.end(_not_allowed(grant_type))
    prompt = Prompt("MFA API", factor)
    if tracked.look("answer") == "fails":
        refused = simulated.after(prompt, simulated.login).end(
            Refuse("invalid_grant", "wrong")
        )
        return replace(refused, gave_up=True)
    passed = simulated.login.after_factor(factor, present(tracked))
    return simulated.after(prompt, passed)


def _factor_at_the_api(
    simulated: SimulatedLogin, step: RequireMultifactor, tracked: TrackedSituation
) -> str:
    user = simulated.login.user
    enrolled = user.enrolled if user else ()
    choices = step.challenge or step.enroll or enrolled or ("otp",)
    wished = "recovery-code" if tracked.look("answer") == "recovery code" else ""
    return wished if wished in choices else choices[0]
