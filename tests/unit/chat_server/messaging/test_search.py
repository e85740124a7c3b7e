"""Who searches finds what they may read now, and nothing else."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.memory.search import MemorySearchIndex
from chat_server.delivery.indexer import Indexer
from chat_server.domain import bodies
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import InvalidValue, NotAMember, RateLimited
from chat_server.domain.message import Draft, EventKind
from chat_server.domain.own import Clear
from chat_server.domain.searching import Readable, question
from chat_server.ports.store import Store
from chat_server.usecases.messaging.search import PACE, PAGE, Search
from tests.socket_house import DIRECT, FEED, draft, fact

GROUP = "g:savers"


@pytest.fixture
def index() -> MemorySearchIndex:
    return MemorySearchIndex()


@pytest.fixture
def search(store: Store, index: MemorySearchIndex) -> Search:
    return Search(index, store.conversations, store.people, SystemClock())


@pytest.fixture
def indexer(store: Store, index: MemorySearchIndex) -> Indexer:
    return Indexer(store.changes, index, SystemClock(), idle_s=0.001)


def acted(kind: EventKind, body: bodies.Body, mid: str) -> Draft:
    whole = msgspec.json.encode(body)
    return Draft(DIRECT, "ann", mid, kind, whole, whole[:16], 1)


async def seqs(search: Search, user: str, text: str, conv: str = "") -> list[tuple[str, int]]:
    found = await search.messages(user, text, conv=conv, before=None)
    return [(hit.entry.conv, hit.entry.seq) for hit in found.hits]


async def open_group(store: Store, *users: str) -> None:
    await store.conversations.open_conversation(
        Conversation(GROUP, ConversationKind.GROUP, title="savers"),
        [Membership(GROUP, user, Role.MEMBER) for user in users],
        fact("conversation_opened", GROUP),
    )


async def test_both_of_a_conversation_find_its_words_and_nobody_else(
    store: Store, search: Search, indexer: Indexer
) -> None:
    await store.messages.append(draft(DIRECT, "ann", "1", "请给李娜转500块"))
    await indexer.catch_up()
    for user in ("ann", "bob"):
        found = await search.messages(user, "李娜", conv="", before=None)
        (hit,) = found.hits
        assert (hit.entry.conv, hit.entry.seq, hit.entry.sender) == (DIRECT, 1, "ann")
        assert hit.snippet.text == "请给李娜转500块"
        assert hit.snippet.marks == [(2, 4)]
        assert found.more is None
    assert await seqs(search, "eve", "李娜") == []
    assert await seqs(search, "mia", "李娜") == []


async def test_one_conversation_alone_is_searched_by_its_members_only(
    store: Store, search: Search, indexer: Indexer
) -> None:
    await store.messages.append(draft(DIRECT, "ann", "1", "定期"))
    await store.messages.append(draft(FEED, "@bank", "1", "定期"))
    await indexer.catch_up()
    assert await seqs(search, "ann", "定期") == [(FEED, 1), (DIRECT, 1)]
    assert await seqs(search, "ann", "定期", DIRECT) == [(DIRECT, 1)]
    with pytest.raises(NotAMember):
        await seqs(search, "eve", "定期", DIRECT)
    with pytest.raises(NotAMember):
        await seqs(search, "eve", "定期", "g:nowhere")


async def test_who_left_finds_what_came_before_and_who_joins_what_comes_after(
    store: Store, search: Search, indexer: Indexer
) -> None:
    await open_group(store, "ann", "bob")
    await store.messages.append(draft(GROUP, "ann", "1", "定期 one"))
    await indexer.catch_up()
    await store.conversations.leave(GROUP, "bob", fact("left", GROUP))
    await store.conversations.join(
        Membership(GROUP, "eve", Role.MEMBER, first_seq=2), fact("joined", GROUP)
    )
    await store.messages.append(draft(GROUP, "ann", "2", "定期 two"))
    await indexer.catch_up()
    assert await seqs(search, "ann", "定期") == [(GROUP, 2), (GROUP, 1)]
    assert await seqs(search, "bob", "定期") == [(GROUP, 1)]
    assert await seqs(search, "eve", "定期") == [(GROUP, 2)]


async def test_what_was_cleared_is_found_by_the_others_only(
    store: Store, search: Search, indexer: Indexer
) -> None:
    for mid in ("1", "2"):
        await store.messages.append(draft(DIRECT, "ann", mid, "定期"))
    await indexer.catch_up()
    await store.own.settle(DIRECT, "bob", Clear(1))
    assert await seqs(search, "bob", "定期") == [(DIRECT, 2)]
    assert await seqs(search, "ann", "定期") == [(DIRECT, 2), (DIRECT, 1)]


async def test_pages_follow_each_other_without_a_gap(
    store: Store, search: Search, indexer: Indexer
) -> None:
    for n in range(1, 2 * PAGE + 2):
        await store.messages.append(draft(DIRECT, "ann", str(n), f"定期 {n}"))
    await indexer.catch_up()
    found, before = [], None
    for _ in range(3):
        page = await search.messages("bob", "定期", conv="", before=before)
        found += [hit.entry.seq for hit in page.hits]
        before = page.more
    assert found == list(range(2 * PAGE + 1, 0, -1))
    assert before is None


async def test_edits_and_recalls_are_found_as_they_now_read(
    store: Store, search: Search, indexer: Indexer
) -> None:
    await store.messages.append(draft(DIRECT, "ann", "1", "三年定期"))
    await store.messages.append(draft(DIRECT, "ann", "2", "定期到期"))
    await indexer.catch_up()
    edit = bodies.Edit(target=1, body=bodies.Text(text="五年存单"))
    await store.messages.append(acted(EventKind.EDIT, edit, "3"))
    await store.messages.append(acted(EventKind.RECALL, bodies.Recall(target=2), "4"))
    await indexer.catch_up()
    assert await seqs(search, "bob", "定期") == []
    assert await seqs(search, "bob", "存单") == [(DIRECT, 1)]


async def test_files_are_found_by_name(store: Store, search: Search, indexer: Indexer) -> None:
    file = bodies.File(media="0" * 64, name="定期利率.pdf", size=1, mime="application/pdf")
    await store.messages.append(acted(EventKind.MESSAGE, file, "1"))
    await store.messages.append(draft(DIRECT, "ann", "2", "定期利率"))
    await indexer.catch_up()
    found = await search.messages("bob", "利率", conv="", files=True, before=None)
    assert [(hit.entry.seq, hit.entry.text) for hit in found.hits] == [(1, "定期利率.pdf")]


async def test_people_are_those_one_talks_to_and_shares_groups_with(
    store: Store, search: Search
) -> None:
    await open_group(store, "ann", "eve", "bob")
    known = await search.people("ann", "b")
    assert [(each.card.user, each.conv) for each in known] == [("bob", DIRECT)]
    (eve,) = await search.people("ann", "EVE")
    assert (eve.card.name, eve.conv) == ("Eve", GROUP)
    assert await search.people("mia", "eve") == []
    assert await search.people("ann", "ann") == []
    (mia,) = await search.people("ann", "mia")
    assert mia.card.badge == "manager"


async def test_a_search_without_words_and_one_too_many_are_refused(search: Search) -> None:
    with pytest.raises(InvalidValue):
        await seqs(search, "ann", "…")
    for _ in range(PACE.burst):
        await seqs(search, "ann", "x")
    with pytest.raises(RateLimited) as refused:
        await seqs(search, "ann", "x")
    assert refused.value.retry_after_s
    await seqs(search, "bob", "x")


async def test_the_indexer_follows_while_people_write(
    store: Store, index: MemorySearchIndex, indexer: Indexer
) -> None:
    running = asyncio.create_task(indexer.run())
    for n in range(1, 4):
        await store.messages.append(draft(DIRECT, "ann", str(n), f"定期 {n}"))
        async with asyncio.timeout(5):
            while not await index.find(  # noqa: ASYNC110 - looks from outside, as a reader would
                question(str(n)), [Readable(DIRECT)], limit=1
            ):
                await asyncio.sleep(0.002)
    running.cancel()


async def test_an_index_of_another_store_is_begun_anew(
    store: Store, search: Search, index: MemorySearchIndex, indexer: Indexer
) -> None:
    await index.index(0, [], 10_000)
    await store.messages.append(draft(DIRECT, "ann", "1", "定期"))
    await indexer.catch_up()
    assert await seqs(search, "ann", "定期") == [(DIRECT, 1)]


async def test_what_is_not_said_in_words_is_passed_over(
    store: Store, index: MemorySearchIndex, indexer: Indexer
) -> None:
    state = bodies.CardState(card=1, card_id="c", state="done")
    strange = Draft(DIRECT, "ann", "2", EventKind.MESSAGE, b'{"type":"of-tomorrow"}', b"h", 1)
    await store.messages.append(acted(EventKind.CARD_STATE, state, "1"))
    await store.messages.append(strange)
    assert await indexer.catch_up() == await index.position() > 0
