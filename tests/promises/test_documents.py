"""What is written down agrees with what the programs do."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

from fabrikam import serving
from fabrikam.oidc import breaker, checks, transport
from fabrikam.settings import Settings
from fabrikam.tenant.endpoints import authorization_checks as asking
from fabrikam.tenant.storage import rate_limits
from fabrikam.web import pending

ROOT = Path(__file__).parents[2]
MODEL = (ROOT / "docs" / "explanation" / "threat-model.md").read_text()
DEFAULTS = Settings.read({})


def waitress_option(name: str) -> int:
    """A number that the server is started with."""
    tree = ast.parse(inspect.getsource(serving.serving))
    (value,) = (
        keyword.value.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == name and isinstance(keyword.value, ast.Constant)
    )
    return value


def breaker_option(name: str) -> float:
    return inspect.signature(breaker.Breaker).parameters[name].default


def minutes(limit: rate_limits.Limit) -> str:
    return f"{limit.tries} in {limit.seconds // 60} minutes"


LIMITS = {
    "Wrong passwords of a name from an address": minutes(rate_limits.PASSWORD),
    "Wrong passwords from an address": minutes(rate_limits.ADDRESS),
    "Wrong codes of a user, over all logins": minutes(rate_limits.CODE),
    "Wrong recovery codes of a user": minutes(rate_limits.RECOVERY),
    "Pushes to a user": minutes(rate_limits.PUSH),
    "Sign-ins under way of a browser": (
        f"{pending._MOST_PER_BROWSER}, for {DEFAULTS['SIGN_IN_SECONDS']} seconds each"
    ),
    "A session unused": f"{DEFAULTS['SESSION_IDLE_SECONDS']} seconds",
    "A session at most, and evidence": (
        f"{DEFAULTS['SESSION_ABSOLUTE_SECONDS']} seconds"
    ),
    "A request's headers": f"{waitress_option('max_request_header_size'):,} bytes",
    "A request's body": f"{waitress_option('max_request_body_size'):,} bytes",
    "A request for a sign-in, at the local tenant": f"{asking._LONGEST:,} characters",
    "Connections": (
        f"{waitress_option('connection_limit'):,}, of which"
        f" {serving._THREADS} are answered at once"
    ),
    "An answer of the tenant": (
        f"{transport._MOST_BYTES:,} bytes, {DEFAULTS['TENANT_TIMEOUT_SECONDS']}"
        f" seconds, {transport._CONNECT_SECONDS:.0f} of them to connect"
    ),
    "Requests to the tenant at once": f"{breaker_option('at_once')}",
    "Rest after failures in a row": (
        f"{breaker_option('pause'):.0f} seconds after {breaker_option('failures')}"
    ),
    "Looks for a new key": f"one in {DEFAULTS['JWKS_COOLDOWN_SECONDS']} seconds",
    "Keys kept": (
        f"{DEFAULTS['JWKS_LIFETIME_SECONDS']} seconds, and longer while the tenant"
        " is away"
    ),
    "Difference of clocks": f"{checks.LEEWAY} seconds",
}


@pytest.mark.promise(
    "ASVS 6.1.1", "ASVS 7.1.1", "ASVS 7.6.1", "ASVS 13.1.2", "ASVS 13.1.3"
)  # fmt: skip
@pytest.mark.parametrize("what", LIMITS)
def test_every_limit_is_written_down_with_its_number(what):
    assert f"| {what} | {LIMITS[what]} |" in MODEL


def test_no_limit_is_written_down_that_is_not_compared():
    table = MODEL.partition("## Limits")[2].partition("Each lock")[0]
    rows = {line.split(" | ")[0][2:] for line in table.splitlines() if "|" in line}
    assert rows - {"What", "---"} == {*LIMITS, "Sessions of a user"}


@pytest.mark.promise("ASVS 7.6.1")
def test_evidence_and_session_end_together_unless_settings_say_otherwise():
    assert DEFAULTS["EVIDENCE_SECONDS"] == DEFAULTS["SESSION_ABSOLUTE_SECONDS"]


@pytest.mark.promise("ASVS 7.1.2", "ASVS 7.1.3", "ASVS 13.1.1")
@pytest.mark.parametrize(
    "sentence",
    [
        "| Sessions of a user | as many as they have browsers |",
        "A user may have a session in each browser",
        "Signing out at the intranet ends its session and the tenant's.",
        "ends the intranet's sessions by back-channel logout",
        "The intranet talks to the tenant: discovery, keys, token endpoint",
        "It talks to its store",
    ],
)
def test_sessions_and_neighbours_are_written_down(sentence):
    assert sentence in MODEL


@pytest.mark.promise("ASVS 6.1.3", "ASVS 6.3.4", "ASVS 6.4.2", "ASVS 6.4.3")
def test_every_way_to_sign_in_is_written_down_and_no_other_exists(stage):
    pages = {
        route.rule.removesuffix("-enrollment-qr").removesuffix("-enrollment")
        for route in stage.app.routes
        if route.rule.startswith("/u/")
    } - {"/u/cancel", "/u/consent", "/u/mfa-otp", "/u/mfa-push"}
    for page in pages - {"/u/mfa-recovery-code"}:
        assert f"`{page}`" in MODEL
    served = stage.program.get("/.well-known/openid-configuration").json
    for grant in served["grant_types_supported"]:
        name = grant.rpartition("/")[2]
        assert name in ("authorization_code", "client_credentials") or name in MODEL
    for word in ("reset", "forgot", "hint", "signup", "sign-up", "register"):
        assert not [page for page in pages if word in page]


def log_lines() -> set[str]:
    """The first words of every line that the intranet may log."""
    rooms = [*(ROOT / "fabrikam").glob("*/*.py"), ROOT / "fabrikam" / "clock.py"]
    return {
        call.args[0].value.partition("%")[0].rstrip(": ")
        for path in rooms
        if path.parent.name in ("oidc", "stepup", "web")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).startswith("log.")
        and isinstance(call.args[0], ast.Constant)
    }


@pytest.mark.promise("ASVS 16.1.1")
def test_every_line_of_the_log_is_written_down():
    lines = log_lines() - {""}  # "%s %s: %s" begins with the code of a page
    assert len(lines) > 8
    assert {line for line in lines if f"`{line}`" not in MODEL} == set()
