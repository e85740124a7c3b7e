"""Whatever bytes come in whatever order: a frame, or Malformed; an intent, or the end."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_server.domain.errors import Malformed
from chat_server.session.intents import Hang
from chat_server.session.machine import STRIKES, Session
from chat_server.wire.codec import JSON, MSGPACK, Dialect

HELLO = {"type": "hello", "id": "h", "device": "phone", "token": "t"}
TEXT = {"type": "text", "text": "x"}
GOOD: list[dict[str, Any]] = [
    HELLO,
    {"type": "sync", "id": "1", "cursors": {"c": 1, "d": 0}},
    {"type": "send", "id": "1", "conv": "c", "mid": "m", "body": TEXT, "mentions": ["bob"]},
    {"type": "edit", "id": "1", "conv": "c", "mid": "m", "target": 1, "body": TEXT},
    {"type": "recall", "id": "1", "conv": "c", "mid": "m", "target": 1},
    {"type": "react", "id": "1", "conv": "c", "mid": "m", "target": 1, "emoji": "👍"},
    {"type": "read", "conv": "c", "seq": 1},
    {"type": "typing", "conv": "c", "on": True},
    {"type": "history", "id": "1", "conv": "c", "after": 1, "limit": 5},
    {"type": "conversations", "id": "1", "after": 0, "limit": 5},
    {"type": "submit", "id": "1", "conv": "c", "mid": "m", "seq": 1, "action": "a", "values": {}},
    {"type": "ping", "id": "1"},
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=70)
)
anything = st.recursive(
    scalars, lambda part: st.lists(part, max_size=4) | st.dictionaries(st.text(max_size=8), part)
)


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """A frame with something in it that does not belong there, or without something that does."""
    frame = dict(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(0, 3))):
        key = draw(st.sampled_from([*frame, "extra"]) if frame else st.just("extra"))
        if draw(st.booleans()):
            frame[key] = draw(anything)
        else:
            frame.pop(key, None)
    return frame


@st.composite
def cut(draw: st.DrawFn) -> tuple[Dialect, bytes]:
    """As bytes of one spelling or the other: whole, cut short, or with one byte another."""
    frame, dialect = draw(spoilt()), draw(st.sampled_from([JSON, MSGPACK]))
    said = json.dumps(frame).encode() if dialect is JSON else msgspec.msgpack.encode(frame)
    if draw(st.booleans()):
        said = said[: draw(st.integers(0, len(said)))]
    if said and draw(st.booleans()):
        at = draw(st.integers(0, len(said) - 1))
        said = said[:at] + bytes([draw(st.integers(0, 255))]) + said[at + 1 :]
    return dialect, said


def heard(session: Session, dialect: Dialect, said: bytes) -> list[object]:
    try:
        frame = dialect.decode(said)
    except Malformed as exc:
        return list(session.misread(exc.message, dialect.request_id(said)))
    return list(session.receive(frame))


@settings(deadline=None, max_examples=300)
@given(st.lists(cut(), max_size=30), st.booleans())
def test_no_noise_makes_the_session_fail_and_nothing_is_heard_after_its_end(
    noise: list[tuple[Dialect, bytes]], welcomed: bool
) -> None:
    session, ended, joined = Session(), False, False
    if welcomed:
        heard(session, JSON, json.dumps(HELLO).encode())
        assert session.joined() == []
    for dialect, said in noise:
        intents = heard(session, dialect, said)
        assert not (ended and intents)
        joined = joined or any(type(intent).__name__ == "Join" for intent in intents)
        ended = ended or any(isinstance(intent, Hang) for intent in intents)
    assert not (welcomed and joined)  # nobody is greeted twice


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300))
def test_no_bytes_are_more_than_malformed(said: bytes) -> None:
    for dialect in (JSON, MSGPACK):
        try:
            dialect.decode(said)
        except Malformed as exc:
            assert len(exc.message) < 300  # noqa: PT017 - both ends are right
        dialect.request_id(said)
        dialect.readable(said)


def test_frames_that_make_no_sense_come_to_an_end() -> None:
    session = Session()
    heard(session, JSON, json.dumps(HELLO).encode())
    session.joined()
    told = [heard(session, JSON, json.dumps(HELLO).encode()) for _ in range(STRIKES + 5)]
    assert sum(isinstance(one, Hang) for intents in told for one in intents) == 1
    assert told[-1] == []


@given(st.integers(10, 60_000), st.sampled_from([b"[", b'{"a":', b"\x91", b"\x81\xa1a"]))
@settings(deadline=None, max_examples=60)
def test_deep_nesting_is_malformed_and_no_crash(depth: int, opening: bytes) -> None:
    dialect = JSON if opening[:1] in b"[{" else MSGPACK
    said = opening * depth
    try:
        dialect.decode(said)
    except Malformed:
        dialect.request_id(said)
    else:
        raise AssertionError
