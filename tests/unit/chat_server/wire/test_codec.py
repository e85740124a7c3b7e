from __future__ import annotations

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_server.domain.errors import Malformed, MidReused, RateLimited
from chat_server.domain.message import Event, EventKind
from chat_server.wire import frames
from chat_server.wire.codec import BINARY, JSON, MSGPACK, TEXT, fault_frame, framed

DIALECTS = pytest.mark.parametrize("dialect", [JSON, MSGPACK], ids=lambda d: d.name)
RAW = {JSON: (msgspec.json.encode, msgspec.json.decode)}
RAW[MSGPACK] = (msgspec.msgpack.encode, msgspec.msgpack.decode)
SEND = {"type": "send", "id": "1", "conv": "c", "mid": "m", "body": {"type": "text", "text": "x"}}
EVENT = Event("c", 7, "m", "ann", 9, EventKind.MESSAGE, 3, '{"type":"text","text":"你"}'.encode())


def payload(message: bytes) -> bytes:
    """What is in a frame, by RFC 6455."""
    size = message[1]
    skip = {126: 4, 127: 10}.get(size, 2)
    return message[skip:]


@DIALECTS
def test_a_frame_is_read_as_it_was_meant(dialect):
    frame = dialect.decode(RAW[dialect][0](SEND))
    assert isinstance(frame, frames.Send)
    assert (frame.conv, frame.mid, frame.id) == ("c", "m", "1")


@DIALECTS
@pytest.mark.parametrize(
    "change",
    [
        {"type": "dance"},
        {"extra": 1},
        {"mid": ""},
        {"mid": "x" * 65},
        {"mid": None},
        {"conv": ["c"]},
        {"body": {"type": "notice", "text": "x", "topic": "system"}},
        {"body": {"type": "text", "text": "x" * 4001}},
        {"body": {"type": "text", "text": "x", "bold": True}},
    ],
    ids=str,
)
def test_what_is_not_a_frame_is_refused_but_its_id_is_known(dialect, change):
    data = RAW[dialect][0](SEND | change)
    with pytest.raises(Malformed):
        dialect.decode(data)
    assert dialect.request_id(data) == "1"


@DIALECTS
def test_a_number_no_store_can_hold_is_refused(dialect):
    for seq in (2**53, 2**63):
        with pytest.raises(Malformed):
            dialect.decode(RAW[dialect][0]({"type": "read", "conv": "c", "seq": seq}))


@DIALECTS
def test_a_refusal_never_quotes_a_value(dialect):
    for bad in ({"type": "314159"}, SEND | {"mid": 314159}, SEND | {"id": "314159" * 20}):
        with pytest.raises(Malformed) as refused:
            dialect.decode(RAW[dialect][0](bad))
        assert "314159" not in str(refused.value)


@DIALECTS
@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_frame_or_malformed(dialect, data):
    with suppress(Malformed):
        dialect.decode(data)
    assert len(dialect.request_id(data)) <= 64


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)
KINDS = ["hello", "sync", "send", "read", "typing", "history", "conversations", "submit", "ping"]


@DIALECTS
@given(
    kind=st.sampled_from(KINDS),
    fields=st.dictionaries(
        st.sampled_from(["id", "conv", "mid", "seq", "body", "cursors", "values", "limit", "on"]),
        NESTED,
    ),
)
def test_any_object_is_a_frame_or_malformed(dialect, kind, fields):
    try:
        data = RAW[dialect][0]({"type": kind, **fields})
    except (ValueError, OverflowError):  # what this spelling cannot say
        return
    with suppress(Malformed):
        dialect.decode(data)


@pytest.mark.parametrize("data", [b"[" * 200_000, b'{"a":' * 200_000, b"\x91" * 200_000])
def test_deep_nesting_is_malformed(data):
    for dialect in (JSON, MSGPACK):
        with pytest.raises(Malformed):
            dialect.decode(data)
        assert dialect.request_id(data) == ""


@DIALECTS
def test_an_event_carries_its_body_in_the_spelling_of_its_reader(dialect):
    told = RAW[dialect][1](payload(dialect.pack(dialect.event(EVENT))))
    assert told == {
        "type": "event",
        "conv": "c",
        "seq": 7,
        "mid": "m",
        "from": "ann",
        "ts": 9,
        "kind": "message",
        "n": 3,
        "body": {"type": "text", "text": "你"},
    }


@given(size=st.sampled_from([0, 1, 125, 126, 127, 65535, 65536, 70000]))
def test_a_payload_of_any_size_is_framed(size):
    message = framed(b"x" * size, TEXT)
    assert message[0] == 0x81
    assert payload(message) == b"x" * size
    if size >= 126:
        width = 2 if size < 65536 else 8
        assert int.from_bytes(message[2 : 2 + width], "big") == size


def test_messagepack_leaves_in_binary_frames():
    assert MSGPACK.pack(frames.Pong())[0] == 0x80 | BINARY


def test_text_that_is_no_text_is_noticed():
    assert not JSON.readable(b"\xff")
    assert JSON.readable("你".encode())
    assert MSGPACK.readable(b"\xff")


def test_our_own_errors_speak_and_others_do_not():
    own = fault_frame(RateLimited("slow down", retry_after_s=1.5), "r")
    assert (own.code, own.message, own.retry_after, own.id) == (
        "rate_limited",
        "slow down",
        1.5,
        "r",
    )
    assert fault_frame(MidReused()).message
    other = fault_frame(ZeroDivisionError("secret"))
    assert other.code == "internal"
    assert "secret" not in other.message
