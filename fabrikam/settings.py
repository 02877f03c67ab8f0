"""Everything that can be set from outside: names, defaults, and all problems at once.

`Settings.read` is pure: it is given the environment.  A value that cannot be used is
a `SettingsProblem`, and so is a `STEP_UP_*` name that nobody knows, since a typo there
would quietly leave the default in force.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from fabrikam.oidc import Algorithm
from fabrikam.setting_types import (
    Unusable,
    base_url,
    issuer,
    json_object,
    one_of,
    port,
    scope,
    seconds,
    secret,
    session_url,
    switches,
    text,
)
from fabrikam.shared.lazy import deferred
from fabrikam.stepup import Both, ClaimSource, Either, Legacy, Modern, Strategy

if TYPE_CHECKING:
    from fabrikam.tenant import Assumptions

__all__ = [
    "SETTINGS",
    "STRATEGIES",
    "Setting",
    "Settings",
    "SettingsProblem",
    "SettingsRejected",
    "keywords_in",
]

_assumptions_from: Final = deferred("fabrikam.tenant:assumptions_from")

STRATEGIES: Final = ("legacy", "modern", "either", "both")


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """One value that cannot be used: its name, what is wrong, what to write."""

    name: str
    wrong: str
    write: str

    def __str__(self) -> str:
        return f"{self.name}: {self.wrong}; write {self.write}"


class SettingsRejected(Exception):
    """The environment cannot be used; `problems` says why, all at once."""

    def __init__(self, problems: tuple[SettingsProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Setting:
    """One name of the environment: how it is read, what it is for, its default.

    `default` is text as a person would write it; "" means none.
    """

    name: str
    read: Callable[[str], Any]
    default: str
    meaning: str


def _quirks(value: str) -> Assumptions:
    try:
        assumptions: Assumptions = _assumptions_from(switches(value))
    except ValueError as error:
        raise Unusable(str(error), "one of the words named") from error
    return assumptions


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("AUTH0_DOMAIN", issuer, "", "the tenant; unset: the local one is started"),
    Setting("AUTH0_CLIENT_ID", text, "fabrikam-intranet", "this client at the tenant"),
    Setting("AUTH0_CLIENT_SECRET", secret, "", "its secret"),
    Setting(
        "AUTH0_ID_TOKEN_ALG",
        one_of(*get_args(Algorithm)),
        "RS256",
        "the algorithm registered for its ID tokens",
    ),
    Setting("API_AUDIENCE", text, "", "our API at the tenant; unset: no tokens taken"),
    Setting("APP_SECRET_KEY", secret, "", "signs cookies and forms; made if unset"),
    Setting("APP_BASE_URL", base_url, "", "the intranet as browsers see it"),
    Setting("HOST", text, "127.0.0.1", "the address both programs listen on"),
    Setting("PORT", port, "3000", "the intranet's port"),
    Setting("TENANT_PORT", port, "3001", "the local tenant's port"),
    Setting("TENANT_BASE_URL", issuer, "", "the local tenant as browsers see it"),
    Setting("TENANT_CONFIG", Path, "rules/during", "the local tenant's folder"),
    Setting("TENANT_QUIRKS", _quirks, "", "switches of the local tenant: name=word,…"),
    Setting(
        "AUTH0_KEYWORD_REPLACE_MAPPINGS",
        json_object,
        "",
        "values of the keywords in a tenant folder, in JSON",
    ),
    Setting("TENANT_CODE_SECONDS", seconds, "60", "life of an authorization code"),
    Setting("TENANT_SCRIPT_SECONDS", seconds, "20", "time that the scripts may take"),
    Setting("STEP_UP_STRATEGY", one_of(*STRATEGIES), "legacy", "the mechanism used"),
    Setting("STEP_UP_SHADOW", one_of(*STRATEGIES), "", "a mechanism that is watched"),
    Setting("STEP_UP_CLAIM", text, "authentication_level", "the level's claim"),
    Setting(
        "STEP_UP_CLAIM_SOURCE",
        one_of(*get_args(ClaimSource)),
        "id_token",
        "where that claim is read",
    ),
    Setting("STEP_UP_SCOPE", scope, "openid step_up", "the scope that legacy sends"),
    Setting(
        "STEP_UP_ACR",
        one_of("optional", "required"),
        "optional",
        "whether modern also demands the class in acr",
    ),
    Setting("STEP_UP_MAX_AGE", seconds, "", "age at which a second factor is too old"),
    Setting("SESSION_URL", session_url, "", "where sessions are kept"),
    Setting("SESSION_IDLE_SECONDS", seconds, "1800", "a session's life unused"),
    Setting("SESSION_ABSOLUTE_SECONDS", seconds, "36000", "a session's life at most"),
    Setting("EVIDENCE_SECONDS", seconds, "36000", "how long a sign-in proves anything"),
    Setting("SIGN_IN_SECONDS", seconds, "600", "time that a sign-in may take"),
    Setting("JWKS_COOLDOWN_SECONDS", seconds, "60", "between two looks for a new key"),
    Setting("JWKS_LIFETIME_SECONDS", seconds, "300", "how long known keys are kept"),
    Setting("TENANT_TIMEOUT_SECONDS", seconds, "8", "time that the tenant may take"),
    Setting("DATA_DIR", Path, ".data", "databases, keys and secrets"),
)

_ALIASES: Final = {"AUTH0_SECRET": "APP_SECRET_KEY"}
_KEYWORDS: Final = "AUTH0_KEYWORD_REPLACE_MAPPINGS"
_WITHHELD: Final = frozenset(
    {
        *_ALIASES,
        *(one.name for one in SETTINGS if one.read in (secret, session_url)),
    }
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment, read: every value has its type, None where nothing was set."""

    values: Mapping[str, Any] = field(repr=False)  # there are secrets among them
    keywords: Mapping[str, Any] = field(repr=False)  # of tenant folders

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Read the environment; raises SettingsRejected with every problem in it."""
        given = _with_aliases(environ)
        problems = [*_unknown_names(environ), *_two_names_of_one(environ)]
        values: dict[str, Any] = {}
        for setting in SETTINGS:
            written = given.get(setting.name, "").strip() or setting.default
            try:
                values[setting.name] = setting.read(written) if written else None
            except Unusable as no:
                problems.append(SettingsProblem(setting.name, no.wrong, no.write))
        problems.extend(_contradictions(given, values))
        if problems:
            raise SettingsRejected(tuple(problems))
        return cls(values, _keywords(values[_KEYWORDS], environ))

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def tenant_is_local(self) -> bool:
        """Whether the local tenant is started and used."""
        return self["AUTH0_DOMAIN"] is None

    @property
    def app_base_url(self) -> str:
        """The intranet as browsers see it, without a slash at the end."""
        return self["APP_BASE_URL"] or f"http://localhost:{self['PORT']}"

    @property
    def tenant_base_url(self) -> str:
        """The local tenant as browsers see it, with a slash at the end."""
        return self["TENANT_BASE_URL"] or f"http://127.0.0.1:{self['TENANT_PORT']}/"

    @property
    def issuer(self) -> str:
        """The tenant that is used, with a slash at the end."""
        return self["AUTH0_DOMAIN"] or self.tenant_base_url

    @property
    def session_url(self) -> str:
        """Where sessions are kept."""
        return (
            self["SESSION_URL"] or f"sqlite:///{self['DATA_DIR'] / 'intranet.sqlite'}"
        )

    @property
    def strategy(self) -> Strategy:
        """The mechanism in use."""
        return self.strategy_named(self["STEP_UP_STRATEGY"])

    @property
    def shadow(self) -> Strategy | None:
        """The mechanism that is only watched."""
        name = self["STEP_UP_SHADOW"]
        return None if name is None else self.strategy_named(name)

    def strategy_named(self, name: str) -> Strategy:
        """Return one of the four mechanisms, with this tenant's claim and scope."""
        legacy = Legacy(
            claim=self["STEP_UP_CLAIM"],
            scope=self["STEP_UP_SCOPE"],
            source=self["STEP_UP_CLAIM_SOURCE"],
        )
        modern = Modern(demands_acr=self["STEP_UP_ACR"] == "required")
        strategies: dict[str, Strategy] = {
            "legacy": legacy,
            "modern": modern,
            "either": Either(legacy, modern),
            "both": Both(legacy, modern),
        }
        return strategies[name]


def keywords_in(environ: Mapping[str, str]) -> Mapping[str, Any]:
    """Read the keywords alone, for commands that need no other setting."""
    written = environ.get(_KEYWORDS, "").strip()
    try:
        return _keywords(json_object(written) if written else None, environ)
    except Unusable as no:
        problem = SettingsProblem(_KEYWORDS, no.wrong, no.write)
        raise SettingsRejected((problem,)) from no


def _keywords(
    named: Mapping[str, Any] | None, environ: Mapping[str, str]
) -> Mapping[str, Any]:
    """Put the environment behind what was named, without what is secret to us.

    A folder is somebody's file: it may not write our keys into a script.
    """
    open_to_folders = {k: v for k, v in environ.items() if k not in _WITHHELD}
    return ChainMap(dict(named or {}), open_to_folders)


def _with_aliases(environ: Mapping[str, str]) -> dict[str, str]:
    given = dict(environ)
    for alias, name in _ALIASES.items():
        if not given.get(name, "").strip():
            given[name] = given.get(alias, "")
    return given


def _two_names_of_one(environ: Mapping[str, str]) -> list[SettingsProblem]:
    return [
        SettingsProblem(alias, f"{name} says something else", "only one of the two")
        for alias, name in _ALIASES.items()
        if environ.get(alias, "").strip() not in ("", environ.get(name, "").strip())
        and environ.get(name, "").strip()
    ]


def _unknown_names(given: Mapping[str, str]) -> list[SettingsProblem]:
    known = {setting.name for setting in SETTINGS}
    return [
        SettingsProblem(name, "no setting has this name", _nearest(name, known))
        for name in sorted(given)
        if name.startswith("STEP_UP_") and name not in known
    ]


def _nearest(name: str, known: set[str]) -> str:
    alike = get_close_matches(name, known, n=1, cutoff=0)
    return alike[0]


def _contradictions(
    given: Mapping[str, str], values: Mapping[str, Any]
) -> list[SettingsProblem]:
    problems = []
    if values.get("AUTH0_DOMAIN") is not None:
        problems += [
            SettingsProblem(
                name,
                "missing, and AUTH0_DOMAIN is set",
                "what the tenant shows for this application",
            )
            for name in ("AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET")
            if not given.get(name, "").strip()
        ]
    return problems
