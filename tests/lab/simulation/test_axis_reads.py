"""What scripts see of an axis is known, so what they do not read needs no run."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabrikam.lab.scenarios.axes import AXES, axis_named
from fabrikam.lab.scenarios.regions import everything
from fabrikam.lab.scenarios.situation import excluded_by, with_words
from fabrikam.lab.simulation.axis_reads import SHOWN, axes_read
from fabrikam.lab.simulation.login_start import login_start
from fabrikam.lab.simulation.observe import observe
from fabrikam.lab.simulation.script_cache import ScriptCache
from fabrikam.lab.simulation.side_simulator import SideSimulator
from fabrikam.lab.simulation.sides import side_of
from fabrikam.lab.simulation.simulator import SimulatedLogin, simulate
from fabrikam.lab.simulation.tracked_reads import TrackedSituation
from fabrikam.tenant.decisions.steps import Refuse
from fabrikam.tenant.scripts import Access, Engine
from fabrikam.tenant.scripts.event import action_event
from fabrikam.tenant.scripts.rule_context import rule_context, rule_user
from tests.lab.builders import RULES

AFTER = side_of(RULES / "after", "modern")
WORDS = st.fixed_dictionaries({axis.name: st.sampled_from(axis.words) for axis in AXES})
ANY_SITUATION = WORDS.map(with_words).filter(lambda one: excluded_by(one) is None)


class Seeing(ScriptCache):
    """Notes what the scripts are shown, and runs none."""

    def __init__(self, engine, tracked):
        super().__init__(engine)
        self.tracked = tracked
        self.shown = []

    def run(self, script_input, checkpoint):
        self.shown.append((script_input, {axis for axis, _ in self.tracked.looks}))
        return super().run(script_input, checkpoint)


def leaves(value, path):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{path}.{number}")
        yield f"{path}.length", len(value)
    else:
        yield path, json.dumps(value)


def shown(situation, engine, axis):
    """All that the scripts are shown first, where the tenant has not looked itself."""
    tracked = TrackedSituation(situation)
    scripts = Seeing(engine, tracked)
    simulated = simulate(tracked, AFTER, scripts)
    if isinstance(simulated, Refuse) or not scripts.shown:
        return None
    first, looked_at = scripts.shown[0]
    if axis in looked_at:
        return None
    return {
        **dict(leaves(rule_user(first), "user")),
        **dict(leaves(rule_context(first), "context")),
        **dict(leaves(action_event(first), "event")),
    }


@pytest.fixture(scope="module")
def engine():
    with Engine(AFTER.folder) as started:
        yield started


@pytest.mark.parametrize("axis", SHOWN)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(where=ANY_SITUATION)
def test_scripts_see_an_axis_only_where_the_list_says(engine, axis, where):
    others = (with_words({axis: word}, where) for word in axis_named(axis).words)
    possible = [one for one in others if excluded_by(one) is None]
    seen = [told for one in possible if (told := shown(one, engine, axis)) is not None]
    for told in seen[1:]:
        differing = {
            path for path in {*told, *seen[0]} if told.get(path) != seen[0].get(path)
        }
        for path in differing:
            assert axis in axes_read([Access("any", "read", path)]), path


@pytest.mark.parametrize(
    ("kind", "path", "axes"),
    [
        ("read", "context.request.geoip.country_code", ("place",)),
        ("read", "event.user.app_metadata.https://a.b/c", ("metadata",)),
        ("read", "event.transaction.requested_scopes.0", ()),
        ("keys", "event.user", ("metadata",)),
        ("keys", "event.user.identities", ()),
        ("write", "user.app_metadata", ()),
        ("read", "event.request", ()),
    ],
)
def test_what_was_read_names_the_axes(kind, path, axes):
    assert axes_read([Access("any", kind, path)]) == axes


READERS = (
    "event.request.geoip.countryCode === 'CH'",
    "'authentication_level' in event.user.app_metadata",
    "Object.hasOwn(event.user.user_metadata, 'amr')",
    "event.client.name.includes('Partner')",
    "JSON.stringify(event.user).includes('mfa')",
    "event.authentication.methods.length > 1",
    "event.request.query.max_age === '0'",
    "event.authentication.riskAssessment?.confidence === 'low'",
    "event.transaction.acr_values === undefined",
    "({ ...event.request }).geoip.countryCode === 'BR'",
    "structuredClone(event.user).app_metadata.amr",
)
EFFECTS = (
    "api.multifactor.enable('any', { allowRememberBrowser: true });",
    "api.access.deny('no');",
    "api.idToken.setCustomClaim('authentication_level', 'mfa');",
)


@st.composite
def actions(draw):
    lines = [
        f"  if ({draw(st.sampled_from(READERS))}) {draw(st.sampled_from(EFFECTS))}"
        for _ in range(draw(st.integers(1, 3)))
    ]
    body = "\n".join(lines)
    return f"exports.onExecutePostLogin = async (event, api) => {{\n{body}\n}};"


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(code=actions(), drawn=st.lists(ANY_SITUATION, min_size=25, max_size=25))
def test_what_is_remembered_of_any_script_is_what_it_does(workshop, code, drawn):
    side = side_of(workshop.scripted(code), "either")
    with SideSimulator(side) as simulator, Engine(side.folder) as fresh:
        for where in drawn:
            scripts = ScriptCache(fresh, traced=False)
            plain = observe(TrackedSituation(where), side, scripts)
            assert same(simulator.observe(where), plain), where


@pytest.mark.parametrize("folder", ["before", "during", "after"])
def test_the_parts_of_a_small_product_are_what_each_situation_comes_to(folder):
    """Brute force: every situation of a region, each driven by itself."""
    side = side_of(RULES / folder, {"before": "legacy"}.get(folder, "both"))
    region = everything().as_modelled
    for axis, words in (
        ("flow", ("page", "refresh")),
        ("request", ("login", "step-up")),
        ("user", ("several",)),
        ("session", ("none", "second factor")),
        ("max_age", ("none", "zero")),
        ("policy", ("the folder's", "always")),
        ("audience", ("none",)),
        ("place", ("unknown", "abroad")),
        ("metadata", ("none",)),
        ("client", ("intranet", "third party")),
    ):
        region = region.narrowed(axis, words)
    with SideSimulator(side) as simulator, Engine(side.folder) as engine:
        scripts = ScriptCache(engine, traced=False)
        counted = 0
        for part, seen in simulator.parts(region):
            for where in one_by_one(part):
                counted += 1
                assert same(seen, observe(TrackedSituation(where), side, scripts)), (
                    where
                )
    assert counted == region.count > 500


def one_by_one(region):
    parts = [region]
    for axis in AXES:
        parts = [one for part in parts for _, one in part.split(axis.name)]
    return [part.ordinary for part in parts]


def same(one, other):
    """All that a comparison weighs; the claims of a part are those of one member."""
    return replaced(one) == replaced(other)


def replaced(seen):
    return (
        seen.prompts,
        seen.ending,
        seen.error,
        seen.verdict,
        seen.reach,
        seen.proof,
        seen.gave_up,
        seen.refused,
        seen.broken,
    )


def test_a_script_that_hangs_has_told_what_it_had_read(workshop):
    folder = workshop.scripted(
        "exports.onExecutePostLogin = async (event) => {"
        " if (event.transaction.acr_values.length) while (true) {} };"
    )
    with Engine(side_of(folder, "modern").folder, time_limit=0.5) as engine:
        login = login_start(TrackedSituation(with_words({"request": "step-up"})), AFTER)
        assert not isinstance(login, Refuse)
        simulated = simulate(
            TrackedSituation(with_words({"request": "step-up"})),
            AFTER,
            ScriptCache(engine),
        )
    assert isinstance(simulated, SimulatedLogin)
    assert simulated.runs[0].outcome.failure.kind == "timeout"
    assert simulated.runs[0].ran.axes == ("acr_values_absent",)
