from __future__ import annotations

import pytest

from chat_server.domain.errors import Forbidden
from chat_server.domain.facts import Fact
from chat_server.usecases.compliance.audit import PAGE
from tests.front_desk import FrontDesk


async def test_an_administrator_reads_the_trail_page_by_page_newest_first(desk: FrontDesk) -> None:
    for number in range(PAGE + 20):
        await desk.store.audit.record(Fact("tested", "ops", "thing", number))
    seen: list[int] = []
    while page := await desk.cases.audit("admin", before=seen[-1] if seen else 0):
        seen += [told.position for told in page]
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == len(await desk.store.audit.facts(limit=1000))


async def test_who_did_it_and_to_whom_is_told_by_name(desk: FrontDesk) -> None:
    (told,) = await desk.cases.audit("admin", kind="manager_assigned", subject="zhangwei")
    assert (told.fact.actor, told.actor_name) == ("test", "")
    assert told.subject_name == "张伟"


async def test_looking_at_one_person_is_on_the_trail_too(desk: FrontDesk) -> None:
    page = await desk.cases.audit("admin", subject="zhangwei")
    assert {told.fact.subject for told in page} == {"zhangwei"}
    (viewed,) = await desk.facts("audit_viewed")
    assert (viewed.actor, viewed.subject) == ("admin", "zhangwei")
    await desk.cases.audit("admin", subject="zhangwei", before=page[-1].position)
    assert len(await desk.facts("audit_viewed")) == 1


@pytest.mark.parametrize("reader", ["zhangwei", "wangfang", "ops", "shenhe", "nobody"])
async def test_nobody_else_reads_it(desk: FrontDesk, reader: str) -> None:
    with pytest.raises(Forbidden):
        await desk.cases.audit(reader)
