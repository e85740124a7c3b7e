from __future__ import annotations

import asyncio

import msgspec
import pytest

from chat_server.domain.errors import (
    AlreadyDecided,
    ChatError,
    Forbidden,
    FourEyes,
    InvalidValue,
    NotFound,
    VersionConflict,
)
from chat_server.domain.facts import Change, Fact
from chat_server.domain.people import Person, StaffRole
from chat_server.domain.publishing import Article, Broadcast, hash_content
from chat_server.wire import bodies
from tests.front_desk import ARTICLES, FrontDesk

FEED = "f:@service"


async def submit(desk: FrontDesk) -> Broadcast:
    return (await desk.cases.broadcasts.submit("ops", "@service", ARTICLES)).broadcast


async def feed(desk: FrontDesk) -> list[bodies.Article]:
    events = await desk.store.messages.events(FEED, after=0, limit=100)
    return [msgspec.json.decode(event.body, type=bodies.Article) for event in events]


async def test_what_is_submitted_waits_for_another_person(desk: FrontDesk) -> None:
    broadcast = await submit(desk)
    assert broadcast.content_hash == hash_content("@service", ARTICLES)
    await desk.deliver_changes()
    assert await feed(desk) == []
    (fact,) = await desk.facts("broadcast_submitted")
    assert fact.detail["content"] == broadcast.content_hash


async def test_an_approved_broadcast_reaches_the_feed_once(desk: FrontDesk) -> None:
    broadcast = await submit(desk)
    await desk.cases.accounts.follow("zhangwei", "@service")
    approved = await desk.cases.broadcasts.approve(
        "shenhe", broadcast.broadcast_id, broadcast.content_hash
    )
    assert approved.audience == 1
    assert await feed(desk) == []  # the approval did not wait for the sending
    for _ in range(3):
        await desk.deliver_changes()
    assert await feed(desk) == [
        bodies.Article(
            broadcast.broadcast_id,
            [bodies.ArticleItem("利率调整", "自下月起"), bodies.ArticleItem("网点", "")],
        )
    ]
    (event,) = await desk.store.messages.events(FEED, after=0, limit=9)
    assert (event.sender, event.mid) == ("@service", f"broadcast:{broadcast.broadcast_id}")
    assert isinstance(msgspec.json.decode(event.body, type=bodies.Body), bodies.Article)


async def test_two_relays_at_once_append_once(desk: FrontDesk) -> None:
    broadcast = await submit(desk)
    await desk.cases.broadcasts.approve("shenhe", broadcast.broadcast_id, broadcast.content_hash)
    await asyncio.gather(*(desk.deliver_changes() for _ in range(5)))
    assert len(await feed(desk)) == 1


async def test_a_fact_without_its_broadcast_sends_nothing(desk: FrontDesk) -> None:
    broadcast = await submit(desk)
    for subject in (broadcast.broadcast_id, "no-such-one"):
        fact = Fact("broadcast_approved", "x", subject, 0)
        await desk.publish.on_change(Change(1, fact=fact))
    assert await feed(desk) == []


async def test_nobody_sends_alone(desk: FrontDesk) -> None:
    """The same person as both, who changed office in between."""
    broadcast = await submit(desk)
    ops = await desk.store.people.person("ops")
    assert ops is not None
    moved = msgspec.structs.replace(ops, role=StaffRole.REVIEWER)

    async def person(user: str) -> Person | None:
        return moved

    desk.store.people.person = person  # type: ignore[method-assign]
    with pytest.raises(FourEyes):
        await desk.cases.broadcasts.approve("ops", broadcast.broadcast_id, broadcast.content_hash)


@pytest.mark.parametrize("user", ["ops", "admin", "zhangwei", "wangfang", "nobody"])
async def test_only_reviewers_decide(desk: FrontDesk, user: str) -> None:
    broadcast = await submit(desk)
    with pytest.raises(Forbidden):
        await desk.cases.broadcasts.approve(user, broadcast.broadcast_id, broadcast.content_hash)
    with pytest.raises(Forbidden):
        await desk.cases.broadcasts.reject(user, broadcast.broadcast_id, "no")


@pytest.mark.parametrize("user", ["shenhe", "admin", "zhangwei", "wangfang", "nobody"])
async def test_only_operators_submit(desk: FrontDesk, user: str) -> None:
    with pytest.raises(Forbidden):
        await desk.cases.broadcasts.submit(user, "@service", ARTICLES)


async def test_what_is_approved_is_what_was_read(desk: FrontDesk) -> None:
    broadcast = await submit(desk)
    other = hash_content("@service", ARTICLES[:1])
    with pytest.raises(AlreadyDecided):
        await desk.cases.broadcasts.approve("shenhe", broadcast.broadcast_id, other)


async def test_one_changed_character_after_approval_is_another_hash() -> None:
    changed = [Article("利率调整", "自下月起", ["第一段", "第二段。"]), ARTICLES[1]]
    assert hash_content("@service", changed) != hash_content("@service", ARTICLES)


async def test_content_changed_behind_our_back_is_not_approved(desk: FrontDesk) -> None:
    broadcast = await submit(desk)
    tampered = msgspec.structs.replace(broadcast, articles=ARTICLES[:1], version=2)
    await desk.store.accounts.save_broadcast(tampered, Fact("tampered", "x", "x", 0))
    with pytest.raises(AlreadyDecided):
        await desk.cases.broadcasts.approve(
            "shenhe", broadcast.broadcast_id, broadcast.content_hash
        )


async def test_approving_again_after_a_lost_answer_changes_nothing(desk: FrontDesk) -> None:
    broadcast = await submit(desk)
    args = ("shenhe", broadcast.broadcast_id, broadcast.content_hash)
    first = await desk.cases.broadcasts.approve(*args)
    assert await desk.cases.broadcasts.approve(*args) == first
    assert len(await desk.facts("broadcast_approved")) == 1


async def test_a_rejected_broadcast_stays_rejected_with_its_reason(desk: FrontDesk) -> None:
    broadcast = await submit(desk)
    with pytest.raises(InvalidValue):
        await desk.cases.broadcasts.reject("shenhe", broadcast.broadcast_id, "  ")
    view = await desk.cases.broadcasts.reject("shenhe", broadcast.broadcast_id, "错别字")
    assert (view.broadcast.state, view.broadcast.reason) == ("rejected", "错别字")
    with pytest.raises(AlreadyDecided):
        await desk.cases.broadcasts.approve(
            "shenhe", broadcast.broadcast_id, broadcast.content_hash
        )
    await desk.deliver_changes()
    assert await feed(desk) == []


async def test_approve_and_reject_at_once_end_in_one_decision(desk: FrontDesk) -> None:
    broadcast = await submit(desk)
    answers = await asyncio.gather(
        desk.cases.broadcasts.approve("shenhe", broadcast.broadcast_id, broadcast.content_hash),
        desk.cases.broadcasts.reject("shenhe", broadcast.broadcast_id, "no"),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, ChatError)]
    assert len(refused) == 1
    assert isinstance(refused[0], AlreadyDecided | VersionConflict)


@pytest.mark.parametrize(
    "articles",
    [[], ARTICLES * 5, [Article(" ", "", ["x"])], [Article("x", "", [])]],
)
async def test_articles_must_say_something(desk: FrontDesk, articles: list[Article]) -> None:
    with pytest.raises(InvalidValue):
        await desk.cases.broadcasts.submit("ops", "@service", articles)


async def test_a_cover_must_have_been_uploaded(desk: FrontDesk) -> None:
    digest = await desk.blobs.put(b"picture")
    with_cover = [Article("x", "", ["x"], digest)]
    await desk.cases.broadcasts.submit("ops", "@service", with_cover)
    with pytest.raises(InvalidValue, match="cover"):
        await desk.cases.broadcasts.submit("ops", "@service", [Article("x", "", ["x"], "0" * 64)])


async def test_what_is_not_there_is_not_found(desk: FrontDesk) -> None:
    with pytest.raises(NotFound):
        await desk.cases.broadcasts.submit("ops", "@nowhere", ARTICLES)
    with pytest.raises(NotFound):
        await desk.cases.broadcasts.approve("shenhe", "nothing", "0" * 64)


async def test_the_desk_sees_the_list_and_others_do_not(desk: FrontDesk) -> None:
    first, second = await submit(desk), await submit(desk)
    listed = await desk.cases.broadcasts.list("shenhe", "@service")
    assert [view.broadcast.broadcast_id for view in listed] == [
        second.broadcast_id,
        first.broadcast_id,
    ]
    with pytest.raises(Forbidden):
        await desk.cases.broadcasts.list("zhangwei", "@service")
