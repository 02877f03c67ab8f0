"""Requests on the phones of users: sent, answered once, and over after a while."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.storage.rate_limits import PUSH
from fabrikam.tenant.storage.tables import Push

if TYPE_CHECKING:
    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import Person

__all__ = ["PushAnswer", "answer_of", "answer_push", "pending_pushes", "send_push"]

PushAnswer: TypeAlias = Literal["unsent", "expired", "pending", "allow", "deny"]


def send_push(
    house: House, user: Person, client_name: str, address: str
) -> Push | None:
    """Ask on a user's phone, unless it was asked too often of late."""
    now = house.now()
    if house.attempts.begin(PUSH, user.user_id, now) is None:
        house.log.write("gd_send_pn_failure", user_id=user.user_id, ip=address)
        return None
    push = Push(
        id=new_key(),
        user_id=user.user_id,
        email=user.profile.get("email", ""),
        client_name=client_name,
        address=address,
        asked_at=now,
    )
    house.shelves.pushes.keep(push.id, push, ends_at=now + house.lifetimes.push)
    house.log.write("gd_send_pn", user_id=user.user_id, ip=address)
    return push


def answer_of(house: House, push_id: str | None, user_id: str) -> PushAnswer:
    """Read what a user answered, and nobody else."""
    if push_id is None:
        return "unsent"
    push = house.shelves.pushes.look(push_id, house.now())
    if push is None or push.user_id != user_id:
        return "expired"
    match push.answer:
        case "allow" | "deny" as answer:
            return answer
        case _:
            return "pending"


def answer_push(house: House, push_id: str, answer: str) -> bool:
    """Answer a request; the first answer stands."""
    push = house.shelves.pushes.look(push_id, house.now())
    if push is None or push.answer != "pending" or answer not in ("allow", "deny"):
        return False
    answered = replace(push, answer=answer)
    ends_at = push.asked_at + house.lifetimes.push
    if not house.shelves.pushes.swap(push_id, push, answered, ends_at=ends_at):
        return False
    if answer == "deny":
        house.log.write("gd_auth_rejected", user_id=push.user_id)
    return True


def pending_pushes(house: House) -> list[Push]:
    """List what waits for an answer, oldest first."""
    everything = house.shelves.pushes.all(house.now())
    return [push for push in everything if push.answer == "pending"]
