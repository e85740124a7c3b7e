"""Drafts, facts and people, as the suites of the store need them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import count

import msgspec

from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.facts import Change, Fact
from chat_server.domain.message import Draft, Event, EventKind
from chat_server.domain.people import DeviceSession, Person, StaffRole
from chat_server.domain.publishing import Article, Broadcast, BroadcastState, Story, hash_content
from chat_server.ports.store import Store

CONV = "d:ann:bob"
FAR_MS = 4_102_444_800_000  # the year 2100
_mids = count(1)


def draft(
    text: str = "hi",
    *,
    conv: str = CONV,
    sender: str = "ann",
    mid: str = "",
    at_ms: int = 1000,
    counts: bool = True,
    key_id: str = "",
) -> Draft:
    body = text.encode()
    return Draft(
        conv,
        sender,
        mid or f"mid-{next(_mids)}",
        EventKind.MESSAGE,
        body,
        hashlib.sha256(body).digest(),
        at_ms,
        counts,
        key_id,
    )


def fact(kind: str = "tested", *, subject: str = "ann", **detail: str | int | bool) -> Fact:
    return Fact(kind, "admin", subject, 1000, detail)


def member(user: str, conv: str = CONV, role: Role = Role.MEMBER, first_seq: int = 1) -> Membership:
    return Membership(conv, user, role, first_seq)


async def open_direct(store: Store, conv: str = CONV, *users: str) -> None:
    """A conversation of `users`, or of ann and bob."""
    members = [member(user, conv) for user in users or ("ann", "bob")]
    await store.conversations.open_conversation(
        Conversation(conv, ConversationKind.DIRECT), members, fact("conversation_opened")
    )


async def append_many(store: Store, number: int, conv: str = CONV) -> list[Event]:
    futures = [store.messages.append(draft(f"{n}", conv=conv)) for n in range(number)]
    return [(await future).event for future in futures]


async def all_changes(store: Store, page: int = 100) -> list[Change]:
    found: list[Change] = []
    while more := await store.changes.changes(found[-1].position if found else 0, page):
        found += more
    return found


async def fact_kinds(store: Store) -> list[str]:
    return [change.fact.kind for change in await store.audit.facts() if change.fact]


def as_written(record: msgspec.Struct | None) -> bytes:
    """To compare records whose lists may be of another kind."""
    return msgspec.json.encode(record)


def seqs(events: Sequence[Event]) -> list[int]:
    return [event.seq for event in events]


def person(user: str = "zhangwei", name: str = "张伟") -> Person:
    return Person(user, name, StaffRole.CUSTOMER, "hq", "argon2$x", phone="13800138000")


def device_session(
    session_id: str, *, user: str = "ann", device: str = "phone", created_ms: int = 1000
) -> DeviceSession:
    return DeviceSession(session_id, user, device, "hash-1", created_ms, created_ms, FAR_MS)


def broadcast(broadcast_id: str = "b-1", *, submitted_ms: int = 1000) -> Broadcast:
    story = Story("<p>一</p>", "编辑部", more={"thumb_media_id": "m.1"})
    articles = (
        Article("标题", "摘要", ("第一段", "第二段")),
        Article("图文", "", ("一",), story=story),
    )
    return Broadcast(
        broadcast_id,
        "@icbc",
        articles,
        hash_content("@icbc", articles),
        BroadcastState.SUBMITTED,
        "ops",
        submitted_ms,
    )
