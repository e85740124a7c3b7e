from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_server.adapters.memory.store import open_store
from chat_server.domain.errors import Forbidden, InvalidValue
from chat_server.domain.facts import Change, Fact, Purpose
from chat_server.usecases.compliance.consents import ConsentState, ForgetWithdrawn
from recommender.contract import Consents as Snapshot
from tests.front_desk import FrontDesk, SteppedClock

HASH = "ab" * 32


async def turn(desk: FrontDesk, purpose: Purpose, *, granted: bool, text_hash: str = HASH) -> None:
    await desk.cases.consents.change(
        "zhangwei", purpose, granted=granted, text_hash=text_hash, channel="app"
    )


async def test_all_three_are_off_until_the_customer_says_otherwise(desk: FrontDesk) -> None:
    states = await desk.cases.consents.states("zhangwei")
    assert states == [ConsentState(purpose) for purpose in Purpose]
    assert await desk.cases.consents.snapshot("zhangwei") == Snapshot("none")


async def test_granting_one_grants_nothing_else(desk: FrontDesk) -> None:
    await turn(desk, Purpose.CHAT_CONTENT, granted=True)
    snapshot = await desk.cases.consents.snapshot("zhangwei")
    assert (snapshot.personalised_offers, snapshot.chat_content, snapshot.account_data) == (
        False,
        True,
        False,
    )
    assert await desk.cases.consents.snapshot("lina") == Snapshot("none")


async def test_each_change_is_kept_with_words_channel_and_time(desk: FrontDesk) -> None:
    await turn(desk, Purpose.CHAT_CONTENT, granted=True)
    desk.clock.move(60)
    await turn(desk, Purpose.CHAT_CONTENT, granted=False, text_hash="")
    entries = await desk.store.consents.consents("zhangwei")
    assert [(e.granted, e.text_hash, e.channel) for e in entries] == [
        (True, HASH, "app"),
        (False, "", "app"),
    ]
    assert entries[1].at_ms - entries[0].at_ms == 60_000
    assert entries[0].entry_id < entries[1].entry_id
    facts = await desk.facts("consent_changed")
    assert [fact.detail["granted"] for fact in facts] == [True, False]


async def test_each_change_gives_the_snapshot_another_name(desk: FrontDesk) -> None:
    names = {"none"}
    for granted in (True, False, True):
        await turn(desk, Purpose.ACCOUNT_DATA, granted=granted)
        names.add((await desk.cases.consents.snapshot("zhangwei")).snapshot_id)
    assert len(names) == 4


async def test_the_same_again_is_not_written_again(desk: FrontDesk) -> None:
    await turn(desk, Purpose.ACCOUNT_DATA, granted=False, text_hash="")
    for _ in range(2):
        await turn(desk, Purpose.ACCOUNT_DATA, granted=True)
    await turn(
        desk, Purpose.ACCOUNT_DATA, granted=True, text_hash="cd" * 32
    )  # other words: another consent
    for _ in range(2):
        await turn(desk, Purpose.ACCOUNT_DATA, granted=False, text_hash="")
    assert len(await desk.store.consents.consents("zhangwei")) == 3


@pytest.mark.parametrize("text_hash", ["", "ab", "AB" * 32, "zz" * 32])
async def test_granting_needs_the_hash_of_the_words_shown(desk: FrontDesk, text_hash: str) -> None:
    with pytest.raises(InvalidValue):
        await turn(desk, Purpose.ACCOUNT_DATA, granted=True, text_hash=text_hash)
    assert await desk.store.consents.consents("zhangwei") == []


@pytest.mark.parametrize("user", ["wangfang", "nobody"])
async def test_only_customers_have_consents(desk: FrontDesk, user: str) -> None:
    with pytest.raises(Forbidden):
        await desk.cases.consents.change(
            user, Purpose.ACCOUNT_DATA, granted=True, text_hash=HASH, channel="app"
        )


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(Purpose), st.booleans()), max_size=12))
async def test_what_holds_is_what_was_said_last(said: list[tuple[Purpose, bool]]) -> None:
    clock = SteppedClock()
    async with open_store("memory://", clock=clock) as store:
        desk = FrontDesk(store, clock)
        await desk.open()
        for purpose, granted in said:
            await turn(desk, purpose, granted=granted)
        last = dict(said)
        snapshot = await desk.cases.consents.snapshot("zhangwei")
        for purpose in Purpose:
            assert getattr(snapshot, purpose.value) is last.get(purpose, False)


class Forgetful:
    def __init__(self) -> None:
        self.forgot: list[str] = []

    async def forget(self, customer: str, at: datetime) -> None:
        self.forgot.append(customer)


async def test_withdrawing_makes_the_recommender_forget(desk: FrontDesk) -> None:
    recommender = Forgetful()
    withdrawn = ForgetWithdrawn(recommender, desk.store.audit, desk.clock)  # type: ignore[arg-type]
    await turn(desk, Purpose.ACCOUNT_DATA, granted=True)
    await turn(desk, Purpose.ACCOUNT_DATA, granted=False)
    for change in await desk.store.changes.changes(0, 1000):
        desk.clock.move(2)
        await withdrawn.on_change(change)
    assert recommender.forgot == ["zhangwei"]
    (said,) = await desk.facts("derived_erased")
    assert (said.subject, said.detail["purpose"]) == ("zhangwei", "account_data")
    assert 0 < int(said.detail["after_s"]) < 86_400
    await withdrawn.on_change(Change(1, fact=Fact("login_refused", "x", "x", 0)))
    assert recommender.forgot == ["zhangwei"]
