"""How far the local tenant does what Auth0 does, each line with the tests that show it.

`python -m tests.tenant.compatibility` prints `docs/reference/auth0-compatibility.md`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from fabrikam.tenant import DOUBTS

State = Literal["yes", "partly", "no"]


class Line(NamedTuple):
    """One thing that a client or a script can see."""

    thing: str
    state: State
    note: str
    tests: tuple[str, ...] = ()


def yes(thing: str, *tests: str, note: str = "") -> Line:
    return Line(thing, "yes", note, tests)


def partly(thing: str, note: str, *tests: str) -> Line:
    return Line(thing, "partly", note, tests)


def no(thing: str, note: str, *tests: str) -> Line:
    return Line(thing, "no", note, tests)


ENDPOINTS = (
    yes(
        "clients of other people: requests-oauthlib, Authlib",
        "test_code_flow_refresh_userinfo_and_logout",
        "test_a_client_that_knows_the_discovery_document_only_believes_the_id_token",
        "test_such_a_client_refreshes_and_the_old_refresh_token_is_dead",
        "test_such_a_client_revokes",
        "test_such_a_client_signs_the_user_out_at_the_tenant",
    ),
    yes(
        "`/authorize`",
        "test_each_folder_steps_up_by_its_own_mechanism",
        "test_other_mistakes_go_back_to_the_client",
        "test_authorize_may_be_posted",
    ),
    yes(
        "`/authorize`: unknown client or address",
        "test_unknown_clients_and_addresses_see_a_page_and_no_redirect",
    ),
    partly(
        "`/authorize`: `response_type`",
        "`code` only: tokens do not travel through the browser",
        "test_other_mistakes_go_back_to_the_client",
    ),
    partly(
        "`/authorize`: `response_mode`",
        "`query`, `fragment`, `form_post`; `web_message` with `prompt=none` only, on the client's `web_origins`",
        "test_a_silent_login_may_be_answered_by_a_message",
        "test_no_message_goes_to_an_origin_that_is_not_registered",
        "test_form_post_answers_by_a_form",
        "test_the_fragment_may_carry_the_answer",
    ),
    partly(
        "`/authorize`: PKCE",
        "`S256` only; Auth0 also accepts `plain`",
        "test_a_code_is_bound_to_client_address_and_verifier",
        "test_a_public_client_must_use_pkce",
    ),
    yes(
        "`prompt=none`",
        "test_silent_login_without_a_session_is_login_required",
        "test_silent_step_up_is_refused",
        "test_silent_login_of_a_third_party_without_consent",
    ),
    yes(
        "`prompt=login`, `max_age`, `auth_time`",
        "test_prompt_login_asks_again_and_says_when",
        "test_max_age_asks_for_an_old_password_again",
        "test_auth_time_is_that_of_the_password_and_only_where_asked_for",
    ),
    partly(
        "`prompt=consent`",
        "asked of third-party applications; no confirmation for `localhost`",
        "test_third_parties_need_consent_once",
    ),
    yes("`audience` of an API", "test_an_api_of_the_folder_gets_signed_access_tokens"),
    yes(
        "`audience` `/mfa/`",
        "test_the_mfa_audience_lets_a_user_manage_their_factors",
        "test_the_mfa_audience_takes_nothing_from_scripts_and_policy",
    ),
    partly(
        "`ui_locales`, `display`",
        "scripts see them in the query; the pages are English",
        "test_a_language_is_told_to_scripts_in_the_query_and_changes_nothing",
    ),
    no(
        "`organization`",
        "refused by name: there is no organization to belong to",
        "test_an_organization_is_refused_by_name_and_not_overlooked",
    ),
    yes(
        "PAR: `/oauth/par`, `require_pushed_authorization_requests`",
        "test_a_pushed_request_is_one_name_for_all_it_asks",
        "test_a_pushed_request_works_for_one_sign_in",
        "test_a_wrong_request_is_refused_when_it_is_pushed",
        "test_a_client_that_must_push_cannot_ask_by_the_browser",
    ),
    no(
        "JAR (`request`, `request_uri` of another server)",
        "refused by name",
        "test_the_request_of_another_server_is_refused_by_name",
    ),
    yes(
        "`/oauth/token`: `authorization_code`",
        "test_a_code_lives_for_a_minute",
        "test_of_a_hundred_redeemers_one_gets_the_tokens",
        "test_a_replayed_code_ends_what_it_gave",
    ),
    yes(
        "`/oauth/token`: `refresh_token`",
        "test_a_refresh_gives_new_tokens_without_amr",
        "test_a_used_refresh_token_ends_the_whole_family",
        "test_a_refresh_never_widens_and_may_narrow",
    ),
    yes(
        "`/oauth/token`: `password`, `password-realm`",
        "test_a_password_grant_gives_tokens",
        "test_a_realm_names_the_connection",
    ),
    yes(
        "`/oauth/token`: `mfa-otp`, `mfa-oob`, `mfa-recovery-code`",
        "test_mfa_required_then_a_code",
        "test_a_push_by_the_api",
        "test_a_recovery_code_by_the_api_is_replaced",
    ),
    partly(
        "`/oauth/token`: `client_credentials`",
        "a folder without `grants/` gives every scope of its own APIs, and nobody the Management API; no Action of `credentials-exchange` runs",
        "test_a_program_gets_a_token_for_an_api_of_the_folder",
        "test_nobody_manages_users_who_is_not_named_for_it",
        "test_a_client_has_the_scopes_that_it_was_granted",
        "test_no_scope_of_an_api_makes_a_program_a_user",
        "test_what_a_program_is_refused",
    ),
    no("`/oauth/token`: device code, token exchange", "refused"),
    no(
        "client authentication by `private_key_jwt`, mTLS",
        "secret by header or form, or none",
    ),
    partly(
        "token errors: words and status",
        "Auth0's where they are known; a request that lacks a parameter is refused in oauthlib's words",
        "test_token_errors_have_auth0s_words",
        "test_password_errors_in_auth0s_words",
        "test_the_errors_of_the_mfa_api_word_for_word",
    ),
    yes("`/oauth/revoke`", "test_revoking_a_refresh_token_ends_its_family"),
    yes(
        "`/userinfo`",
        "test_the_legacy_pipeline_shows_the_rules_attribute_in_userinfo",
        "test_conformant_profile_claims_follow_the_scopes",
        "test_userinfo_takes_the_token_of_a_form",
    ),
    partly(
        "`/userinfo`: rate-limit headers",
        "not sent",
        "test_userinfo_wants_a_living_token",
    ),
    partly(
        "`/tokeninfo`",
        "refused for conformant clients; a legacy client is answered also after a login with `audience`",
        "test_tokeninfo_belongs_to_the_legacy_pipeline",
    ),
    yes("`/mfa/authenticators`", "test_authenticators_are_listed"),
    yes("`DELETE /mfa/authenticators/{id}`", "test_a_password_alone_removes_no_factor"),
    partly(
        "`/mfa/associate`",
        "authenticator app and push; no SMS, voice or e-mail",
        "test_enrolment_by_the_api",
        "test_push_enrolment_by_the_api",
    ),
    partly(
        "`/mfa/challenge`",
        "no `binding_method`: there is no SMS",
        "test_mfa_required_then_a_code",
    ),
    yes(
        "`slow_down` while polling",
        "test_who_polls_too_fast_is_told_to_slow_down",
        note="within two seconds; Auth0 names no number",
    ),
    yes("`/v2/logout`", "test_v2_logout_ends_the_session_and_goes_where_it_may"),
    partly(
        "`federated` logout",
        "accepted; there is no upstream provider to sign out of",
        "test_federated_logout_ends_what_there_is_to_end",
    ),
    yes(
        "`/oidc/logout`",
        "test_oidc_logout_with_a_hint_goes_back_with_state",
        "test_oidc_logout_without_a_hint_asks_first",
    ),
    yes(
        "back-channel logout",
        "test_clients_of_the_session_are_told",
        "test_blocking_a_user_ends_their_sessions_and_tells_the_clients",
    ),
    partly(
        "discovery",
        "says what this tenant does, so fewer types and methods",
        "test_discovery_says_what_is_true",
    ),
    yes(
        "JWKS", "test_the_key_set_has_no_private_part", "test_keys_rotate_with_overlap"
    ),
    yes("`/continue`", "test_a_redirect_by_a_script_comes_back_to_continue"),
    partly(
        "`/u/…` pages",
        "addresses and field names; a phone is enrolled by typing the app's code",
        "test_enrolment_shows_a_picture_and_a_text_of_the_secret",
        "test_a_phone_can_be_enrolled_instead",
    ),
    partly(
        "the Management API",
        "users, their metadata, roles, factors, identities and remembered browsers, for scripts and for programs; a search has 500 characters and metadata 50 levels at most; the rest answers 501 and names itself; the control API under `/_tenant/` is our own",
        "test_a_script_reads_and_writes_users_by_the_management_api",
        "test_a_user_is_read_found_and_changed",
        "test_a_scope_is_for_what_it_says",
        "test_what_no_login_could_carry_is_not_written",
        "test_no_token_of_a_user_manages_users",
        "test_p22_a_program_makes_a_remembered_browser_prove_itself_again",
    ),
    partly(
        "the tenant log",
        "Auth0's type codes; `details` hold what was asked for and which prompts were shown",
        "test_the_log_tells_a_login_in_auth0s_types",
        "test_a_login_tells_what_was_asked_and_what_was_shown",
        "test_the_lab_replays_the_log_of_this_very_tenant",
    ),
)

TOKENS = (
    yes(
        "`amr`, `acr`",
        "test_amr_and_acr_appear_only_where_the_factor_was_passed",
        "test_neither_access_token_nor_userinfo_carries_amr",
    ),
    yes("custom claims, both pipelines", "test_a_custom_claim_shows_in_both_pipelines"),
    yes(
        "attributes of a rule",
        "test_where_an_attribute_that_a_rule_set_becomes_visible",
        "test_one_audience_is_enough_for_the_conformant_pipeline",
    ),
    yes(
        "restricted claims and namespaces",
        "test_no_script_forges_a_claim_of_the_protocol",
        "test_namespaces_of_auth0_are_ignored",
    ),
    yes(
        "100 KB of custom claims",
        "test_custom_claims_of_more_than_100_kb_fail_the_login",
    ),
    yes("`RS256`", "test_the_id_token_is_signed_by_the_published_key"),
    yes(
        "`HS256`, `PS256`",
        "test_hs256_uses_the_clients_secret",
        "test_a_standard_client_finds_the_key_of_each_algorithm_by_its_name",
    ),
    yes("`at_hash`, `nonce`", "test_at_hash_binds_the_access_token"),
    yes("`sid`", "test_sid_is_a_claim_of_the_conformant_pipeline"),
    yes("lifetimes per client", "test_a_clients_lifetime_is_its_own"),
    yes("scopes changed by scripts", "test_scripts_change_the_granted_scopes"),
    yes(
        "claims without a namespace for Auth0's own APIs",
        "test_the_tenants_own_apis_take_claims_with_a_namespace_only",
    ),
)

FACTORS = (
    yes("authenticator app", "test_074_codes_count_one_step_either_side"),
    yes("Guardian push", "test_073_an_answer_counts_for_its_own_login_only"),
    yes(
        "code of the app instead of a push",
        "test_a_push_user_may_type_the_code_of_the_app",
    ),
    yes("`otpFallback: false`", "test_a_script_may_forbid_the_code_beside_a_push"),
    yes(
        "recovery codes",
        "test_075_a_recovery_code_works_once_and_is_replaced",
        "test_no_recovery_code_is_given_where_none_will_be_taken",
        note="none is given where `google-authenticator` was asked for",
    ),
    no("SMS, voice, e-mail, WebAuthn, Duo", "Duo as a provider is refused by name"),
    yes(
        "enrolment inside the login",
        "test_a_first_step_up_enrols_whoever_has_no_factor",
    ),
    yes(
        "remembered browsers",
        "test_a_remembered_browser",
        "test_some_demands_do_not_trust_a_remembered_browser",
        "test_076_remembering_ends_after_7_idle_days_or_30",
    ),
    yes("policies Never and Always", "test_the_second_factor"),
    partly(
        "policy Adaptive",
        "the confidence is a switch (`risk_confidence`); nothing is measured",
        "test_the_second_factor",
        "test_adaptive_tenants_tell_scripts_of_a_risk",
    ),
    yes(
        "five minutes between the factors",
        "test_the_second_factor_must_follow_within_five_minutes",
    ),
    yes(
        "MFA on refresh", "test_p25_mfa_on_refresh_is_mfa_required_and_keeps_the_token"
    ),
)

RULES = (
    yes("`user`, with metadata merged", "test_metadata_is_undefined_until_stored_and_merged_into_the_root"),
    partly(
        "`user.permissions`",
        "the names that the user's roles in the folder give; absent where there are none",
        "test_roles_give_a_rule_the_users_permissions",
        "test_a_user_without_permissions_has_no_list_of_them",
    ),
    yes("`context.clientID`, `clientName`, `clientMetadata`", "test_a_rule_has_its_own_words"),
    partly(
        "`context.connection…`, `connectionOptions`",
        "one database holds everybody: the folder's, else `default_directory`",
        "test_a_rule_has_its_own_words",
        "test_the_connection_is_the_folders",
        "test_the_default_directory_chooses_the_connection",
    ),
    yes("`context.tenant`", "test_scripts_know_the_tenant_by_its_name_and_people_by_another"),
    partly("`context.samlConfiguration`", "an empty object"),
    yes("`context.protocol`", "test_scripts_see_a_refresh_as_such"),
    partly(
        "`context.protocol`: other words",
        "code flow, refresh, password and `redirect-callback` only",
        "test_a_rule_redirect_runs_everything_again_once",
    ),
    partly("`context.request.query` at the token endpoint", "empty or undefined, by the switch `query_without_authorize`", "test_a_rule_at_the_token_endpoint_may_find_no_query"),
    yes("`context.request.query`, `body`", "test_the_raw_query_is_a_string_in_a_rule"),
    partly("`context.request.geoip`", "empty, or what the switch `country` says", "test_scripts_see_the_country_that_was_switched_on"),
    yes("`context.stats`", "test_logins_are_counted_except_silent_ones"),
    yes("`context.sso`, `sessionID`", "test_a_script_input_tells_what_is_known"),
    yes(
        "`context.authentication.methods`",
        "test_methods_show_the_second_factor_in_the_next_login_only",
        "test_methods_keep_the_latest_of_each_kind",
    ),
    yes("`context.authorization`", "test_a_script_input_tells_what_is_known"),
    no("`context.organization`", "there are no organizations"),
    yes("`context.riskAssessment`", "test_adaptive_tenants_tell_scripts_of_a_risk"),
    yes("`context.idToken`, `accessToken`", "test_claims_scopes_and_the_primary_user_are_read"),
    yes("`context.accessToken.scope`", "test_scripts_change_the_granted_scopes"),
    yes("`context.jwtConfiguration.scopes`", "test_where_an_attribute_that_a_rule_set_becomes_visible"),
    yes("`context.jwtConfiguration.lifetimeInSeconds`", "test_a_rule_sets_the_lifetime_of_the_legacy_id_token"),
    yes("`context.multifactor`", "test_what_a_rule_asks_for_is_read_with_its_own_defaults"),
    yes(
        "`context.multifactor.issuer`, `key`",
        "test_a_rule_may_label_the_entry_in_the_app",
        "test_a_rule_may_choose_the_key_of_an_authenticator_app",
        note="a key of less than 112 bits is not used",
    ),
    yes("`context.redirect`", "test_a_rule_redirect_runs_everything_again_once"),
    yes(
        "`context.primaryUser`",
        "test_only_a_linked_account_becomes_the_primary_user",
        "test_a_rule_may_change_the_primary_user",
        note="an account that is not linked is `access_denied`",
    ),
    yes("`callback`, once, twice, never", "test_the_first_answer_stands_and_the_rest_is_a_warning"),
    yes("`UnauthorizedError`", "test_an_unauthorized_error_is_a_no_and_not_a_failure"),
    yes("`configuration`", "test_configuration_is_the_same_for_all_rules"),
    yes("`auth0.users.*`", "test_a_rule_may_write_metadata"),
    yes(
        "`auth0.accessToken`, `auth0.baseUrl` by `http`, `https`, `fetch` and what is built on them",
        "test_raw_http_to_the_tenant_reaches_the_local_users",
        "test_fetch_of_the_tenant_reaches_the_local_users",
        note="also hosts of `auth0.com`: a script never writes to the real tenant",
    ),
    partly(
        "`require('auth0')`",
        "the ManagementClient's users, roles, factors and linking in the shape of each version; the rest throws and is named; an installed package is preferred",
        "test_the_old_client_reaches_the_local_users",
        "test_the_client_of_an_action_has_the_shape_of_its_version",
        "test_what_the_client_has_not_is_named",
        "test_an_installed_package_is_preferred",
    ),
    yes("`UnauthorizedError`, `auth0`", "test_what_a_rule_finds_around_it"),
    partly(
        "`_`, `request`, `jwt` and the other bare names",
        "as far as their packages are installed beside the folder",
        "test_a_bare_global_whose_package_is_missing_says_so",
    ),
    yes("`global`", "test_global_is_shared_by_logins_unless_each_has_its_process"),
    yes("`require`, with and without a version", "test_packages_installed_beside_the_folder_are_found_with_any_version"),
)  # fmt: skip

ACTION_EVENT = (
    yes("`event.transaction`", "test_the_event_shows_the_transaction"),
    yes("`event.transaction.acr_values`", "test_acr_values_that_nobody_sent_are_empty_or_absent"),
    yes("`event.transaction.metadata`", "test_transaction_metadata_is_seen_by_the_next_action"),
    yes("`event.transaction.correlation_id`", "test_a_correlation_id_of_the_request_is_told"),
    no("`event.transaction.linking_id`, `actor`", "not set: there is no linking by this tenant, and no token exchange"),
    yes("`event.authentication.methods`", "test_methods_have_iso_times_and_the_factor"),
    yes("`event.authentication.riskAssessment`", "test_adaptive_tenants_tell_scripts_of_a_risk"),
    yes("`event.authorization`, `client`, `connection`, `user`", "test_the_event_shows_user_client_and_connection"),
    yes("`event.request`, also after a pause", "test_after_a_pause_the_request_is_another_and_the_transaction_stays"),
    partly("`event.request.geoip`", "empty, or what the switch `country` says", "test_scripts_see_the_country_that_was_switched_on"),
    no("`event.request.asn`", "not set"),
    partly(
        "`event.session`",
        "no ASN of the device, no `actor` and no `session_transfer`",
        "test_an_action_knows_session_organization_and_api",
        "test_an_action_knows_how_long_a_session_lasts_and_from_where_it_began",
        "test_what_scripts_keep_with_a_session_is_told_at_the_next_login",
    ),
    partly(
        "`event.refresh_token`",
        "no device, idle end, last exchange and resource servers",
        "test_a_refresh_tells_scripts_of_its_token",
    ),
    yes("`event.resource_server`", "test_an_api_of_the_folder_gets_signed_access_tokens"),
    no("`event.organization`", "there are no organizations"),
    yes("`event.stats`, `tenant`", "test_the_event_shows_user_client_and_connection"),
    yes("`event.secrets`", "test_every_action_has_its_own_secrets"),
    partly("`event.configuration`", "an empty object, as for every Action that is none of the marketplace", "test_the_event_shows_user_client_and_connection"),
    partly("`event.prompt`, `custom_domain`, `security_context`, `agent`", "absent, as at a tenant that has none of them", "test_what_is_not_there_has_no_key"),
)  # fmt: skip

ACTION_API = (
    yes("`api.access.deny`", "test_a_denial_stops_the_actions_behind_and_keeps_metadata"),
    yes("`api.accessToken.*`", "test_what_an_action_asks_for_is_in_the_outcome"),
    yes("`api.idToken.setCustomClaim`", "test_an_action_writes_its_own_claims_and_never_amr"),
    yes("`api.multifactor.enable`", "test_enable_keeps_two_options_and_forgets_the_browser"),
    yes("`api.authentication.challengeWith`, `challengeWithAny`", "test_a_command_pauses_behind_its_action"),
    partly(
        "`api.authentication.enrollWith`, `enrollWithAny`",
        "authenticator app and push; not `recovery-code`, and none of the factors that are not here",
        "test_scripts_that_wait",
        "test_only_a_factor_that_a_script_waits_for_answers_it",
    ),
    yes(
        "a script that never answers",
        "test_a_script_that_never_answers_ends_its_own_login_only",
        note="`access_denied`; the words are ours",
    ),
    yes("256 characters of log of each script", "test_the_tenant_log_keeps_256_characters_of_each_script"),
    yes("calls after the answer", "test_what_is_asked_after_the_answer_has_no_effect_and_is_a_warning", note="no effect, and a warning"),
    yes("toggle for these commands", "test_commands_do_nothing_where_the_tenant_has_not_switched_them_on"),
    yes("`api.authentication.recordMethod`", "test_a_recorded_method_is_seen_in_the_next_login"),
    yes(
        "`api.authentication.setPrimaryUser`",
        "test_only_a_linked_account_becomes_the_primary_user",
        "test_what_the_api_does_not_take_is_an_error",
    ),
    yes("`api.redirect.*`", "test_a_redirect_goes_on_with_the_same_action"),
    yes("`api.user.setAppMetadata`, `setUserMetadata`", "test_metadata_is_stored"),
    yes("`api.cache`", "test_the_cache_has_limits"),
    yes("`api.rules.wasExecuted`", "test_an_action_knows_which_rules_ran"),
    yes(
        "`api.transaction.setMetadata`",
        "test_transaction_metadata_is_seen_by_the_next_action",
        "test_what_an_action_sets_is_in_its_event_at_once_and_in_the_next_ones",
    ),
    yes("`api.validation.error`", "test_what_an_action_asks_for_is_in_the_outcome"),
    yes(
        "`api.session.revoke`, `setExpiresAt`, `setIdleExpiresAt`, `setMetadata`, `deleteMetadata`, `evictMetadata`",
        "test_a_revoked_session_is_over",
        "test_a_revocation_denies_and_stops_the_actions_behind",
        "test_a_script_ends_a_session_sooner_and_never_later",
        "test_what_scripts_keep_with_a_session_is_told_at_the_next_login",
        "test_what_an_action_sets_is_in_its_event_at_once_and_in_the_next_ones",
    ),
    partly(
        "`api.session.setCookieMode`; `preserveRefreshTokens` of `revoke`",
        "the mode is kept and told, the cookie always ends with the browser; refresh tokens always stay",
        "test_what_scripts_keep_with_a_session_is_told_at_the_next_login",
    ),
    yes(
        "`api.refreshToken.*`",
        "test_a_script_ends_a_refresh_token_sooner",
        "test_a_script_revokes_a_refresh_token",
        "test_a_refresh_tells_scripts_of_its_token",
    ),
    yes("`api.samlResponse.*`", "test_what_an_action_asks_for_is_in_the_outcome", note="taken, and without effect: no login here is SAML's"),
    no(
        "`api.prompt.render`, `api.groups.*`, `api.roles.*`",
        "they throw an error that names them",
        "test_what_this_tenant_has_not_is_named_and_never_ignored",
    ),
    yes("limits on source and secrets", "test_an_action_has_no_more_than_auth0_takes", "test_a_rule_has_no_more_than_auth0_takes"),
    yes("limits on arguments", "test_what_the_api_does_not_take_is_an_error"),
)  # fmt: skip

FOLDER = (
    yes("`rules/*.json` with their scripts", "test_rules_run_in_their_order_and_only_if_enabled", "test_a_rule_of_another_stage_does_not_run"),
    yes("`rules-configs/*.json`", "test_everything_else_that_scripts_see_is_read"),
    yes("`actions/*.json`, with `code` from the root", "test_secrets_dependencies_and_modules_are_read"),
    partly(
        "`runtime` of an Action",
        "the one Node that is installed runs them all",
        "test_every_mistake_is_said_with_its_file_and_line",
    ),
    partly(
        "secrets of an export, `_VALUE_NOT_SHOWN_`",
        "absent for the script, with a warning that names the secret",
        "test_a_secret_that_was_not_exported_is_a_warning_that_names_it",
    ),
    yes("`triggers/`: the first file, whatever its name", "test_the_triggers_are_in_the_first_file_whatever_its_name", "test_actions_run_in_the_order_of_the_binding_if_bound_and_deployed"),
    yes("`action-modules/*.json`, `modules` of an Action", "test_an_action_names_a_module_that_is_there", "test_actions_share_modules_and_declare_packages"),
    partly(
        "`clients/*.json`",
        "what signing in needs; an application without a secret gets one",
        "test_clients_of_the_folder_are_there",
    ),
    partly(
        "`tenant.json`",
        "names, default audience and directory, addresses, lifetimes, `customize_mfa_in_postlogin_action`; no `flags`",
        "test_everything_else_that_scripts_see_is_read",
        "test_the_default_directory_chooses_the_connection",
    ),
    yes("`guardian/policies.json`", "test_policies_have_words_of_their_own"),
    partly(
        "`guardian/factors/*.json`",
        "all names are known; authenticator apps, push and recovery codes work",
        "test_only_enabled_factors_count",
    ),
    no("`guardian/providers`, `templates`, phone settings", "not read: there is no SMS"),
    partly(
        "`resource-servers/*.json`",
        "`signing_alg` and the skipping of consent are not read",
        "test_an_api_of_the_folder_gets_signed_access_tokens",
    ),
    partly(
        "`grants/*.json`",
        "`client_id` is a client's id or name; an audience that ends in `/api/v2/` is this tenant's Management API; not for third-party clients there; `subject_type` `user` is left alone",
        "test_nobody_manages_users_who_is_not_named_for_it",
        "test_a_folder_with_grants_has_them_for_its_own_apis_too",
    ),
    partly(
        "`roles/*.json`",
        "who has which is said at the control API, which takes no other role then",
        "test_roles_give_a_rule_the_users_permissions",
        "test_a_role_that_the_folder_does_not_have_is_refused",
    ),
    partly(
        "`database-connections/`, `connections/`",
        "databases only, and one of them holds everybody",
        "test_connections_are_read_from_both_places_of_an_export",
        "test_a_realm_is_the_connection_of_the_folder",
    ),
    no(
        "`organizations/`",
        "not read, with a warning",
        "test_what_may_surprise_in_a_folder_is_said",
    ),
    yes("other folders are not managed", "test_a_folder_that_is_not_managed_may_hold_anything"),
    no("exports in YAML", "refused by name", "test_every_mistake_is_said_with_its_file_and_line"),
    yes("`@@KEY@@`, then `##KEY##`, in JSON and scripts", "test_keywords_are_replaced_in_json_and_in_scripts", "test_json_keywords_come_first_so_that_their_values_may_hold_plain_ones", "test_values_are_spelled_as_javascript_spells_them"),
    partly(
        "`AUTH0_KEYWORD_REPLACE_MAPPINGS` and the environment",
        "it wins over the environment, of which no secret setting of ours is taken",
        "test_keywords_reach_the_scripts_and_changes_of_them",
    ),
    yes("a keyword without a value", "test_a_mark_in_a_script_stays_with_a_note", "test_a_property_that_is_one_mark_is_left_out_and_a_name_is_not"),
    yes("paths of other machines, triggers of any name, marketplace Actions", "test_the_code_of_an_action_is_found_by_its_end", "test_any_name_is_taken_for_a_trigger", "test_a_binding_to_an_action_of_the_marketplace_is_a_warning"),
    yes("two Rules with one order, wrong stages and names", "test_two_rules_with_one_order_are_both_named", "test_every_mistake_is_said_with_its_file_and_line"),
    partly(
        "values of the wrong type",
        "refused with file and line, all at once, where this tenant reads them",
        "test_every_mistake_is_said_with_its_file_and_line",
        "test_all_mistakes_are_said_at_once",
    ),
    partly(
        "paths and links that leave the folder",
        "refused; Auth0 warns",
        "test_a_symlink_that_leaves_the_folder_is_a_mistake",
    ),
    partly(
        "scripts that do not compile",
        "refused when they are read; Auth0 fails the login",
        "test_a_script_that_does_not_compile_stops_the_start",
        "test_a_script_that_stops_compiling_stops_logins_with_its_line",
    ),
)  # fmt: skip

CONTROL = (
    partly(
        "users, clients, clock, push, keys, reset under `/_tenant/`",
        "our own, from this machine only",
        "test_users_are_added_and_changed",
        "test_the_clock_stops_and_moves",
        "test_reset_forgets_sessions_users_faults_and_time",
        "test_keys_rotate_with_overlap",
    ),
    partly(
        "the folder: changed, edited, broken",
        "taken whole or not at all; a broken one stops logins and says why at `/_tenant/config`",
        "test_the_folder_in_use_can_be_changed",
        "test_a_changed_file_is_picked_up",
        "test_one_wrong_value_stops_logins_until_it_is_mended",
        "test_no_part_of_a_broken_folder_comes_into_use",
    ),
    partly(
        "faults of tokens, answers and endpoints",
        "our own, for tests of an application",
        "test_faults_of_the_id_token",
        "test_an_answer_may_lack_what_it_needs",
        "test_endpoints_fail_on_demand",
        "test_slow_endpoints_still_answer",
        "test_the_token_endpoint_may_answer_rubbish",
    ),
)

TABLES = {
    "Endpoints": ENDPOINTS,
    "Tokens and claims": TOKENS,
    "Second factors": FACTORS,
    "Rules: `user`, `context` and what is around them": RULES,
    "Actions: `event`": ACTION_EVENT,
    "Actions: `api`": ACTION_API,
    "The tenant folder, as the Deploy CLI exports it": FOLDER,
    "The control API": CONTROL,
}


def document() -> str:
    """The whole page."""
    parts = [
        "# How far the local tenant does what Auth0 does",
        "For teams who want to know what a comparison in the local tenant is worth.",
        "This page is generated from the tests by `python -m tests.tenant.compatibility`.",
        _count(),
        *(_table(title, lines) for title, lines in TABLES.items()),
        _doubts(),
        _deviations(),
    ]
    return "\n\n".join(parts) + "\n"


def _count() -> str:
    states = [line.state for lines in TABLES.values() for line in lines]
    counts = ", ".join(
        f"{states.count(word)} {word}" for word in ("yes", "partly", "no")
    )
    return f"Of {len(states)} things: {counts}."


def _table(title: str, lines: tuple[Line, ...]) -> str:
    head = [
        f"## {title}",
        "",
        "| What | As Auth0 | Note | Tests |",
        "| --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *map(_row, lines)])


def _row(line: Line) -> str:
    tests = "<br>".join(f"`{name}`" for name in line.tests)
    return f"| {line.thing} | {line.state} | {line.note} | {tests} |"


def _doubts() -> str:
    head = [
        "## Switches for what nobody knows for certain",
        "",
        "Set by `TENANT_QUIRKS` or by `POST /_tenant/config`; the first word is the default.",
        "",
        "| Doubt | Switch | What is asked | Words |",
        "| --- | --- | --- | --- |",
    ]
    rows = [
        f"| {doubt.number} | `{name}` | {doubt.question} | {_words(doubt.words)} |"
        for name, doubt in DOUBTS.items()
    ]
    return "\n".join([*head, *rows])


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _deviations() -> str:
    return """## Where the tenant is stricter than Auth0, on purpose

- Codes live for one minute.
- A repeated parameter is refused.
- `plain` PKCE and tokens in the browser's address are refused.
- Ten wrong codes lock a user's second factor for an hour, over all browsers.
- Answers of `/authorize` carry `iss`."""


if __name__ == "__main__":
    print(document(), end="")
