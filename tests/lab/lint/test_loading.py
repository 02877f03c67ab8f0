"""Whether a script loads is V8's word, with its sentence, line and column."""

from __future__ import annotations

import pytest

from fabrikam.lab.lint import lint_folder, linted_scripts
from fabrikam.tenant.scripts import uncompiled
from fabrikam.tenant.scripts.script_files import Module
from tests.lab.lint import (
    test_compared_words,
    test_findings,
    test_names,
    test_silence,
    test_spellings,
)
from tests.lab.lint.builders import action, body, folder, handler, loaded, rule

# fmt: off
REFUSED = [
    ("const a;",                                   "Missing initializer in const declaration"),
    ("const f = (a, a) => 1;",                     "Duplicate parameter name not allowed in this context"),
    ("/(/;",                                       "Invalid regular expression: /(/: Unterminated group"),
    ("if (event) { break; }",                      "Illegal break statement"),
    ("for (;;) continue outer;",                   "Undefined label 'outer'"),
    ("this.#x;",                                   "Private field '#x' must be declared in an enclosing class"),
    ("function f() { super(); }",                  "'super' keyword unexpected here"),
    ('(() => { "use strict"; const n = 017; })();', "Octal literals are not allowed in strict mode."),
    ("a: a: for (;;) break;",                      "Label 'a' has already been declared"),
    ("/a/zz;",                                     "Invalid regular expression flags"),
    ("({ __proto__: 1, __proto__: 2 });",          "Duplicate __proto__ fields are not allowed in object literals"),
    ("({ get a(b) { return 1; } });",              "Getter must not have any formal parameters."),
    ('function f(a = 1) { "use strict"; }',        "Illegal 'use strict' directive in function with non-simple parameter list"),
    ("function* g() { const yield = 1; }",         "Unexpected identifier 'yield'"),
    ("let let = 1;",                               "let is disallowed as a lexically bound name"),
    ("function f(...a, b) {}",                     "Rest parameter must be last formal parameter"),
    ("event ?? api || 1;",                         "Unexpected token '||'"),
    ("-2 ** 2;",                                   "Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence"),
    ("event?.b = 1;",                              "Invalid left-hand side in assignment"),
    ('(() => { "use strict"; delete event; })();', "Delete of an unqualified identifier in strict mode."),
    ("const acr = 1; let acr = 2;",                "Identifier 'acr' has already been declared"),
    ("event.client && event.client.name = 'HR';",  "Invalid left-hand side in assignment"),
    ("const level: string = 'mfa';",               "Missing initializer in const declaration"),
]
# fmt: on


@pytest.mark.parametrize("kind", ["rule", "action"])
@pytest.mark.parametrize(("statement", "sentence"), REFUSED)
def test_an_early_error_is_told_in_the_words_of_v8(kind, statement, sentence):
    made = folder(body(kind, f"  {statement}"))
    (finding,) = lint_folder(made, uncompiled(linted_scripts(made)))
    assert (finding.code, finding.line, finding.severity) == ("SU001", 2, "error")
    assert finding.title == f"The file does not compile: {sentence}"
    assert finding.excerpt == f"  {statement}"
    assert 2 < finding.column <= len(finding.excerpt)


def test_the_column_on_a_rules_first_line_is_that_of_the_file():
    source = "function (user, context, callback) { if (; }"
    made = folder(rule(source))
    (finding,) = lint_folder(made, uncompiled(linted_scripts(made)))
    assert finding.column == source.index(";") + 1


# fmt: off
RULES = [
    (2, "function (user, context, callback) {\n  if (user. {\n}"),
    (1, "function (user, context, callback) { callback(null, user, context); } }"),
    (1, "export default function (user, context, callback) {}"),
    (2, "'use strict';\nfunction (user, context, callback) { callback(null, user, context); }"),
    (1, "// nothing here"),
]
ACTIONS = [
    (2, "exports.onExecutePostLogin = async (event, api) => {\n  api.access.deny('no';\n};"),
    (1, "exports.onExecutePostLogin = async (event: Event, api: PostLoginAPI) => {};"),
    (1, "interface Level { name: string }\nexports.onExecutePostLogin = async () => {};"),
    (1, "import axios from 'axios';\nexports.onExecutePostLogin = async () => {};"),
]
# fmt: on


@pytest.mark.parametrize(
    ("line", "script"),
    [
        *((line, rule(source)) for line, source in RULES),
        *((line, action(source)) for line, source in ACTIONS),
    ],
)
def test_a_script_that_does_not_load_has_no_other_findings(line, script):
    assert loaded(script) == [f"SU001:{line}"]


def test_a_module_that_actions_share_has_to_load():
    fine = Module("fine", "action-modules/fine/code.js", "exports.level = () => 1;")
    broken = Module("broken", "action-modules/broken/code.js", "exports.level = (;")
    assert loaded(modules=(fine,)) == []
    assert loaded(modules=(fine, broken)) == ["SU001:1"]


def test_what_the_folder_is_as_a_whole_is_said_only_when_all_of_it_was_read():
    broken = rule("function (user, context, callback) {")
    unbound = action(handler("api.access.deny('no');"), order=None)
    assert loaded(broken, unbound) == ["SU001:1"]


def test_every_row_of_the_other_tests_compiles():
    sources = {
        "action": [
            *test_silence.ACTIONS.values(),
            *test_spellings.SPELLINGS.values(),
            *map(handler, test_spellings.LOOKALIKES.values()),
            *test_spellings.KEPT.values(),
            *(source for _, _, source in test_findings.ACTIONS),
        ],
        "rule": [
            *test_silence.RULES.values(),
            *(source for _, _, source in test_findings.RULES),
        ],
    }
    for module in (test_findings, test_compared_words, test_names):
        for _, kind, statements, *_ in getattr(module, "ROWS", ()):
            sources[kind].append(body(kind, statements).source)
    scripts = [
        *(rule(source, name=f"R{n}") for n, source in enumerate(sources["rule"])),
        *(action(source, name=f"A{n}") for n, source in enumerate(sources["action"])),
    ]
    assert len(scripts) > 250
    assert uncompiled(scripts) == ()
