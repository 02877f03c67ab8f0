"""The checks in their order, and the linter that runs them over a tenant folder."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.lab.javascript.script import Script, read_script
from fabrikam.lab.lint import (
    claims,
    compared_words,
    lists,
    missing_values,
    misspelt_values,
    options,
    script_lifecycle,
    shared_state,
    skipped_mfa,
    source,
    type_mismatches,
    unknown_members,
    unreached_applications,
    whole_folder,
)
from fabrikam.lab.lint.accepted_findings import accept
from fabrikam.lab.lint.check import LintCheck
from fabrikam.lab.lint.finding import Finding
from fabrikam.lab.lint.source import RefusedScript
from fabrikam.lab.lint.whole_folder import LintedFolder
from fabrikam.tenant.scripts import Action, Module, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fabrikam.lab.javascript.script import Hit, ScriptKind
    from fabrikam.tenant.scripts import Folder, Problem

__all__ = [
    "CHECKS",
    "FOLDER_CHECKS",
    "SCRIPT_CHECKS",
    "SOURCE_CHECKS",
    "lint_file",
    "lint_folder",
    "linted_scripts",
]

ScriptCheck: TypeAlias = LintCheck[Script]

# A file that fails one of these is not looked into any further.
SOURCE_CHECKS: Final[tuple[ScriptCheck, ...]] = (
    source.not_read,
    source.not_a_function,
    source.no_handler,
)

SCRIPT_CHECKS: Final[tuple[ScriptCheck, ...]] = (
    type_mismatches.array_compared_with_string,
    type_mismatches.absent_thing_read,
    type_mismatches.substring_of_acr_values,
    type_mismatches.substring_of_scope,
    type_mismatches.list_tested_for_truth,
    type_mismatches.metadata_tested_for_truth,
    type_mismatches.enrolled_provider_compared,
    type_mismatches.connection_id_compared_with_name,
    type_mismatches.timestamp_as_number,
    compared_words.first_of_list,
    compared_words.class_misspelt,
    compared_words.word_that_never_occurs,
    compared_words.place_tested_for_truth,
    compared_words.object_compared_with_string,
    lists.keys_of_a_list,
    lists.every_word_compared,
    lists.search_begins_behind,
    lists.whole_list_compared,
    lists.class_searched_for_a_word,
    lists.expression_that_remembers,
    options.option_ignored_by_actions,
    options.remembered_by_default,
    options.remembered_on_step_up,
    options.remembered_beside_class,
    options.unknown_provider,
    options.none_under_a_condition,
    options.option_unknown_to_rules,
    options.unknown_factor,
    options.challenge_without_enrolment,
    options.option_is_text,
    skipped_mfa.placeholder_client,
    skipped_mfa.silent_request_skipped,
    skipped_mfa.protocol_skipped,
    skipped_mfa.once_per_session_on_step_up,
    skipped_mfa.unenrolled_skipped,
    skipped_mfa.known_browser_skipped,
    skipped_mfa.step_up_inverted,
    skipped_mfa.only_beside_a_rule,
    shared_state.state_decides,
    shared_state.chance_decides,
    skipped_mfa.skipped_at_will,
    claims.level_on_plain_login,
    claims.level_from_metadata,
    claims.level_without_asking,
    claims.event_written,
    claims.restricted_claim,
    claims.reserved_namespace,
    claims.second_factor_taken_back,
    claims.level_stored,
    script_lifecycle.work_after_callback,
    script_lifecycle.callback_not_reached,
    script_lifecycle.callback_twice,
    script_lifecycle.missing_return_after_deny,
    script_lifecycle.async_rule_never_calls_back,
    script_lifecycle.callback_without_user,
    script_lifecycle.unauthorized_in_action,
    script_lifecycle.redirect_beside_second_factor,
    script_lifecycle.nobody_waits,
    script_lifecycle.error_swallowed,
    script_lifecycle.too_many_commands,
    misspelt_values.promise_tested_for_truth,
    misspelt_values.handler_exported_twice,
    misspelt_values.command_not_called,
    unknown_members.unknown_event_member,
    unknown_members.unknown_api_member,
    unknown_members.unknown_context_member,
    unknown_members.unknown_user_member,
    unknown_members.merged_metadata_expected,
    unknown_members.rule_word_in_action,
    unknown_members.action_word_in_rule,
    unknown_members.require_with_version,
    unknown_members.dependency_undeclared,
)

FOLDER_CHECKS: Final[tuple[LintCheck[LintedFolder], ...]] = (
    whole_folder.both_ask,
    whole_folder.action_not_running,
    whole_folder.nobody_asks,
    missing_values.challenge_without_toggle,
    missing_values.secret_missing,
    missing_values.configuration_missing,
    whole_folder.redirect_before_second_factor,
    whole_folder.request_read_after_pause,
    whole_folder.level_stays_on_user,
    missing_values.factor_disabled,
    whole_folder.application_left_out,
    whole_folder.level_has_two_names,
    missing_values.enrolled_beside_another,
    unreached_applications.client_unknown,
    unreached_applications.level_in_access_token_only,
)

CHECKS: Final[tuple[LintCheck[Any], ...]] = (
    source.does_not_compile,
    *SOURCE_CHECKS,
    *SCRIPT_CHECKS,
    *FOLDER_CHECKS,
)


def linted_scripts(folder: Folder) -> tuple[Rule | Action | Module, ...]:
    """Give the scripts of a folder that have to compile, and are looked into."""
    return (
        *(rule for rule in folder.rules if rule.runs),  # nothing runs another again
        *(action for action in folder.actions if "post-login" in action.triggers),
        *folder.modules,
    )


def lint_folder(
    folder: Folder, problems: Iterable[Problem] = ()
) -> tuple[Finding, ...]:
    """Find the step-up mistakes in a folder, in the order of its files.

    `problems` is what V8 says of those of its scripts that do not compile.  What the
    folder is as a whole is only said when every script could be read.
    """
    refused = {problem.file: problem for problem in problems}
    scripts = tuple(_scripts(folder))
    broken = {script.file: _unreadable(script, refused) for script in scripts}
    sound = tuple(script for script in scripts if not broken[script.file])
    together = tuple(
        chain(
            chain.from_iterable(broken.values()),
            chain.from_iterable(
                _refused(_module(module), refused) for module in folder.modules
            ),
            chain.from_iterable(_run(SCRIPT_CHECKS, script) for script in sound),
            _together(LintedFolder(folder, sound)) if sound == scripts else (),
        )
    )
    return tuple(sorted(_accepted(together, sound), key=_place))


def lint_file(
    lone: Rule | Action | Module, problems: Iterable[Problem] = ()
) -> tuple[Finding, ...]:
    """Find the mistakes in one script without its folder; a module has only to load.

    What the folder gives a script, such as packages and secrets, is not asked for.
    """
    refused = {problem.file: problem for problem in problems}
    if isinstance(lone, Module):
        return _refused(_module(lone), refused)
    kind: ScriptKind = "rule" if isinstance(lone, Rule) else "action"
    script = read_script(kind, lone.name, lone.file, lone.source)
    broken = _unreadable(script, refused)
    if broken:
        return broken
    findings = tuple(_run(SCRIPT_CHECKS, script))
    return tuple(sorted(accept(script, findings), key=_place))


def _module(module: Module) -> Script:
    return read_script("action", module.name, module.file, module.source)


def _scripts(folder: Folder) -> Iterator[Script]:
    for script in linted_scripts(folder):
        if isinstance(script, Rule):
            yield read_script("rule", script.name, script.file, script.source)
        elif isinstance(script, Action):
            yield read_script(
                "action",
                script.name,
                script.file,
                script.source,
                secrets=script.hidden_secrets.union(script.secrets),
                dependencies=frozenset(
                    dependency.name for dependency in script.dependencies
                ),
                runs=script.runs,
            )


def _unreadable(script: Script, refused: Mapping[str, Problem]) -> tuple[Finding, ...]:
    """Give what the first check finds: what comes after it is a guess."""
    hits = (tuple(_run((check,), script)) for check in SOURCE_CHECKS)
    first = next((findings for findings in hits if findings), ())
    return _refused(script, refused) or first


def _refused(script: Script, refused: Mapping[str, Problem]) -> tuple[Finding, ...]:
    check = source.does_not_compile
    problem = refused.get(script.file)
    if problem is None:
        return ()
    return tuple(_findings(check, check.find(RefusedScript(script, problem))))


def _run(checks: tuple[ScriptCheck, ...], script: Script) -> Iterator[Finding]:
    for check in checks:
        if script.kind in check.of:
            yield from _findings(check, check.find(script))


def _together(whole: LintedFolder) -> Iterator[Finding]:
    for check in FOLDER_CHECKS:
        yield from _findings(check, check.find(whole))


def _findings(check: LintCheck[Any], hits: Iterator[Hit]) -> Iterator[Finding]:
    reported: set[tuple[str, int, int]] = set()
    for hit in hits:
        place = hit.file, hit.line, hit.column
        if place not in reported:
            reported.add(place)
            yield _finding(check, hit)


def _finding(check: LintCheck[Any], hit: Hit) -> Finding:
    return Finding(
        code=check.code,
        severity=check.severity,
        file=hit.file,
        line=hit.line,
        column=hit.column,
        title=f"{check.title}: {hit.detail}" if hit.detail else check.title,
        why=check.why,
        instead=check.instead,
        excerpt=hit.excerpt,
        length=hit.length,
        edit=hit.edit,
    )


def _accepted(
    findings: tuple[Finding, ...], scripts: tuple[Script, ...]
) -> Iterator[Finding]:
    files = {script.file for script in scripts}
    yield from (finding for finding in findings if finding.file not in files)
    for script in scripts:
        yield from accept(
            script, [finding for finding in findings if finding.file == script.file]
        )


def _place(finding: Finding) -> tuple[str, int, int, str]:
    return finding.file, finding.line, finding.column, finding.code
