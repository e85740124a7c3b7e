"""Followers, tags and the black list: each step is one transaction of the writer.

A batch goes through one statement, whatever its size; the count of a tag is kept beside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from chat_server.adapters.rules import rejoined
from chat_server.adapters.rules_followers import (
    FULL,
    arrived,
    barred,
    counted,
    found_tag,
    next_tag,
    renamed_tag,
)
from chat_server.adapters.sqlite.conversations import keep, membership_in
from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import Table
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.accounts.following import TAGS_EACH, Follower, Tag
from chat_server.domain.conversation import Membership
from chat_server.domain.errors import NotAccepting, TooLong
from chat_server.domain.facts import Fact
from chat_server.domain.ids import feed_conversation, service_conversation

TAGS = Table("account_tags", Tag)

_AMONG = "SELECT value FROM json_each(:customers)"
_PRESENT = """
SELECT user FROM memberships INDEXED BY followers
WHERE conv = :feed AND role = 'follower' AND left_seq IS NULL AND user > :after
ORDER BY user LIMIT :limit
"""
_TAGGED = """
SELECT customer FROM follower_tags
WHERE account = :account AND tag = :tag AND customer > :after ORDER BY customer LIMIT :limit
"""
_BLACK_LIST = """
SELECT customer FROM follower_notes
WHERE account = :account AND blocked = 1 AND customer > :after ORDER BY customer LIMIT :limit
"""
_FOLLOWERS = """
WITH who (customer) AS ({})
SELECT who.customer, m.left_seq IS NULL AND m.user IS NOT NULL, f.followed_ms, f.source, f.scene,
  f.remark, f.blocked, f.returns, (
    SELECT json_group_array(tag) FROM (
      SELECT tag FROM follower_tags AS t
      WHERE t.account = :account AND t.customer = who.customer ORDER BY tag))
FROM who
LEFT JOIN memberships AS m ON m.conv = :feed AND m.user = who.customer AND m.role = 'follower'
LEFT JOIN follower_notes AS f ON f.account = :account AND f.customer = who.customer
WHERE m.user IS NOT NULL OR f.customer IS NOT NULL ORDER BY who.customer
"""
_KEEP = "REPLACE INTO follower_notes VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_TAG = """
INSERT OR IGNORE INTO follower_tags (account, tag, customer)
SELECT :account, :tag, m.user FROM json_each(:customers) AS j
CROSS JOIN memberships AS m ON m.conv = :feed AND m.user = j.value
WHERE m.role = 'follower' AND m.left_seq IS NULL
"""
_FULL = f"""
SELECT 1 FROM json_each(:customers) AS j
WHERE (SELECT count(*) FROM follower_tags AS t
       WHERE t.account = :account AND t.customer = j.value AND t.tag <> :tag) >= {TAGS_EACH}
LIMIT 1
"""  # noqa: S608 - our own number
_UNTAG = f"""
DELETE FROM follower_tags WHERE account = :account AND tag = :tag AND customer IN ({_AMONG})
"""  # noqa: S608 - our own words
_COUNT = "UPDATE account_tags SET count = count + :by WHERE account = :account AND tag = :tag"
_UNTAG_ALL = """
UPDATE account_tags SET count = count - 1 WHERE account = ?1 AND tag IN (
  SELECT tag FROM follower_tags WHERE account = ?1 AND customer = ?2)
"""
_OFF_ALL = "DELETE FROM follower_tags WHERE account = ?1 AND customer = ?2"


class SqliteFollowerStore:
    def __init__(self, writer: Writer, pages: Reader) -> None:
        self._writer, self._pages = writer, pages

    async def follow(self, follower: Follower, membership: Membership, fact: Fact) -> bool:
        def work(log: Log) -> bool:
            former = _one(log.conn, follower.account, follower.customer)
            if former is not None and former.blocked:
                raise NotAccepting("this account does not take you now")
            place = membership_in(log.conn, membership.conv, membership.user)
            if place is not None and place.left_seq is None:
                return False
            keep(log.conn, rejoined(place, membership))
            _keep(log.conn, arrived(former, follower))
            log.note(fact)
            return True

        return await self._writer.submit(work)

    async def unfollow(self, account: str, customer: str, fact: Fact) -> bool:
        def work(log: Log) -> bool:
            former = _one(log.conn, account, customer)
            if former is None or not (former.following or former.returns):
                return False
            feed = feed_conversation(account)
            place = membership_in(log.conn, feed, customer)
            if former.following and place is not None:
                keep(log.conn, replace(place, left_seq=log.heads([feed])[feed].seq))
            _untag_all(log.conn, account, customer)
            _keep(log.conn, replace(former, returns=False))
            log.note(fact)
            return True

        return await self._writer.submit(work)

    async def block(self, account: str, customer: str, fact: Fact, *, blocked: bool) -> bool:
        feed = feed_conversation(account)

        def work(log: Log) -> bool:
            former = _one(log.conn, account, customer) or Follower(account, customer)
            if former.blocked == blocked:
                return False
            convs = (feed, service_conversation(account, customer))
            found = [membership_in(log.conn, conv, customer) for conv in convs]
            head = log.heads([feed])[feed].seq
            after, places = barred(former, [each for each in found if each], head, blocked=blocked)
            for place in places:
                keep(log.conn, place)
            if blocked:
                _untag_all(log.conn, account, customer)
            _keep(log.conn, after)
            log.note(fact)
            return True

        return await self._writer.submit(work)

    async def remark(self, account: str, customer: str, remark: str, fact: Fact) -> bool:
        def work(log: Log) -> bool:
            former = _one(log.conn, account, customer)
            if former is None or not former.following or former.remark == remark:
                return False
            _keep(log.conn, replace(former, remark=remark))
            log.note(fact)
            return True

        return await self._writer.submit(work)

    async def among(self, account: str, customers: Iterable[str]) -> Sequence[Follower]:
        return await self._listed(_AMONG, account, customers=_json(set(customers)))

    async def page(
        self, account: str, *, after: str = "", limit: int, tag: int = 0
    ) -> Sequence[Follower]:
        who = _TAGGED if tag else _PRESENT
        return await self._listed(who, account, after=after, limit=max(limit, 0), tag=tag)

    async def black_list(self, account: str, *, after: str = "", limit: int) -> Sequence[Follower]:
        return await self._listed(_BLACK_LIST, account, after=after, limit=max(limit, 0))

    async def black_list_count(self, account: str) -> int:
        query = "SELECT count(*) FROM follower_notes WHERE account = ? AND blocked = 1"
        row = await self._pages.ask(lambda conn: conn.execute(query, (account,)).fetchone())
        count: int = row[0]
        return count

    async def tags(self, account: str) -> Sequence[Tag]:
        where = "WHERE account = ? AND name <> '' ORDER BY tag"
        return await self._pages.ask(lambda conn: TAGS.all(conn, where, account))

    async def create_tag(self, account: str, name: str, fact: Fact) -> Tag:
        def work(log: Log) -> Tag:
            tag = next_tag(_tags(log.conn, account), account, name)
            log.conn.execute(TAGS.insert, TAGS.row(tag))
            log.note(fact)
            return tag

        return await self._writer.submit(work)

    async def rename_tag(self, account: str, tag: int, name: str, fact: Fact) -> None:
        def work(log: Log) -> None:
            former = _tags(log.conn, account)
            renamed = renamed_tag(former, tag, name)
            if renamed not in former:
                log.conn.execute(TAGS.replace, TAGS.row(renamed))
                log.note(fact)

        await self._writer.submit(work)

    async def delete_tag(self, account: str, tag: int, fact: Fact) -> None:
        def work(log: Log) -> None:
            gone = replace(found_tag(_tags(log.conn, account), tag), name="", count=0)
            log.conn.execute(TAGS.replace, TAGS.row(gone))
            key = (account, tag)
            log.conn.execute("DELETE FROM follower_tags WHERE account = ? AND tag = ?", key)
            log.note(fact)

        await self._writer.submit(work)

    async def tag(self, account: str, tag: int, customers: Iterable[str], fact: Fact) -> int:
        asked = _asked(account, tag, customers)

        def work(log: Log) -> int:
            found_tag(_tags(log.conn, account), tag)
            if log.conn.execute(_FULL, asked).fetchone():
                raise TooLong(FULL)
            return _counted(log, asked, log.conn.execute(_TAG, asked).rowcount, fact, sign=1)

        return await self._writer.submit(work)

    async def untag(self, account: str, tag: int, customers: Iterable[str], fact: Fact) -> int:
        asked = _asked(account, tag, customers)

        def work(log: Log) -> int:
            found_tag(_tags(log.conn, account), tag)
            return _counted(log, asked, log.conn.execute(_UNTAG, asked).rowcount, fact, sign=-1)

        return await self._writer.submit(work)

    async def _listed(self, who: str, account: str, **bound: object) -> list[Follower]:
        return await self._pages.ask(lambda conn: _listed(conn, who, account, **bound))


def _listed(conn: sqlite3.Connection, who: str, account: str, **bound: object) -> list[Follower]:
    asked = {"account": account, "feed": feed_conversation(account), **bound}
    return [_follower(account, row) for row in conn.execute(_FOLLOWERS.format(who), asked)]


def _one(conn: sqlite3.Connection, account: str, customer: str) -> Follower | None:
    return next(iter(_listed(conn, _AMONG, account, customers=_json([customer]))), None)


def _follower(account: str, row: Sequence[Any]) -> Follower:
    customer, following, followed_ms, source, scene, remark, blocked, returns, tags = row
    return Follower(
        account,
        customer,
        bool(following),
        followed_ms or 0,
        source or "",
        scene or "",
        remark or "",
        bool(blocked),
        bool(returns),
        tuple(msgspec.json.decode(tags, type=list[int])),
    )


def _keep(conn: sqlite3.Connection, one: Follower) -> None:
    how = (one.followed_ms, one.source, one.scene)
    row = (one.account, one.customer, *how, one.remark, one.blocked, one.returns)
    conn.execute(_KEEP, row)


def _tags(conn: sqlite3.Connection, account: str) -> list[Tag]:
    return TAGS.all(conn, "WHERE account = ? ORDER BY tag", account)


def _untag_all(conn: sqlite3.Connection, account: str, customer: str) -> None:
    for statement in (_UNTAG_ALL, _OFF_ALL):
        conn.execute(statement, (account, customer))


def _asked(account: str, tag: int, customers: Iterable[str]) -> dict[str, object]:
    feed = feed_conversation(account)
    return {"account": account, "feed": feed, "tag": tag, "customers": _json(set(customers))}


def _counted(log: Log, asked: Mapping[str, object], count: int, fact: Fact, *, sign: int) -> int:
    if count:
        log.conn.execute(_COUNT, {**asked, "by": sign * count})
        log.note(counted(fact, count))
    return count


def _json(customers: Iterable[str]) -> str:
    return msgspec.json.encode(sorted(customers)).decode()
