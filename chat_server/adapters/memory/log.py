"""The logs, the facts and the one order of both, in memory.

An append is in the log when the call returns; the ring and the answers follow together
at the loop's next step, as they do in the stores that write.
"""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec
import structlog
from msgspec.structs import replace

from chat_server.adapters.rules import first_answer, head_at, next_event
from chat_server.domain.bodies import Action
from chat_server.domain.errors import ChatError, InvalidValue, MidReused
from chat_server.domain.facts import Change, Fact
from chat_server.domain.forms import Form, acted
from chat_server.domain.message import Appended, Draft, Event, EventKind, Head
from chat_server.ports.store import Ring

_log = structlog.get_logger()


class MemoryLog:
    """MessageStore, ChangeFeed and AuditTrail: three views of one list of changes."""

    def __init__(self) -> None:
        self._logs: dict[str, list[Event]] = {}
        self._named: dict[tuple[str, str, str], tuple[Event, bytes]] = {}
        self._forms: dict[tuple[str, int], Form] = {}
        self._changes: list[Change] = []
        self._uses: dict[str, list[tuple[str, int]]] = {}
        self._cursors: dict[str, int] = {}
        self._rings: list[Ring] = []
        self._fresh: list[Event] = []
        self._waiting: list[tuple[Future[Appended], Appended]] = []

    def watch(self, ring: Ring) -> None:
        self._rings.append(ring)

    # --- messages

    def append(self, draft: Draft) -> Future[Appended]:
        loop = asyncio.get_running_loop()
        future: Future[Appended] = loop.create_future()
        try:
            appended = self.write(draft)
        except ChatError as exc:
            future.set_exception(exc)
            return future
        self._waiting.append((future, appended))
        if len(self._waiting) == 1:
            loop.call_soon(self._answer)
        return future

    def write(self, draft: Draft) -> Appended:
        """Put the draft into the log, or find the event that bears its name."""
        found = self.named(draft)
        if found is not None:
            return found
        log = self._logs.setdefault(draft.conv, [])
        event = next_event(draft, head_at(log[-1]) if log else Head())
        log.append(event)
        self._named[draft.conv, draft.sender, draft.mid] = (event, draft.body_hash)
        for digest in draft.media:
            self._uses.setdefault(digest, []).append((event.conv, event.seq))
        self._changes.append(Change(len(self._changes) + 1, event=event))
        self._fresh.append(event)
        return Appended(event)

    def sent(self, digest: str) -> bool:
        return digest in self._uses

    def uses(self, digest: str) -> list[tuple[str, int]]:
        """Where this medium was sent and not recalled."""
        found = ((use, self._forms.get(use)) for use in self._uses.get(digest, ()))
        return [use for use, form in found if form is None or not form.recalled]

    def named(self, draft: Draft) -> Appended | None:
        """The first answer under this draft's name, or None; MidReused."""
        stored = self._named.get((draft.conv, draft.sender, draft.mid))
        return None if stored is None else first_answer(*stored, draft)

    def check(self, drafts: Iterable[Draft]) -> None:
        """Raise MidReused if one of the drafts could not be written."""
        hashes: dict[tuple[str, str, str], bytes] = {}
        for draft in drafts:
            self.named(draft)
            name = (draft.conv, draft.sender, draft.mid)
            if hashes.setdefault(name, draft.body_hash) != draft.body_hash:
                raise MidReused

    def ring(self) -> None:
        """Tell of what was appended since the last ring."""
        fresh, self._fresh = self._fresh, []
        if not fresh:
            return
        for ring in self._rings:
            try:
                ring(fresh)
            except Exception:  # noqa: BLE001 - a watcher's fault must not become a sender's
                _log.exception("ring_failed", events=len(fresh))

    def _answer(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.ring()
        for future, appended in waiting:
            if not future.done():
                future.set_result(appended)

    async def head(self, conv: str) -> Head:
        return self.standing(conv)

    def standing(self, conv: str) -> Head:
        log = self._logs.get(conv)
        return head_at(log[-1]) if log else Head()

    async def heads(self, convs: Iterable[str]) -> Mapping[str, Head]:
        return {conv: self.standing(conv) for conv in convs}

    async def events(
        self, conv: str, *, after: int | None = None, before: int | None = None, limit: int
    ) -> Sequence[Event]:
        if (after is None) == (before is None):
            raise InvalidValue("events: give exactly one of after and before")
        log = self._logs.get(conv, [])
        if after is not None:
            start = max(after, 0)
            return log[start : start + max(limit, 0)]
        end = max(min((before or 0) - 1, len(log)), 0)
        return log[max(end - max(limit, 0), 0) : end]

    async def events_after(
        self, cursors: Mapping[str, int], limit: int
    ) -> Mapping[str, Sequence[Event]]:
        found = {
            conv: await self.events(conv, after=after, limit=limit)
            for conv, after in cursors.items()
        }
        return {conv: events for conv, events in found.items() if events}

    async def event(self, conv: str, seq: int) -> Event | None:
        log = self._logs.get(conv, [])
        return log[seq - 1] if 1 <= seq <= len(log) else None

    async def find(self, conv: str, sender: str, mid: str) -> Event | None:
        stored = self._named.get((conv, sender, mid))
        return stored[0] if stored else None

    async def spoke(self, people: Mapping[str, str], since_ms: int) -> set[str]:
        return {
            conv
            for conv, user in people.items()
            for event in self._logs.get(conv, ())
            if event.sender == user and event.ts >= since_ms and event.kind is EventKind.MESSAGE
        }

    # --- forms

    async def act(self, draft: Draft, action: Action) -> Appended:
        found = self.named(draft)
        if found is not None:
            return found
        key = draft.conv, action.target
        form, done = acted(self._forms.get(key) or Form(*key), action, draft.sender)
        appended = self.write(replace(draft, body=msgspec.json.encode(done)))
        self._forms[key] = replace(form, changed_seq=appended.event.seq)
        self.ring()
        return appended

    async def forms(self, conv: str, seqs: Iterable[int]) -> Mapping[int, Form]:
        asked = set(seqs)
        return {seq: self._forms[conv, seq] for seq in asked if (conv, seq) in self._forms}

    # --- changes

    async def changes(self, after: int, limit: int, *, only: str = "") -> Sequence[Change]:
        later: Iterator[Change] = (
            self._changes[index] for index in range(max(after, 0), len(self._changes))
        )
        if only:
            later = (one for one in later if one.event and one.event.conv.startswith(only))
        return list(islice(later, max(limit, 0)))

    async def newest_position(self) -> int:
        return len(self._changes)

    async def cursor(self, consumer: str) -> int:
        return self._cursors.get(consumer, 0)

    async def advance_cursor(self, consumer: str, position: int) -> None:
        self._cursors[consumer] = max(position, self._cursors.get(consumer, 0))

    # --- facts

    async def record(self, fact: Fact) -> None:
        self.note(fact)

    def note(self, fact: Fact) -> None:
        self._changes.append(Change(len(self._changes) + 1, fact=fact))

    async def facts(
        self, *, subject: str | None = None, after: int = 0, limit: int = 100
    ) -> Sequence[Change]:
        found = [
            change
            for change in self._changes[max(after, 0) :]
            if change.fact is not None and subject in (None, change.fact.subject)
        ]
        return found[: max(limit, 0)]

    async def newest(
        self, *, before: int = 0, subject: str = "", kind: str = "", limit: int = 100
    ) -> Sequence[Change]:
        found = (
            change
            for change in reversed(self._changes[: before - 1] if before > 0 else self._changes)
            if (fact := change.fact) is not None
            and subject in ("", fact.subject)
            and kind in ("", fact.kind)
        )
        return list(islice(found, max(limit, 0)))
