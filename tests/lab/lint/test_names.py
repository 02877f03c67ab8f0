"""What an expression stands for, whatever names a script gives to things."""

from __future__ import annotations

import pytest

from fabrikam.lab.auth0.counterparts import GLOBALS, READS, WRITES
from fabrikam.lab.auth0.members import ACTION_WORDS, RULE_WORDS, SURFACE, members
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import atoms, facts
from fabrikam.lab.javascript.script import Script, read_script
from tests.lab.lint.builders import handler

ACR = "event.transaction.acr_values"


def script_of(statements: str) -> Script:
    """Parse an Action whose statements end with `here(…)`."""
    return read_script("action", "Action", "code.js", handler(statements))


def here(script: Script) -> js.Node:
    """The call of `here` in a script."""
    return next(
        call
        for call in script.nodes("call_expression")
        if js.text(js.field(call, "function")) == "here"
    )


def path_in(statements: str) -> str:
    """The path of what is given to `here`."""
    script = script_of(statements)
    return ".".join(script.path(js.argument(here(script), 0)))


@pytest.mark.parametrize(
    ("statements", "path"),
    [
        ("here(event.transaction.acr_values);",                              ACR),
        ("here(event?.transaction?.acr_values);",                            ACR),
        ("here(event['transaction'][`acr_values`]);",                        ACR),
        ("here((event.transaction || {}).acr_values ?? []);",                ACR),
        ("here(event.transaction && event.transaction.acr_values);",         ACR),
        ("const t = event.transaction; here(t.acr_values);",                 ACR),
        ("const { transaction: { acr_values: v = [] } = {} } = event; here(v);", ACR),
        ("const { ...all } = event.transaction; here(all.acr_values);",      ACR),
        ("const key = 'acr_' + 'values'; here(event.transaction[key]);",     ACR),
        ("const of = (e) => here(e.transaction.acr_values); of(event);",     ACR),
        ("function of({ acr_values }) { here(acr_values); } of(event.transaction);", ACR),
        ("{ const event = {}; here(event.transaction); }",                   ""),
        ("const of = (e) => here(e.acr_values); of(event.transaction); of({});", ""),
        ("for (const v of event.transaction.acr_values) here(v);",           f"{ACR}.[]"),
        ("event.transaction.acr_values.filter(Boolean).some((v) => here(v));", f"{ACR}.[]"),
        ("here(event.transaction.acr_values[0]);",                           f"{ACR}.[]"),
        ("here(event.transaction.acr_values.find(Boolean));",                f"{ACR}.[]"),
        ("here(api.idToken.setCustomClaim('a', 1).accessToken);",            "api.accessToken"),
        ("here(api.cache.get('a').value);",                                  ""),
        ("here(configuration.SCOPE);",                                       "configuration.SCOPE"),
        ("here(event.transaction[Math.random()]);",                          ""),
        ("const a = a; here(a.b);",                                          ""),
    ],
)  # fmt: skip
def test_a_path_sees_through_names(statements, path):
    assert path_in(statements) == path


@pytest.mark.parametrize(
    ("expression", "constant"),
    [
        ("'mfa'",                  "mfa"),
        ("`mfa`",                  "mfa"),
        ("('m' + 'fa')",           "mfa"),
        ("NS + '/level'",          "https://fabrikam.example/level"),
        ("`${NS}/level`",          "https://fabrikam.example/level"),
        (r"'m\x66\u{61}\n'",       "mfa\n"),
        (r"'\155\0\v'",            "m\0\v"),
        ("'m\\\nfa'",              "mfa"),
        ("'m\\\r\nfa'",            "mfa"),
        (r"'\u{110000}'",          "\N{REPLACEMENT CHARACTER}"),
        (r"'\ud800'",              "\N{REPLACEMENT CHARACTER}"),
        ("`${event.user.name}`",   None),
        ("changing",               None),
    ],
)  # fmt: skip
def test_a_constant_is_known_by_its_value(expression, constant):
    script = script_of(
        "const NS = 'https://fabrikam.example'; let changing = 'a'; changing += 'b';"
        f"here({expression});"
    )
    assert script.names.constant(js.argument(here(script), 0)) == constant


@pytest.mark.parametrize(
    ("statements", "known"),
    [
        ("if (a) { here(); }",                         {("a", True)}),
        ("if (a) {} else { here(); }",                 {("a", False)}),
        ("if (!a) return; here();",                    {("a", True)}),
        ("if (a || b) { throw c; } here();",           {("a", False), ("b", False)}),
        ("if (a) { b(); } here();",                    set()),
        ("a && !b && here();",                         {("a", True), ("b", False)}),
        ("a || here();",                               {("a", False)}),
        ("const x = a ? 1 : here();",                  {("a", False)}),
        ("while (a) { here(); }",                      {("a", True)}),
        ("const x = a === 1; if (x) here();",          {("a === 1", True)}),
        ("const is = (b) => b > 1; if (is(2)) here();", {("b > 1", True)}),
        ("if (Boolean(a)) here();",                    {("a", True)}),
        ("if (!(a && b)) here();",                     {("a && b", False)}),
    ],
)  # fmt: skip
def test_the_facts_around_a_place(statements, known):
    script = script_of(statements)
    found = atoms(facts(here(script)), script)
    assert {(js.text(fact.test), fact.holds) for fact in found} == known


def is_known(path: tuple[str, ...]) -> bool:
    """Whether the linter has a name among what Auth0 documents."""
    below = members(path[:-1])
    return len(path) == 1 or below is None or path[-1] in below


@pytest.mark.parametrize("path", [*READS, *WRITES], ids=".".join)
def test_what_advice_translates_is_known_to_the_linter(path):
    assert is_known(path)


@pytest.mark.parametrize("path", RULE_WORDS, ids=".".join)
def test_a_rules_word_has_one_translation_that_exists(path):
    spoken = tuple(RULE_WORDS[path].split("."))
    assert is_known(path) or path[0] in GLOBALS
    assert is_known(spoken)


@pytest.mark.parametrize("path", [path for path in SURFACE if path[0] == "context"])
def test_every_member_of_the_context_is_translated_or_refused_by_name(path):
    for name in SURFACE[path]:
        assert name == "*" or any(
            (*path, name)[:length] in READS for length in range(2, len(path) + 2)
        )


def test_the_two_words_that_once_disagreed():
    geoip = ("context", "request", "geoip", "subdivision_name")
    assert RULE_WORDS[geoip] == "event.request.geoip.subdivisionName"
    assert RULE_WORDS["user", "multifactor"] == "event.user.multifactor"
    assert ACTION_WORDS["event", "client", "client_id"] == "context.clientID"
