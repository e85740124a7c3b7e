"""Edits, recalls, reactions, replies, mentions and what is passed on, over a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.facts import Dialogue, OpenCard
from chat_server.domain.ids import direct_conversation
from chat_server.domain.publishing import PublicAccount
from chat_server.usecases.messaging.act import Windows
from chat_server.usecases.messaging.pace import Pace
from tests.socket_house import DIRECT, FEED, SERVICE, House, Socket, draft, fact, open_house

WITH_MIA = direct_conversation("ann", "mia")
GROUP = "g:team"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


def text(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}


async def edit(device: Socket, target: int, words: str, mid: str = "e1", conv: str = DIRECT) -> Any:
    frame = {"conv": conv, "mid": mid, "target": target, "body": text(words)}
    return await device.ask(type="edit", id=mid, **frame)


async def recall(device: Socket, target: int, mid: str = "r1", conv: str = DIRECT) -> Any:
    return await device.ask(type="recall", id=mid, conv=conv, mid=mid, target=target)


async def react(device: Socket, target: int, emoji: str, mid: str, conv: str = DIRECT) -> Any:
    frame = {"conv": conv, "mid": mid, "target": target, "emoji": emoji}
    return await device.ask(type="react", id=mid, **frame)


async def page(device: Socket, conv: str = DIRECT) -> list[dict[str, Any]]:
    answer = await device.ask(type="history", id="h", conv=conv, after=0)
    events: list[dict[str, Any]] = answer["events"]
    return events


async def open_group(house: House) -> None:
    roles = {"ann": Role.OWNER, "bob": Role.MEMBER, "mia": Role.MEMBER}
    await house.store.conversations.open_conversation(
        Conversation(GROUP, ConversationKind.GROUP, title="Team"),
        [Membership(GROUP, user, role) for user, role in roles.items()],
        fact("conversation_opened", GROUP),
    )


# --- edit


async def test_an_edit_is_acked_told_and_read_as_it_reads_now(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.say(DIRECT, "m1", "helo")
    ack = await edit(ann, 1, "hello")
    assert (ack["type"], ack["seq"]) == ("ack", 2)
    event = [await bob.get(), await bob.get()][1]
    assert (event["kind"], event["seq"], event["n"]) == ("edit", 2, 1)
    assert event["body"] == {"type": "edit", "target": 1, "body": text("hello")}
    first = (await page(bob))[0]
    assert first["body"] == text("hello")
    assert (first["edited"], first["changed_seq"]) == (True, 2)


async def test_the_same_edit_again_gets_the_first_answer_and_another_is_refused(house):
    ann = await house.device("ann")
    await ann.say(DIRECT, "m1")
    first = await edit(ann, 1, "new")
    again = await edit(ann, 1, "new")
    assert (again["seq"], again["duplicate"]) == (first["seq"], True)
    assert (await edit(ann, 1, "newer"))["code"] == "mid_reused"


async def test_a_card_number_in_an_edit_is_masked_and_the_editor_told(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.say(DIRECT, "m1")
    ack = await edit(ann, 1, "4111111111111111")
    assert "11111" not in str(ack["body"])
    await bob.get()
    assert "11111" not in str(await bob.get())
    assert "11111" not in str(await page(bob))


async def test_only_ones_own_text_is_edited(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.say(DIRECT, "m1")
    assert (await edit(bob, 1, "mine now"))["code"] == "forbidden"
    menu = {"type": "menu", "key": "k", "title": "t"}
    await ann.ask(type="send", id="s", conv=SERVICE, mid="s", body=menu)
    assert (await edit(ann, 1, "words", conv=SERVICE))["code"] == "invalid_value"


async def test_an_edit_may_come_too_late():
    async with open_house(windows=Windows(edit_s=0)) as house:
        ann = await house.device("ann")
        await ann.say(DIRECT, "m1")
        await asyncio.sleep(0.01)
        assert (await edit(ann, 1, "late"))["code"] == "edit_too_late"


async def test_what_a_bot_was_told_is_not_edited(house):
    await house.store.accounts.put_account(
        PublicAccount("@bank", "The Bank", "talks", verified=True, bot="bank"),
        fact("account_put", "@bank"),
    )
    ann = await house.device("ann")
    await ann.say(SERVICE, "m1", "transfer 5")
    assert (await edit(ann, 1, "transfer 500", conv=SERVICE))["code"] == "forbidden"


async def test_a_code_typed_into_an_edit_is_refused(house):
    ann = await house.device("ann")
    await ann.say(DIRECT, "m1")
    card = OpenCard("card-1", 1, "ann", secret=True)
    dialogue = Dialogue(conv=SERVICE, account="@bank", customer="ann", cards=(card,), version=1)
    await house.store.dialogues.commit_turn(dialogue, [draft(SERVICE, "@bank", "card-1")], [])
    assert (await edit(ann, 1, "123456"))["code"] == "secret_refused"
    assert "123456" not in str(await page(ann))


async def test_edits_count_as_sends_for_the_pace():
    async with open_house(pace=Pace(burst=2, per_s=0.1)) as house:
        ann = await house.device("ann")
        await ann.say(DIRECT, "m1")
        await edit(ann, 1, "one")
        refused = await edit(ann, 1, "two", mid="e2")
        assert (refused["code"], refused["retry_after"] > 0) == ("rate_limited", True)


# --- recall


async def test_a_recalled_message_is_read_by_nobody_any_more(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.say(DIRECT, "m1", "secret words")
    await edit(ann, 1, "other secret words")
    assert (await recall(ann, 1))["seq"] == 3
    assert [(await bob.get())["kind"] for _ in range(3)] == ["message", "edit", "recall"]
    later = await house.device("bob", "tablet")
    await later.send(type="sync", id="y", cursors={DIRECT: 0})
    synced = [await later.get() for _ in range(3)]
    assert [one["kind"] for one in synced] == ["message", "edit", "recall"]
    told = [*synced, *await page(bob), *await page(ann)]
    listed = await bob.ask(type="conversations", id="l")
    assert "secret" not in msgspec.json.encode([told, listed]).decode()
    assert (await page(bob))[0]["body"] == {"type": "recalled"}
    assert (await page(bob))[0]["changed_seq"] == 3


async def test_the_log_keeps_what_was_recalled_for_the_archive(house):
    ann = await house.device("ann")
    await ann.say(DIRECT, "m1", "words")
    await recall(ann, 1)
    stored = await house.store.messages.event(DIRECT, 1)
    assert stored is not None
    assert msgspec.json.decode(stored.body) == text("words")


async def test_only_ones_own_message_is_recalled(house):
    ann, mia = await house.device("ann"), await house.device("mia")
    await ann.say(WITH_MIA, "m1")
    assert (await recall(mia, 1, conv=WITH_MIA))["code"] == "forbidden"


async def test_people_recall_for_two_minutes_and_staff_for_longer():
    async with open_house(windows=Windows(recall_s=0, staff_recall_s=60)) as house:
        ann, mia = await house.device("ann"), await house.device("mia")
        await ann.say(WITH_MIA, "m1")
        await mia.say(WITH_MIA, "m2")
        await asyncio.sleep(0.01)
        assert (await recall(ann, 1, conv=WITH_MIA))["code"] == "recall_too_late"
        assert (await recall(mia, 2, conv=WITH_MIA))["type"] == "ack"


async def test_a_recall_that_was_done_in_time_is_acked_again_later(house):
    ann = await house.device("ann")
    await ann.say(DIRECT, "m1")
    first = await recall(ann, 1)
    again = await recall(ann, 1)
    assert (again["seq"], again["duplicate"]) == (first["seq"], True)
    assert (await recall(ann, 1, mid="r2"))["code"] == "not_found"


async def test_what_was_recalled_is_not_edited_reacted_to_or_answered(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.say(DIRECT, "m1")
    await recall(ann, 1)
    assert (await edit(ann, 1, "again"))["code"] == "not_found"
    assert (await react(bob, 1, "👍", "x1"))["code"] == "not_found"
    reply = {"conv": DIRECT, "mid": "m2", "body": text("what?"), "reply_to": 1}
    assert (await bob.ask(type="send", id="q", **reply))["code"] == "not_found"


async def test_two_recalls_at_once_leave_one(house):
    phone, desk = await house.device("ann", "phone"), await house.device("ann", "desk")
    await phone.say(DIRECT, "m1")
    answers = await asyncio.gather(recall(phone, 1, "r1"), recall(desk, 1, "r2"))
    codes = sorted(one.get("code", "acked") for one in answers)
    assert codes[0] == "acked"
    assert codes[1] in {"message_recalled", "not_found"}
    assert (await house.store.messages.head(DIRECT)).seq == 2


# --- reactions


async def test_reactions_are_told_and_counted(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.say(DIRECT, "m1")
    await bob.get()
    assert (await react(bob, 1, "👍", "x1"))["type"] == "ack"
    await react(ann, 1, "👍", "x2")
    await react(bob, 1, "🎉", "x3")
    event = await ann.get()  # the first one came while hers was on its way
    assert event["kind"] == "reaction"
    assert event["body"] == {"type": "reaction", "target": 1, "emoji": "🎉", "was": "👍"}
    seen_by_bob = (await page(bob))[0]["reactions"]
    assert seen_by_bob == [{"emoji": "👍", "count": 1}, {"emoji": "🎉", "count": 1, "mine": True}]
    await react(bob, 1, "", "x4")
    assert (await page(bob))[0]["reactions"] == [{"emoji": "👍", "count": 1}]


async def test_only_emoji_of_the_list_are_taken(house):
    ann = await house.device("ann")
    await ann.say(DIRECT, "m1")
    assert (await react(ann, 1, "🦀", "x1"))["code"] == "malformed"


async def test_reactions_make_nothing_unread_and_are_not_the_last_word(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.say(DIRECT, "m1", "hello")
    await bob.say(DIRECT, "m2", "hi")
    await react(ann, 2, "👍", "x1")
    items = (await ann.ask(type="conversations", id="l"))["items"]
    item = next(one for one in items if one["conv"] == DIRECT)
    assert (item["head"], item["unread"], item["last"]["seq"]) == (3, 1, 2)
    assert item["last"]["reactions"] == [{"emoji": "👍", "count": 1, "mine": True}]


async def test_followers_of_a_feed_only_read(house):
    await house.store.messages.append(draft(FEED, "@bank", "b1"))
    ann = await house.device("ann")
    assert (await react(ann, 1, "👍", "x1", conv=FEED))["code"] == "read_only"


async def test_a_stranger_acts_on_nothing(house):
    ann, eve = await house.device("ann"), await house.device("eve")
    await ann.say(DIRECT, "m1")
    assert (await react(eve, 1, "👍", "x1"))["code"] == "not_a_member"
    assert (await recall(eve, 1))["code"] == "not_a_member"
    assert (await recall(ann, 77))["code"] == "not_found"


async def test_an_action_is_no_message_to_act_on(house):
    ann = await house.device("ann")
    await ann.say(DIRECT, "m1")
    await edit(ann, 1, "new")
    assert (await recall(ann, 2))["code"] == "not_found"


async def test_sends_and_actions_of_one_connection_keep_their_order(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.say(DIRECT, "m0")
    await bob.get()
    for number in range(10):
        frame = {"conv": DIRECT, "mid": f"e{number}", "target": 1, "body": text(f"{number}")}
        await ann.send(type="edit", id=f"e{number}", **frame)
        said = {"conv": DIRECT, "mid": f"m{number + 1}", "body": text("x")}
        await ann.send(type="send", id=f"m{number + 1}", **said)
    wanted = [mid for n in range(10) for mid in (f"e{n}", f"m{n + 1}")]
    assert [(await ann.get())["mid"] for _ in range(20)] == wanted
    assert [(await bob.get())["mid"] for _ in range(20)] == wanted


async def test_who_left_does_not_see_later_edits_but_later_recalls(house):
    await open_group(house)
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.say(GROUP, "m1", "first")
    await ann.say(GROUP, "m2", "second")
    await house.store.conversations.leave(GROUP, "bob", fact("left", GROUP))
    await edit(ann, 1, "for those who stayed", conv=GROUP)
    await recall(ann, 2, conv=GROUP)
    events = await page(bob, GROUP)
    assert [event["body"] for event in events] == [text("first"), {"type": "recalled"}]
    assert all("edited" not in event for event in events)


# --- replies, mentions, passing on


async def test_a_reply_names_the_message_it_answers(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.say(DIRECT, "m1")
    await bob.get()
    reply = {"conv": DIRECT, "mid": "m2", "body": text("yes"), "reply_to": 1}
    first = await bob.ask(type="send", id="a", **reply)
    assert first["seq"] == 2
    assert (await ann.get())["body"] == {**text("yes"), "about": {"reply_to": 1}}
    again = await bob.ask(type="send", id="b", **reply)
    assert (again["seq"], again["duplicate"]) == (2, True)
    plain = await bob.ask(type="send", id="c", conv=DIRECT, mid="m2", body=text("yes"))
    assert plain["code"] == "mid_reused"
    nothing = await bob.ask(type="send", id="d", **{**reply, "mid": "m3", "reply_to": 9})
    assert nothing["code"] == "not_found"


async def test_an_edit_keeps_what_the_message_answers(house):
    ann = await house.device("ann")
    await ann.say(DIRECT, "m1")
    reply = {"conv": DIRECT, "mid": "m2", "body": text("yes"), "reply_to": 1}
    await ann.ask(type="send", id="a", **reply)
    await edit(ann, 2, "no")
    assert (await page(ann))[1]["body"] == {**text("no"), "about": {"reply_to": 1}}


async def test_about_is_the_servers_word(house):
    ann = await house.device("ann")
    body = {**text("x"), "about": {"forwarded": {"from": "bob", "ts": 1}}}
    refused = await ann.ask(type="send", id="a", conv=DIRECT, mid="m1", body=body)
    assert refused["code"] == "invalid_value"


async def test_mentions_name_members_and_the_owner_names_everyone(house):
    await open_group(house)
    ann, bob = await house.device("ann"), await house.device("bob")

    async def name(device: Socket, mid: str, *users: str, conv: str = GROUP) -> Any:
        said = {"conv": conv, "mid": mid, "body": text("look"), "mentions": list(users)}
        return await device.ask(type="send", id=mid, **said)

    assert (await name(ann, "m1", "bob", "bob", "*"))["seq"] == 1
    assert (await bob.wait_for("event"))["body"]["about"] == {"mentions": ["bob", "*"]}
    assert (await name(bob, "m2", "*"))["code"] == "forbidden"
    assert (await name(bob, "m3", "eve"))["code"] == "invalid_value"
    assert (await name(ann, "m4", "bob", conv=DIRECT))["code"] == "invalid_value"


async def test_what_is_passed_on_says_who_wrote_it_and_not_where(house):
    ann, mia = await house.device("ann"), await house.device("mia")
    bob = await house.device("bob")
    await bob.say(DIRECT, "m1", "helo")
    await edit(bob, 1, "hello")
    origin = {"conv": DIRECT, "seq": 1}

    async def pass_on(device: Socket, mid: str, words: str, place: dict[str, Any]) -> Any:
        said = {"conv": WITH_MIA, "mid": mid, "body": text(words), "forwarded": place}
        return await device.ask(type="send", id=mid, **said)

    assert (await pass_on(ann, "f1", "hello", origin))["seq"] == 1
    about = (await mia.get())["body"]["about"]
    assert about["forwarded"]["from"] == "bob"
    assert DIRECT not in str(about)
    assert (await pass_on(ann, "f2", "other words", origin))["code"] == "invalid_value"
    assert (await pass_on(mia, "f3", "hello", origin))["code"] == "not_a_member"
    await recall(bob, 1)
    assert (await pass_on(ann, "f4", "hello", origin))["code"] == "not_found"
    assert (await pass_on(ann, "f1", "hello", origin))["duplicate"] is True
