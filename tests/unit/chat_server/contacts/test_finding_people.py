"""Nobody is found who does not want it, and nobody can tell who that is."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chat_server.domain.contacts import Audience, masked_name, numbers_of
from chat_server.domain.errors import InvalidValue, NotFound, RateLimited
from chat_server.usecases.contacts.find import PER_ADDRESS, PER_PERSON
from tests.front_desk import FrontDesk

PHONE = "13800138001"
HOME = "192.0.2.1"


async def findable(desk: FrontDesk, user: str, *, yes: bool = True) -> None:
    await desk.cases.contacts.privacy.change(user, findable=yes, audience=Audience.CONVERSATIONS)


@pytest.fixture
async def lina_with_phone(desk: FrontDesk) -> FrontDesk:
    store = desk.store.people
    lina = await store.person("lina")
    assert lina
    store._people["lina"] = replace(lina, phone=PHONE)  # type: ignore[attr-defined]
    await findable(desk, "lina")
    return desk


@pytest.mark.parametrize(
    "number", ["lina", "LINA", PHONE, "138 0013 8001", "+86 138-0013-8001", "+8613800138001"]
)
async def test_who_allows_it_is_found_by_the_whole_number(lina_with_phone, number):
    (found,) = await lina_with_phone.cases.contacts.find.by_number("zhangwei", HOME, number)
    assert (found.name, found.state, found.user) == ("*娜", "stranger", "")
    assert "lina" not in found.ticket


@pytest.mark.parametrize("number", ["1380013800", "lin", "李娜", "nobody", "138001380011"])
async def test_a_part_of_a_number_and_a_name_find_nobody(lina_with_phone, number):
    with pytest.raises(NotFound):
        await lina_with_phone.cases.contacts.find.by_number("zhangwei", HOME, number)


async def test_not_there_not_willing_and_blocking_look_the_same(desk):
    find = desk.cases.contacts.find
    told = []
    await desk.cases.contacts.contacts.page("lina", after="", limit=10)
    for number in ("nobody", "lina", "wangfang"):
        with pytest.raises(NotFound) as caught:
            await find.by_number("zhangwei", HOME, number)
        told.append(str(caught.value))
    await findable(desk, "lina")
    (found,) = await find.by_number("zhangwei", HOME, "lina")
    await desk.cases.contacts.requests.ask("zhangwei", found.ticket, "")
    await desk.cases.contacts.contacts.block("lina", "zhangwei")
    with pytest.raises(NotFound) as caught:
        await find.by_number("zhangwei", HOME, "lina")
    told.append(str(caught.value))
    assert len(set(told)) == 1
    with pytest.raises(NotFound):
        await desk.cases.contacts.requests.ask("zhangwei", found.ticket, "")


async def test_staff_are_not_found_even_if_they_say_so(desk):
    await findable(desk, "ops")
    with pytest.raises(NotFound):
        await desk.cases.contacts.find.by_number("zhangwei", HOME, "ops")


async def test_one_finds_oneself(desk):
    (found,) = await desk.cases.contacts.find.by_number("lina", HOME, "lina")
    assert (found.state, found.ticket) == ("self", "")


@pytest.mark.parametrize("number", ["", "  ", "--", "1 2\t3"])
async def test_what_is_no_number_is_told_so(desk, number):
    with pytest.raises(InvalidValue):
        await desk.cases.contacts.find.by_number("zhangwei", HOME, number)


def test_a_phone_is_looked_for_with_and_without_its_country():
    assert numbers_of("13800138001") == ["13800138001", "+8613800138001"]
    assert numbers_of("+8613800138001") == ["+8613800138001", "13800138001"]
    assert numbers_of("Lina") == ["lina"]


def test_a_masked_name_keeps_one_sign():
    assert [masked_name(name) for name in ("李娜", "欧阳娜娜", "王", "")] == [
        "*娜",
        "*娜",
        "*王",
        "*",
    ]


async def test_looking_too_often_is_refused_until_later(desk):
    find = desk.cases.contacts.find
    for n in range(PER_PERSON.burst):
        with pytest.raises(NotFound):
            await find.by_number("zhangwei", HOME, f"nobody{n}")
    with pytest.raises(RateLimited) as caught:
        await find.by_card("zhangwei", HOME, "no card")
    assert caught.value.retry_after_s == pytest.approx(PER_PERSON.every_s)
    with pytest.raises(NotFound):
        await find.by_number("lina", HOME, "nobody")
    desk.clock.move(PER_PERSON.every_s)
    with pytest.raises(NotFound):
        await find.by_number("zhangwei", HOME, "nobody")


async def test_many_people_at_one_address_are_limited_together(desk):
    find = desk.cases.contacts.find
    for n in range(PER_ADDRESS.burst):
        with pytest.raises(NotFound):
            await find.by_number(f"customer{n}", HOME, "nobody")
    with pytest.raises(RateLimited):
        await find.by_number("zhangwei", HOME, "nobody")
    with pytest.raises(NotFound):
        await find.by_number("zhangwei", "192.0.2.2", "nobody")


async def test_a_card_finds_its_holder_until_it_is_renewed(desk):
    book = desk.cases.contacts
    card = await book.privacy.card("lina")
    assert await book.privacy.card("lina") == card
    found = await book.find.by_card("zhangwei", HOME, card)
    assert (found.name, found.state) == ("李娜", "stranger")
    fresh = await book.privacy.renew_card("lina")
    with pytest.raises(NotFound):
        await book.find.by_card("zhangwei", HOME, card)
    assert (await book.find.by_card("lina", HOME, fresh)).state == "self"


async def test_a_ticket_is_its_finders_alone_and_not_for_long(desk):
    book = desk.cases.contacts
    found = await book.find.by_card("zhangwei", HOME, await book.privacy.card("lina"))
    for user, ticket in (
        ("ops", found.ticket),
        ("zhangwei", found.ticket[:-4] + "AAAA"),
        ("zhangwei", "垃圾"),
        ("zhangwei", ""),
    ):
        with pytest.raises(NotFound):
            await book.requests.ask(user, ticket, "")
    desk.clock.move(3601)
    with pytest.raises(NotFound):
        await book.requests.ask("zhangwei", found.ticket, "")
