"""Clocks that differ and clocks that jump."""

from __future__ import annotations

import pytest

from fabrikam.shared import clock as clocks
from fabrikam.shared.clock import steady_clock
from tests.builders import NOW


@pytest.mark.promise("F9", "ASVS 9.2.1")
@pytest.mark.parametrize(
    ("ours_is_ahead", "status"),
    [
        (-3_600, 502),
        (-120,   502),
        (-61,    502),
        (-60,    303),
        (-30,    303),
        (0,      303),
        (30,     303),
        (60,     303),
        (361,    502),
        (3_600,  502),
    ],
)  # fmt: skip
def test_clocks_may_differ_by_a_minute(intranet, ours_is_ahead, status):
    intranet.clock.now += ours_is_ahead
    arrival = intranet.step_up(amr=["mfa"])
    assert arrival.status_int == status
    if status == 502:
        assert "clocks of both machines" in arrival
        assert intranet.browser.get("/employees", status=303)


@pytest.mark.promise("F9")
@pytest.mark.parametrize("jump", [-86_400, -3_600, -61, 61, 3_600, 86_400])
def test_a_jump_of_the_machines_clock_moves_no_end(monkeypatch, jump):
    times = {"time": float(NOW), "monotonic": 50.0}
    monkeypatch.setattr(clocks.time, "time", lambda: times["time"])
    monkeypatch.setattr(clocks.time, "monotonic", lambda: times["monotonic"])
    clock = steady_clock()
    times["time"] += jump
    assert clock() == NOW
    times["monotonic"] += 1_800
    assert clock() == NOW + 1_800


@pytest.mark.promise("F9", "1")
@pytest.mark.parametrize("jump", [-3_600, 3_600])
def test_a_factor_ages_by_our_own_clock_wherever_the_tenants_goes(make_intranet, jump):
    intranet = make_intranet(max_age=300)
    intranet.step_up(amr=["mfa"])
    intranet.tenant.now += jump
    intranet.clock.now += 300
    assert intranet.browser.get("/employees", status=200)
    intranet.clock.now += 1
    assert intranet.browser.get("/employees", status=303)


@pytest.mark.promise("F9", "F14")
def test_a_session_from_the_future_does_not_outlive_its_longest_time(make_intranet):
    before = make_intranet()
    before.clock.now += 3_600
    before.tenant.now += 3_600
    before.sign_in()
    session = before.browser.cookies["intranet_session"]
    header = {"Cookie": f"intranet_session={session}"}
    after = make_intranet()  # it was started anew, with the clock an hour earlier
    page = after.browser.get("/customers", headers=header, status="*")
    assert page.status_int == 303
