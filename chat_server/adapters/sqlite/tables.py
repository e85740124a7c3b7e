"""How records lie in their tables: a column for each field, lists as JSON."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, Generic, TypeVar, get_type_hints

import msgspec
from msgspec.structs import astuple

from chat_server.domain.conversation import Conversation, Membership
from chat_server.domain.facts import ConsentEntry, Dialogue
from chat_server.domain.forms import Form
from chat_server.domain.groups import JoinRequest
from chat_server.domain.media import Medium, Upload
from chat_server.domain.message import Event, EventKind
from chat_server.domain.own import Star, Unsent
from chat_server.domain.people import Assignment, Branch, DeviceSession, Person
from chat_server.domain.publishing import Broadcast, PublicAccount

Row = tuple[Any, ...]
T = TypeVar("T", bound=msgspec.Struct)
EVENT_COLUMNS = "conv, seq, mid, sender, ts, kind, n, body, key_id"


def _cast(hint: object) -> bool:
    """Whether SQLite gives another type back: it has neither booleans nor enumerations."""
    return isinstance(hint, type) and issubclass(hint, bool | Enum)


def _plain(hint: object) -> bool:
    return _cast(hint) or hint in {int, str, bytes, float, int | None, str | None}


class Table(Generic[T]):
    """The statements and conversions of one kind of record."""

    def __init__(self, name: str, record: type[T], *, lists: Iterable[str] = ()) -> None:
        fields = record.__struct_fields__
        marks = ", ".join("?" * len(fields))
        self._record = record
        self._fields = fields
        self._lists = [fields.index(field) for field in lists]
        hints = get_type_hints(record)
        self._casts = [
            (index, hints[field]) for index, field in enumerate(fields) if _cast(hints[field])
        ]
        self._plain = not lists and all(_plain(hints[field]) for field in fields)
        columns = ", ".join(fields)
        self.select = f"SELECT {columns} FROM {name}"  # noqa: S608 - our own names
        self.insert = f"INSERT INTO {name} ({columns}) VALUES ({marks})"  # noqa: S608 - as above
        self.replace = self.insert.replace("INSERT", "REPLACE", 1)

    def row(self, record: T) -> Row:
        values = list(astuple(record))
        for index in self._lists:
            values[index] = msgspec.json.encode(values[index]).decode()
        return tuple(values)

    def read(self, row: Sequence[Any]) -> T:
        values = list(row)
        if self._plain:
            for index, cast in self._casts:
                values[index] = cast(values[index])
            return self._record(*values)
        for index in self._lists:
            values[index] = msgspec.json.decode(values[index])
        fields = dict(zip(self._fields, values, strict=True))
        return msgspec.convert(fields, self._record, strict=False)  # SQLite's booleans are 0 and 1

    def one(self, conn: sqlite3.Connection, where: str, *parameters: object) -> T | None:
        row = conn.execute(f"{self.select} {where}", parameters).fetchone()
        return None if row is None else self.read(row)

    def all(self, conn: sqlite3.Connection, where: str, *parameters: object) -> list[T]:
        return [self.read(row) for row in conn.execute(f"{self.select} {where}", parameters)]


CONVERSATIONS = Table("conversations", Conversation)
MEMBERSHIPS = Table("memberships", Membership)
UPLOADS = Table("uploads", Upload)
MEDIA = Table("media", Medium)
JOIN_REQUESTS = Table("join_requests", JoinRequest)
DRAFTS = Table("drafts", Unsent)
STARS = Table("stars", Star)
FORMS = Table("forms", Form, lists=["reactions"])
BRANCHES = Table("branches", Branch)
PEOPLE = Table("people", Person)
ASSIGNMENTS = Table("assignments", Assignment)
SESSIONS = Table("sessions", DeviceSession, lists=["push"])
ACCOUNTS = Table("accounts", PublicAccount, lists=["menu", "staff", "withheld"])
BROADCASTS = Table("broadcasts", Broadcast, lists=["articles"])
CONSENTS = Table("consents", ConsentEntry)
DIALOGUES = Table("dialogues", Dialogue, lists=["cards"])

_KINDS = {str(kind): kind for kind in EventKind}


def event_of(row: Sequence[Any]) -> Event:
    """The event in a row of `EVENT_COLUMNS`."""
    conv, seq, mid, sender, ts, kind, n, body, key_id = row
    return Event(conv, seq, mid, sender, ts, _KINDS[kind], n, body, key_id)
