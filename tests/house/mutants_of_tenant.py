"""Mistakes at the tenant: a login's next step, its claims, its codes and factors.

A tenant that is more lenient than Auth0 would call a script safe that is not.
"""

from __future__ import annotations

from tests.house.mutants import mutants_of

__all__ = ["TENANT"]

LOGIN = mutants_of("fabrikam/tenant/login/login.py", "tests/tenant/test_journey.py", (
    ("a new password keeps the factor of somebody else",
     "user=user, passed=(given,))", "user=user, passed=(given, *self.passed))",
     "test_a_new_password_starts_the_login_over"),
    ("what one user allowed a third party the next has allowed",
     "return replace(self.begun_anew(), user=user", "return replace(self.begun_anew(), accepted=self.accepted, consented=self.consented, user=user",
     "tests/tenant/test_two_people.py::test_what_one_allowed_a_third_party_does_not_speak_for_who_types_next"),
    ("the factor that a script steered for one user spares the next",
     "            remembered=self.remembered,\n", "            remembered=self.remembered,\n            commanded=self.commanded,\n",
     "tests/tenant/test_two_people.py::test_the_factor_that_a_script_steered_for_one_spares_no_other"),
))  # fmt: skip

TRAVEL = mutants_of("fabrikam/tenant/hosted/travel.py", "tests/tenant/test_two_people.py", (
    ("a second factor outlives the logout",
     "_sid(session) != _sid(login.session):\n", "(session is None or session.user_id != login.session.user_id):\n",
     "test_a_second_factor_does_not_outlive_the_logout"),
    ("a page of somebody who signed out moves the login of who came after",
     "return before.session is not None and", "return before is login and",
     "test_a_page_of_before_the_logout_moves_nothing_that_came_after"),
    ("a code goes to an address that its client has no more",
     " and login.request.redirect_uri in client.callbacks", "",
     "test_a_page_is_over_when_the_address_of_its_client_is_taken_away"),
))  # fmt: skip

TICKETS = mutants_of("fabrikam/tenant/records/shelves.py", "tests/tenant/test_two_people.py", (
    ("a push that one user answered waits for the next",
     "return Ticket(login=login, device=self.device)", "return Ticket(login=login, device=self.device, push=self.push)",
     "test_what_one_allowed_on_their_phone_does_not_let_another_in"),
    ("the recovery code that was due to one user is shown to the next",
     "return Ticket(login=login, device=self.device)", "return Ticket(login=login, device=self.device, recovery_seed=self.recovery_seed)",
     "test_the_new_recovery_code_of_one_is_not_given_to_another"),
))  # fmt: skip

JOURNEY = mutants_of("fabrikam/tenant/login/journey.py", "tests/tenant/test_journey.py", (
    ("a blocked user signs in",
     "    _block,\n", "",
     "test_a_blocked_user_is_refused_before_scripts_run"),
    ("a script that denies is overruled",
     "if login.outcome.denial is not None:", "if login.outcome.denial is False:",
     "test_a_script_that_denies_ends_the_login"),
    ("a factor of this morning counts for the login of tonight",
     'if login.has_passed("mfa") or login.commanded:', 'if any(m.name == "mfa" for m in login.methods):',
     "test_an_earlier_second_factor_in_the_session_does_not_count_for_this_login"),
    ("the session of one user serves another",
     "session is None or user is None or session.user_id != user.user_id", "session is None or user is None",
     "test_the_first_factor"),
    ("a password of any age is recent",
     "return max_age > 0 and now - session.authenticated_at <= max_age", "return max_age > 0",
     "test_the_first_factor"),
    ("who asks for a password now gets the one of a second ago",
     "return max_age > 0 and now", "return now",
     "tests/tenant/test_code_flow.py::test_max_age_of_nothing_asks_within_the_same_second"),
    ("a session that is over goes on",
     "if has_ended(session, login.tenancy, now) or", "if",
     "test_the_first_factor"),
    ("a silent login shows a page",
     '    if login.request.silent:\n        return Refuse("login_required", "Login required")\n', "",
     "test_the_first_factor"),
    ("whoever cancels is signed in",
     "    _cancellation,\n", "",
     "test_a_user_who_cancels_is_reported"),
    ("a third party need not ask",
     "    _consent,\n", "",
     "test_consent_of_third_parties"),
))  # fmt: skip

FACTORS = mutants_of("fabrikam/tenant/login/factors.py", "tests/tenant/test_journey.py", (
    ("a remembered browser stands for any user",
     "remembered is None or remembered.user_id != user.user_id", "remembered is None",
     "test_a_remembered_browser"),
    ("a browser is trusted after a change of password or factor",
     "if remembered.fingerprint != user.fingerprint:", "if not remembered.fingerprint:",
     "test_a_remembered_browser"),
    ("a browser is remembered for a day longer",
     "_REMEMBERED_SECONDS: Final = 30 * 86_400", "_REMEMBERED_SECONDS: Final = 31 * 86_400",
     "test_a_remembered_browser"),
    ("a browser that nobody used is remembered",
     "return fresh and now - remembered.seen_at < _REMEMBERED_IDLE_SECONDS", "return fresh",
     "test_a_remembered_browser"),
    ("a remembered browser is a second factor for a step-up",
     "or login.request.wants_mfa_class:\n        return Demand(asked.provider", "or None:\n        return Demand(asked.provider",
     "test_some_demands_do_not_trust_a_remembered_browser"),
    ("a script that allows no remembering is not heard",
     "if not asked.allow_remember_browser or", "if",
     "test_some_demands_do_not_trust_a_remembered_browser"),
    ("a provider that is none lets everybody in",
     "if asked.provider not in _PROVIDERS:", 'if asked.provider == "nobody":',
     "test_the_second_factor"),
    ("a recovery code alone is a second factor",
     "if any(factor in _INDEPENDENT for factor in usable):", "if usable:",
     "test_a_recovery_code_alone_is_no_second_factor"),
    ("a silent login spares the second factor",
     '    if login.request.silent:\n        error', '    if login.request.silent is None:\n        error',
     "test_the_second_factor"),
    ("a password alone enrols another factor, which then counts as passed",
     'if holds_factor(login.user) and not login.has_passed("mfa"):', "if login.user is None:",
     "test_scripts_that_wait"),
    ("the MFA audience takes the policy away from who has no factor",
     "if of_own_factors and holds_factor(login.user):", "if of_own_factors:",
     "test_the_mfa_audience_takes_nothing_from_scripts_and_policy"),
    ("who has no factor needs none",
     "return _enrolment(allowed, demand.remember)", "return None",
     "test_the_second_factor"),
))  # fmt: skip

COMMANDS = mutants_of("fabrikam/tenant/login/commands.py", "tests/tenant/test_journey.py", (
    ("a script that waits for one factor is content with any",
     "return not isinstance(command, Redirect) and factor in wanted_by(command)", "return not isinstance(command, Redirect)",
     "test_only_a_factor_that_a_script_waits_for_answers_it"),
))  # fmt: skip

LINKING = mutants_of("fabrikam/tenant/login/linking.py", "tests/tenant/test_journey.py", (
    ("a script hands a login over to anybody who exists",
     'if primary is not None and user.get("user_id") in _identities(primary):', "if primary is not None:",
     "test_a_login_goes_over_to_a_linked_account_only"),
    ("a script hands a login over to a name that nobody has",
     "if named is None or named in _identities(user):", "if named is None or primary is None:",
     "test_a_login_goes_over_to_a_linked_account_only"),
))  # fmt: skip

LASTING = mutants_of("fabrikam/tenant/login/lasting.py", "tests/tenant/test_journey.py", (
    ("a script makes a session last longer than the tenant allows",
     "return usual if said is None else min(usual, said)", "return usual if said is None else said",
     "test_a_script_makes_a_session_shorter_and_never_longer"),
    ("a script that ends a session is not heard",
     "return usual if said is None else min(usual, said)", "return usual",
     "test_a_script_makes_a_session_shorter_and_never_longer"),
))  # fmt: skip

GRANTS = mutants_of("fabrikam/tenant/login/grants.py", "tests/tenant/test_grants.py", (
    ("amr stands in every token",
     'if login.has_passed("mfa"):\n        return True', "if True:\n        return True",
     "test_amr_and_acr_appear_only_where_the_factor_was_passed"),
    ("an earlier factor of the session stands in the token",
     'if login.has_passed("mfa"):\n        return True', 'if any(m.name == "mfa" for m in login.methods):\n        return True',
     "test_amr_and_acr_appear_only_where_the_factor_was_passed"),
    ("amr stands in a token that no browser got",
     "    if not login.request.hosted:\n        return False  # where", "    if not login.request.scopes:\n        return False  # where",
     "test_amr_and_acr_appear_only_where_the_factor_was_passed"),
    ("a silent token carries amr where a switch is on",
     "    if login.request.silent:\n        return False  # of", "    if login.request.scopes is None:\n        return False  # of",
     "test_no_switch_gives_amr_to_a_silent_login"),
    ("a script forges amr",
     'return {n: v for n, v in grant.user.items() if n not in _PROTOCOL_NAMES}', "return dict(grant.user)",
     "test_no_attribute_of_a_user_is_taken_for_a_claim_of_the_protocol"),
    ("a time of the password is told that is that of the token",
     "return given[-1]", "return now",
     "test_auth_time_is_that_of_the_password_and_only_where_asked_for"),
    ("whoever asks for a scope gets it",
     "kept = [scope for scope in login.request.scopes if scope in known]", "kept = [*login.request.scopes]",
     "test_scripts_change_the_granted_scopes"),
))  # fmt: skip

CLAIMS = mutants_of("fabrikam/tenant/login/claims.py", "tests/tenant/test_grants.py", (
    ("a script writes any claim of the protocol",
     "return name in RESTRICTED or", "return",
     "test_no_claim_of_a_script_is_taken_for_one_of_the_protocol"),
    ("a script writes into the tenant's own namespace",
     " or _OWN_NAMESPACES.match(name) is not None", "",
     "test_namespaces_of_auth0_are_ignored"),
))  # fmt: skip

CODES = mutants_of("fabrikam/tenant/tokens/validator.py", "tests/tenant/test_code_flow.py", (
    ("a code is looked at and not taken",
     "self.house.shelves.codes.take(code,", "self.house.shelves.codes.look(code,",
     "test_a_replayed_code_ends_what_it_gave"),
    ("a code that was stolen from one client serves another",
     'if grant.client_id != client_id:', "if not grant.client_id:",
     "test_a_code_is_bound_to_client_address_and_verifier"),
    ("a code that was sent elsewhere is redeemed here",
     "if redirect_uri == _entitlement(request).grant.redirect_uri:", "if redirect_uri:",
     "test_a_code_is_bound_to_client_address_and_verifier"),
    ("a replayed code leaves the thief his tokens",
     "        if entitlement is None:\n            self._end_what_came_of(code)\n", "        if entitlement is None:\n",
     "test_a_replayed_code_ends_what_it_gave"),
    ("a verifier that proves nothing is taken for proof",
     "request.code_verifier is not None and grant.code_challenge is None", "request.code_verifier is None and grant.code_challenge is None and not code",
     "test_a_verifier_without_a_challenge_is_refused"),
    ("a stolen refresh token serves another client",
     "if entitlement.grant.client_id != client.client_id:", "if not entitlement.grant.client_id:",
     "tests/tenant/test_direct_grants.py::test_a_refresh_token_is_bound_to_its_client"),
    ("a refresh token that was used already ends nothing",
     "            self._end_what_came_of(refresh_token)\n", "",
     "tests/tenant/test_direct_grants.py::test_a_used_refresh_token_ends_the_whole_family"),
))  # fmt: skip

CALLERS = mutants_of("fabrikam/tenant/tokens/callers.py", "tests/tenant/test_code_flow.py", (
    ("an address that begins like a registered one is registered",
     "redirect_uri in client.callbacks", "redirect_uri.startswith(client.callbacks)",
     "test_unknown_clients_and_addresses_see_a_page_and_no_redirect"),
    ("any secret will do",
     "return hmac.compare_digest(client.secret.encode(), secret.encode())", "return bool(client.secret and secret)",
     "test_a_code_is_bound_to_client_address_and_verifier"),
    ("a client without a secret need not prove that it asked",
     "return client is None or client.public\n\n    def get_default_scopes", "return client is None\n\n    def get_default_scopes",
     "test_a_public_client_must_use_pkce"),
))  # fmt: skip

STORE = mutants_of("fabrikam/tenant/records/store.py", "tests/tenant/test_code_flow.py", (
    ("a code lives longer than a minute",
     '"DELETE FROM things WHERE shelf = ? AND key = ? AND ends_at > ?"', '"DELETE FROM things WHERE shelf = ? AND key = ? AND ends_at + 60 > ?"',
     "test_a_code_lives_for_a_minute"),
))  # fmt: skip

AUTHENTICATORS = mutants_of("fabrikam/tenant/records/authenticators.py", "tests/tenant/test_second_factor.py", (
    ("a code counts for two minutes before and after",
     "in (present - 1, present, present + 1)", "in range(present - 4, present + 5)",
     "test_074_codes_count_one_step_either_side"),
    ("a code that somebody watched works once more",
     "last_step < ?", "last_step <= ?",
     "test_074_a_code_works_once_also_in_another_login"),
    ("a right code forgives all wrong ones",
     "self._attempts.take_back(attempt)\n                return", "self._attempts.clear()\n                return",
     "test_074_a_success_does_not_forgive_earlier_failures"),
    ("a factor counts before anybody has confirmed it",
     'WHERE user_id = ? AND confirmed"', 'WHERE user_id = ?"',
     "test_an_unconfirmed_factor_is_none"),
    ("a recovery code works again and again",
     '"DELETE FROM authenticators WHERE user_id = ? AND factor = ?"\n                " AND secret = ? AND confirmed"', '"UPDATE authenticators SET confirmed = 1 WHERE user_id = ? AND factor = ?"\n                " AND secret = ? AND confirmed"',
     "test_075_parallel_use_of_a_recovery_code_has_one_winner"),
    ("the recovery code lies on the disk",
     "        _digest(code),\n", "        code,\n",
     "test_075_no_recovery_code_lies_on_the_disk"),
))  # fmt: skip

ATTEMPTS = mutants_of("fabrikam/tenant/records/attempts.py", "tests/tenant/test_second_factor.py", (
    ("an eleventh wrong code is weighed",
     "if tries >= limit.tries:", "if tries > limit.tries:",
     "test_074_ten_wrong_codes_lock_all_logins_of_the_user_for_an_hour"),
    ("the lock of one user locks everybody",
     'limited = f"{limit.name}:{who}"', "limited = limit.name",
     "test_074_the_lock_is_the_users_own_and_does_not_end_early"),
    ("codes are counted for a minute only",
     "Limit(\"code\", 10, 3600)", "Limit(\"code\", 10, 60)",
     "test_074_the_lock_is_the_users_own_and_does_not_end_early"),
))  # fmt: skip

PUSHES = mutants_of("fabrikam/tenant/pushes.py", "tests/tenant/test_second_factor.py", (
    ("what one user answered is taken for the answer of another",
     "if push is None or push.user_id != user_id:", "if push is None:",
     "tests/tenant/test_two_people.py::test_the_answer_of_one_user_is_not_that_of_another"),
))  # fmt: skip

BACKCHANNEL = mutants_of("fabrikam/tenant/backchannel.py", "tests/tenant/test_logout.py", (
    ("one slow client holds up all others",
     "line = self._lines.get(url)", 'line = self._lines.get(url := "all")',
     "test_clients_that_never_end_hold_up_no_other_and_not_the_program"),
    ("a slow client keeps the program alive",
     "args=(line,), daemon=True).start()", "args=(line,), daemon=False).start()",
     "test_clients_that_never_end_hold_up_no_other_and_not_the_program"),
    ("an answer that was cut off passes for a whole one",
     "    if late.is_set():", "    if not clock:",
     "test_a_client_that_drips_is_hung_up_on"),
))  # fmt: skip

CONTINUE = mutants_of("fabrikam/tenant/forms.py", "tests/tenant/test_odd_requests.py", (
    ("a script reads another state than the tenant",
     "if len(dict(pairs)) < len(set(pairs)):", "if len(pairs) > 1000:",
     "test_what_was_vouched_for_in_one_login_is_not_taken_in_another"),
))  # fmt: skip

LOOPBACK = mutants_of("fabrikam/tenant/endpoints/loopback.py", "tests/tenant/test_odd_requests.py", (
    ("a proxy speaks for this machine",
     " or _is_forwarded()", "",
     "test_what_is_for_this_machine_is_not_for_a_proxy_on_it"),
    ("a page of another site resets the tenant",
     'if foreign or header("Sec-Fetch-Site") == "cross-site":', 'if foreign and header("Sec-Fetch-Site") == "cross-site":',
     "test_no_page_of_another_site_tells_the_control_api_anything"),
))  # fmt: skip

PUSHED = mutants_of("fabrikam/tenant/endpoints/par.py", "tests/tenant/test_pushed_requests.py", (
    ("the pushed request of one client serves another",
     'if pushed.client_id != came.get("client_id"):', "if not pushed.client_id:",
     "test_the_request_of_one_client_is_nothing_for_another"),
    ("what the browser adds to a pushed request counts",
     "return [*pushed.query.items(),", "return [*came.items(), *pushed.query.items(),",
     "test_nothing_that_the_browser_adds_or_strips_counts"),
    ("a request that nobody pushed is taken for one",
     '        return Unanswerable("request_uri is unknown, used, or too old.")', "        return pairs",
     "test_a_client_that_must_push_cannot_ask_by_the_browser"),
))  # fmt: skip

PROGRAMS = mutants_of("fabrikam/tenant/endpoints/management.py", "tests/tenant/test_management_api.py", (
    ("any token of the tenant manages users",
     "if grant is None or grant.audience != management_audience(house):", "if grant is None:",
     "test_no_token_of_a_user_manages_users"),
    ("a scope is for everything",
     "if scope is not None and scope not in grant.granted:", "if scope is not None and not grant.granted:",
     "test_a_scope_is_for_what_it_says"),
    ("who was blocked goes on",
     "        end_sessions_of(house, words[1])\n", "        house.directory.find(words[1])\n",
     "test_a_user_blocked_by_a_program_is_signed_out"),
))  # fmt: skip

MACHINES = mutants_of("fabrikam/tenant/tokens/machinegrants.py", "tests/tenant/test_management_api.py", (
    ("every web application manages users",
     "if grants is None and not managing:", "if grants is None:",
     "test_nobody_manages_users_who_is_not_named_for_it"),
    ("an application of strangers manages users",
     " or (managing and not client.first_party)", "",
     "test_nobody_manages_users_who_is_not_named_for_it"),
))  # fmt: skip

SECOND_FACTORS = mutants_of("fabrikam/tenant/tokens/secondfactors.py", "tests/tenant/test_direct_grants.py", (
    ("a refresh that met MFA has whatever it asks for",
     "    return renewed_at_last(house, login, waiting.renews)\n", "    return granted(house, login)\n",
     "test_a_refresh_that_met_mfa_widens_nothing_either"),
    ("any factor answers what a script challenged with",
     "if waiting.will_do and factor not in waiting.will_do:", "if waiting.will_do and not factor:",
     "test_no_other_factor_passes_what_a_script_challenged_with"),
    ("an app that was proposed before the first factor is added beside it",
     "waiting.proposed if may_enrol(waiting, user) else None", "waiting.proposed",
     "test_an_mfa_token_from_before_the_first_factor_adds_none"),
))  # fmt: skip

ASKED = mutants_of("fabrikam/tenant/tokens/asked.py", "tests/tenant/test_direct_grants.py", (
    ("scripts see the refresh token, and the disk keeps it",
     '        "refresh_token",\n', "",
     "test_no_refresh_token_lies_on_the_disk_while_mfa_is_due"),
))  # fmt: skip

FOLDER = mutants_of("fabrikam/tenant/configuration.py", "tests/tenant/test_configuration.py", (
    ("a folder that cannot be read leaves the old one in use",
     "                self._problems = tuple(map(str, rejected.problems))\n", "                self._problems = ()\n",
     "test_direct_grants_stop_as_well"),
    ("scripts that do not compile are found by whoever signs in",
     "        broken = self.engine.check()\n", "        broken = ()\n",
     "test_a_script_that_does_not_compile_stops_the_start"),
))  # fmt: skip

VISIT = mutants_of("fabrikam/tenant/visit.py", "tests/tenant/test_neighbours.py", (
    ("a neighbour plants a cookie of ours over https",
     'return f"__Host-{name}" if secure else name', "return name",
     "test_over_https_no_neighbour_can_plant_a_cookie"),
    ("a form of one session speaks for the next",
     "{self.device}:{self.session_key or ''}", "{self.device}",
     "test_a_form_of_one_session_ends_no_other"),
))  # fmt: skip

SESSIONS = mutants_of("fabrikam/tenant/hosted/sessions.py", "tests/tenant/test_two_people.py", (
    ("a factor that was being weighed undoes the logout",
     "if key is None or house.shelves.sessions.take(key, now) is None:", "if key is None:",
     "test_a_logout_wins_while_a_code_is_weighed"),
    ("a client of another tab is forgotten, and hears of no logout",
     "dict.fromkeys((*before.clients, login", "dict.fromkeys((*session.clients, login",
     "test_a_client_of_another_tab_is_told_of_the_logout"),
))  # fmt: skip

TENANT = (
    *LOGIN, *TRAVEL, *TICKETS, *JOURNEY, *FACTORS, *COMMANDS, *LINKING, *LASTING, *GRANTS, *CLAIMS,
    *CODES, *CALLERS, *STORE, *AUTHENTICATORS, *ATTEMPTS, *PUSHES, *BACKCHANNEL, *CONTINUE, *LOOPBACK,
    *PUSHED, *PROGRAMS, *MACHINES, *SECOND_FACTORS, *ASKED, *FOLDER, *VISIT, *SESSIONS,
)  # fmt: skip
