"""The event log: consented events, the decisions made on them, and what became of those.

Called by serving, by training and by the population loader, each with its own connection
and possibly from several processes. Every method is one short statement or two; whoever
needs them together asks for a `transaction`. Nothing here decides.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Final, NamedTuple

import msgspec
from msgspec import json

from recommender.contract import Contribution, Event, FeedbackKind, RecommenderError, Silence
from recommender.features.columns import HISTORY_LIMIT, MEMORY_US, Seen
from recommender.features.schema import migrate
from recommender.features.words import permitted

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_BUSY_S: Final = 15.0
_reasons = json.Decoder(tuple[Contribution, ...])


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided at one trigger: an offer, or a silence."""

    trigger_id: str
    trigger_at: datetime
    customer: str
    decided_at: datetime
    consent_snapshot_id: str
    chat_content: bool
    account_data: bool
    silence: Silence | None = None
    offer_id: str | None = None
    product: str = ""
    score: float = 0.0
    propensity: float | None = None  # unknown of offers from before it was written down
    reasons: tuple[Contribution, ...] = ()
    model_version: str = ""
    expires_at: datetime | None = None


class Outcome(NamedTuple):
    """What was decided and, of an offer, what became of it."""

    at: datetime
    silence: str | None
    score: float | None  # None of who was forgotten
    settled: bool  # shown, and its time to be answered is over
    interested: bool


def to_us(at: datetime) -> int:
    """Microseconds since 1970, exactly; a time without a zone is refused."""
    if at.tzinfo is None:
        raise RecommenderError("a time without a time zone")
    return (at - _EPOCH) // _MICROSECOND


def from_us(at: int) -> datetime:
    return _EPOCH + at * _MICROSECOND


def seen(event: Event) -> Seen:
    return Seen(
        to_us(event.occurred_at), event.event_id, event.type, event.product, event.amount_band
    )


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Say a failure of SQLite, of the disk or of a text in the recommender's own words."""
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeError) as exc:
        raise RecommenderError(f"the event log cannot {what}: {exc}") from exc


@contextmanager
def open_log(path: Path) -> Iterator[EventLog]:
    """Open the log, creating or migrating it; to be used by the thread that opened it."""
    with telling("be opened"):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    with closing(connection):
        with telling("be opened"):
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA cache_size = -32768")  # in KiB
            connection.execute("PRAGMA secure_delete = ON")  # what is forgotten leaves the file
            migrate(connection)
        yield EventLog(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Of several that open a fresh log at once, SQLite tells all but one that it is locked."""
    for wait_s in (0.01, 0.05, 0.1, 0.2, 0.4, 0.8):
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
            return
        sleep(wait_s)
    connection.execute("PRAGMA journal_mode = WAL")


class EventLog:
    """One connection's view of `events.db`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and nobody else writes in between."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def add(self, events: Iterable[Event]) -> None:
        """Log events; a known `event_id`, or one from before a withdrawal, changes nothing."""
        self.connection.executemany(
            "INSERT INTO events SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT EXISTS"
            " (SELECT 1 FROM forgotten WHERE customer = ?1 AND at >= ?2)"
            " ON CONFLICT DO NOTHING",
            map(_event_row, events),
        )

    def history(self, trigger: Event) -> list[Seen]:
        """The customer's events that may count at the trigger, under its consents."""
        until = to_us(trigger.occurred_at)
        types = json.encode(sorted(permitted(trigger.consents)))
        rows = self.connection.execute(
            "SELECT occurred_at, event_id, type, product, amount_band FROM events"
            " WHERE customer = ? AND occurred_at > ? AND occurred_at <= ?"
            " AND type IN (SELECT value FROM json_each(?))"
            " ORDER BY occurred_at DESC, event_id DESC LIMIT ?",
            (trigger.customer, until - MEMORY_US, until, types.decode(), HISTORY_LIMIT),
        )
        return [Seen(*row) for row in rows]

    def record(self, decision: Decision) -> None:
        row = msgspec.structs.asdict(decision) | {
            "trigger_at": to_us(decision.trigger_at),
            "decided_at": to_us(decision.decided_at),
            "expires_at": decision.expires_at and to_us(decision.expires_at),
            "reasons": json.encode(decision.reasons),
        }
        self.connection.execute(
            f"INSERT INTO decisions ({', '.join(row)})"  # noqa: S608 - our own field names
            f" VALUES ({', '.join(f':{name}' for name in row)})",
            row,
        )

    def decision(self, trigger_id: str) -> Decision | None:
        cursor = self.connection.execute(
            "SELECT * FROM decisions WHERE trigger_id = ?", (trigger_id,)
        )
        cursor.row_factory = sqlite3.Row
        row = cursor.fetchone()
        return None if row is None else _decision(row)

    def offered(self, customer: str, after: datetime) -> Sequence[datetime]:
        """When offers were made to the customer, or withheld from a hold-out, later than that."""
        rows = self.connection.execute(
            "SELECT decided_at FROM decisions"
            " WHERE customer = ? AND decided_at > ? AND (offer_id IS NOT NULL OR silence = ?)",
            (customer, to_us(after), Silence.HOLD_OUT),
        )
        return [from_us(at) for (at,) in rows]

    def refused(self, customer: str, after: datetime) -> frozenset[str]:
        """Products that the customer dismissed, later than that."""
        rows = self.connection.execute(
            "SELECT DISTINCT product FROM decisions JOIN feedback USING (offer_id)"
            " WHERE customer = ? AND kind = ? AND at > ?",
            (customer, FeedbackKind.DISMISSED, to_us(after)),
        )
        return frozenset(product for (product,) in rows)

    def recent(self, after: datetime, now: datetime) -> list[Outcome]:
        """Decisions made later than that."""
        rows = self.connection.execute(
            "SELECT decided_at, silence, score, expires_at <= ?2 AND EXISTS"
            " (SELECT 1 FROM feedback WHERE feedback.offer_id = decisions.offer_id),"
            " EXISTS (SELECT 1 FROM feedback WHERE feedback.offer_id = decisions.offer_id"
            " AND kind = 'interested')"
            " FROM decisions WHERE decided_at > ?1",
            (to_us(after), to_us(now)),
        )
        return [
            Outcome(from_us(at), silence, score, bool(settled), bool(interested))
            for at, silence, score, settled, interested in rows
        ]

    def respond(self, offer_id: str, kind: FeedbackKind, at: datetime) -> None:
        """Log what became of an offer; an unknown offer or a repeat changes nothing."""
        self.connection.execute(
            "INSERT INTO feedback SELECT ?1, ?2, ?3"
            " WHERE EXISTS (SELECT 1 FROM decisions WHERE offer_id = ?1)"
            " ON CONFLICT DO NOTHING",
            (offer_id, kind, to_us(at)),
        )

    def forget(self, customer: str, at: datetime) -> None:
        """Erase the customer's events up to then, and the reasons drawn from them."""
        until = to_us(at)
        self.connection.execute(
            "INSERT INTO forgotten VALUES (?, ?)"
            " ON CONFLICT (customer) DO UPDATE SET at = max(at, excluded.at)",
            (customer, until),
        )
        for table, when in (("events", "occurred_at"), ("taken", "at")):
            self.connection.execute(
                f"DELETE FROM {table} WHERE customer = ? AND {when} <= ?",  # noqa: S608 - our own words
                (customer, until),
            )
        self.connection.execute(
            "UPDATE decisions SET reasons = '[]', score = NULL"
            " WHERE customer = ? AND trigger_at <= ?",
            (customer, until),
        )

    def fold(self) -> None:
        """Fold the write-ahead file into the log now, so that nothing forgotten lingers there.

        Best effort: while another process reads, its next fold does it.
        """
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def forgotten_since(self, customer: str, at: datetime) -> bool:
        """Whether the customer withdrew consent at that time or later."""
        row = self.connection.execute(
            "SELECT 1 FROM forgotten WHERE customer = ? AND at >= ?", (customer, to_us(at))
        ).fetchone()
        return row is not None


def _event_row(event: Event) -> tuple[str | int, ...]:
    if not event.event_id or not event.customer:
        raise RecommenderError("an event without an event_id or a customer")
    return (
        event.customer,
        to_us(event.occurred_at),
        event.event_id,
        event.type,
        event.product,
        event.amount_band,
        event.channel,
        event.consents.snapshot_id,
    )


def _decision(row: sqlite3.Row) -> Decision:
    return Decision(
        trigger_id=row["trigger_id"],
        trigger_at=from_us(row["trigger_at"]),
        customer=row["customer"],
        decided_at=from_us(row["decided_at"]),
        silence=row["silence"] and Silence(row["silence"]),
        offer_id=row["offer_id"],
        product=row["product"],
        score=row["score"] or 0.0,
        propensity=row["propensity"],
        reasons=_reasons.decode(row["reasons"]),
        model_version=row["model_version"],
        expires_at=None if row["expires_at"] is None else from_us(row["expires_at"]),
        consent_snapshot_id=row["consent_snapshot_id"],
        chat_content=bool(row["chat_content"]),
        account_data=bool(row["account_data"]),
    )
