"""Messages between two people, over a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from chat_server.domain.conversation import Membership, Role
from chat_server.ports.bus import MembershipChanged, SessionEnded
from chat_server.usecases.messaging.pace import Pace
from tests.socket_house import DIRECT, FEED, SERVICE, House, draft, fact, open_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


async def test_a_message_is_acked_and_reaches_the_other(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    ack = await ann.say(DIRECT, "m1")
    assert (ack["type"], ack["seq"], ack["mid"]) == ("ack", 1, "m1")
    assert "duplicate" not in ack
    event = await bob.get()
    assert event["seq"] == event["n"] == 1
    assert event["from"] == "ann"
    assert event["kind"] == "message"
    assert event["body"] == {"type": "text", "text": "hello"}


async def test_ones_other_device_gets_the_event_and_the_sending_one_its_ack(house):
    phone, desk = await house.device("ann", "phone"), await house.device("ann", "desk")
    await phone.say(DIRECT, "m1")
    assert (await desk.get())["mid"] == "m1"
    assert await phone.silent()


async def test_the_same_mid_again_gives_the_first_answer(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    first = await ann.say(DIRECT, "m1")
    again = await ann.say(DIRECT, "m1")
    assert again["duplicate"] is True
    assert (again["seq"], again["ts"]) == (first["seq"], first["ts"])
    assert (await bob.get())["seq"] == 1
    assert await bob.silent()


async def test_the_same_mid_from_another_device_gives_the_first_answer_too(house):
    phone, desk = await house.device("ann", "phone"), await house.device("ann", "desk")
    await phone.say(DIRECT, "m1")
    again = await desk.say(DIRECT, "m1")
    assert (again["seq"], again["duplicate"]) == (1, True)


async def test_the_same_mid_with_another_body_is_refused(house):
    ann = await house.device("ann")
    await ann.say(DIRECT, "m1", "one")
    assert (await ann.say(DIRECT, "m1", "two"))["code"] == "mid_reused"


async def test_a_hundred_sends_in_one_go_keep_their_order(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    for number in range(100):
        body = {"type": "text", "text": str(number)}
        await ann.send(type="send", id=f"r{number}", conv=DIRECT, mid=f"m{number}", body=body)
    acks = [await ann.get() for _ in range(100)]
    assert [ack["mid"] for ack in acks] == [f"m{number}" for number in range(100)]
    assert [ack["seq"] for ack in acks] == list(range(1, 101))
    assert [(await bob.get())["body"]["text"] for _ in range(100)] == list(map(str, range(100)))


async def test_a_code_like_text_in_the_middle_does_not_overtake_or_fall_behind(house):
    ann = await house.device("ann")
    for number, text in enumerate(["one", "123456", "three"]):
        body = {"type": "text", "text": text}
        await ann.send(type="send", id=f"r{number}", conv=DIRECT, mid=f"m{number}", body=body)
    assert [(await ann.get())["mid"] for _ in range(3)] == ["m0", "m1", "m2"]


async def test_acks_and_events_of_one_conversation_leave_in_one_order(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    for number in range(40):
        for who, name in ((ann, "a"), (bob, "b")):
            body = {"type": "text", "text": "x"}
            await who.send(
                type="send", id=f"{name}{number}", conv=DIRECT, mid=f"{name}{number}", body=body
            )
    for device in (ann, bob):
        assert [(await device.get())["seq"] for _ in range(80)] == list(range(1, 81))


async def test_a_card_number_is_masked_and_the_ack_shows_it(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    ack = await ann.say(DIRECT, "m1", "我的卡号 6222020200112230335")
    masked = {"type": "text", "text": "我的卡号 6222***********0335"}
    assert ack["body"] == masked
    assert (await bob.get())["body"] == masked
    stored = await house.store.messages.event(DIRECT, 1)
    assert "6222020200112230335" not in stored.body.decode()


async def test_who_is_no_member_may_not_send(house):
    eve = await house.device("eve")
    assert (await eve.say(DIRECT, "m1"))["code"] == "not_a_member"
    assert (await eve.say("d:no:such", "m2"))["code"] == "not_a_member"


async def test_a_follower_may_not_write_into_the_feed(house):
    ann = await house.device("ann")
    assert (await ann.say(FEED, "m1"))["code"] == "read_only"


async def test_a_menu_button_goes_to_a_service_only(house):
    ann = await house.device("ann")
    menu = {"type": "menu", "key": "balance", "title": "余额"}
    refused = await ann.ask(type="send", id="1", conv=DIRECT, mid="m1", body=menu)
    assert refused["code"] == "invalid_value"
    assert (await ann.ask(type="send", id="2", conv=SERVICE, mid="m1", body=menu))["seq"] == 1


async def test_a_broadcast_reaches_every_follower_here(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await house.store.messages.append(draft(FEED, "@bank", "b1"))
    assert (await ann.get())["conv"] == FEED
    assert (await bob.get())["conv"] == FEED


async def test_too_many_sends_are_told_when_to_come_back():
    async with open_house(pace=Pace(burst=3, per_s=1)) as house:
        ann = await house.device("ann")
        answers = [await ann.say(DIRECT, f"m{n}") for n in range(4)]
        assert [a["type"] for a in answers] == ["ack", "ack", "ack", "error"]
        assert answers[3]["code"] == "rate_limited"
        assert 0 < answers[3]["retry_after"] <= 1
        load = await house.device("load")
        acks = [await load.say("d:bob:load", f"m{n}") for n in range(20)]
        assert {a["type"] for a in acks} == {"ack"}


async def test_two_hundred_sends_answered_one_by_one_pass(house):
    ann = await house.device("ann")
    for number in range(200):
        assert (await ann.say(DIRECT, f"m{number}"))["type"] == "ack"


async def test_messagepack_says_the_same(house):
    token = await house.token("ann")
    ann = await house.connect(subprotocols=["elian.v1.msgpack"])
    bob = await house.device("bob")
    await ann.ws.send(msgspec.msgpack.encode({"type": "hello", "device": "phone", "token": token}))
    assert (await ann.get())["type"] == "welcome"
    body = {"type": "text", "text": "你好"}
    send = {"type": "send", "id": "1", "conv": DIRECT, "mid": "m1", "body": body}
    await ann.ws.send(msgspec.msgpack.encode(send))
    assert (await ann.get())["seq"] == 1
    assert (await bob.get())["body"] == body
    await bob.say(DIRECT, "m2", "再见")
    assert (await ann.get())["body"] == {"type": "text", "text": "再见"}


async def test_read_and_delivered_marks_reach_the_other_and_ones_own_devices(house):
    ann, bob = await house.device("ann"), await house.device("bob", "phone")
    desk = await house.device("bob", "desk")
    await ann.say(DIRECT, "m1")
    await bob.get()
    await desk.get()
    await bob.send(type="delivered", conv=DIRECT, seq=1)
    marks = await ann.wait_for("marks")
    assert (marks["user"], marks["read"], marks["delivered"]) == ("bob", 0, 1)
    await bob.send(type="read", conv=DIRECT, seq=99)
    assert (await ann.wait_for("marks"))["read"] == 1
    assert (await desk.wait_for("marks"))["delivered"] == 1


async def test_marks_in_a_feed_reach_nobody_else(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await house.store.messages.append(draft(FEED, "@bank", "b1"))
    assert (await ann.get())["seq"] == (await bob.get())["seq"] == 1
    await ann.send(type="read", conv=FEED, seq=1)
    assert (await ann.wait_for("marks"))["read"] == 1
    assert await bob.silent()


async def test_typing_is_told_to_the_other_and_forgotten(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.send(type="typing", conv=DIRECT, on=True)
    assert await bob.get() == {"type": "typing", "conv": DIRECT, "user": "ann", "on": True}
    assert await ann.silent()
    for _ in range(50):
        await ann.send(type="typing", conv=DIRECT, on=True)
    heard = 0
    while not await bob.silent():
        heard += 1
    assert heard < 10


async def test_the_conversation_list_counts_what_is_unread(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    for number in range(3):
        await bob.say(DIRECT, f"m{number}")
    page = await ann.ask(type="conversations", id="1")
    items = {item["conv"]: item for item in page["items"]}
    assert items[DIRECT]["unread"] == 3
    assert items[DIRECT]["title"] == "Bob"
    assert "badge" not in items[DIRECT]
    assert items[DIRECT]["last"]["mid"] == "m2"
    assert (items["d:ann:mia"]["title"], items["d:ann:mia"]["badge"]) == ("Mia", "manager")
    assert (items[SERVICE]["title"], items[SERVICE]["badge"]) == ("The Bank", "verified")
    assert items[FEED]["writable"] is False
    await ann.send(type="read", conv=DIRECT, seq=2)
    await ann.wait_for("marks")
    page = await ann.ask(type="conversations", id="2", after=items[DIRECT]["version"])
    (item,) = [item for item in page["items"] if item["conv"] == DIRECT]
    assert (item["unread"], item["read"]) == (1, 2)


async def test_the_conversation_list_comes_in_pages(house):
    ann = await house.device("ann")
    seen, after, more = [], 0, True
    while more:
        page = await ann.ask(type="conversations", id=f"p{after}", after=after, limit=1)
        seen += [item["conv"] for item in page["items"]]
        after, more = page["items"][-1]["version"], page["more"]
    assert sorted(seen) == sorted({DIRECT, SERVICE, FEED, "d:ann:mia"})


async def test_history_reads_both_ways(house):
    ann = await house.device("ann")
    for number in range(1, 8):
        await ann.say(DIRECT, f"m{number}")
    page = await ann.ask(type="history", id="1", conv=DIRECT, after=2, limit=3)
    assert [event["seq"] for event in page["events"]] == [3, 4, 5]
    assert (page["more"], page["head"], page["first_seq"]) == (True, 7, 1)
    page = await ann.ask(type="history", id="2", conv=DIRECT, before=4, limit=200)
    assert [event["seq"] for event in page["events"]] == [1, 2, 3]
    assert page["more"] is False
    both = await ann.ask(type="history", id="3", conv=DIRECT, after=1, before=4)
    assert both["code"] == "malformed"
    eve = await house.device("eve")
    assert (await eve.ask(type="history", id="1", conv=DIRECT, after=0))["code"] == "not_a_member"


async def test_after_leaving_nothing_later_is_readable_or_pushed(house):
    bob = await house.device("bob")
    await house.store.messages.append(draft(FEED, "@bank", "b1"))
    assert (await bob.get())["seq"] == 1
    await house.store.conversations.leave(FEED, "bob", fact("left", FEED))
    house.bus.publish(MembershipChanged(FEED, "bob"))
    await house.store.messages.append(draft(FEED, "@bank", "b2"))
    assert await bob.silent()
    page = await bob.ask(type="history", id="1", conv=FEED, after=0)
    assert [event["seq"] for event in page["events"]] == [1]
    assert page["head"] == 1
    await bob.send(type="sync", id="2", cursors={FEED: 0})
    assert (await bob.get())["seq"] == 1
    assert (await bob.get())["type"] == "synced"


async def test_who_joins_hears_from_then_on(house):
    eve = await house.device("eve")
    await house.store.messages.append(draft(FEED, "@bank", "b1"))
    await house.store.conversations.join(
        Membership(FEED, "eve", Role.FOLLOWER, first_seq=2), fact("joined", FEED)
    )
    house.bus.publish(MembershipChanged(FEED, "eve"))
    await asyncio.sleep(0.1)
    await house.store.messages.append(draft(FEED, "@bank", "b2"))
    assert (await eve.get())["seq"] == 2
    page = await eve.ask(type="history", id="1", conv=FEED, after=0)
    assert [event["seq"] for event in page["events"]] == [2]


async def test_what_no_ring_told_of_is_found_by_comparing_heads(house, monkeypatch):
    house.room.fanout.look_again()  # which comes every few seconds by itself
    monkeypatch.setattr("chat_server.delivery.fanout.COMPARE_S", 0.1)
    ann = await house.device("ann")
    house.store._log._rings.clear()
    for number in range(3):
        await house.store.messages.append(draft(DIRECT, "bob", f"m{number}"))
    assert [(await ann.get(8))["seq"] for _ in range(3)] == [1, 2, 3]
    ack = await ann.say(DIRECT, "mine")
    assert ack["seq"] == 4


async def test_pressing_a_card_is_acked_and_its_values_go_nowhere_else(house):
    ann, desk = await house.device("ann"), await house.device("ann", "desk")
    press = {"type": "submit", "id": "1", "conv": SERVICE, "mid": "p1", "action": "confirm"}
    ack = await ann.ask(**press, seq=1, values={"code": "123456"})
    assert (ack["type"], ack["seq"]) == ("ack", 1)
    assert house.presses == [{"code": "123456"}]
    event = await desk.get()
    assert "123456" not in str(event)
    refused = await ann.ask(**press | {"id": "2", "mid": "p2"}, seq=9)
    assert refused["code"] == "card_not_open"


async def test_a_revoked_session_is_closed_at_once(house):
    ann = await house.device("ann")
    house.bus.publish(SessionEnded("ann-phone"))
    assert (await ann.closed(1.0))[0] == 4409


async def test_http_answers_on_the_same_port(house):
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert answer.endswith(b"hello")
