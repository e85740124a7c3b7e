from __future__ import annotations

import pytest

from chat_server.domain.conversation import Role
from chat_server.domain.errors import (
    AlreadyExists,
    Forbidden,
    InvalidValue,
    NotAuthenticated,
    TooLong,
)
from chat_server.domain.people import Branch
from chat_server.ports.bus import ContactsChanged, MembershipChanged
from chat_server.usecases.identity.managers import OwnCustomer
from chat_server.usecases.identity.people import Card, NewPerson
from tests.front_desk import FrontDesk

GOOD = {"user": "newone", "name": "新人", "password": "long enough", "branch": "chaoyang"}
CONV = "d:wangfang:zhangwei"


async def test_a_new_person_can_log_in(desk: FrontDesk) -> None:
    await desk.add_person(NewPerson(**GOOD, phone="+8613800000000"), actor="admin")
    assert (await desk.log_in("newone", password="long enough")).user == "newone"
    fact = (await desk.facts("user_added"))[-1]
    assert (fact.actor, fact.subject) == ("admin", "newone")
    assert "138" not in str(fact)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("user", "Has Spaces"),
        ("user", ""),
        ("user", "@service"),
        ("user", "x" * 33),
        ("name", "   "),
        ("name", "长" * 65),
        ("password", "short"),
        ("password", "x" * 257),
        ("role", "king"),
        ("branch", ""),
        ("phone", "call me"),
        ("language", "tlh"),
    ],
)
async def test_what_cannot_be_is_refused_by_name(desk: FrontDesk, field: str, wrong: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{field}"):
        await desk.add_person(NewPerson(**{**GOOD, field: wrong}), actor="admin")
    assert await desk.store.people.person(wrong) is None


async def test_a_name_is_given_once(desk: FrontDesk) -> None:
    with pytest.raises(AlreadyExists):
        await desk.add_person(NewPerson(**{**GOOD, "user": "zhangwei"}), actor="admin")
    assert (await desk.log_in("zhangwei")).user == "zhangwei"


def test_a_new_persons_password_does_not_print() -> None:
    assert "long enough" not in repr(NewPerson(**GOOD))


@pytest.mark.parametrize(("branch_id", "name"), [("Bad Id", "支行"), ("good", " ")])
async def test_a_branch_needs_an_id_and_a_name(desk: FrontDesk, branch_id: str, name: str) -> None:
    await desk.add_branch(Branch("haidian", "海淀支行"), actor="admin")
    with pytest.raises(InvalidValue):
        await desk.add_branch(Branch(branch_id, name), actor="admin")


async def test_assigning_a_manager_opens_their_conversation(desk: FrontDesk) -> None:
    await desk.assign("lina", "wangfang", actor="admin")
    members = await desk.store.conversations.members("d:lina:wangfang")
    assert {(m.user, m.role) for m in members} == {("lina", Role.MEMBER), ("wangfang", Role.MEMBER)}
    assert desk.signals == [
        MembershipChanged("d:lina:wangfang", "lina"),
        MembershipChanged("d:lina:wangfang", "wangfang"),
        ContactsChanged(("lina", "wangfang")),
    ]
    assignment = await desk.store.people.assignment("lina")
    assert assignment is not None
    assert (assignment.manager, assignment.branch) == ("wangfang", "chaoyang")


async def test_assigning_again_changes_nothing(desk: FrontDesk) -> None:
    before = await desk.store.changes.changes(0, 1000)
    await desk.assign("zhangwei", "wangfang", actor="admin")
    assert await desk.store.changes.changes(0, 1000) == before
    assert desk.signals == []


@pytest.mark.parametrize(("customer", "manager"), [("ops", "wangfang"), ("zhangwei", "lina")])
async def test_only_managers_are_given_and_only_customers_get_one(
    desk: FrontDesk, customer: str, manager: str
) -> None:
    with pytest.raises(InvalidValue):
        await desk.assign(customer, manager, actor="admin")


async def test_a_manager_sees_own_customers_only(desk: FrontDesk) -> None:
    assert await desk.cases.own_customers("wangfang") == [
        OwnCustomer("zhangwei", "张伟", "chaoyang", CONV)
    ]
    with pytest.raises(Forbidden):
        await desk.cases.own_customers("ops")


async def test_one_knows_those_one_talks_with_and_the_accounts(desk: FrontDesk) -> None:
    asked = ["wangfang", "@service", "lina", "@nobody", "zhangwei", "Bad Name", "wangfang"]
    assert await desk.cases.people.cards("zhangwei", asked) == [
        Card("wangfang", "王芳", "manager"),
        Card("@service", "工银服务", "verified"),
        Card("zhangwei", "张伟", ""),
    ]


async def test_asking_for_too_many_people_is_refused(desk: FrontDesk) -> None:
    with pytest.raises(TooLong):
        await desk.cases.people.cards("zhangwei", [f"u{number}" for number in range(101)])


async def test_who_is_gone_is_not_authenticated(desk: FrontDesk) -> None:
    with pytest.raises(NotAuthenticated):
        await desk.cases.people.me("nobody")
