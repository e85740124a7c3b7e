"""Account-change notices run on the bank's own form: typed fields, once, with a result event."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from bank_bridge.contract import BankEvent, Money
from bots.phrasing.herald import PhrasedHerald
from chat_server.domain.accounts.notices import NoticeState
from chat_server.domain.errors import Forbidden
from chat_server.domain.facts import Fact
from chat_server.domain.publishing import AccountState
from chat_server.usecases.banking.account_changes import AccountChanges
from chat_server.usecases.public_accounts.entry import Entry
from tests.front_desk import FrontDesk, desk

__all__ = ["desk"]
POSTING = BankEvent(
    position=41,
    event_id="e-1",
    type="posting",
    customer="zhangwei",
    occurred_at=datetime(2026, 3, 2, 4, 1, tzinfo=UTC),
    business_date="2026-03-02",
    product="transfer",
    channel="chat",
    amount_band="",
    trace_id="t",
    account_tail="0331",
    counterparty="李娜",
    amount=Money(-123_456_78),
    balance_after=Money(1),
)


@pytest.fixture
def tell(desk: FrontDesk) -> AccountChanges:
    notices = desk.cases.account_work.notices
    return AccountChanges(notices, PhrasedHerald(), account="@service")


async def told(tell: AccountChanges, desk: FrontDesk, event: BankEvent = POSTING) -> None:
    person = await desk.store.people.person(event.customer)
    assert person is not None
    await tell(event, person)


async def said(desk: FrontDesk, user: str = "zhangwei") -> list[dict[str, object]]:
    events = await desk.store.messages.events(f"s:@service:{user}", after=0, limit=9)
    return [msgspec.json.decode(each.body) for each in events if b'"notice"' in each.body]


async def ended(desk: FrontDesk) -> list[Fact]:
    return await desk.facts("notice_ended")


async def test_a_posting_is_a_notice_with_typed_fields_and_a_result(
    tell: AccountChanges, desk: FrontDesk
) -> None:
    await desk.cases.accounts.follow("zhangwei", "@service")
    await told(tell, desk)
    await told(tell, desk)  # the bank's outbox repeats itself
    [notice] = await said(desk)
    fields = {each["label"]: each["value"] for each in notice["fields"]}
    assert fields == {
        "账户": "尾号0331",
        "交易类型": "支出",
        "交易金额": "-123,456.78",
        "对方": "李娜",
        "交易时间": "2026-03-02 12:01",
    }
    assert (notice["title"], notice["topic"]) == ("动账通知", "balance")
    assert "123,456.78" in str(notice["text"])
    [fact] = await ended(desk)
    assert (fact.detail["state"], fact.detail["number"]) == ("delivered", 41)
    kept = await desk.cases.account_work.notices.find("@service", "posting:e-1")
    assert (kept.state, kept.template_id) == (NoticeState.DELIVERED, "TM00005")


async def test_the_form_speaks_the_customers_language(
    tell: AccountChanges, desk: FrontDesk
) -> None:
    await desk.cases.accounts.follow("zhangwei", "@service")
    await desk.cases.people.choose_language("zhangwei", "en")
    bare = msgspec.structs.replace(POSTING, counterparty="\n", amount=Money(5))
    await told(tell, desk, bare)
    [notice] = await said(desk)
    values = [each["value"] for each in notice["fields"]]
    assert notice["title"] == "Account change"
    assert values == ["ending 0331", "Income", "+0.05", "—", "2026-03-02 12:01"]


async def test_who_never_talked_with_the_bank_and_a_suspended_account_are_results_too(
    tell: AccountChanges, desk: FrontDesk
) -> None:
    await told(tell, desk)
    account = await desk.store.accounts.account("@service")
    assert account is not None
    suspended = msgspec.structs.replace(account, state=AccountState.SUSPENDED)
    fact = Fact("account_suspended", "admin", "@service", desk.clock.now_ms())
    await desk.store.accounts.change_account(account, suspended, fact)
    await told(tell, desk, msgspec.structs.replace(POSTING, event_id="e-2"))
    assert [fact.detail["state"] for fact in await ended(desk)] == ["refused", "failed"]
    assert await said(desk) == []


async def test_nobody_withdraws_the_form_of_the_banks_own_notices(
    tell: AccountChanges, desk: FrontDesk
) -> None:
    await told(tell, desk)
    account = await desk.store.accounts.account("@service")
    assert account is not None
    with pytest.raises(Forbidden):
        await desk.cases.account_work.templates.withdraw(Entry(account, "ops"), "TM00005")
