"""The assist desk over HTTP: a customer's place, and what staff do with cases.

The client hands out one of these as `client.desk`. What customer and agent say goes over the
socket as everything else; what is read here is asked again while nobody answers. A claim and
the other steps are asked once: `Unreached` says that it is not known, and reading the case tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from chat_server.client.road import Road

T = TypeVar("T")
_CASES = "/v1/desk/cases"


class Place(msgspec.Struct, frozen=True):
    """Where a customer stands; `state`: none, waiting, serving, closed, bot."""

    has_desk: bool
    case: str
    state: str
    agent: str
    agent_name: str
    position: int
    estimate_s: int | None
    open: bool
    opens: int | None
    rate: bool


class Status(msgspec.Struct, frozen=True):
    status: str
    since: int


class CaseClock(msgspec.Struct, frozen=True):
    """`left_s` is business time, below zero once it is late."""

    name: str
    due: int
    left_s: int
    state: str
    ended: bool


class Case(msgspec.Struct, frozen=True):
    """`why`: of a served case why this agent, of a waiting one why nobody yet."""

    case: str
    desk: str
    conv: str
    customer: str
    customer_name: str
    state: str
    queue: str
    agent: str
    urgent: bool
    reason: str
    position: int
    why: str
    first_seq: int
    clocks: Sequence[CaseClock]
    breached: Sequence[str]
    rating: int
    comment: str
    version: int


class Note(msgspec.Struct, frozen=True):
    author: str
    author_name: str
    at: int
    text: str


class Reply(msgspec.Struct, frozen=True):
    reply: str
    shortcut: str
    title: str
    text: str


class DeskRoad:
    def __init__(self, road: Road) -> None:
        self._road = road

    # --- for customers

    async def place(self, conv: str) -> Place:
        """In one's own service conversation."""
        return _read(await self._road.insist("GET", f"/v1/service/{quote(conv)}"), Place)

    async def call_person(self, conv: str) -> Place:
        """Asked twice, one still waits once."""
        return _read(await self._road.insist("POST", f"/v1/service/{quote(conv)}/person"), Place)

    async def rate(self, case: str, score: int, comment: str = "") -> None:
        body = _json({"score": score, "comment": comment})
        await self._road.ask("POST", f"/v1/cases/{quote(case)}/rating", body)

    # --- for staff

    async def say(self, status: Literal["available", "busy", "away"]) -> Status:
        body = _json({"status": status})
        return _read(await self._road.insist("PUT", "/v1/desk/status", body), Status)

    async def cases(
        self, desk: str, state: Literal["waiting", "serving", "closed"], *, limit: int = 50
    ) -> list[Case]:
        query = urlencode({"state": state, "limit": limit})
        path = f"/v1/desks/{quote(desk)}/cases?{query}"
        return _read(await self._road.insist("GET", path), list[Case])

    async def claim(self, case: str) -> Case:
        """Refused with `case_taken` when another agent was faster."""
        return await self._step(case, "claim", {})

    async def transfer(self, case: str, note: str, *, agent: str = "", queue: str = "") -> Case:
        """To an agent or to a queue, one of them."""
        return await self._step(case, "transfer", {"agent": agent, "queue": queue, "note": note})

    async def give_back(self, case: str, note: str = "") -> Case:
        return await self._step(case, "return", {"note": note})

    async def hand_back(self, case: str, note: str = "") -> Case:
        """To the bot."""
        return await self._step(case, "bot", {"note": note})

    async def close(self, case: str, note: str = "", *, ask_rating: bool = True) -> Case:
        return await self._step(case, "close", {"note": note, "ask_rating": ask_rating})

    async def notes(self, case: str) -> list[Note]:
        """What staff wrote for each other."""
        return _read(await self._road.insist("GET", f"{_at(case)}/notes"), list[Note])

    async def add_note(self, case: str, text: str) -> Note:
        return _read(
            await self._road.ask("POST", f"{_at(case)}/notes", _json({"text": text})), Note
        )

    async def replies(self, desk: str, typed: str = "") -> list[Reply]:
        path = f"/v1/desks/{quote(desk)}/replies?{urlencode({'q': typed})}"
        return _read(await self._road.insist("GET", path), list[Reply])

    async def fill(self, case: str, reply: str) -> str:
        """A canned reply for this case; refused with `missing_variable`."""
        path = f"{_at(case)}/replies/{quote(reply)}"
        return _read(await self._road.insist("POST", path), dict[str, str])["text"]

    async def figures(self, desk: str) -> Mapping[str, Any]:
        """For a supervisor: who waits, who serves, what is late, how it was rated."""
        path = f"/v1/desks/{quote(desk)}/figures"
        return _read(await self._road.insist("GET", path), dict[str, Any])

    async def _step(self, case: str, what: str, body: Mapping[str, object]) -> Case:
        return _read(await self._road.ask("POST", f"{_at(case)}/{what}", _json(body)), Case)


def _at(case: str) -> str:
    return f"{_CASES}/{quote(case)}"


def _json(body: Mapping[str, object]) -> bytes:
    return msgspec.json.encode(body)


def _read(answer: bytes, shape: type[T]) -> T:
    return msgspec.json.decode(answer, type=shape)
