"""What is read of a worker's answer, however odd it is."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from fabrikam.tenant.scripts import Engine, Outcome, read_folder
from fabrikam.tenant.scripts.run_result import outcome_of
from fabrikam.tenant.scripts.worker_exchange import WorkerExchange
from tests.tenant.scripts.builders import SHIPPED, script_input

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
CONTEXTS = st.dictionaries(
    st.sampled_from(["accessToken", "idToken", "jwtConfiguration", "multifactor",
                     "primaryUser", "redirect"]),
    JSON
    | st.dictionaries(st.sampled_from(["provider", "scope", "scopes", "url"]), JSON),
)  # fmt: skip
OPERATIONS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["access.deny", "multifactor.enable", "nothing.known"]),
        "args": st.lists(JSON, max_size=2),
        "by": st.just("A"),
    }
)
RESULTS = st.fixed_dictionaries(
    {
        "executed": JSON | st.lists(st.text(max_size=3), max_size=2),
        "operations": JSON | st.lists(OPERATIONS, max_size=2),
    },
    optional={
        "left": JSON | st.fixed_dictionaries({"user": JSON, "context": CONTEXTS}),
        "failure": JSON,
        "findings": JSON,
        "cache": JSON,
        "trace": JSON,
        "next": JSON,
        "type": JSON,
    },
)


@settings(max_examples=300)
@given(CONTEXTS)
def test_whatever_a_rule_leaves_in_its_context_is_read(context):
    context.pop("redirect", None)  # the worker lets only addresses through
    left = {"user": {}, "context": context}
    result = {"executed": ["R"], "operations": [], "left": left}
    outcome = outcome_of(result, script_input())
    assert outcome.failure is None
    assert outcome.denial is None


class Still:
    """A pool of one worker that does nothing."""

    def __init__(self):
        self.worker = self
        self.keep = False

    def leased(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def fit_for_another(self):
        return True

    def close(self):
        return None


@settings(max_examples=300)
@given(RESULTS)
def test_a_forged_answer_is_an_outcome_and_never_an_exception(result):
    engine = Engine(read_folder(SHIPPED / "during"))
    engine._pool = Still()

    class Forged(WorkerExchange):
        def result(self, *_):
            return result

    with patch("fabrikam.tenant.scripts.engine.WorkerExchange", Forged):
        outcome = engine.run(script_input())
    assert isinstance(outcome, Outcome)
    assert outcome.failure is None or outcome.denial.error == "access_denied"
