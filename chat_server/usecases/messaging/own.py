"""What a person changes for themselves in a conversation: how it stands in their list, where it
begins for them, what they have begun to write, which messages they starred.

Called by transport. The log is never touched, and nobody else is told; one's own devices are,
at once.
"""

from __future__ import annotations

from msgspec.structs import replace

from chat_server.domain.bodies import Text
from chat_server.domain.conversation import Membership
from chat_server.domain.errors import NotAMember
from chat_server.domain.facts import Fact
from chat_server.domain.own import Clear, Star, Unsent, Wish
from chat_server.ports.bus import Bus, OwnChanged, StarChanged
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.messaging.pace import Buckets, Pace
from chat_server.usecases.messaging.refer import References
from chat_server.usecases.messaging.send import Sender, SendMessage

PACE = Pace(burst=60, per_s=5)  # somebody who tidies up, with drafts a second apart


class KeepOwn:
    def __init__(self, store: Store, send: SendMessage, bus: Bus, clock: Clock) -> None:
        self._store, self._send = store, send
        self._references = References(store.messages, store.conversations)
        self._bus, self._clock = bus, clock
        self._buckets = Buckets(PACE)

    async def settle(self, sender: Sender, conv: str, wish: Wish) -> OwnChanged:
        """How it stands then. Raises NotAMember; who has left may still tidy up."""
        self._take_pace(sender)
        fact = None
        if isinstance(wish, Clear):
            now = self._clock.now_ms()
            fact = Fact("history_cleared", sender.user, conv, now, {"upto": wish.seq})
        membership = await self._store.own.settle(conv, sender.user, wish, fact)
        if membership is None:
            raise NotAMember
        drafts = await waiting_drafts(self._store, sender.user, [conv])
        return self._tell(membership, drafts.get(conv))

    async def write_draft(self, sender: Sender, unsent: Unsent) -> OwnChanged:
        """Without a text, or once it was sent, there is none. Vetted as if it were sent."""
        self._take_pace(sender)
        conv, user = unsent.conv, sender.user
        (await self._membership(user, conv)).may_send()
        if unsent.text:
            vetted = await self._send.vetted(sender, Text(unsent.text))
            sent = await self._store.messages.find(conv, user, unsent.mid)
            unsent = replace(unsent, text="" if sent else vetted.text)
        membership = await self._store.own.write_draft(unsent)
        if membership is None:
            raise NotAMember
        # it may have been sent while we wrote
        return self._tell(membership, (await waiting_drafts(self._store, user, [conv])).get(conv))

    async def star(self, sender: Sender, conv: str, seq: int, *, on: bool) -> StarChanged:
        """Only what one may read now; a star is taken from anything. Raises NotFound."""
        self._take_pace(sender)
        if on:
            await self._references.readable(await self._membership(sender.user, conv), seq)
            await self._store.own.star(Star(sender.user, conv, seq, self._clock.now_ms()))
        else:
            await self._store.own.unstar(sender.user, conv, seq)
        changed = StarChanged(conv, sender.user, seq, on)
        self._bus.publish(changed)
        return changed

    def _tell(self, membership: Membership, unsent: Unsent | None) -> OwnChanged:
        changed = OwnChanged(membership, unsent)
        self._bus.publish(changed)
        return changed

    async def _membership(self, user: str, conv: str) -> Membership:
        """As the store has it: what was cleared a moment ago is gone."""
        membership = await self._store.conversations.membership(conv, user)
        if membership is None:
            raise NotAMember
        return membership

    def _take_pace(self, sender: Sender) -> None:
        if not sender.unlimited:
            self._buckets.take(sender.user, self._clock.now_ms())


async def waiting_drafts(store: Store, user: str, convs: list[str]) -> dict[str, Unsent]:
    """The person's drafts in these conversations that were not sent since."""
    drafts = await store.own.drafts(user, convs)
    return {
        conv: unsent
        for conv, unsent in drafts.items()
        if await store.messages.find(conv, user, unsent.mid) is None
    }
