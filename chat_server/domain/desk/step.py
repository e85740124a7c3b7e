"""What is committed when a case changes: its record, its event, its seats, its facts, at once."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat_server.domain.desk.case import Case, Note
from chat_server.domain.facts import Fact
from chat_server.domain.message import Draft


class Seating(msgspec.Struct, frozen=True):
    """Who sits down to serve, with room for at most `capacity` cases (0: not looked at)."""

    user: str
    capacity: int = 0


class CaseStep(msgspec.Struct, frozen=True, kw_only=True):
    """`case.version` is one above the stored one, 1 for a new case.

    The first draft says who comes and goes; without one nobody does. Who sits down reads from
    the case's `first_seq` on, and who leaves up to that event.
    """

    case: Case
    facts: Sequence[Fact]
    drafts: Sequence[Draft] = ()
    seating: Seating | None = None
    leaving: Sequence[str] = ()
    note: Note | None = None
