"""Whatever stands in a script, the linter answers, and soon."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from fabrikam.lab.lint import report_text
from tests.lab.lint.builders import action, linted, rule

SPECIMENS = Path(__file__).parents[3] / "rules" / "specimens"
SOURCES = sorted(path.read_text() for path in SPECIMENS.rglob("*.js"))
WORDS = [
    *"(){}[].,;:?!=+-<>&|`'\"\\/*@#$ \n\t",
    *("=>", "===", "?.", "??", "||", "&&", "...", "${", "//", "/*", "*/", "\\u{1F600}"),
    *("function ", "async ", "await ", "return ", "if ", "else ", "for ", "switch "),
    *("const ", "let ", "var ", "try ", "catch ", "throw ", "new ", "delete "),
    *("event", "api", "user", "context", "callback", "exports", "require", "é", "💶"),
    *(
        ".transaction",
        ".acr_values",
        ".multifactor",
        ".enable",
        ".includes",
        "lint-accept",
    ),
]
LONG = 200  # hand-written functions, together near the size limit of an Action


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map("".join))
def test_no_text_however_odd_makes_the_linter_fail(source):
    report_text(linted(rule(source), action(source)))


ESCAPES = st.sampled_from(
    [
        *("\\u{110000}", "\\ud800", "\\u{d800}", "\\xff", "\\u{}", "\\u{fffffffff}"),
        *("\\777", "\\8", "\\0", "\\\n", "\\\r\n", "\\\u2028", "\\", "\\x", "'"),
        *("http://", "mfa", "é", "💶"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ESCAPES, max_size=8).map("".join))
def test_no_escape_however_odd_makes_the_linter_fail(word):
    source = f"""
        exports.onExecutePostLogin = async (event, api) => {{
          if (event.transaction?.protocol === "{word}") api.multifactor.enable('{word}');
          api.idToken.setCustomClaim(`{word}`, "mfa");
        }};
    """
    report_text(linted(action(source))).encode()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SOURCES), st.integers(0, 1000), st.integers(0, 12))
def test_no_script_however_mutilated_makes_the_linter_fail(source, start, length):
    mutilated = source[:start] + source[start + length :]
    report_text(linted(rule(mutilated), action(mutilated)))


def test_names_that_stand_for_each_other_end():
    source = """
        exports.onExecutePostLogin = async (event, api) => {
          const one = two || event, two = one;
          const left = right + "x", right = left + "y", round = `${left}${round}`;
          if (left === event.transaction?.acr_values || round === one) console.log(left);
          function f(value) { value.includes(1); f(value); } f(event.organization);
          function again(value) { return value ? again(value.next) : other(value); }
          function other(value) { return again(value); }
          if (again(one.transaction)) api.multifactor.enable("any");
        };
    """
    assert linted(action(source)) == ()


def test_helpers_that_call_helpers_end():
    tower = "\n".join(
        f"function f{level}(api) {{ f{level + 1}(api); f{level + 1}(api); }}"
        for level in range(30)
    )
    source = (
        f"{tower}\nfunction f30(api) {{ api.access.deny('no'); }}\n"
        "exports.onExecutePostLogin = async (event, api) => { f0(api); };"
    )
    assert linted(action(source)) == ()


def test_a_script_of_the_largest_size_is_read_in_seconds():
    helper = """
        function helper%d(event, api) {
          const methods = event.authentication?.methods ?? [];
          if (methods.some((method) => method.name === "mfa") && event.client.metadata.on) {
            api.idToken.setCustomClaim("https://fabrikam.example/claim%d", methods.length);
          }
          return methods;
        }
    """
    helpers = "\n".join(helper % (number, number) for number in range(LONG))
    calls = "\n".join(f"helper{number}(event, api);" for number in range(LONG))
    source = (
        f"{helpers}\nexports.onExecutePostLogin = async (event, api) => {{{calls}}};"
    )
    began = time.process_time()
    assert linted(action(source)) == ()
    assert time.process_time() - began < 20
