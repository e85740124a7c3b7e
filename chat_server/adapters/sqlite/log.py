"""The writer's view of the log, inside its transaction.

Whole batches go through one statement each: every step of a statement gives up the
interpreter's lock, and beside a busy event loop getting it back is what costs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache

import msgspec
from msgspec.structs import replace

from chat_server.adapters.rules import first_answer, next_event
from chat_server.adapters.sqlite.tables import EVENT_COLUMNS, FORMS, event_of
from chat_server.domain.bodies import Action
from chat_server.domain.errors import MidReused
from chat_server.domain.facts import Fact
from chat_server.domain.forms import Form, acted
from chat_server.domain.message import Appended, Draft, Event, Head

Name = tuple[str, str, str]

_WIDTH = 11  # columns of `events`
MOST_ROWS = 512  # of one statement
_MOST_HEADS = 100_000  # remembered; beyond, all are forgotten and read again

_HEADS = """
SELECT json_group_array(json_array(e.conv, e.seq, e.n, e.ts))
FROM json_each(?) AS j CROSS JOIN events AS e
  ON e.conv = j.value AND e.seq = (SELECT max(seq) FROM events WHERE conv = j.value)
"""
_LAST_POSITION = """
SELECT max(coalesce((SELECT max(pos) FROM events), 0), coalesce((SELECT max(pos) FROM facts), 0))
"""

_heads_decoder = msgspec.json.Decoder(list[tuple[str, int, int, int]])


def read_heads(conn: sqlite3.Connection, convs: Iterable[str]) -> dict[str, Head]:
    """The heads of those of the conversations that have events."""
    (found,) = conn.execute(_HEADS, (msgspec.json.encode(list(convs)).decode(),)).fetchone()
    return {conv: Head(seq, n, ts) for conv, seq, n, ts in _heads_decoder.decode(found)}


def _values(rows: int, columns: int) -> str:
    one = f"({', '.join('?' * columns)})"
    return f"(VALUES {', '.join([one] * rows)})"


@cache
def _insert(rows: int) -> str:
    """Takes up to `rows` rows; the rest of the parameters are NULL."""
    return f"INSERT INTO events SELECT * FROM {_values(rows, _WIDTH)} WHERE column1 IS NOT NULL"  # noqa: S608 - marks only


@cache
def _insert_alone(rows: int) -> str:
    """As `_insert`, but nothing if a fact has the first position, which comes last, or beyond."""
    return f"{_insert(rows)} AND coalesce((SELECT max(pos) FROM facts), 0) < ?"  # noqa: S608 - marks only


@cache
def _select_named(rows: int) -> str:
    """Takes up to `rows` names; the rest of the parameters are NULL."""
    columns = ", ".join(f"e.{column}" for column in EVENT_COLUMNS.split(", "))
    return f"""
        SELECT {columns}, e.body_hash FROM {_values(rows, 3)} AS j CROSS JOIN events AS e
        ON e.conv = j.column1 AND e.sender = j.column2 AND e.mid = j.column3
    """  # noqa: S608 - our own names and marks


def _in_parts(cells: list[object], columns: int) -> Iterator[tuple[int, list[object]]]:
    """Rows and parameters of each statement, filled up to few sizes, so that all are cached."""
    for start in range(0, len(cells), MOST_ROWS * columns):
        part = cells[start : start + MOST_ROWS * columns]
        rows = 1 << (len(part) // columns - 1).bit_length()
        part += [None] * (rows * columns - len(part))
        yield rows, part


class Log:
    """Appends inside the open transaction; remembers heads while nobody else writes."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn
        self.appended: list[Event] = []  # in this transaction
        self._heads: dict[str, Head | Event] = {}
        self._last_position: int | None = None
        self._data_version = 0

    def append_alone(self, drafts: Sequence[Draft]) -> list[object] | None:
        """One statement, which is its own transaction: each more would hand over the lock of
        the interpreter again. None, with nothing done, if a fact of another process came first.

        What we remember may be old, as others write, too; then a seq or a position is taken.
        """
        if len(self._heads) > _MOST_HEADS:
            self.forget()
        self.appended = []
        heads = self.heads({draft.conv for draft in drafts})
        position = self._position()
        cells: list[object] = []
        for pos, draft in enumerate(drafts, start=position):
            heads[draft.conv] = event = next_event(draft, heads[draft.conv])
            cells += _row(pos, event, draft)
            self.appended.append(event)
        [(rows, part)] = _in_parts(cells, _WIDTH)
        done = self.conn.execute(_insert_alone(rows), (*part, position))
        if done.rowcount != len(drafts):
            self.forget()
            return None
        self._last_position = position - 1 + len(drafts)
        return [Appended(event) for event in self.appended]

    def begin(self) -> None:
        self.conn.execute("BEGIN IMMEDIATE")
        (data_version,) = self.conn.execute("PRAGMA data_version").fetchone()
        if data_version != self._data_version or len(self._heads) > _MOST_HEADS:
            self._data_version = data_version
            self.forget()
        self.appended = []

    def roll_back(self) -> None:
        if self.conn.in_transaction:
            self.conn.execute("ROLLBACK")
        self.forget()

    def forget(self) -> None:
        """Read everything again: another process wrote, or something was taken back."""
        self._heads.clear()
        self._last_position = None

    def heads(self, convs: Collection[str]) -> dict[str, Head | Event]:
        """All heads that are remembered, those of `convs` among them."""
        missing = [conv for conv in convs if conv not in self._heads]
        if missing:
            found = read_heads(self.conn, missing)
            empty = Head()
            self._heads.update((conv, found.get(conv, empty)) for conv in missing)
        return self._heads

    def append(self, drafts: Sequence[Draft], *, look: bool) -> list[Appended | MidReused]:
        """Write the drafts in their order.

        Unless told to `look` for names that are taken, it is an IntegrityError if one is.
        """
        heads = self.heads({draft.conv for draft in drafts})
        named = self._named(drafts) if look else {}
        answers: list[Appended | MidReused] = []
        cells: list[object] = []
        uses: list[tuple[str, str, int]] = []
        for position, draft in enumerate(drafts, start=self._position()):
            found = named.get((draft.conv, draft.sender, draft.mid)) if look else None
            if found is not None:
                answers.append(_answer(*found, draft))
                continue
            event = next_event(draft, heads[draft.conv])
            heads[draft.conv] = event
            if look:
                named[draft.conv, draft.sender, draft.mid] = (event, draft.body_hash)
            cells += _row(position, event, draft)
            self.appended.append(event)
            answers.append(Appended(event))
            if draft.media:
                uses += [(digest, event.conv, event.seq) for digest in draft.media]
        for rows, part in _in_parts(cells, _WIDTH):
            self.conn.execute(_insert(rows), part)
        if uses:
            self.conn.executemany("INSERT OR IGNORE INTO media_uses VALUES (?, ?, ?)", uses)
        self._last_position = self._position() - 1 + len(drafts)
        return answers

    def act(self, draft: Draft, action: Action) -> Appended:
        """Write the action and the form it leaves. Raises what `forms.acted` does."""
        found = self._named([draft]).get((draft.conv, draft.sender, draft.mid))
        if found is not None:
            return first_answer(*found, draft)
        key = draft.conv, action.target
        former = FORMS.one(self.conn, "WHERE conv = ? AND seq = ?", *key)
        form, done = acted(former or Form(*key), action, draft.sender)
        named = replace(draft, body=msgspec.json.encode(done))
        event = self.append([named], look=False)[0].event  # type: ignore[union-attr] # looked
        self.conn.execute(FORMS.replace, FORMS.row(replace(form, changed_seq=event.seq)))
        return Appended(event)

    def note(self, fact: Fact) -> None:
        position = self._position()
        detail = msgspec.json.encode(fact.detail).decode()
        self.conn.execute(
            "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?)",
            (position, fact.kind, fact.actor, fact.subject, fact.at_ms, detail),
        )
        self._last_position = position

    def _position(self) -> int:
        """The next free position."""
        if self._last_position is None:
            last: int = self.conn.execute(_LAST_POSITION).fetchone()[0]
            self._last_position = last
        return self._last_position + 1

    def _named(self, drafts: Sequence[Draft]) -> dict[Name, tuple[Event, bytes]]:
        cells = [cell for draft in drafts for cell in (draft.conv, draft.sender, draft.mid)]
        named = {}
        for rows, part in _in_parts(list(cells), 3):
            for row in self.conn.execute(_select_named(rows), part):
                event = event_of(row[:-1])
                named[event.conv, event.sender, event.mid] = (event, row[-1])
        return named


def _row(position: int, event: Event, draft: Draft) -> tuple[object, ...]:
    return (
        position, event.conv, event.seq, event.mid, event.sender, event.ts,
        str(event.kind), event.n, event.body, event.key_id, draft.body_hash,
    )  # fmt: skip


def _answer(event: Event, stored_hash: bytes, draft: Draft) -> Appended | MidReused:
    try:
        return first_answer(event, stored_hash, draft)
    except MidReused as exc:
        return exc
