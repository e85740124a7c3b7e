from __future__ import annotations

import pytest

from chat_server.domain.errors import Forbidden
from tests.front_desk import FrontDesk


async def test_an_administrator_reads_the_trail_page_by_page(desk: FrontDesk) -> None:
    seen: list[int] = []
    while page := await desk.cases.audit("admin", subject=None, after=seen[-1] if seen else 0):
        seen += [change.position for change in page]
    assert seen == sorted(set(seen))
    assert len(seen) >= len(await desk.facts("user_added"))


async def test_looking_at_one_person_is_on_the_trail_too(desk: FrontDesk) -> None:
    page = await desk.cases.audit("admin", subject="zhangwei", after=0)
    assert {change.fact.subject for change in page if change.fact} == {"zhangwei"}
    (viewed,) = await desk.facts("audit_viewed")
    assert (viewed.actor, viewed.subject) == ("admin", "zhangwei")


@pytest.mark.parametrize("reader", ["zhangwei", "wangfang", "ops", "shenhe", "nobody"])
async def test_nobody_else_reads_it(desk: FrontDesk, reader: str) -> None:
    with pytest.raises(Forbidden):
        await desk.cases.audit(reader, subject=None, after=0)
