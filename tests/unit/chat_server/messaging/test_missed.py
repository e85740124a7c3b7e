"""What was missed in many conversations: all of it or nothing, and only to who is in them."""

from __future__ import annotations

from chat_server.domain.bodies import Recall
from chat_server.ports.store import Store
from chat_server.usecases.messaging.missed import FEW, ReadMissed
from tests.contracts.store_samples import append_many, draft, fact, member, open_direct, seqs


def reading(store: Store) -> ReadMissed:
    return ReadMissed(store.messages, store.conversations)


async def test_what_came_after_the_cursors_is_told_with_everybodys_marks(store: Store) -> None:
    for other in ("x", "y"):
        await open_direct(store, f"d:ann:{other}", "ann", other)
        await append_many(store, 3, f"d:ann:{other}")
    await store.conversations.advance("d:ann:x", "x", read=2)
    missed = await reading(store)("ann", {"d:ann:x": 1, "d:ann:y": 3})
    assert seqs(missed["d:ann:x"].page.events) == [2, 3]
    assert [(one.user, one.read) for one in missed["d:ann:x"].members] == [("ann", 0), ("x", 2)]
    assert missed["d:ann:y"].page.events == []
    assert (missed["d:ann:y"].page.head, missed["d:ann:y"].page.more) == (3, False)


async def test_who_left_or_was_never_there_is_told_nothing(store: Store) -> None:
    for conv in ("d:ann:x", "d:x:y"):
        await open_direct(store, conv, *conv.split(":")[1:])
        await append_many(store, 3, conv)
    await store.conversations.leave("d:ann:x", "ann", fact())
    assert await reading(store)("ann", {"d:ann:x": 0, "d:x:y": 0, "d:no:body": 0}) == {}


async def test_more_than_a_few_are_read_by_themselves(store: Store) -> None:
    for other, number in (("x", FEW), ("y", FEW - 1)):
        await open_direct(store, f"d:ann:{other}", "ann", other)
        await append_many(store, number, f"d:ann:{other}")
    assert set(await reading(store)("ann", {"d:ann:x": 0, "d:ann:y": 0})) == {"d:ann:y"}


async def test_too_many_bytes_are_read_by_themselves(store: Store) -> None:
    await open_direct(store, "d:ann:x", "ann", "x")
    for _ in range(3):
        await store.messages.append(draft("x" * 60_000, conv="d:ann:x"))
    assert await reading(store)("ann", {"d:ann:x": 0}) == {}


async def test_whose_view_begins_later_is_read_by_itself(store: Store) -> None:
    await open_direct(store, "d:ann:x", "x")
    await append_many(store, 3, "d:ann:x")
    await store.conversations.join(member("ann", "d:ann:x", first_seq=3), fact())
    assert await reading(store)("ann", {"d:ann:x": 0}) == {}
    assert seqs((await reading(store)("ann", {"d:ann:x": 2}))["d:ann:x"].page.events) == [3]


async def test_what_was_recalled_is_told_without_its_words(store: Store) -> None:
    await open_direct(store, "d:ann:x", "ann", "x")
    sent = await store.messages.append(draft('{"type":"text","text":"hi"}', conv="d:ann:x"))
    await store.messages.act(draft(conv="d:ann:x", mid="r"), Recall(sent.event.seq))
    page = (await reading(store)("x", {"d:ann:x": 0}))["d:ann:x"].page
    assert b"hi" not in page.events[0].body
    assert page.forms[1].recalled
