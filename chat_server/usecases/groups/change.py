"""The one way in which a group changes: read it, decide, commit, and again if it was changed
meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from weakref import WeakValueDictionary

import msgspec
from msgspec.structs import replace

from chat_server.domain.bodies import MemberChange
from chat_server.domain.conversation import Conversation, ConversationKind, Membership
from chat_server.domain.errors import GroupFull, NotAMember, NotFound, VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.groups import MOST_MEMBERS, GroupChange, Place
from chat_server.domain.message import Draft, EventKind
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store

HashBody = Callable[[bytes], bytes]
NewId = Callable[[], str]

_TRIES = 8
_NAMED = 20  # people whom a fact names; the event names all
_encode = msgspec.json.Encoder().encode


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What is to happen. `group` is the new state, its size and revision left as they were.

    `quiet` steps leave no event.
    """

    what: str
    group: Conversation
    whom: Sequence[str] = ()
    text: str = ""
    by: str = ""
    joining: Sequence[Place] = ()
    leaving: Sequence[str] = ()
    places: Sequence[Place] = ()
    quiet: bool = False


class Asked(msgspec.Struct, frozen=True):
    """The group as it stands, and the place of who asks: None for who is not in it."""

    group: Conversation
    member: Membership | None

    @property
    def own(self) -> Membership:
        if self.member is None:
            raise NotAMember
        return self.member


Plan = Callable[[Asked], Awaitable[Step | None]]


class ChangeGroup:
    def __init__(self, store: Store, clock: Clock, new_id: NewId, hash_body: HashBody) -> None:
        self._store, self._clock = store, clock
        self._new_id, self._hash_body = new_id, hash_body
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, actor: str, conv: str, plan: Plan) -> Conversation:
        """The group as it is then. A plan that gives None changes nothing; it may be asked
        more than once.
        """
        turn = self._turns.setdefault(conv, asyncio.Lock())
        async with turn:  # those of other processes are met at the commit
            for _ in range(_TRIES):
                asked = await self.look(actor, conv)
                step = await plan(asked)
                if step is None:
                    return asked.group
                try:
                    return await self.commit(actor, step)
                except VersionConflict:
                    continue
        raise VersionConflict("the group is being changed by many at once")

    async def look(self, actor: str, conv: str) -> Asked:
        """Raises NotFound: no such group, or it was dissolved."""
        group = await self._store.conversations.conversation(conv)
        if group is None or group.kind is not ConversationKind.GROUP or group.dissolved:
            raise NotFound("no such group")
        member = await self._store.conversations.membership(conv, actor)
        if member is not None and member.left_seq is not None:
            member = None
        return Asked(group, member)

    async def member(self, conv: str, user: str) -> Membership:
        """Of somebody who is in the group; raises NotFound."""
        found = await self._store.conversations.membership(conv, user)
        if found is None or found.left_seq is not None:
            raise NotFound("nobody of that name is in the group")
        return found

    async def commit(self, actor: str, step: Step) -> Conversation:
        """Raises GroupFull, or VersionConflict if the group is no longer what the step changes."""
        size = step.group.size + len(step.joining) - len(step.leaving)
        if size > MOST_MEMBERS:
            raise GroupFull(f"a group has at most {MOST_MEMBERS} members")
        group = replace(step.group, size=size, revision=step.group.revision + 1)
        now = self._clock.now_ms()
        detail: dict[str, str | int | bool] = {}
        if step.whom:
            detail = {"whom": ",".join(step.whom[:_NAMED]), "count": len(step.whom)}
        change = GroupChange(
            conversation=group,
            fact=Fact(f"group_{step.what}", actor, group.conv, now, detail),
            draft=None if step.quiet else self._draft(actor, step, now),
            joining=step.joining,
            leaving=step.leaving,
            places=step.places,
        )
        await self._store.groups.change(change)
        return group

    def _draft(self, actor: str, step: Step, now: int) -> Draft:
        told = MemberChange(step.what, actor, tuple(step.whom), step.text, step.by)
        body = _encode(told)
        return Draft(
            conv=step.group.conv,
            sender=actor,
            mid=self._new_id(),
            kind=EventKind.MEMBER,
            body=body,
            body_hash=self._hash_body(body),
            at_ms=now,
            counts=False,
        )
