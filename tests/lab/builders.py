"""Folders, sides and simulators for the lab's tests."""

from __future__ import annotations

import json
import shutil
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any

from fabrikam.lab.compare.comparison import compare
from fabrikam.lab.scenarios.situation import Situation, with_words
from fabrikam.lab.simulation.observation import Observation, Prompt
from fabrikam.lab.simulation.side_simulator import SideSimulator
from fabrikam.lab.simulation.sides import side_of
from tests.tenant.scripts.builders import write

RULES = Path(__file__).resolve().parents[2] / "rules"
CLIENT = "clients/Fabrikam Intranet.json"
MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"
ALL_GRANTS = [
    "authorization_code",
    "refresh_token",
    "password",
    "http://auth0.com/oauth/grant-type/mfa-otp",
    "http://auth0.com/oauth/grant-type/mfa-oob",
    "http://auth0.com/oauth/grant-type/mfa-recovery-code",
]


def observation(**changes: Any) -> Observation:
    """A plain login that ends at the door of the salaries; a test shows what differs."""
    login = {
        "prompts": (Prompt("password"),),
        "ending": "tokens",
        "error": None,
        "description": None,
        "claims": (),
        "verdict": "asks for more: amr missing",
        "reach": "customers",
        "proof": "nothing",
        "asked_by": None,
    }
    return Observation(**{**login, **changes})


def situation(**words: str) -> Situation:
    """An ordinary login with some words changed."""
    return with_words(words)


class Workshop:
    """Makes tenant folders, and keeps a few simulators open."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._benches: OrderedDict[tuple[Path, str, str, str], SideSimulator] = (
            OrderedDict()
        )

    def specimen(self, name: str) -> Path:
        """A folder of `rules/specimens`, or one of the three shipped ones."""
        shipped = RULES / name
        return shipped if shipped.is_dir() else RULES / "specimens" / name

    def changed(self, name: str, client: dict[str, Any] | None = None, **files: Any):
        """A copy of a specimen whose client, or other files, differ."""
        copy = self._root / f"copy-{len(list(self._root.iterdir()))}"
        shutil.copytree(self.specimen(name), copy)
        about = json.loads((copy / CLIENT).read_text()) | (client or {})
        changes = {place.replace("__", "/"): text for place, text in files.items()}
        return write(copy, {CLIENT: about, **changes})

    def scripted(self, code: str, **changes: Any) -> Path:
        """A folder with one script: an Action if it exports something, else a Rule."""
        if "exports." in code:
            folder = self.changed("action-guarded", **changes)
            return write(folder, {"actions/Step-up/code.js": code})
        folder = self.changed("rule-with-level", **changes)
        return write(folder, {"rules/Step-up.js": code})

    def seen(self, folder: Path, word: str, where: Situation, claim: str = "", **how):
        """What a situation comes to in a folder."""
        return self.simulator(folder, word, claim, **how).observe(where)

    def compared(self, old: tuple[Path, str], new: tuple[Path, str], where: Situation):
        """How two sides differ in a situation."""
        return compare(self.seen(*old, where), self.seen(*new, where))

    def simulator(
        self, folder: Path, word: str, claim: str = "", on_error: str = "page"
    ) -> SideSimulator:
        """A simulator, started the first time it is asked for."""
        key = folder, word, claim, on_error
        if key not in self._benches:
            named = {"claim": claim} if claim else {}
            side = side_of(folder, word, **named)
            self._benches[key] = SideSimulator(replace(side, on_error=on_error))
            if len(self._benches) > 6:
                self._benches.popitem(last=False)[1].close()
        self._benches.move_to_end(key)
        return self._benches[key]

    def close(self) -> None:
        """End all workers."""
        for simulator in self._benches.values():
            simulator.close()
