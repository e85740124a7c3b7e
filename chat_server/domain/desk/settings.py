"""A desk as its administrator sets it up: hours, queues, staff, targets, canned replies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from chat_server.domain.desk.replies import CannedReply
from chat_server.domain.errors import InvalidValue
from chat_server.domain.ids import is_person_id

WEEK = 7
DAY_MIN = 24 * 60
MOST_QUEUES, MOST_STAFF, MOST_REPLIES, MOST_DAYS = 20, 200, 500, 400
MOST_CAPACITY = 50
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")

Period = tuple[int, int]  # minutes from midnight: from, and until
CALENDARS = ("", "cn")


class DeskRole(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"


class SpecialDay(msgspec.Struct, frozen=True):
    """One date that is not like its weekday; without periods the desk is closed."""

    day: str  # 2026-12-31
    periods: Sequence[Period] = ()


class Queue(msgspec.Struct, frozen=True):
    """Where cases wait. `language` leads customers of that language here.

    Only agents with all of `skills` serve it; without `auto` they take cases themselves.
    """

    queue: str
    name: str
    skills: Sequence[str] = ()
    language: str = ""
    auto: bool = True


class DeskStaff(msgspec.Struct, frozen=True):
    """One member of staff at one desk; `capacity` is how many cases at once."""

    user: str
    role: DeskRole
    skills: Sequence[str] = ()
    queues: Sequence[str] = ()
    capacity: int = 3

    def serves(self, queue: Queue) -> bool:
        return queue.queue in self.queues and set(queue.skills) <= set(self.skills)


class Targets(msgspec.Struct, frozen=True):
    """What customers may expect, in seconds of business time; 0: nothing is promised."""

    first_response_s: int = 60
    next_response_s: int = 120
    resolution_s: int = 3600
    warn_percent: int = 80


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """The desk of one public account. `version` is compared and set."""

    desk: str
    account: str
    name: str
    timezone: str = "Asia/Shanghai"
    week: Sequence[Sequence[Period]] = ((),) * WEEK
    calendar: Literal["", "cn"] = ""  # whose holidays and make-up weekends it keeps
    days: Sequence[SpecialDay] = ()  # outrank the calendar and the week
    queues: Sequence[Queue] = ()
    staff: Sequence[DeskStaff] = ()
    targets: Targets = Targets()
    replies: Sequence[CannedReply] = ()
    reopen_s: int = 1800  # how long after closing the customer's next word reopens the case
    typical_s: int = 300  # how long a case takes, until closed ones have shown it
    covers_managers: bool = False
    version: int = 1

    def queue(self, queue: str) -> Queue | None:
        return next((each for each in self.queues if each.queue == queue), None)

    def queue_for(self, language: str) -> Queue:
        """The queue of that language, else the first without one."""
        fitting = [each for each in self.queues if each.language == language]
        plain = [each for each in self.queues if not each.language]
        return (*fitting, *plain, *self.queues)[0]

    def member(self, user: str) -> DeskStaff | None:
        return next((each for each in self.staff if each.user == user), None)


def checked(desk: Desk) -> Desk:
    """The desk, if it can work; raises InvalidValue."""
    if not _WORD.fullmatch(desk.desk):
        raise InvalidValue("desk: lower-case letters, digits, `_ -`, 1 to 32 of them")
    if not desk.name.strip():
        raise InvalidValue("name: at least one character")
    try:
        ZoneInfo(desk.timezone)
    except (KeyError, OSError, ValueError):
        raise InvalidValue(f"timezone: no such zone as {desk.timezone!r}") from None
    _check_hours(desk)
    _check_queues(desk)
    _check_staff(desk)
    _unique("replies", [each.reply for each in desk.replies], MOST_REPLIES)
    _unique("replies: shortcut", [each.shortcut for each in desk.replies], MOST_REPLIES)
    return desk


def _check_hours(desk: Desk) -> None:
    if len(desk.week) != WEEK:
        raise InvalidValue("week: seven days, Monday first")
    _unique("days", [each.day for each in desk.days], MOST_DAYS)
    for each in desk.days:
        try:
            date.fromisoformat(each.day)
        except ValueError:
            raise InvalidValue(f"days: {each.day!r} is not a date") from None
    for periods in (*desk.week, *(each.periods for each in desk.days)):
        last = 0
        for begin, end in periods:
            if not last <= begin < end <= DAY_MIN:
                raise InvalidValue("hours: from before until, one after the other, within a day")
            last = end


def _check_queues(desk: Desk) -> None:
    if not desk.queues:
        raise InvalidValue("queues: at least one")
    _unique("queues", [each.queue for each in desk.queues], MOST_QUEUES)
    for each in desk.queues:
        if not _WORD.fullmatch(each.queue) or not each.name.strip():
            raise InvalidValue("queues: a short lower-case word and a name for each")


def _check_staff(desk: Desk) -> None:
    _unique("staff", [each.user for each in desk.staff], MOST_STAFF)
    known = {each.queue for each in desk.queues}
    for each in desk.staff:
        if not is_person_id(each.user):
            raise InvalidValue("staff: a person's id for each")
        if unknown := set(each.queues) - known:
            raise InvalidValue(f"staff: no such queue as {min(unknown)!r}")
        if not 1 <= each.capacity <= MOST_CAPACITY:
            raise InvalidValue(f"capacity: 1 to {MOST_CAPACITY}")


def _unique(what: str, names: Sequence[str], most: int) -> None:
    if len(names) > most:
        raise InvalidValue(f"{what}: at most {most}")
    if len(set(names)) < len(names):
        raise InvalidValue(f"{what}: each once")
