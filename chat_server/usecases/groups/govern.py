"""Run a group: its name and settings, its members' roles, who may write, who must go."""

from __future__ import annotations

from msgspec.structs import replace

from chat_server.domain.conversation import Conversation, Role
from chat_server.domain.errors import InvalidValue, TooLong
from chat_server.domain.groups import (
    MAX_ANNOUNCEMENT,
    Place,
    fit_title,
    governing,
    outranking,
    owning,
)
from chat_server.usecases.groups.change import Asked, ChangeGroup, Plan, Step


class GovernGroup:
    """By the owner, or by an admin where not said otherwise. What is so already changes nothing."""

    def __init__(self, change: ChangeGroup) -> None:
        self._change = change

    async def rename(self, actor: str, conv: str, title: str) -> Conversation:
        fitted = fit_title(title)
        return await self._set(actor, conv, "renamed", fitted, title=fitted)

    async def announce(self, actor: str, conv: str, text: str) -> Conversation:
        """An empty text takes the announcement away."""
        words = text.strip()
        if len(words) > MAX_ANNOUNCEMENT:
            raise TooLong(f"announcement: at most {MAX_ANNOUNCEMENT} characters")
        return await self._set(actor, conv, "announced", words, announcement=words)

    async def silence_all(self, actor: str, conv: str, *, silent: bool) -> Conversation:
        return await self._set(
            actor, conv, "setting", "silent" if silent else "open", silent=silent
        )

    async def ask_approval(self, actor: str, conv: str, *, approval: bool) -> Conversation:
        word = "approval" if approval else "no_approval"
        return await self._set(actor, conv, "setting", word, approval=approval)

    async def silence(self, actor: str, conv: str, user: str, *, silenced: bool) -> Conversation:
        async def plan(asked: Asked) -> Step | None:
            governing(asked.own)
            other = outranking(asked.own, await self._change.member(conv, user))
            if other.silenced == silenced:
                return None
            what = "silenced" if silenced else "unsilenced"
            places = [Place(user, other.role, silenced)]
            return Step(what=what, group=asked.group, whom=[user], places=places)

        return await self._change(actor, conv, plan)

    async def remove(self, actor: str, conv: str, user: str) -> Conversation:
        async def plan(asked: Asked) -> Step:
            governing(asked.own)
            outranking(asked.own, await self._change.member(conv, user))
            return Step(what="removed", group=asked.group, whom=[user], leaving=[user])

        return await self._change(actor, conv, plan)

    async def set_role(self, actor: str, conv: str, user: str, role: Role) -> Conversation:
        """Admin or member; by the owner only."""
        if role not in {Role.ADMIN, Role.MEMBER}:
            raise InvalidValue("role: admin or member; a group is handed over to a new owner")

        async def plan(asked: Asked) -> Step | None:
            owning(asked.own)
            other = outranking(asked.own, await self._change.member(conv, user))
            if other.role is role:
                return None
            places = [Place(user, role, other.silenced)]
            return Step(what="role", group=asked.group, whom=[user], text=role, places=places)

        return await self._change(actor, conv, plan)

    async def hand_over(self, actor: str, conv: str, user: str) -> Conversation:
        """The owner becomes an admin, the other the owner."""

        async def plan(asked: Asked) -> Step | None:
            owning(asked.own)
            if user == actor:
                return None
            await self._change.member(conv, user)
            places = [Place(actor, Role.ADMIN), Place(user, Role.OWNER)]
            return Step(what="owner", group=asked.group, whom=[user], places=places)

        return await self._change(actor, conv, plan)

    async def _set(
        self, actor: str, conv: str, what: str, text: str, **fields: str | bool
    ) -> Conversation:
        return await self._change(actor, conv, _setting(what, text, fields))


def _setting(what: str, text: str, fields: dict[str, str | bool]) -> Plan:
    async def plan(asked: Asked) -> Step | None:
        governing(asked.own)
        group = replace(asked.group, **fields)
        return None if group == asked.group else Step(what=what, group=group, text=text)

    return plan
