"""Texts that have broken searches, statements, addresses or counters before."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["ODD_TEXTS"]

ODD_TEXTS = st.text(
    st.sampled_from("aé%_\\'\"-;9\u0663\ud800\x00\u202e\u00a0 \n"), max_size=120
)
