"""The one way in which a tie changes: read it, decide, commit, and again if it was changed
meanwhile.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from msgspec.structs import replace

from chat_server.domain.contacts import Tie, tie_between
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation
from chat_server.ports.bus import Bus, ContactsChanged, MembershipChanged
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store

_TRIES = 8


class Move(msgspec.Struct, frozen=True):
    """What becomes of a tie; `private` moves are nobody's business but the actor's."""

    kind: str  # of the fact
    tie: Tie
    private: bool = False


Plan = Callable[[Tie], Awaitable[Move | None]]


class ChangeTie:
    def __init__(self, store: Store, bus: Bus, clock: Clock) -> None:
        self._store, self._bus, self._clock = store, bus, clock

    async def __call__(self, actor: str, user: str, peer: str, plan: Plan) -> tuple[Tie, Tie]:
        """The tie before and after. A plan that gives None changes nothing; it may be asked
        more than once.
        """
        for _ in range(_TRIES):
            former = await self.between(user, peer)
            move = await plan(former)
            if move is None:
                return former, former
            tie = replace(move.tie, revision=former.revision + 1)
            fact = Fact(move.kind, actor, peer, self._clock.now_ms())
            if move.kind == "conversation_opened":  # of which the conversation is the subject
                conv = direct_conversation(user, peer)
                fact = replace(fact, subject=conv, detail={"kind": "direct"})
            try:
                await self._store.contacts.put(tie, fact)
            except VersionConflict:
                continue
            self._tell(actor, former, tie, private=move.private)
            return former, tie
        raise VersionConflict("both are changing this at once")

    async def between(self, user: str, peer: str) -> Tie:
        """Who has a direct conversation with somebody, however it came to be, knows them."""
        tie = await self._store.contacts.tie(user, peer)
        if tie is not None:
            return tie
        conv = direct_conversation(user, peer)
        if await self._store.conversations.conversation(conv) is None:
            return tie_between(user, peer)
        return tie_between(user, peer).befriended(self._clock.now_ms())

    def _tell(self, actor: str, former: Tie, tie: Tie, *, private: bool) -> None:
        if former.talks != tie.talks or not former.revision:
            conv = direct_conversation(tie.one, tie.other)
            for user in (tie.one, tie.other):
                self._bus.publish(MembershipChanged(conv, user))
        told = (actor,) if private else (tie.one, tie.other)
        self._bus.publish(ContactsChanged(told))
