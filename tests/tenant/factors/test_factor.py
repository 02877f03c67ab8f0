"""The rows of the factors, and the tables that are made of them."""

from __future__ import annotations

import pytest

from fabrikam.tenant.factors import BY_NAME, FACTORS, INDEPENDENT
from fabrikam.tenant.storage.tenant_log import EVENTS


@pytest.mark.parametrize(
    "word", ["name", "method", "challenge_page", "enrolment_page", "grant_type"]
)
def test_no_two_factors_share_a_word(word):
    assert len({getattr(factor, word) for factor in FACTORS}) == len(FACTORS)


def test_a_factor_is_found_by_its_name():
    assert [BY_NAME[factor.name] for factor in FACTORS] == [*FACTORS]


def test_an_independent_factor_has_a_provider_and_only_such_a_one():
    with_provider = tuple(factor.name for factor in FACTORS if factor.provider)
    assert with_provider == INDEPENDENT == ("push-notification", "otp")


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.name)
def test_every_factor_has_its_pages_and_its_grant(stage, factor):
    routes = {(route.method, route.rule) for route in stage.app.routes}
    for page in (factor.challenge_page, factor.enrolment_page):
        assert {("GET", page), ("POST", page)} <= routes
    metadata = stage.program.get("/.well-known/openid-configuration").json
    assert factor.grant_type in metadata["grant_types_supported"]
    refused = stage.token("*", grant_type=factor.grant_type).json
    assert refused["error"] == "unauthorized_client"  # known, else unsupported


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.name)
def test_the_log_knows_how_an_exchange_ends(factor):
    assert set(factor.exchange_events) <= EVENTS.keys()
