"""Offline pushes: what a person wishes, who waits to be told of what, and the rules of both.

A knock is one person's one conversation with something new in it: however much is said
there before the device is told, it is told once. Stores keep knocks by these rules.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec.structs import replace

from chat_server.domain.errors import InvalidValue

HOME = "Asia/Shanghai"


class Wishes(msgspec.Struct, frozen=True):
    """How a person wants to be told. Quiet hours are `HH:MM` in their `zone`; empty: none.

    A bank hides what was written until somebody asks to see it.
    """

    user: str
    hide_content: bool = True
    quiet_from: str = ""
    quiet_until: str = ""
    zone: str = HOME

    def check(self) -> None:
        """Raise InvalidValue for hours or a zone that do not exist."""
        if bool(self.quiet_from) != bool(self.quiet_until):
            raise InvalidValue("quiet hours need both a beginning and an end")
        for hour in (self.quiet_from, self.quiet_until):
            if hour:
                _time(hour)
        _zone(self.zone)

    def quiet_end_ms(self, now_ms: int) -> int | None:
        """When the quiet hours end that it is now; None when it is none."""
        if not self.quiet_from or self.quiet_from == self.quiet_until:
            return None
        begin, end = _time(self.quiet_from), _time(self.quiet_until)
        now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(_zone(self.zone))
        here = now.time()
        over_midnight = end < begin
        quiet = here >= begin or here < end if over_midnight else begin <= here < end
        if not quiet:
            return None
        day = now.date() if here < end else now.date() + timedelta(days=1)
        return round(datetime.combine(day, end, now.tzinfo).timestamp() * 1000)


def _time(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").replace(tzinfo=UTC).time()
    except ValueError as exc:
        raise InvalidValue(f"{text[:10]!r} is not a time like 22:00") from exc


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise InvalidValue(f"{name[:40]!r} is not a time zone") from exc


class Knock(msgspec.Struct, frozen=True):
    """One person's one conversation, and what of it is to be told.

    `first` … `seq` is new; up to `sent` their devices were told. `due_ms` is when to look
    at it next; None: nothing to tell. `mention`: somebody named them, which a muted
    conversation lets through; `urgent`: security or money, which quiet hours let through.
    """

    user: str
    conv: str
    first: int
    seq: int
    sent: int = 0
    due_ms: int | None = None
    mention: bool = False
    urgent: bool = False
    tries: int = 0


def merged(former: Knock | None, fresh: Knock) -> Knock | None:
    """What is kept when something new is said; None when it is known already."""
    if former is None:
        return fresh
    if fresh.seq <= max(former.seq, former.sent):
        return None
    if former.due_ms is None or fresh.due_ms is None:
        return replace(fresh, sent=former.sent)
    return replace(
        former,
        seq=fresh.seq,
        due_ms=min(former.due_ms, fresh.due_ms),
        mention=former.mention or fresh.mention,
        urgent=former.urgent or fresh.urgent,
    )


def settled(stored: Knock, taken: Knock, after: Knock) -> Knock:
    """What is kept after `taken` was worked on: more may have been said meanwhile."""
    if stored.seq == taken.seq:
        return after
    return replace(stored, first=max(stored.first, after.sent + 1), sent=after.sent, tries=0)
