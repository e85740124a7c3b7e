from __future__ import annotations

import pytest
from msgspec.structs import replace

from chat_server.domain import bodies
from chat_server.domain.contacts import Side, tie_between
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.devices import PushAddress
from chat_server.domain.facts import Fact
from chat_server.domain.ids import feed_conversation
from chat_server.domain.message import Draft, EventKind
from chat_server.domain.own import Settle
from chat_server.ports.notify import Carriage, PushNote, PushOutcome, Urgency
from chat_server.usecases.notifying import telling
from tests.unit.chat_server.notifying.conftest import CONV, SERVICE_CONV, Absence

HOUR = 3600


async def test_who_is_not_there_is_told_once(absence: Absence) -> None:
    await absence.subscribe()
    await absence.say()
    assert await absence.look(4) == []  # their devices still have time
    (note,) = await absence.look(2)
    assert (note.conv, note.seq, note.title) == (CONV, 1, "王芳")
    assert note.body == "您有一条新消息"
    assert len(note.topic) == 32
    assert "zhangwei" not in note.topic
    assert await absence.look(HOUR) == []


async def test_who_has_it_by_then_is_not_told(absence: Absence) -> None:
    await absence.subscribe()
    await absence.say()
    await absence.store.conversations.advance(CONV, "zhangwei", delivered=1)
    assert await absence.look() == []
    assert await absence.look() == []


async def test_who_reads_along_is_told_only_of_what_does_not_arrive(absence: Absence) -> None:
    await absence.subscribe()
    await absence.say()
    await absence.look(4)
    await absence.say("还在吗")
    await absence.store.conversations.advance(CONV, "zhangwei", delivered=1)
    assert await absence.look(2) == []
    (note,) = await absence.look(5)
    assert (note.seq, note.body) == (2, "您有一条新消息")


async def test_many_messages_are_one_push(absence: Absence) -> None:
    await absence.subscribe()
    for _ in range(3):
        await absence.say()
    (note,) = await absence.look()
    assert (note.seq, note.body) == (3, "您有多条新消息")


async def test_nobody_is_told_of_their_own_words(absence: Absence) -> None:
    await absence.subscribe()
    await absence.say(sender="zhangwei")
    assert await absence.look() == []


async def test_all_devices_that_asked_are_told(absence: Absence) -> None:
    await absence.subscribe()
    await absence.subscribe(device="tablet")
    await absence.desk.log_in("zhangwei", device="laptop")
    await absence.say()
    assert len(await absence.look()) == 2


async def test_nothing_is_read_while_nobody_asked(absence: Absence) -> None:
    await absence.say("早先")
    assert await absence.look() == []
    await absence.subscribe()
    assert await absence.look() == []  # what was said before they asked
    await absence.say()
    assert len(await absence.look()) == 1


async def test_a_device_that_was_logged_out_is_not_told(absence: Absence) -> None:
    session = await absence.subscribe()
    await absence.say()
    await absence.look(1)
    await absence.desk.cases.devices.revoke("zhangwei", session)
    assert await absence.look() == []


async def test_what_was_taken_back_is_not_told(absence: Absence) -> None:
    await absence.subscribe()
    event = await absence.say()
    draft = Draft(CONV, "wangfang", "r1", EventKind.RECALL, b"", b"r", absence.clock.now_ms())
    await absence.store.messages.act(draft, bodies.Recall(target=event.seq))
    assert await absence.look() == []


async def test_what_is_too_old_is_not_told(absence: Absence) -> None:
    await absence.subscribe()
    await absence.say()
    assert await absence.look(2 * 86_400) == []


async def test_a_muted_conversation_is_quiet_but_for_ones_name(absence: Absence) -> None:
    await absence.subscribe()
    await absence.store.own.settle(CONV, "zhangwei", Settle(muted=True))
    await absence.say()
    assert await absence.look() == []
    await absence.say("@张伟 请看", mentions=["zhangwei"])
    (note,) = await absence.look()
    assert note.body == "有人提到了您"


async def test_followers_of_a_feed_are_never_told(absence: Absence) -> None:
    await absence.subscribe()
    feed = feed_conversation("@service")
    await absence.store.conversations.join(
        Membership(feed, "zhangwei", Role.FOLLOWER), Fact("followed", "zhangwei", feed, 1)
    )
    await absence.say(conv=feed, sender="@service")
    assert await absence.look() == []


async def test_who_left_a_group_is_not_told(absence: Absence) -> None:
    await absence.subscribe()
    users = ("zhangwei", "wangfang")
    await absence.store.conversations.open_conversation(
        Conversation("g:1", ConversationKind.GROUP, title="理财群"),
        [Membership("g:1", user, Role.MEMBER) for user in users],
        Fact("conversation_opened", "wangfang", "g:1", 1),
    )
    await absence.say(conv="g:1")
    (note,) = await absence.look()
    assert note.title == "理财群"
    await absence.say(conv="g:1")
    await absence.look(1)
    await absence.store.conversations.leave("g:1", "zhangwei", Fact("left", "zhangwei", "g:1", 1))
    assert await absence.look() == []


async def test_quiet_hours_wait_for_their_end_and_come_as_one(absence: Absence) -> None:
    await absence.subscribe()
    await absence.wish(quiet_from="02:00", quiet_until="03:00", zone="UTC")
    for _ in range(3):
        await absence.say()
    assert await absence.look() == []
    (note,) = await absence.look(20 * 60)
    assert note.seq == 3


@pytest.mark.parametrize("topic", ["balance", "security"])
async def test_money_and_security_come_through_quiet_hours(absence: Absence, topic: str) -> None:
    await absence.subscribe()
    await absence.open_service()
    await absence.wish(quiet_from="00:00", quiet_until="23:59", zone="UTC", hide_content=False)
    notice = bodies.Notice(text="尾号0331支出500.00元", topic=topic)
    await absence.say(notice, conv=SERVICE_CONV, sender="@service")
    (note,) = await absence.look()
    assert note.urgency is Urgency.HIGH
    assert note.title == "工银服务"
    assert not any(digit in note.body + note.title for digit in "0123456789")


async def test_an_offer_waits_and_is_not_urgent(absence: Absence) -> None:
    await absence.subscribe()
    await absence.open_service()
    offer = bodies.Notice(text="年化3.1%", topic="offer")
    await absence.say(offer, conv=SERVICE_CONV, sender="@service")
    (note,) = await absence.look()
    assert note.urgency is Urgency.LOW
    assert note.body == "您有一条新的服务消息"


async def test_a_device_that_is_gone_is_forgotten(absence: Absence) -> None:
    await absence.subscribe()
    absence.desk.carrier.outcome = PushOutcome(Carriage.GONE)
    await absence.say()
    assert len(await absence.look()) == 1
    assert not await absence.store.devices.anyone_subscribed()


async def test_a_push_service_that_is_down_is_asked_again_later(absence: Absence) -> None:
    await absence.subscribe()
    absence.desk.carrier.outcome = PushOutcome(Carriage.LATER, 120)
    await absence.say()
    assert len(await absence.look()) == 1
    assert await absence.look(119) == []
    absence.desk.carrier.outcome = PushOutcome(Carriage.TAKEN)
    assert len(await absence.look(2)) == 1
    assert await absence.look(HOUR) == []


async def test_it_is_not_asked_for_ever(absence: Absence) -> None:
    await absence.subscribe()
    absence.desk.carrier.outcome = PushOutcome(Carriage.LATER)
    await absence.say()
    tried = [len(await absence.look(1000)) for _ in range(telling.TRIES + 5)]
    assert sum(tried) == telling.TRIES


async def test_what_a_dead_process_had_taken_is_told_by_the_next(absence: Absence) -> None:
    await absence.subscribe()
    await absence.say()
    await absence.look(1)
    absence.clock.move(6)
    await absence.store.pushes.take(absence.clock.now_ms(), 60_000, 10)  # and it died
    assert await absence.look(0) == []
    assert len(await absence.look(61)) == 1


async def test_a_repeated_relay_tells_nobody_twice(absence: Absence) -> None:
    await absence.subscribe()
    await absence.say()
    assert len(await absence.look()) == 1
    await absence.desk.notifying.watch.step(0)
    assert await absence.look() == []


async def test_no_more_are_told_in_a_second_than_was_set(absence: Absence) -> None:
    absence.desk.notifying.tell._rate = 2
    for device in ("phone",):
        await absence.subscribe(device=device)
    for number in range(5):
        conv = f"g:{number}"
        await absence.store.conversations.open_conversation(
            Conversation(conv, ConversationKind.GROUP),
            [Membership(conv, user, Role.MEMBER) for user in ("zhangwei", "wangfang")],
            Fact("conversation_opened", "wangfang", conv, 1),
        )
        await absence.say(conv=conv)
    assert [len(await absence.look()) for _ in range(4)] == [2, 2, 1, 0]


async def test_nobody_is_told_of_what_somebody_says_whom_they_blocked(absence: Absence) -> None:
    await absence.subscribe()
    users = ("zhangwei", "wangfang", "lina")
    await absence.store.conversations.open_conversation(
        Conversation("g:1", ConversationKind.GROUP, title="理财群"),
        [Membership("g:1", user, Role.MEMBER) for user in users],
        Fact("conversation_opened", "wangfang", "g:1", 1),
    )
    tie = tie_between("zhangwei", "lina").with_side("zhangwei", Side(blocks=True))
    fact = Fact("contact_blocked", "zhangwei", "lina", 1)
    await absence.store.contacts.put(replace(tie, revision=1), fact)
    await absence.say(conv="g:1", sender="lina")
    assert await absence.look() == []
    heard = await absence.say(conv="g:1", sender="wangfang")
    await absence.say(conv="g:1", sender="lina")
    (note,) = await absence.look()
    assert note.seq == heard.seq


async def test_what_fails_for_itself_is_not_tried_for_ever(
    absence: Absence, monkeypatch: pytest.MonkeyPatch
) -> None:
    await absence.subscribe()
    tried = []

    async def broken(address: PushAddress, note: PushNote) -> PushOutcome:
        tried.append(note.seq)
        raise ZeroDivisionError

    monkeypatch.setattr(absence.desk.carrier, "push", broken)
    await absence.say()
    for _ in range(telling.TRIES + 5):
        await absence.look(1000)
    assert len(tried) == telling.TRIES
