"""The counters of an intranet for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, generate_latest

from fabrikam.stepup import Verdict

__all__ = ["PrometheusMetrics"]


class PrometheusMetrics:
    """Counts for Prometheus, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._verdicts = Counter(
            "intranet_verdicts",
            "Decisions of the guard, by their kind",
            ["verdict"],
            registry=self._registry,
        )
        self._sign_ins = Counter(
            "intranet_sign_ins",
            "Sign-ins that came back, by how they ended",
            ["ended"],
            registry=self._registry,
        )

    def count_verdict(self, verdict: Verdict) -> None:
        """Count one decision."""
        self._verdicts.labels(type(verdict).__name__).inc()

    def count_sign_in(self, ended: str) -> None:
        """Count one sign-in; `ended` is `admitted`, `denied` or a problem's code."""
        self._sign_ins.labels(ended).inc()

    def text(self) -> bytes:
        """Return all counters in the text format."""
        return generate_latest(self._registry)
