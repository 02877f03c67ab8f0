"""Which axes a run of scripts depended on, by the paths that they read.  Pure.

`SHOWN` says where a script can see the axes that only scripts look at, or that they see
before the tenant looks; a test proves that it sees them nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fabrikam.tenant.scripts import Access

__all__ = ["SHOWN", "axes_read", "written_names"]

SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "client": (
        "context.clientID",
        "context.clientName",
        "context.sso.current_clients",
        "context.request.query.client_id",
        "context.request.body.client_id",
        "event.client.client_id",
        "event.client.name",
        "event.session.clients",
        "event.request.query.client_id",
        "event.request.body.client_id",
    ),
    "max_age": ("context.request.query.max_age", "event.request.query.max_age"),
    "metadata": (
        "user.app_metadata",
        "user.user_metadata",
        "user.authentication_level",
        "user.amr",
        "event.user.app_metadata",
        "event.user.user_metadata",
        "management",
    ),
    "place": ("context.request.geoip", "event.request.geoip"),
    "policy": ("context.riskAssessment", "event.authentication.riskAssessment"),
    "acr_values_absent": ("event.transaction.acr_values",),
}


def axes_read(trace: Iterable[Access]) -> tuple[str, ...]:
    """Name the axes that a run depended on, in their order."""
    touched = tuple(trace)
    return tuple(axis for axis, paths in SHOWN.items() if _meets(touched, paths))


def written_names(trace: Iterable[Access]) -> frozenset[str]:
    """Name the attributes of a Rule's user that were written or taken away."""
    parts = (
        access.path.split(".") for access in trace if access.kind in ("write", "delete")
    )
    return frozenset(path[1] for path in parts if path[0] == "user" and len(path) > 1)


def _meets(touched: tuple[Access, ...], paths: tuple[str, ...]) -> bool:
    return any(_touches(access, path) for access in touched for path in paths)


def _touches(access: Access, path: str) -> bool:
    if access.kind == "keys":  # whether a name is there is seen in the list above it
        return path.startswith(f"{access.path}.") or _is_in(access.path, path)
    return access.kind == "read" and _is_in(access.path, path)


def _is_in(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}.")
