"""What only the folder as a whole shows."""

from __future__ import annotations

import pytest

from tests.lab.lint.builders import ACR, action, body, folder, found, handler, rule

ASK = 'api.multifactor.enable("any", { allowRememberBrowser: false });'
ON_ACR = f'if (event.transaction?.acr_values?.includes("{ACR}")) {{ {ASK} }}'
ON_SCOPE = (
    "if ((context.request.query.scope || '').split(' ').includes('step_up')) "
    "{ context.multifactor = { provider: 'any', allowRememberBrowser: false }; }"
)
PORTAL = {"name": "Portal", "client_id": "portal", "app_type": "spa"}
PAYROLL = {"name": "Payroll", "client_id": "payroll", "app_type": "regular_web"}
CONFORMANT = ({**PORTAL, "oidc_conformant": True},)


def test_a_rule_and_an_action_that_answer_the_same_login_both_ask():
    scripts = body("rule", ON_SCOPE), body("action", ASK)
    assert found(*scripts) == ["SU601:2"]


def test_a_rule_and_an_action_may_answer_different_requests():
    assert found(body("rule", ON_SCOPE), body("action", ON_ACR)) == []


def test_an_action_may_wait_for_the_rule():
    waits = f'if (!api.rules.wasExecuted("rul_1")) {{ {ASK} }}'
    assert found(body("rule", ON_SCOPE), body("action", waits)) == []


def test_an_action_that_no_login_meets_protects_nothing():
    unbound = action(handler(ON_ACR), order=None)
    draft = action(handler(ON_ACR), deployed=False)
    assert found(unbound, policy="never") == ["SU602:1"]
    assert found(draft, policy="never") == ["SU602:1"]


def test_an_action_of_another_trigger_is_none_of_our_business():
    other = action("exports.onExecutePreUserRegistration = async () => {};")
    changed = action(other.source, order=None, triggers=("pre-user-registration",))
    assert found(changed) == []


def test_somebody_has_to_ask_for_the_factor():
    off = rule(f"function (user, context, callback) {{ {ON_SCOPE} }}", enabled=False)
    assert found(off, policy="never") == ["SU603:1"]
    assert found(off, policy="always") == []


def test_a_challenge_needs_the_switch_of_the_tenant():
    statement = "if (event.user.enrolledFactors?.length) "
    statement += 'api.authentication.challengeWith({ type: "otp" });'
    assert found(body("action", statement), tenant={}) == ["SU604:2"]
    assert found(body("action", statement)) == []


def test_a_factor_that_is_switched_off_cannot_be_asked_for():
    statement = "if (event.user.enrolledFactors?.length) "
    statement += 'api.authentication.challengeWith({ type: "phone" });'
    assert found(body("action", statement), factors=frozenset({"otp"})) == ["SU610:2"]
    assert found(body("action", statement), factors=frozenset({"sms"})) == []
    assert found(body("action", ASK), factors=frozenset()) == ["SU610:2"]


def test_an_action_has_only_its_own_secrets():
    uses = handler('console.log(event.secrets.SCOPE, event.secrets.OTHER ?? "none");')
    assert found(action(uses)) == ["SU605:2"]
    assert found(action(uses, secrets={"SCOPE": "step_up"})) == []


def test_a_key_of_configuration_has_to_be_set():
    uses = body("rule", "console.log(configuration.SCOPE);")
    assert found(uses) == ["SU606:2"]
    assert found(uses, rules_configs={"SCOPE": "step_up"}) == []


def test_a_redirect_belongs_at_the_end():
    first = action(
        handler('api.redirect.sendUserTo("https://fabrikam.example/terms");'),
        name="Terms",
    )
    second = action(handler(ON_ACR), name="Step-up", order=1)
    assert found(first, second) == ["SU607:2"]


def test_the_request_is_another_one_after_a_pause():
    reads = handler("console.log(event.request.query.acr_values);")
    redirects = handler('api.redirect.sendUserTo("https://fabrikam.example/terms");')
    first = action(redirects, name="Terms")
    assert found(action(reads)) == []
    assert found(first, action(reads, name="Step-up", order=1)) == ["SU608:2"]


def test_the_handler_that_continues_sees_another_request():
    source = """
        exports.onExecutePostLogin = async (event, api) => {};
        exports.onContinuePostLogin = async (event, api) => {
          console.log(event.request.query.scope);
        };
    """
    assert found(action(source)) == ["SU608:3"]


def test_a_level_on_user_reaches_no_conformant_application():
    both = f"{ON_SCOPE}\nuser.authentication_level = 'normal';"
    token = f"{both}\ncontext.idToken.authentication_level = 'normal';"
    assert found(body("rule", both), clients=CONFORMANT) == ["SU609:3"]
    assert found(body("rule", token), clients=CONFORMANT) == []
    assert found(body("rule", both), clients=(PORTAL,)) == []


def test_the_level_has_one_name_in_all_scripts():
    claim = "context.idToken.authentication_level = 'normal';"
    plain = 'api.idToken.setCustomClaim("authentication_level", "normal");'
    spaced = plain.replace("auth", "https://fabrikam.example/auth")
    assert found(body("rule", claim), body("action", plain)) == []
    assert found(body("rule", claim), body("action", spaced)) == ["SU612:2"]


BOTH_FACTORS = frozenset({"otp", "push-notification", "recovery-code"})
ENROL_PUSH = """
const push = { type: "push-notification" };
const factors = event.user.enrolledFactors ?? [];
if (%s) api.authentication.challengeWith(push);
else api.authentication.enrollWith(push);
"""


@pytest.mark.parametrize(
    ("test", "factors", "codes"),
    [
        ("factors.some((one) => one.type === push.type)", BOTH_FACTORS, ["SU613:6"]),
        ("factors.some((one) => one.type === push.type)", BOTH_FACTORS - {"otp"}, []),
        ("factors.some((one) => one.type === push.type)", None, []),
        ("factors.length > 0",                            BOTH_FACTORS, []),
        ("factors.some((one) => one.type === 'otp' || one.type === push.type)",
                                                          BOTH_FACTORS, []),
    ],
)  # fmt: skip
def test_a_password_alone_enrols_no_second_device(test, factors, codes):
    assert found(body("action", ENROL_PUSH % test), factors=factors) == codes


@pytest.mark.parametrize(
    ("test", "clients", "codes"),
    [
        ('event.client.client_id === "portal"',              (PORTAL,), []),
        ('event.client.client_id === "porta1"',              (PORTAL,), ["SU614:2"]),
        ('["porta1"].includes(event.client.client_id)',      (PORTAL,), ["SU614:2"]),
        ('["portal", "of another tenant"].includes(event.client.client_id)',
                                                             (PORTAL,), []),
        ('event.client.client_id === "porta1"', (PORTAL, {"name": "HR"}), []),
        ('event.client.client_id === "porta1"',              (),        []),
        ('event.client.name === "porta1"',                   (PORTAL,), []),
    ],
)  # fmt: skip
def test_a_client_id_is_one_of_the_folder_where_the_folder_has_them(
    test, clients, codes
):
    asking = f"if ({test}) {{ {ASK} }}"
    assert found(body("action", asking), clients=clients) == codes


def test_a_level_in_the_access_token_alone_reaches_no_application():
    access = 'api.accessToken.setCustomClaim("authentication_level", "normal");'
    token = access.replace("accessToken", "idToken")
    assert found(body("action", access)) == ["SU615:2"]
    assert found(body("action", f"{access}\n{token}")) == []
    assert found(body("action", access), action(handler(token), name="Other")) == []


def test_an_application_may_have_been_forgotten():
    listed = f'if (["portal"].includes(event.client.client_id)) {{ {ASK} }}'
    machine = {"name": "Robot", "client_id": "robot", "app_type": "non_interactive"}
    assert found(body("action", listed), clients=(PORTAL, PAYROLL)) == ["SU611:2"]
    assert found(body("action", listed), clients=(PORTAL, machine)) == []


def test_a_folder_without_scripts_and_without_a_policy_protects_nobody():
    assert found(policy="never") == ["SU603:1"]
    assert folder().policy == "always"
    assert found() == []
