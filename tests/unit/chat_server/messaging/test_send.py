from __future__ import annotations

import msgspec
import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.domain.bodies import Menu, Text
from chat_server.domain.conversation import Membership, Role
from chat_server.domain.errors import (
    InvalidValue,
    MidReused,
    NotAMember,
    ReadOnly,
    SecretRefused,
)
from chat_server.domain.facts import Dialogue, OpenCard
from chat_server.ports.bus import MembershipChanged, SessionEnded
from chat_server.session.intents import Post
from chat_server.usecases.messaging.enclose import Enclosures
from chat_server.usecases.messaging.refer import References
from chat_server.usecases.messaging.send import Sender, SendMessage, body_hasher
from chat_server.usecases.messaging.standing import Standings
from tests.socket_house import DIRECT, FEED, KEY, SERVICE, fact


def Letter(conv, mid, body):  # noqa: N802 - reads as what it makes
    return Post(conv, mid, body, "")


ANN = Sender("ann")
CARD = "6222020200112230335"


@pytest.fixture
def standings(store):
    return Standings(store.conversations)


@pytest.fixture
def send(store, standings):
    hasher = body_hasher(KEY)
    return SendMessage(
        store.messages,
        store.dialogues,
        standings,
        SystemClock(),
        hasher,
        references=References(store.messages, store.conversations),
        enclosures=Enclosures(store.media, SystemClock()),
    )


async def open_secret_card(store) -> None:
    card = OpenCard("card", 1, "ann", secret=True)
    await store.dialogues.commit_turn(
        Dialogue(SERVICE, "@bank", "ann", cards=[card], version=1), [], []
    )


async def test_the_first_send_must_ask_and_later_ones_need_not(send):
    assert send.at_once(ANN, Letter(DIRECT, "m1", Text("one"))) is None
    first = await (await send(ANN, Letter(DIRECT, "m1", Text("one")))).appended
    posted = send.at_once(ANN, Letter(DIRECT, "m2", Text("two")))
    assert [first.event.seq, (await posted.appended).event.seq] == [1, 2]
    assert posted.changed is None


@pytest.mark.parametrize("conv", ["d:bob:mia", "d:no:such"])
async def test_only_members_send(send, conv):
    with pytest.raises(NotAMember):
        await send(ANN, Letter(conv, "m1", Text("x")))


async def test_followers_only_read(send):
    with pytest.raises(ReadOnly):
        await send(ANN, Letter(FEED, "m1", Text("x")))


async def test_who_left_is_no_member_even_if_remembered(send, store, standings):
    await send(Sender("bob"), Letter(DIRECT, "m1", Text("x")))
    await store.conversations.leave(DIRECT, "bob", fact("left", DIRECT))
    standings.on_signal(SessionEnded("x"))
    standings.on_signal(MembershipChanged(DIRECT, "bob"))
    assert send.at_once(Sender("bob"), Letter(DIRECT, "m2", Text("x"))) is None
    with pytest.raises(NotAMember):
        await send(Sender("bob"), Letter(DIRECT, "m2", Text("x")))


async def test_menus_belong_to_services(send):
    assert await (await send(ANN, Letter(SERVICE, "m1", Menu("k", "t")))).appended
    with pytest.raises(InvalidValue):
        await send(ANN, Letter(DIRECT, "m1", Menu("k", "t")))


async def test_a_card_number_is_masked_before_it_is_stored(send, store):
    posted = await send(ANN, Letter(DIRECT, "m1", Text(f"卡号{CARD}")))
    await posted.appended
    masked = "卡号6222***********0335"
    assert msgspec.json.decode(posted.changed)["text"] == masked
    assert (await store.messages.event(DIRECT, 1)).body == posted.changed


async def test_sameness_is_of_the_body_as_received(send):
    first = await (await send(ANN, Letter(DIRECT, "m1", Text(f"卡号{CARD}")))).appended
    again = await (await send(ANN, Letter(DIRECT, "m1", Text(f"卡号{CARD}")))).appended
    assert again.duplicate
    assert again.event == first.event
    other = await send(ANN, Letter(DIRECT, "m1", Text("卡号6222***********0335")))
    with pytest.raises(MidReused):
        await other.appended


async def test_a_code_is_refused_while_a_card_asks_for_one(send, store):
    await (await send(ANN, Letter(DIRECT, "m1", Text("123456")))).appended
    await open_secret_card(store)
    for conv in (DIRECT, SERVICE):
        for text in ("123456", "验证码 １２３４５６", "12 34 56"):
            assert send.at_once(ANN, Letter(conv, "m2", Text(text))) is None
            with pytest.raises(SecretRefused):
                await send(ANN, Letter(conv, "m2", Text(text)))
    await (await send(ANN, Letter(DIRECT, "m3", Text("转500块")))).appended
    await (await send(Sender("bob"), Letter(DIRECT, "m1", Text("123456")))).appended
    assert (await store.messages.head(DIRECT)).seq == 3


async def test_who_is_no_member_learns_nothing_of_cards(send, store):
    await open_secret_card(store)
    with pytest.raises(NotAMember):
        await send(ANN, Letter("d:bob:mia", "m1", Text("123456")))


async def test_a_standing_read_while_it_changed_is_not_remembered(store, standings):
    class Changing:
        async def membership(self, conv, user):
            standings.on_signal(MembershipChanged(conv, user))
            return Membership(conv, user, Role.MEMBER)

        conversation = store.conversations.conversation

    standings._store = Changing()
    await standings.find("ann", DIRECT)
    assert standings.known("ann", DIRECT) is None


async def test_standings_are_bounded_and_can_be_forgotten(store):
    standings = Standings(store.conversations, remembered=2)
    for conv in (DIRECT, SERVICE, FEED):
        await standings.find("ann", conv)
    assert standings.known("ann", DIRECT) is None
    assert standings.known("ann", FEED) is not None
    standings.forget_all()
    assert standings.known("ann", FEED) is None


def test_the_hash_is_keyed():
    assert body_hasher(KEY)(b"x") == body_hasher(KEY)(b"x")
    assert body_hasher(KEY)(b"x") != body_hasher(b"other key")(b"x")
