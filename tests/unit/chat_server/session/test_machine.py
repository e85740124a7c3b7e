from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_server.domain.bodies import Edit, Reaction, Recall, Text
from chat_server.domain.message import Refers
from chat_server.domain.own import Clear, Settle
from chat_server.session import intents
from chat_server.session.machine import EARLY, STRIKES, Session
from chat_server.wire import frames, own_frames, presence_frames
from chat_server.wire.close_codes import CloseCode

HELLO = frames.Hello(device="phone", token="t", id="h")
TABLE = [
    (
        frames.Send(conv="c", mid="m", body=Text("x"), id="1"),
        intents.Post("c", "m", Text("x"), "1"),
    ),
    (
        frames.Send(conv="c", mid="m", body=Text("x"), reply_to=3, mentions=["*"]),
        intents.Post("c", "m", Text("x"), "", Refers(3, ["*"])),
    ),
    (
        frames.EditMessage(conv="c", mid="m", target=3, body=Text("x"), id="1"),
        intents.Act("c", "m", Edit(3, Text("x")), "1"),
    ),
    (
        frames.RecallMessage(conv="c", mid="m", target=3, id="1"),
        intents.Act("c", "m", Recall(3), "1"),
    ),
    (
        frames.React(conv="c", mid="m", target=3, emoji="👍", id="1"),
        intents.Act("c", "m", Reaction(3, "👍"), "1"),
    ),
    (frames.Read(conv="c", seq=3), intents.Move("c", read=3)),
    (frames.Delivered(conv="c", seq=3), intents.Move("c", delivered=3)),
    (frames.Typing(conv="c", on=True), intents.Type("c", on=True)),
    (frames.History(conv="c", after=0, id="1"), intents.TurnPage("c", 0, None, 50, "1")),
    (frames.History(conv="c", before=9, limit=7), intents.TurnPage("c", None, 9, 7, "")),
    (frames.Sync(cursors={"c": 1}, id="1"), intents.CatchUp({"c": 1}, "1")),
    (frames.Conversations(after=2, limit=3, id="1"), intents.ListMine(2, 3, "1")),
    (
        frames.Submit(conv="c", mid="m", seq=4, action="ok", values={"a": "b"}, id="1"),
        intents.Press("c", "m", 4, "ok", {"a": "b"}, "1"),
    ),
    (presence_frames.Watch(users=["a"], id="1"), intents.WatchPeople(["a"], "1")),
    (presence_frames.Appear(state="away"), intents.Step(away=True)),
    (presence_frames.Appear(state="online"), intents.Step(away=False)),
    (
        own_frames.ChangeSettings(conv="c", id="1", pinned=True, hidden=False),
        intents.Keep("c", Settle(pinned=True, hidden=False), "1"),
    ),
    (own_frames.ClearHistory(conv="c", seq=3, id="1"), intents.Keep("c", Clear(3), "1")),
    (
        own_frames.WriteDraft(conv="c", mid="m", text="hi", reply_to=2, id="1"),
        intents.Begin("c", "m", "hi", 2, "1"),
    ),
    (
        own_frames.StarMessage(conv="c", seq=3, on=False, id="1"),
        intents.Point("c", 3, on=False, request="1"),
    ),
    (
        own_frames.ListStars(id="1", before=9, conv="c", limit=7),
        intents.ListStarred("c", 9, 7, "1"),
    ),
    (frames.Ping(id="1"), intents.Echo("1")),
]


def live() -> Session:
    session = Session()
    session.receive(HELLO)
    session.joined()
    return session


@pytest.mark.parametrize(("frame", "intent"), TABLE, ids=lambda x: type(x).__name__)
def test_each_frame_asks_for_one_thing(frame, intent):
    assert list(live().receive(frame)) == [intent]


def test_hello_comes_first():
    assert list(Session().receive(HELLO)) == [intents.Join("t", "phone", "h")]


@pytest.mark.parametrize("frame", [frame for frame, _ in TABLE], ids=lambda x: type(x).__name__)
def test_anything_else_first_hangs_up(frame):
    session = Session()
    (intent,) = session.receive(frame)
    assert isinstance(intent, intents.Hang)
    assert intent.code is CloseCode.TIMED_OUT
    assert list(session.receive(HELLO)) == []


def test_what_comes_before_the_welcome_is_done_after_it_in_order():
    session = Session()
    session.receive(HELLO)
    for number in range(3):
        assert list(session.receive(frames.Ping(id=str(number)))) == []
    assert not session.live
    assert list(session.joined()) == [intents.Echo("0"), intents.Echo("1"), intents.Echo("2")]
    assert session.live


def test_too_much_before_the_welcome_hangs_up():
    session = Session()
    session.receive(HELLO)
    answers = [list(session.receive(frames.Ping())) for _ in range(EARLY + 1)]
    assert answers[:-1] == [[]] * EARLY
    assert isinstance(answers[-1][0], intents.Hang)
    assert list(session.joined()) == []


@pytest.mark.parametrize(
    "frame",
    [HELLO, frames.History(conv="c", id="h"), frames.History(conv="c", id="h", after=1, before=2)],
    ids=["a second hello", "no edge", "two edges"],
)
def test_what_makes_no_sense_is_refused_and_too_much_of_it_hangs_up(frame):
    session = live()
    for _ in range(STRIKES - 1):
        (refused,) = session.receive(frame)
        assert isinstance(refused, intents.Refuse)
        assert refused.request == "h"
    (hang,) = session.receive(frame)
    assert isinstance(hang, intents.Hang)
    assert hang.code is CloseCode.FLOODING
    assert list(session.receive(frames.Ping())) == []


def test_a_frame_that_is_none_hangs_up_before_hello_and_is_refused_after():
    (hang,) = Session().misread("not a frame", "")
    assert isinstance(hang, intents.Hang)
    assert hang.code is CloseCode.MALFORMED
    session = live()
    assert list(session.misread("not a frame", "1")) == [intents.Refuse("not a frame", "1")]
    last = [list(session.misread("no", "")) for _ in range(STRIKES)]
    assert isinstance(last[STRIKES - 2][0], intents.Hang)
    assert last[-1] == []


def test_it_hangs_up_once():
    session = live()
    assert len(session.hang(CloseCode.TIMED_OUT, "x")) == 1
    assert list(session.hang(CloseCode.TIMED_OUT, "x")) == []
    assert list(session.joined()) == []


STEPS = st.lists(
    st.sampled_from([frame for frame, _ in TABLE])
    | st.just(HELLO)
    | st.sampled_from(["misread", "joined"]),
    max_size=60,
)


@given(steps=STEPS)
def test_whatever_comes_one_hang_is_the_last_word(steps):
    session = Session()
    hung = False
    for step in steps:
        if step == "misread":
            wanted = session.misread("x", "")
        elif step == "joined":
            wanted = session.joined()
        else:
            wanted = session.receive(step)
        assert not (hung and wanted)
        hung = hung or any(isinstance(one, intents.Hang) for one in wanted)
        if not session.live:
            assert not any(isinstance(one, intents.Request) for one in wanted)
