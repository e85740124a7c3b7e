"""Asking, answering, keeping and parting."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from chat_server.domain.contacts import REQUEST_LIFE_MS
from chat_server.domain.errors import BankDuty, Forbidden, NotFound, RateLimited, TooLong
from chat_server.ports.bus import ContactsChanged, MembershipChanged
from chat_server.usecases.contacts.ask import PER_ASKER
from chat_server.usecases.contacts.open import ContactBook
from chat_server.usecases.identity.people import NewPerson
from tests.front_desk import FrontDesk

CONV = "d:lina:zhangwei"


@pytest.fixture
def book(desk: FrontDesk) -> ContactBook:
    return desk.cases.contacts


async def ticket(book: ContactBook, finder: str, user: str) -> str:
    return (await book.find.by_card(finder, "192.0.2.1", await book.privacy.card(user))).ticket


async def ask(book: ContactBook, asker: str, user: str, greeting: str = "") -> None:
    await book.requests.ask(asker, await ticket(book, asker, user), greeting)


async def befriend(book: ContactBook) -> None:
    await ask(book, "zhangwei", "lina")
    await book.requests.accept("lina", "zhangwei")


async def names(book: ContactBook, user: str) -> list[str]:
    return [each.user for each in (await book.contacts.page(user, after="", limit=10))[0]]


async def test_a_request_waits_with_its_greeting_until_it_is_accepted(desk, book):
    await ask(book, "zhangwei", "lina", " 我是  张伟 ")
    theirs, mine = await book.requests.waiting("lina")
    assert [(each.user, each.greeting) for each in theirs] == [("zhangwei", "我是 张伟")]
    assert mine == []
    assert [each.user for each in (await book.requests.waiting("zhangwei"))[1]] == ["lina"]
    assert await desk.store.conversations.conversation(CONV) is None
    desk.signals.clear()
    await book.requests.accept("lina", "zhangwei")
    assert desk.signals == [
        MembershipChanged(CONV, "lina"),
        MembershipChanged(CONV, "zhangwei"),
        ContactsChanged(("lina", "zhangwei")),
    ]
    assert await names(book, "lina") == ["zhangwei"]
    assert await names(book, "zhangwei") == ["lina", "wangfang"]
    assert await book.requests.waiting("lina") == ([], [])


async def test_the_greeting_is_the_first_word_once(desk, book):
    await ask(book, "zhangwei", "lina", "我的卡 4111111111111111")
    for _ in range(2):
        await book.requests.accept("lina", "zhangwei")
    (event,) = await desk.store.messages.events(CONV, after=0, limit=9)
    assert event.sender == "zhangwei"
    assert msgspec.json.decode(event.body)["text"] == "我的卡 4111********1111"


async def test_asking_again_while_it_waits_changes_nothing(desk, book):
    await ask(book, "zhangwei", "lina", "one")
    await ask(book, "zhangwei", "lina", "two")
    assert len(await desk.facts("contact_requested")) == 1
    assert (await book.requests.waiting("lina"))[0][0].greeting == "one"


async def test_two_who_ask_each_other_are_contacts(desk, book):
    await ask(book, "zhangwei", "lina", "hello")
    await ask(book, "lina", "zhangwei")
    assert await names(book, "lina") == ["zhangwei"]
    assert len(await desk.facts("contact_added")) == 1


async def test_asking_and_accepting_at_once_makes_one_friendship(desk, book):
    tickets = {
        "zhangwei": await ticket(book, "zhangwei", "lina"),
        "lina": await ticket(book, "lina", "zhangwei"),
    }
    await asyncio.gather(*(book.requests.ask(u, t, "") for u, t in tickets.items() for _ in "ab"))
    assert len(await desk.facts("contact_added")) == 1
    assert await names(book, "lina") == ["zhangwei"]
    assert len(await desk.store.conversations.members(CONV)) == 2


async def test_a_refusal_is_not_told_to_who_asked(book):
    await ask(book, "zhangwei", "lina")
    await book.requests.refuse("lina", "zhangwei")
    assert (await book.requests.waiting("lina"))[0] == []
    assert [each.user for each in (await book.requests.waiting("zhangwei"))[1]] == ["lina"]
    await ask(book, "zhangwei", "lina", "please")
    assert (await book.requests.waiting("lina"))[0] == []
    with pytest.raises(NotFound):
        await book.requests.accept("lina", "zhangwei")
    with pytest.raises(NotFound):
        await book.requests.refuse("lina", "zhangwei")


async def test_who_refused_may_ask_and_both_have_said_yes(book):
    await ask(book, "zhangwei", "lina")
    await book.requests.refuse("lina", "zhangwei")
    await ask(book, "lina", "zhangwei")
    assert await names(book, "zhangwei") == ["lina", "wangfang"]


async def test_a_request_lapses_and_may_be_made_again(desk, book):
    await ask(book, "zhangwei", "lina")
    desk.clock.move(REQUEST_LIFE_MS / 1000)
    assert await book.requests.waiting("lina") == ([], [])
    assert await book.requests.waiting("zhangwei") == ([], [])
    with pytest.raises(NotFound):
        await book.requests.accept("lina", "zhangwei")
    await ask(book, "zhangwei", "lina")
    assert len((await book.requests.waiting("lina"))[0]) == 1


async def test_nobody_accepts_what_they_asked_themselves(book):
    await ask(book, "zhangwei", "lina")
    with pytest.raises(NotFound):
        await book.requests.accept("zhangwei", "lina")


async def test_a_greeting_too_long_asks_nobody(book):
    with pytest.raises(TooLong):
        await ask(book, "zhangwei", "lina", "长" * 101)
    assert (await book.requests.waiting("lina"))[0] == []


async def test_asking_many_is_refused_until_later(desk, book):
    for n in range(PER_ASKER.burst + 1):
        new = NewPerson(user=f"c{n}", name=f"客户{n}", password="demo-demo", branch="chaoyang")
        await desk.add_person(new, actor="test")
    tickets = [await ticket(book, "zhangwei", f"c{n}") for n in range(10)]
    desk.clock.move(1200)
    tickets += [await ticket(book, "zhangwei", f"c{n}") for n in range(10, PER_ASKER.burst + 1)]
    for each in tickets[:-1]:
        await book.requests.ask("zhangwei", each, "")
    with pytest.raises(RateLimited) as caught:
        await book.requests.ask("zhangwei", tickets[-1], "")
    assert caught.value.retry_after_s is not None


async def test_a_remark_and_tags_are_ones_own(desk, book):
    await befriend(book)
    desk.signals.clear()
    await book.contacts.note("lina", "zhangwei", remark=" 老 张 ", tags=["同学", " ", "同学"])
    assert desk.signals == [ContactsChanged(("lina",))]
    (contact,), _ = await book.contacts.page("lina", after="", limit=10)
    assert (contact.side.remark, contact.side.tags, contact.name) == ("老 张", ("同学",), "张伟")
    (other, _), _ = await book.contacts.page("zhangwei", after="", limit=10)
    assert (other.side.remark, list(other.side.tags)) == ("", [])
    await book.contacts.note("lina", "zhangwei", remark="", tags=None)
    (contact,), _ = await book.contacts.page("lina", after="", limit=10)
    assert (contact.side.remark, list(contact.side.tags)) == ("", ["同学"])
    before = await desk.facts("contact_noted")
    await book.contacts.note("lina", "zhangwei", remark=None, tags=["同学"])
    assert await desk.facts("contact_noted") == before
    assert all(not fact.detail for fact in before)


async def test_strangers_get_no_remark(book):
    with pytest.raises(NotFound):
        await book.contacts.note("lina", "zhangwei", remark="x", tags=None)
    with pytest.raises(TooLong):
        await book.contacts.note("zhangwei", "wangfang", remark="长" * 33, tags=None)


async def test_parting_is_for_both_and_may_be_mended(desk, book):
    await befriend(book)
    await book.contacts.note("lina", "zhangwei", remark="老张", tags=None)
    await book.contacts.remove("lina", "zhangwei")
    assert await names(book, "lina") == []
    assert await names(book, "zhangwei") == ["wangfang"]
    assert (await desk.store.conversations.conversation(CONV)).silent
    with pytest.raises(NotFound):
        await book.contacts.remove("lina", "zhangwei")
    await befriend(book)
    assert not (await desk.store.conversations.conversation(CONV)).silent
    (contact,), _ = await book.contacts.page("lina", after="", limit=10)
    assert contact.side.remark == ""


async def test_a_block_hides_nothing_from_the_other_but_closes_the_door(desk, book):
    await befriend(book)
    for _ in range(2):
        await book.contacts.block("lina", "zhangwei")
    assert len(await desk.facts("contact_blocked")) == 1
    (contact,), _ = await book.contacts.page("lina", after="", limit=10)
    assert contact.side.blocks
    assert await names(book, "zhangwei") == ["lina", "wangfang"]
    assert (await desk.store.conversations.conversation(CONV)).silent
    with pytest.raises(NotFound):
        await ticket(book, "zhangwei", "lina")
    with pytest.raises(Forbidden):
        await ask(book, "lina", "zhangwei")
    await book.contacts.unblock("lina", "zhangwei")
    assert not (await desk.store.conversations.conversation(CONV)).silent


async def test_who_asks_may_be_blocked_and_asks_no_more(book):
    await ask(book, "zhangwei", "lina")
    await book.contacts.block("lina", "zhangwei")
    assert await book.requests.waiting("lina") == ([], [])
    await book.contacts.unblock("lina", "zhangwei")
    assert await book.requests.waiting("lina") == ([], [])
    with pytest.raises(NotFound):
        await book.contacts.block("zhangwei", "lina")


async def test_both_may_block_and_one_mercy_is_not_enough(desk, book):
    await befriend(book)
    await book.contacts.block("lina", "zhangwei")
    await book.contacts.block("zhangwei", "lina")
    await book.contacts.unblock("lina", "zhangwei")
    assert (await desk.store.conversations.conversation(CONV)).silent
    await book.contacts.unblock("zhangwei", "lina")
    assert not (await desk.store.conversations.conversation(CONV)).silent


async def test_the_account_manager_is_a_contact_and_stays(desk, book):
    (manager,), more = await book.contacts.page("zhangwei", after="", limit=10)
    assert (manager.user, manager.fixed, manager.badge, more) == ("wangfang", True, "manager", "")
    (customer,), _ = await book.contacts.page("wangfang", after="", limit=10)
    assert (customer.user, customer.fixed) == ("zhangwei", False)
    for user, peer in (("zhangwei", "wangfang"), ("wangfang", "zhangwei")):
        for part in (book.contacts.remove, book.contacts.block):
            with pytest.raises(BankDuty):
                await part(user, peer)
    await book.contacts.note("wangfang", "zhangwei", remark="张总", tags=["重点"])


async def test_a_new_manager_is_unblocked_and_a_former_one_may_go(desk, book):
    await desk.add_person(
        NewPerson(
            user="liu", name="刘洋", role="manager", password="demo-liuyang", branch="chaoyang"
        ),
        actor="test",
    )
    await desk.assign("zhangwei", "liu", actor="test")
    await book.contacts.block("zhangwei", "wangfang")
    await desk.assign("zhangwei", "wangfang", actor="test")
    found, _ = await book.contacts.page("zhangwei", after="", limit=10)
    assert [(each.user, each.fixed, each.side.blocks) for each in found] == [
        ("liu", False, False),
        ("wangfang", True, False),
    ]
    assert not (await desk.store.conversations.conversation("d:wangfang:zhangwei")).silent
    await book.contacts.remove("zhangwei", "liu")
    assert await names(book, "zhangwei") == ["wangfang"]


async def test_contacts_come_page_by_page(desk, book):
    await befriend(book)
    first, after = await book.contacts.page("zhangwei", after="", limit=1)
    second, end = await book.contacts.page("zhangwei", after=after, limit=1)
    last, nothing = await book.contacts.page("zhangwei", after=end, limit=1)
    assert [each.user for each in (*first, *second)] == ["lina", "wangfang"]
    assert (last, nothing) == ([], "")
