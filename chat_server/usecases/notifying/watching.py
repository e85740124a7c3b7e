"""Who is to be told: reads the log's changes and leaves a knock for each person and
conversation with something new.

Whether it comes to a push is decided when the knock is due: most people have it by then.
While nobody wants pushes nothing is read. Feeds are never told of: a broadcast waits in the
list, so that a million followers cost nothing and nobody gets advertising unasked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec
import structlog

from chat_server.domain import bodies
from chat_server.domain.facts import Change
from chat_server.domain.ids import FEED_PREFIX, is_account, is_direct
from chat_server.domain.message import Event, EventKind
from chat_server.domain.notifying import Knock
from chat_server.domain.own import names
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store

log = structlog.get_logger()

CONSUMER = "pushes"
PAGE = 500
LOOK_S = 0.5
_AGAIN_S = 1.0
_IDLE_LOOKS = 120  # how often an unused cursor is moved on: about once a minute
_decode = msgspec.json.Decoder(bodies.Body).decode
URGENT_TOPICS = {"balance", "security"}  # of a bank's notices: quiet hours let them through


class WatchForAbsent:
    """`after_s` is how long somebody's devices have to take a message; `life_s` is how old one
    may be that is still told.
    """

    def __init__(self, store: Store, clock: Clock, *, after_s: float, life_s: float) -> None:
        self._store, self._clock = store, clock
        self._after_ms, self._life_ms = round(after_s * 1000), round(life_s * 1000)
        self._unused = 0

    async def run(self) -> None:
        """Until cancelled. A store that is away is waited for."""
        position: int | None = None
        while True:
            try:
                if position is None:
                    position = await self._store.changes.cursor(CONSUMER)
                position = await self.step(position)
            except Exception:
                log.exception("pushes_wait")
                position = None
                await self._clock.sleep(_AGAIN_S)
            else:
                await self._clock.sleep(LOOK_S)

    async def step(self, position: int) -> int:
        """All there is after the position; where that ends."""
        changes = self._store.changes
        newest = await changes.newest_position()  # before asking: who subscribes now sees the rest
        if not await self._store.devices.anyone_subscribed():
            return await self._pass_by(position, newest)
        self._unused = 0
        while page := await changes.changes(position, PAGE):
            await self._store.pushes.note(await self._knocks(page))
            position = page[-1].position
            await changes.advance_cursor(CONSUMER, position)
        return position

    async def _pass_by(self, position: int, newest: int) -> int:
        self._unused += 1
        if newest != position and self._unused % _IDLE_LOOKS == 1:
            await self._store.changes.advance_cursor(CONSUMER, newest)
        return newest

    async def _knocks(self, page: Sequence[Change]) -> list[Knock]:
        oldest_ms = self._clock.now_ms() - self._life_ms
        fresh: dict[str, list[Event]] = {}
        for change in page:
            event = change.event
            if event is None or event.kind is not EventKind.MESSAGE or event.ts < oldest_ms:
                continue
            if not event.conv.startswith(FEED_PREFIX):
                fresh.setdefault(event.conv, []).append(event)
        readers = {conv: await self._readers(conv) for conv in fresh}
        everybody = {user for users in readers.values() for user in users}
        if not everybody:
            return []
        reached = {each.user for each in await self._store.devices.subscribed(everybody)}
        return [
            knock
            for conv, events in fresh.items()
            for knock in self._of(events, reached.intersection(readers[conv]))
        ]

    async def _readers(self, conv: str) -> Collection[str]:
        if is_direct(conv):
            return conv.split(":")[1:]
        members = await self._store.conversations.members(conv)
        return [each.user for each in members if not is_account(each.user)]

    def _of(self, events: Sequence[Event], users: Collection[str]) -> Iterator[Knock]:
        if not users:
            return
        read = [(event, said(event)) for event in events]
        for user in users:
            others = [(event, body) for event, body in read if event.sender != user]
            if not others:
                continue
            first = others[0][0]
            yield Knock(
                user=user,
                conv=first.conv,
                first=first.seq,
                seq=others[-1][0].seq,
                due_ms=first.ts + self._after_ms,
                mention=any(names(getattr(body, "about", None), user) for _, body in others),
                urgent=any(is_urgent(body) for _, body in others),
            )


def is_urgent(body: bodies.Body | None) -> bool:
    return isinstance(body, bodies.Notice) and body.topic in URGENT_TOPICS


def said(event: Event) -> bodies.Body | None:
    """None of what only its readers can decrypt, or nobody can read."""
    if event.key_id:
        return None
    try:
        body: bodies.Body = _decode(event.body)
    except msgspec.MsgspecError:
        return None
    return body
