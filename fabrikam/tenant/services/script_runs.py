"""The scripts of one login: run, and what they asked for carried out."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from fabrikam.tenant.decisions.account_linking import with_linked_primary
from fabrikam.tenant.decisions.journey import next_step
from fabrikam.tenant.decisions.script_input import script_input_for
from fabrikam.tenant.decisions.steps import RunPipeline
from fabrikam.tenant.scripts import Denial, Outcome, PassedMethod, too_much

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import Caller
    from fabrikam.tenant.decisions.login import Login
    from fabrikam.tenant.decisions.steps import Step
    from fabrikam.tenant.scripts import Failure, Resume, ScriptLine

__all__ = ["settle"]

log = logging.getLogger(__name__)

_PERSISTED_CHARACTERS: Final = 256  # of each script in each run, as on Auth0


def settle(
    tenant: TenantContext, login: Login, caller: Caller, resume: Resume | None = None
) -> tuple[Login, Step]:
    """Run the scripts as often as the login wants them run, and say what is next."""
    step = next_step(login, tenant.now())
    while isinstance(step, RunPipeline):
        login = _after_scripts(tenant, login, step, caller, resume)
        step = next_step(login, tenant.now())
    return login, step


def _after_scripts(
    tenant: TenantContext,
    login: Login,
    step: RunPipeline,
    caller: Caller,
    resume: Resume | None,
) -> Login:
    outcome = _weighed(tenant, login, _outcome(tenant, login, step, caller, resume))
    outcome = _storable(outcome)
    _write_down(tenant, login, outcome)
    recorded = tuple(
        PassedMethod(name, tenant.now())
        for name in outcome.recorded_methods
        if "://" in name  # a bare word, such as mfa, is the tenant's own to give
    )
    login = replace(login, passed=(*login.passed, *recorded))
    return login.after_scripts(outcome)


def _outcome(
    tenant: TenantContext,
    login: Login,
    step: RunPipeline,
    caller: Caller,
    resume: Resume | None,
) -> Outcome:
    problems = tenant.configuration.problems
    if problems:
        tenant.log.write("f", f"tenant folder refused: {problems[0]}")
        return Outcome(denial=Denial("access_denied", "The tenant folder is broken"))
    script_input = script_input_for(login, tenant.now(), caller, resume)
    return tenant.configuration.engine.run(script_input, step.checkpoint)


def _weighed(tenant: TenantContext, login: Login, outcome: Outcome) -> Outcome:
    if outcome.primary_user is None or login.user is None:
        return outcome
    primary = tenant.users.find(outcome.primary_user)
    mine = tenant.users.find(login.user.user_id) or login.user  # linked just now?
    profile = primary.profile if primary else None
    return with_linked_primary(outcome, mine.profile, profile)


def _storable(outcome: Outcome) -> Outcome:
    """Refuse a login whose scripts would store what no later login can carry."""
    written = {
        "user_metadata": outcome.user_metadata,
        "app_metadata": outcome.app_metadata,
    }
    wrong = too_much(written)
    if wrong is None:
        return outcome
    denial = Denial("access_denied", wrong)
    return replace(outcome, denial=denial, user_metadata={}, app_metadata={})


def _write_down(tenant: TenantContext, login: Login, outcome: Outcome) -> None:
    user_id = login.user.user_id if login.user else ""
    if outcome.refresh_token_revoked is not None and login.refresh_token is not None:
        tenant.store.end_family(login.refresh_token.id, tenant.now())
    if outcome.user_metadata:
        tenant.users.update_user_metadata(user_id, outcome.user_metadata)
    if outcome.app_metadata:
        tenant.users.update_app_metadata(user_id, outcome.app_metadata)
    who = {"client_id": login.client.client_id, "user_id": user_id}
    for line in outcome.lines:
        log.debug("%s printed (%s): %s", line.script, line.level, line.text)
    for line in _persisted(outcome.lines):
        tenant.log.write(
            "script", line.text, script=line.script, level=line.level, **who
        )
    if outcome.failure is not None:
        _log_failure(tenant, outcome.failure, who)


def _persisted(lines: Sequence[ScriptLine]) -> Iterator[ScriptLine]:
    """Cut what each script printed to what Auth0 keeps; warnings are the engine's."""
    left: dict[str, int] = {}
    for line in lines:
        if line.level == "warning":
            yield line
            continue
        room = left.get(line.script, _PERSISTED_CHARACTERS)
        left[line.script] = room - len(line.text)
        if len(line.text) <= room:
            yield line
        elif room > 0:
            yield replace(line, text=f"{line.text[:room]}…")


def _log_failure(
    tenant: TenantContext, failure: Failure, who: Mapping[str, str]
) -> None:
    tenant.log.write(
        "f",
        f"script {failure.script}: {failure.kind}: {failure.message}",
        script=failure.script,
        file=failure.file,
        line=failure.line,
        column=failure.column,
        **who,
    )
