"""Make a group, and bring people into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chat_server.domain.conversation import Conversation, ConversationKind, Role
from chat_server.domain.errors import InvalidValue, TooLong
from chat_server.domain.groups import MOST_AT_ONCE, Place, fit_title, governing
from chat_server.domain.ids import group_conversation
from chat_server.ports.store import GroupStore
from chat_server.usecases.groups.acquaintance import Acquaintance
from chat_server.usecases.groups.change import Asked, ChangeGroup, NewId, Step


class CreateGroup:
    """By an account manager or a customer, who owns it."""

    def __init__(self, change: ChangeGroup, acquaintance: Acquaintance, new_id: NewId) -> None:
        self._change, self._acquaintance, self._new_id = change, acquaintance, new_id

    async def __call__(
        self, owner: str, title: str, members: Iterable[str], *, approval: bool = False
    ) -> Conversation:
        users = _named(user for user in members if user != owner)
        await self._acquaintance.vouch(owner, users)
        group = Conversation(
            group_conversation(self._new_id()),
            ConversationKind.GROUP,
            title=fit_title(title),
            approval=approval,
        )
        step = Step(
            what="created",
            group=group,
            whom=[owner, *users],
            text=group.title,
            joining=[Place(owner, Role.OWNER), *(Place(user, Role.MEMBER) for user in users)],
        )
        return await self._change.commit(owner, step)


class InviteMembers:
    """By the owner or an admin who knows them. Who is there already stays as they are."""

    def __init__(self, change: ChangeGroup, acquaintance: Acquaintance, groups: GroupStore) -> None:
        self._change, self._acquaintance, self._groups = change, acquaintance, groups

    async def __call__(self, actor: str, conv: str, users: Iterable[str]) -> Conversation:
        wanted = _named(users)
        if not wanted:
            raise InvalidValue("users: name at least one")

        async def plan(asked: Asked) -> Step | None:
            governing(asked.own)
            await self._acquaintance.vouch(actor, wanted)
            known = await self._groups.among(conv, wanted)
            present = {member.user for member in known if member.left_seq is None}
            coming = [user for user in wanted if user not in present]
            if not coming:
                return None
            joining = [Place(user, Role.MEMBER) for user in coming]
            return Step(what="invited", group=asked.group, whom=coming, joining=joining)

        return await self._change(actor, conv, plan)


def _named(users: Iterable[str]) -> Sequence[str]:
    named = list(dict.fromkeys(users))
    if len(named) > MOST_AT_ONCE:
        raise TooLong(f"at most {MOST_AT_ONCE} people at once")
    return named
