"""What a Rule writes, as the calls of `api` that say the same.  Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.lab.advise.expressions import Expressions, Unsure, no_way_to_write, quoted
from fabrikam.lab.auth0.counterparts import WRITES
from fabrikam.lab.javascript import syntax as js

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.advise.rule_values import Reader
    from fabrikam.lab.javascript.script import Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = ["Assignments"]


class Assignments(Expressions):
    """Writes assignments to what the Rule was given as calls."""

    def __init__(self, script: Script, reader: Reader) -> None:
        super().__init__(script, reader)
        self._claims = frozenset(_claims(script, reader))

    def assignment(self, node: Node) -> str | None:
        """Write what is assigned to the user or the context; None for all else."""
        if node.type != "assignment_expression":
            return None
        target, value = js.field(node, "left"), js.field(node, "right")
        if target is None or value is None or target.type == "identifier":
            return None
        path = self._reader.path(target)
        match path:
            case ("context", "multifactor" | "primaryUser" | "redirect" as wish):
                return self._wish(wish, value)
            case ("context", "accessToken", "scope"):
                raise Unsure(WRITES[path].note)
            case (("context" | "user"), _) if self._reader.path(value) == path:
                return f"/* {'.'.join(path)} is always there in an Action */"
            case ("user", "app_metadata" | "user_metadata", _, *_):
                return f"{self.children(target)} = {self.write(value)};"
            case ("context", "idToken" | "accessToken" as token, name):
                return self._claim(token, quoted(name), value)
            case ("user", name):
                return self._attribute(name, value)
            case () if (computed := self._reader.computed(target)) is not None:
                index = js.field(target, "index") or target
                return self._claim(computed, self.write(index), value)
            case ():
                return None
            case _:
                raise Unsure(no_way_to_write(path))

    def _wish(self, name: str, value: Node) -> str:
        match name:
            case "multifactor":
                return self._factor(value)
            case "redirect":
                return self.redirect(value)
            case _:
                return f"api.authentication.setPrimaryUser({self.write(value)});"

    def redirect(self, value: Node) -> str:
        """Write a redirect; raises Unsure."""
        raise NotImplementedError

    def _claim(self, token: str, name: str, value: Node) -> str:
        return f"api.{token}.setCustomClaim({name}, {self.write(value)});"

    def _attribute(self, name: str, value: Node) -> str:
        if name in self._claims:
            return f"/* user.{name}: the claim of the same name says it */"
        self.notes.append(f"user.{name}: {WRITES['user',].note}")
        return self._claim("idToken", quoted(name), value)

    def _factor(self, value: Node) -> str:
        wish = js.bare(value)
        if wish is None or wish.type != "object" or not _is_plain(wish):
            raise Unsure("which factor it asks for cannot be read off")
        provider = js.property_of(wish, "provider")
        if provider is None:
            raise Unsure("it asks without a provider")
        for name in ("issuer", "key"):
            if js.property_of(wish, name) is not None:
                self.notes.append(f"context.multifactor.{name} has no counterpart")
        remember = self._remember(wish)
        return (
            f"api.multifactor.enable({self.write(provider)},"
            f" {{ allowRememberBrowser: {remember} }});"
        )

    def _remember(self, wish: Node) -> str:
        allowed = js.property_of(wish, "allowRememberBrowser")
        ignored = js.property_of(wish, "ignoreCookie")
        words = [] if allowed is None else [self.write(allowed)]
        if ignored is not None:
            words.append(_negated(self.write(ignored)))
        if "false" in words:
            return "false"
        if not words:
            self.notes.append(
                "a Rule lets the browser be remembered unless it says otherwise; the"
                " draft says so in words"
            )
        return " && ".join(word for word in words if word != "true") or "true"


def _claims(script: Script, reader: Reader) -> Iterator[str]:
    for node in script.nodes("assignment_expression"):
        match reader.path(js.field(node, "left")):
            case ("context", "idToken", name):
                yield name


def _is_plain(wish: Node) -> bool:
    parts = [part for part in wish.named_children if part.type != "comment"]
    kinds = {part.type for part in parts}
    computed = any(_has_computed_key(part) for part in parts)
    return kinds <= {"pair", "shorthand_property_identifier"} and not computed


def _negated(word: str) -> str:
    return {"true": "false", "false": "true"}.get(word, f"!({word})")


def _has_computed_key(part: Node) -> bool:
    key = js.field(part, "key")
    return key is not None and key.type == "computed_property_name"
