from __future__ import annotations

import pytest

from chat_server.domain.errors import Forbidden
from chat_server.domain.publishing import AccountKind, Capability
from tests.front_desk import ARTICLES, FrontDesk


async def test_a_broadcast_is_of_an_active_account_that_may_and_of_its_staff(
    desk: FrontDesk,
) -> None:
    office, submit = desk.cases.account_work.office, desk.cases.broadcasts.submit
    await office.apply("ops", "@shop", "商城", AccountKind.SERVICE, "")
    with pytest.raises(Forbidden, match="applied"):
        await submit("ops", "@shop", ARTICLES)
    await office.withhold("admin", "@service", [Capability.BROADCAST])
    with pytest.raises(Forbidden, match="broadcast"):
        await submit("ops", "@service", ARTICLES)


async def test_what_was_approved_is_not_sent_once_the_account_is_suspended(
    desk: FrontDesk,
) -> None:
    sent = (await desk.cases.broadcasts.submit("ops", "@service", ARTICLES)).broadcast
    await desk.cases.broadcasts.approve("shenhe", sent.broadcast_id, sent.content_hash)
    await desk.cases.account_work.office.suspend("admin", "@service", "x")
    await desk.deliver_changes()
    assert list(await desk.store.messages.events("f:@service", after=0, limit=9)) == []
