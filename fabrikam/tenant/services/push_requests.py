"""Requests on the phones of users: sent, answered once, and over after a while."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.storage.rate_limits import PUSH
from fabrikam.tenant.storage.tables import Push

if TYPE_CHECKING:
    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import User

__all__ = ["PushAnswer", "answer_of", "answer_push", "pending_pushes", "send_push"]

PushAnswer: TypeAlias = Literal["unsent", "expired", "pending", "allow", "deny"]


def send_push(
    tenant: TenantContext, user: User, client_name: str, address: str
) -> Push | None:
    """Ask on a user's phone, unless it was asked too often of late."""
    now = tenant.now()
    if tenant.rate_limits.begin(PUSH, user.user_id, now) is None:
        tenant.log.write("gd_send_pn_failure", user_id=user.user_id, ip=address)
        return None
    push = Push(
        id=new_key(),
        user_id=user.user_id,
        email=user.profile.get("email", ""),
        client_name=client_name,
        address=address,
        asked_at=now,
    )
    tenant.tables.pushes.keep(push.id, push, ends_at=now + tenant.lifetimes.push)
    tenant.log.write("gd_send_pn", user_id=user.user_id, ip=address)
    return push


def answer_of(tenant: TenantContext, push_id: str | None, user_id: str) -> PushAnswer:
    """Read what a user answered, and nobody else."""
    if push_id is None:
        return "unsent"
    push = tenant.tables.pushes.look(push_id, tenant.now())
    if push is None or push.user_id != user_id:
        return "expired"
    match push.answer:
        case "allow" | "deny" as answer:
            return answer
        case _:
            return "pending"


def answer_push(tenant: TenantContext, push_id: str, answer: str) -> bool:
    """Answer a request; the first answer stands."""
    push = tenant.tables.pushes.look(push_id, tenant.now())
    if push is None or push.answer != "pending" or answer not in ("allow", "deny"):
        return False
    answered = replace(push, answer=answer)
    ends_at = push.asked_at + tenant.lifetimes.push
    if not tenant.tables.pushes.swap(push_id, push, answered, ends_at=ends_at):
        return False
    if answer == "deny":
        tenant.log.write("gd_auth_rejected", user_id=push.user_id)
    return True


def pending_pushes(tenant: TenantContext) -> list[Push]:
    """List what waits for an answer, oldest first."""
    everything = tenant.tables.pushes.all(tenant.now())
    return [push for push in everything if push.answer == "pending"]
