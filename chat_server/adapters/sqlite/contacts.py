"""Contacts and sightings: a tie and its direct conversation are one transaction of the writer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from chat_server.adapters.rules import check_tie, opened_direct
from chat_server.adapters.sqlite.conversations import conversation_in, keep
from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import CONVERSATIONS, PEOPLE, Table
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.contacts import Audience, Privacy, Tie, sorted_pair
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation
from chat_server.domain.people import Person

_TIES = Table("ties", Tie, lists=["sides"])
_PRIVACY = Table("privacy", Privacy)
_OF_PAIR = "WHERE one = ? AND other = ?"
_OF_ONE = (
    "WHERE one = :user AND other > :after OR other = :user AND one > :after"
    " ORDER BY iif(one = :user, other, one) LIMIT :limit"
)
_AMONG = (
    "WHERE one = :user AND other IN (SELECT value FROM json_each(:peers))"
    " OR other = :user AND one IN (SELECT value FROM json_each(:peers))"
    " ORDER BY iif(one = :user, other, one)"
)
_IN = "IN (SELECT value FROM json_each(?))"


class SqliteContactStore:
    def __init__(self, writer: Writer, points: Reader, pages: Reader) -> None:
        self._writer, self._points, self._pages = writer, points, pages

    async def tie(self, user: str, peer: str) -> Tie | None:
        pair = sorted_pair(user, peer)
        return await self._points.ask(lambda conn: _TIES.one(conn, _OF_PAIR, *pair))

    async def ties(self, user: str, *, after: str = "", limit: int = 500) -> Sequence[Tie]:
        asked = {"user": user, "after": after, "limit": max(limit, 0)}
        return await self._pages.ask(
            lambda conn: [
                _TIES.read(row) for row in conn.execute(f"{_TIES.select} {_OF_ONE}", asked)
            ]
        )

    async def ties_among(self, user: str, peers: Iterable[str]) -> Sequence[Tie]:
        asked = {"user": user, "peers": _listed(peers)}
        return await self._pages.ask(
            lambda conn: [
                _TIES.read(row) for row in conn.execute(f"{_TIES.select} {_AMONG}", asked)
            ]
        )

    async def put(self, tie: Tie, fact: Fact) -> None:
        conv = direct_conversation(tie.one, tie.other)

        def work(log: Log) -> None:
            check_tie(tie, _TIES.one(log.conn, _OF_PAIR, tie.one, tie.other))
            found = conversation_in(log.conn, conv)
            if found is not None and tie.talks is not None:
                changed = replace(found, silent=not tie.talks)
                log.conn.execute(CONVERSATIONS.replace, CONVERSATIONS.row(changed))
            elif tie.talks:
                conversation, members = opened_direct(tie)
                log.conn.execute(CONVERSATIONS.insert, CONVERSATIONS.row(conversation))
                for member in members:
                    keep(log.conn, member)
            log.conn.execute(_TIES.replace, _TIES.row(tie))
            log.note(fact)

        await self._writer.submit(work)

    async def privacy(self, users: Iterable[str]) -> Mapping[str, Privacy]:
        wanted = list(users)
        found = await self._points.ask(
            lambda conn: _PRIVACY.all(conn, f"WHERE user {_IN}", _listed(wanted))
        )
        said = {each.user: each for each in found}
        return {user: said.get(user, Privacy(user)) for user in wanted}

    async def set_privacy(
        self, user: str, *, findable: bool, audience: Audience, fact: Fact
    ) -> None:
        def work(log: Log) -> None:
            log.conn.execute(
                "INSERT INTO privacy (user, findable, audience, card) VALUES (?, ?, ?, '')"
                " ON CONFLICT (user) DO UPDATE SET findable = excluded.findable,"
                " audience = excluded.audience",
                (user, findable, audience.value),
            )
            log.note(fact)

        await self._writer.submit(work)

    async def renew_card(self, user: str, former: str, card: str, fact: Fact) -> bool:
        def work(log: Log) -> bool:
            kept = _PRIVACY.one(log.conn, "WHERE user = ?", user) or Privacy(user)
            if kept.card != former:
                return False
            log.conn.execute(_PRIVACY.replace, _PRIVACY.row(replace(kept, card=card)))
            log.note(fact)
            return True

        return await self._writer.submit(work)

    async def card_holder(self, card: str) -> str:
        found = await self._points.ask(
            lambda conn: _PRIVACY.one(conn, "WHERE card = ? AND card <> ''", card)
        )
        return found.user if found else ""

    async def holders(self, numbers: Iterable[str]) -> Sequence[Person]:
        asked = _listed(number for number in numbers if number)
        where = f"WHERE user {_IN} OR phone <> '' AND phone {_IN} ORDER BY user"
        return await self._pages.ask(lambda conn: PEOPLE.all(conn, where, asked, asked))


class SqliteSightingStore:
    def __init__(self, writer: Writer, pages: Reader) -> None:
        self._writer, self._pages = writer, pages

    async def note_seen(self, seen: Mapping[str, int]) -> None:
        def work(log: Log) -> None:
            log.conn.executemany(
                "INSERT INTO sightings (user, at_ms) VALUES (?, ?)"
                " ON CONFLICT (user) DO UPDATE SET at_ms = max(at_ms, excluded.at_ms)",
                seen.items(),
            )

        if seen:
            await self._writer.submit(work)

    async def last_seen(self, users: Iterable[str]) -> Mapping[str, int]:
        asked = _listed(users)
        where = f"SELECT user, at_ms FROM sightings WHERE user {_IN}"  # noqa: S608 - our own words
        return await self._pages.ask(lambda conn: dict(conn.execute(where, (asked,)).fetchall()))


def _listed(names: Iterable[str]) -> str:
    return msgspec.json.encode(list(names)).decode()
