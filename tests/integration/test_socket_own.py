"""What is a person's own in a conversation, over the socket: on every device of theirs, and on
nobody else's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.ids import direct_conversation
from chat_server.domain.message import EventKind
from chat_server.domain.own import Unsent
from tests.socket_house import DIRECT, FEED, House, Socket, draft, fact, open_house

GROUP = "g:friday"
WITH_MIA = direct_conversation("ann", "mia")


@pytest.fixture(params=["memory", "sqlite"])
async def house(request, tmp_path) -> AsyncIterator[House]:
    url = "memory://" if request.param == "memory" else f"sqlite:///{tmp_path / 'chat.db'}"
    async with open_house(url) as house:
        roles = {"ann": Role.MEMBER, "bob": Role.OWNER, "eve": Role.MEMBER}
        await house.store.conversations.open_conversation(
            Conversation(GROUP, ConversationKind.GROUP, title="Friday", size=3),
            [Membership(GROUP, user, role) for user, role in roles.items()],
            fact("conversation_opened", GROUP),
        )
        yield house


async def line(device: Socket, conv: str) -> dict[str, Any]:
    """The conversation as this person's list has it."""
    page = await device.ask(type="conversations", id="list")
    (item,) = [item for item in page["items"] if item["conv"] == conv]
    return dict(item)


async def unread(device: Socket, conv: str) -> int:
    return int((await line(device, conv))["unread"])


# --- settings


async def test_settings_reach_ones_other_devices_at_once_and_nobody_else(house):
    phone, tablet = await house.device("ann"), await house.device("ann", "tablet")
    bob = await house.device("bob")
    told = await phone.ask(type="settings", id="s", conv=DIRECT, pinned=True, muted=True)
    heard = await tablet.wait_for("settings")
    assert heard == {key: value for key, value in told.items() if key != "id"}
    assert (told["pinned"], told["muted"], told["first_seq"]) == (True, True, 1)
    assert await bob.silent()


async def test_a_device_that_was_away_gets_settings_from_the_list(house):
    phone = await house.device("ann")
    before = (await phone.ask(type="conversations", id="c"))["items"]
    version = max(item["version"] for item in before)
    for request, wish in enumerate(({"pinned": True}, {"muted": True}, {"marked": True})):
        await phone.ask(type="settings", id=f"s{request}", conv=DIRECT, **wish)
    tablet = await house.device("ann", "tablet")
    (item,) = (await tablet.ask(type="conversations", id="c", after=version))["items"]
    assert (item["conv"], item["pinned"], item["muted"], item["marked"]) == (
        DIRECT,
        True,
        True,
        True,
    )


async def test_no_version_moves_because_somebody_wrote(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    before = (await line(ann, DIRECT))["version"]
    await bob.say(DIRECT, "m1")
    await ann.say(DIRECT, "m2")
    assert (await line(ann, DIRECT))["version"] == before


async def test_settings_of_what_one_is_not_in_are_refused(house):
    ann = await house.device("eve")
    for frame in (
        {"type": "settings", "pinned": True},
        {"type": "clear", "seq": 1},
        {"type": "draft", "mid": "m", "text": "hi"},
        {"type": "star", "seq": 1, "on": True},
    ):
        answer = await ann.ask(id=frame["type"], conv=DIRECT, **frame)
        assert (answer["type"], answer["code"]) == ("error", "not_a_member")


async def test_a_hidden_conversation_comes_back_with_the_next_message(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await bob.say(DIRECT, "m1")
    told = await ann.ask(type="settings", id="h", conv=DIRECT, hidden=True)
    assert (await line(ann, DIRECT))["head"] < told["hidden_seq"]
    await bob.say(DIRECT, "m2")
    item = await line(ann, DIRECT)
    assert item["head"] >= item["hidden_seq"]


async def test_too_many_changes_are_slowed_down(house):
    ann = await house.device("ann")
    answers = [
        await ann.ask(type="settings", id=f"s{n}", conv=DIRECT, pinned=bool(n % 2))
        for n in range(70)
    ]
    refused = [answer for answer in answers if answer["type"] == "error"]
    assert refused
    assert {answer["code"] for answer in refused} == {"rate_limited"}
    assert all(answer["retry_after"] > 0 for answer in refused)


# --- clearing


async def test_what_was_cleared_is_read_by_nobody_of_this_person_and_by_all_others(house):
    phone, tablet = await house.device("ann"), await house.device("ann", "tablet")
    bob = await house.device("bob")
    for number in range(4):
        await bob.say(DIRECT, f"m{number}", f"words {number}")
    told = await phone.ask(type="clear", id="c", conv=DIRECT, seq=3)
    assert told["first_seq"] == 4
    assert (await tablet.wait_for("settings"))["first_seq"] == 4
    for device in (phone, tablet):
        for edge in ({"after": 0}, {"before": 99}):
            page = await device.ask(type="history", id="h", conv=DIRECT, limit=50, **edge)
            assert [event["seq"] for event in page["events"]] == [4]
            assert page["first_seq"] == 4
    laptop = await house.device("ann", "laptop")
    await laptop.send(type="sync", id="y", cursors={DIRECT: 0})
    pushed = []
    while (frame := await laptop.get())["type"] != "synced":
        pushed.append(frame)
    assert [event["seq"] for event in pushed] == [4]
    theirs = await bob.ask(type="history", id="h", conv=DIRECT, after=0)
    assert [event["seq"] for event in theirs["events"]] == [1, 2, 3, 4]
    assert len(await house.store.messages.events(DIRECT, after=0, limit=50)) == 4
    kinds = [one.fact.kind for one in await house.store.audit.facts() if one.fact]
    assert kinds.count("history_cleared") == 1


async def test_what_was_cleared_can_no_longer_be_answered_or_passed_on(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await bob.say(DIRECT, "m1", "old words")
    answered = {"type": "send", "conv": DIRECT, "body": {"type": "text", "text": "re"}}
    assert (await ann.ask(id="r1", mid="r1", reply_to=1, **answered))["type"] == "ack"
    await ann.ask(type="clear", id="c", conv=DIRECT, seq=1)
    refused = await ann.ask(id="r2", mid="r2", reply_to=1, **answered)
    assert refused["code"] == "not_found"
    passed = {"conv": WITH_MIA, "forwarded": {"conv": DIRECT, "seq": 1}}
    body = {"type": "text", "text": "old words"}
    refused = await ann.ask(type="send", id="f", mid="f", body=body, **passed)
    assert refused["code"] == "not_found"


async def test_clearing_everything_leaves_no_word_and_no_unread(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    for number in range(3):
        await bob.say(DIRECT, f"m{number}")
    assert await unread(ann, DIRECT) == 3
    await ann.ask(type="clear", id="c", conv=DIRECT, seq=2**53 - 1)
    item = await line(ann, DIRECT)
    assert (item["unread"], item["first_seq"], item.get("last")) == (0, 4, None)
    await bob.say(DIRECT, "m9")
    item = await line(ann, DIRECT)
    assert (item["unread"], item["last"]["mid"]) == (1, "m9")


# --- unread


async def test_unread_is_the_same_on_two_devices_and_leaves_ones_own_out(house):
    phone, tablet = await house.device("ann"), await house.device("ann", "tablet")
    bob = await house.device("bob")
    for number in range(3):
        await bob.say(DIRECT, f"b{number}")
    await phone.say(DIRECT, "a1")
    await tablet.say(DIRECT, "a2")
    await bob.say(DIRECT, "b3")
    assert [await unread(device, DIRECT) for device in (phone, tablet)] == [4, 4]
    await tablet.send(type="read", conv=DIRECT, seq=2)
    while (await phone.wait_for("marks"))["read"] < 2:
        pass
    assert [await unread(device, DIRECT) for device in (phone, tablet)] == [2, 2]
    await phone.ask(type="clear", id="c", conv=DIRECT, seq=3)
    await tablet.wait_for("settings")
    assert [await unread(device, DIRECT) for device in (phone, tablet)] == [1, 1]
    assert await unread(bob, DIRECT) == 2


async def test_the_list_says_where_one_was_named(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    body = {"type": "text", "text": "@all @ann"}
    named = await bob.ask(type="send", id="n", conv=GROUP, mid="n", body=body, mentions=["ann"])
    await bob.say(GROUP, "m2")
    assert (await line(ann, GROUP))["mention"] == named["seq"]
    assert "mention" not in await line(await house.device("eve"), GROUP)
    everybody = await bob.ask(type="send", id="e", conv=GROUP, mid="e", body=body, mentions=["*"])
    assert (await line(ann, GROUP))["mention"] == everybody["seq"]
    await bob.ask(type="recall", id="x", conv=GROUP, mid="x", target=everybody["seq"])
    assert (await line(ann, GROUP))["mention"] == named["seq"]
    await ann.send(type="read", conv=GROUP, seq=99)
    await ann.wait_for("marks")
    assert "mention" not in await line(ann, GROUP)


# --- drafts


async def test_a_draft_appears_on_ones_other_devices_and_the_last_one_counts(house):
    phone, tablet = await house.device("ann"), await house.device("ann", "tablet")
    first = await phone.ask(type="draft", id="d1", conv=DIRECT, mid="a", text="你好")
    heard = await tablet.wait_for("settings")
    assert heard["draft"] == {"mid": "a", "text": "你好"}
    second = await tablet.ask(
        type="draft", id="d2", conv=DIRECT, mid="b", text="你好吗", reply_to=1
    )
    assert second["version"] > first["version"]
    laptop = await house.device("ann", "laptop")
    assert (await line(laptop, DIRECT))["draft"] == {"mid": "b", "text": "你好吗", "reply_to": 1}
    bob = await house.device("bob")
    assert "draft" not in await line(bob, DIRECT)
    await phone.ask(type="draft", id="d3", conv=DIRECT, mid="b", text=" ")
    assert "draft" not in await line(laptop, DIRECT)


async def test_sending_under_its_mid_takes_the_draft_away(house):
    phone = await house.device("ann")
    await phone.ask(type="draft", id="d1", conv=DIRECT, mid="a", text="hello")
    await phone.say(DIRECT, "a")
    assert "draft" not in await line(phone, DIRECT)
    late = await phone.ask(type="draft", id="d2", conv=DIRECT, mid="a", text="hello")
    assert "draft" not in late
    assert "draft" not in (await phone.ask(type="settings", id="s", conv=DIRECT, pinned=True))


async def test_a_draft_that_is_sent_while_it_is_kept_is_gone(house, monkeypatch):
    phone = await house.device("ann")
    keep = house.store.own.write_draft

    async def late(unsent: Unsent) -> object:
        await house.store.messages.append(draft(DIRECT, "ann", unsent.mid))
        return await keep(unsent)

    monkeypatch.setattr(house.store.own, "write_draft", late)
    assert "draft" not in await phone.ask(type="draft", id="d", conv=DIRECT, mid="a", text="hi")
    assert "draft" not in await line(phone, DIRECT)


async def test_a_draft_that_is_too_long_or_of_a_follower_is_refused(house):
    phone = await house.device("ann")
    answer = await phone.ask(type="draft", id="d", conv=DIRECT, mid="a", text="x" * 4001)
    assert answer["code"] == "malformed"
    answer = await phone.ask(type="draft", id="f", conv=FEED, mid="a", text="hi")
    assert answer["code"] == "read_only"


async def test_a_draft_is_masked_and_a_code_refused_as_in_a_message(house, monkeypatch):
    phone = await house.device("ann")
    card = "6222021234567890128"
    told = await phone.ask(type="draft", id="d", conv=DIRECT, mid="a", text=f"卡号 {card}")
    assert card not in told["draft"]["text"]

    async def asked_for_a_code(customer: str, now_ms: int) -> bool:
        return customer == "ann"

    monkeypatch.setattr(house.store.dialogues, "secret_cards", asked_for_a_code)
    refused = await phone.ask(type="draft", id="e", conv=DIRECT, mid="b", text="123456")
    assert refused["code"] == "secret_refused"
    drafts = await house.store.own.drafts("ann", [DIRECT])
    assert drafts[DIRECT].mid == "a"


# --- stars


async def test_stars_are_listed_across_conversations_on_every_device(house):
    phone, tablet = await house.device("ann"), await house.device("ann", "tablet")
    bob = await house.device("bob")
    await bob.say(DIRECT, "m1", "first")
    await bob.say(GROUP, "m2", "second")
    for conv in (DIRECT, GROUP):
        told = await phone.ask(type="star", id=conv, conv=conv, seq=1, on=True)
        assert told == {"type": "star", "id": conv, "conv": conv, "seq": 1, "on": True}
        assert (await tablet.wait_for("star"))["conv"] == conv
    listed = await tablet.ask(type="stars", id="l")
    assert [(one["conv"], one["state"]) for one in listed["items"]] == [
        (GROUP, "shown"),
        (DIRECT, "shown"),
    ]
    assert listed["items"][0]["event"]["body"] == {"type": "text", "text": "second"}
    page = await tablet.ask(type="stars", id="p", before=listed["items"][0]["number"], limit=1)
    assert ([one["conv"] for one in page["items"]], page["more"]) == ([DIRECT], False)
    only = await tablet.ask(type="stars", id="o", conv=GROUP)
    assert [one["conv"] for one in only["items"]] == [GROUP]
    await phone.ask(type="star", id="u", conv=GROUP, seq=1, on=False)
    assert not (await tablet.wait_for("star"))["on"]
    assert len((await tablet.ask(type="stars", id="l2"))["items"]) == 1
    assert not (await bob.ask(type="stars", id="b"))["items"]


async def test_a_starred_message_that_is_gone_shows_no_word(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    for number in range(3):
        await bob.say(DIRECT, f"m{number}", "secret words")
    await bob.say(GROUP, "g1", "secret words")
    for conv, seq in ((DIRECT, 1), (DIRECT, 2), (DIRECT, 3), (GROUP, 1)):
        await ann.ask(type="star", id="s", conv=conv, seq=seq, on=True)
    await bob.ask(type="recall", id="r", conv=DIRECT, mid="r", target=2)
    await ann.ask(type="clear", id="c", conv=DIRECT, seq=1)
    await house.store.conversations.leave(GROUP, "ann", fact("left", GROUP))
    await house.store.messages.append(draft(GROUP, "bob", "g2", "secret words"))
    listed = (await ann.ask(type="stars", id="l"))["items"]
    told = {(one["conv"], one["seq"]): one["state"] for one in listed}
    assert told == {
        (GROUP, 1): "shown",
        (DIRECT, 3): "shown",
        (DIRECT, 2): "recalled",
        (DIRECT, 1): "withheld",
    }
    gone = [one for one in listed if one["state"] != "shown"]
    assert "secret" not in msgspec.json.encode(gone).decode()


async def test_only_a_message_that_one_may_read_is_starred(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await bob.say(DIRECT, "m1")
    react = msgspec.structs.replace(draft(DIRECT, "bob", "k"), kind=EventKind.REACTION)
    await house.store.messages.append(react)
    await ann.ask(type="clear", id="c", conv=DIRECT, seq=1)
    for seq in (0, 1, 2, 9):
        answer = await ann.ask(type="star", id=f"s{seq}", conv=DIRECT, seq=seq, on=True)
        assert answer["code"] == "not_found"
