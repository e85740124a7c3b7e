"""Keeps the search index up with the log: reads the change feed, a page at a time.

Where it stands is the index's own to know, written in the commit of what it took in, so
that an index that was lost or emptied is made again by itself. It runs behind the outbox
and rests after each page several times as long as that took: whoever chats goes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic

import msgspec
import structlog

from chat_server.domain import bodies
from chat_server.domain.facts import Change
from chat_server.domain.message import Event, EventKind
from chat_server.domain.searching import Entry, Rewrite
from chat_server.ports.clock import Clock
from chat_server.ports.search import SearchIndex
from chat_server.ports.store import ChangeFeed

log = structlog.get_logger()

PAGE = 100  # so few that no send waits long while a page is read and its words are taken out
_AGAIN_S = 1.0
_REST = 9  # so that under full load it takes a tenth of what the chat could use
_decode = msgspec.json.Decoder(bodies.Body).decode


class Indexer:
    def __init__(
        self, changes: ChangeFeed, index: SearchIndex, clock: Clock, *, idle_s: float
    ) -> None:
        self._changes, self._index, self._clock = changes, index, clock
        self._idle_s = idle_s

    async def run(self) -> None:
        """Keep up, until cancelled. A store or an index that is away is waited for."""
        position: int | None = None
        while True:
            try:
                if position is None:
                    position = await self._standing()
                begun = monotonic()
                reached = await self.take_page(position)
            except Exception:
                log.exception("indexer_waits")
                position = None
                await self._clock.sleep(_AGAIN_S)
                continue
            idle = reached == position
            position = reached
            await self._clock.sleep(self._idle_s if idle else _REST * (monotonic() - begun))

    async def catch_up(self) -> int:
        """Take in all there is; where the index then stands."""
        position = await self._standing()
        while (reached := await self.take_page(position)) != position:
            position = reached
        return position

    async def _standing(self) -> int:
        """Where the index stands. One that is ahead is another store's, and begun anew."""
        position = await self._index.position()
        if position and not await self._changes.changes(position - 1, 1):
            log.warning("index_of_another_store", position=position)
            await self._index.clear()
            return 0
        return position

    async def take_page(self, after: int) -> int:
        """Take in one page; where the index stands now."""
        page = await self._changes.changes(after, PAGE)
        if not page:
            return after
        return await self._index.index(after, list(findable(page)), page[-1].position)


def findable(changes: Sequence[Change]) -> Iterator[Entry | Rewrite]:
    """What of these changes can be searched for."""
    for change in changes:
        if change.event is not None:
            found = _findable(change.position, change.event)
            if found is not None:
                yield found


def _findable(position: int, event: Event) -> Entry | Rewrite | None:
    if event.kind not in _SEARCHED or event.key_id:
        return None
    try:
        body = _decode(event.body)
    except msgspec.MsgspecError:
        log.warning("not_searchable", conversation=event.conv, seq=event.seq)
        return None
    match body:
        case bodies.Edit(target=target, body=now):
            return Rewrite(position, event.conv, target, now.text, event.seq)
        case bodies.Recall(target=target):
            return Rewrite(position, event.conv, target, "", event.seq)
    text = _words(body)
    if not text:
        return None
    file = isinstance(body, bodies.File)
    return Entry(position, event.conv, event.seq, event.sender, event.ts, text, file)


_SEARCHED = {EventKind.MESSAGE, EventKind.EDIT, EventKind.RECALL}


def _words(body: bodies.Body) -> str:
    """What a reader of the message sees of it in words."""
    match body:
        case bodies.Text(text=text) | bodies.Notice(text=text) | bodies.Leaflet(text=text):
            return text
        case bodies.Menu(title=text) | bodies.Link(title=text) | bodies.File(name=text):
            return text
        case bodies.Location(title=title, address=address):
            return f"{title} {address}".strip()
        case bodies.Article(items=items):
            return "\n".join(f"{item.title} {item.digest}".strip() for item in items)
        case bodies.Card(fallback=text):
            return text
    return ""
