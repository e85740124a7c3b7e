"""Between bytes and frames, in both spellings of the protocol: JSON text and MessagePack.

Transport brings bytes from sockets here; fan-out brings events once for all receivers of
one spelling. Nothing in here knows who they are for, and nothing gets out that a client
could read as a stack trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from chat_server.domain.errors import ChatError, Malformed
from chat_server.domain.forms import Form
from chat_server.domain.message import Event as StoredEvent
from chat_server.wire import frames
from chat_server.wire.error_table import fault_for
from chat_server.wire.primitives import MAX_ID

TEXT, BINARY = 0x1, 0x2  # opcodes, RFC 6455 §5.2
_SHORT, _MEDIUM = 126, 1 << 16


class _Named(msgspec.Struct):
    """What can be told of a frame that is otherwise wrong."""

    id: str = ""


class Dialect:
    """One subprotocol: how its frames are spelt. There are two, made once, below."""

    def __init__(
        self,
        name: str,
        opcode: int,
        *,
        decode: Callable[[bytes], frames.ClientFrame],
        decode_id: Callable[[bytes], _Named],
        encode: Callable[[object], bytes],
        body: Callable[[bytes], Raw],
    ) -> None:
        self.name, self.opcode = name, opcode
        self._decode, self._decode_id, self._encode = decode, decode_id, encode
        self.body = body  # a stored body in this spelling

    def decode(self, data: bytes) -> frames.ClientFrame:
        """Raises Malformed; the message names the field and never quotes a value."""
        try:
            return self._decode(data)
        except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
            raise Malformed(_place(exc)) from exc

    def readable(self, data: bytes) -> bool:
        """Whether a text frame is text at all, RFC 6455 §8.1."""
        if self.opcode != TEXT:
            return True
        try:
            data.decode()
        except UnicodeDecodeError:
            return False
        return True

    def request_id(self, data: bytes) -> str:
        """The `id` of a frame that did not decode, when that much can be read; else empty."""
        try:
            named = self._decode_id(data).id
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return ""
        return named if len(named) <= MAX_ID else ""

    def pack(self, frame: frames.ServerFrame) -> bytes:
        """A whole WebSocket message, ready to leave."""
        return framed(self._encode(frame), self.opcode)

    def event_now(self, shown: StoredEvent, form: Form, user: str) -> frames.Event:
        """An event with what became of it, as this person sees that."""
        return replace(
            self.event(shown),
            changed_seq=form.changed_seq,
            edited=bool(form.body),
            reactions=_counted(form.reactions, user),
        )

    def event(self, stored: StoredEvent) -> frames.Event:
        return frames.Event(
            conv=stored.conv,
            seq=stored.seq,
            mid=stored.mid,
            from_=stored.sender,
            ts=stored.ts,
            kind=stored.kind,
            n=stored.n,
            body=self.body(stored.body),
        )


def _counted(reactions: Sequence[tuple[str, str]], user: str) -> list[frames.ReactionCount]:
    """Each emoji once, in the order of their coming."""
    counts = Counter(emoji for _, emoji in reactions)
    own = dict(reactions).get(user)
    return [frames.ReactionCount(emoji, count, emoji == own) for emoji, count in counts.items()]


def framed(payload: bytes, opcode: int) -> bytes:
    """The payload as one unmasked, final frame, RFC 6455 §5.2."""
    size = len(payload)
    if size < _SHORT:
        return bytes((0x80 | opcode, size)) + payload
    if size < _MEDIUM:
        return bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big") + payload


def fault_frame(exc: BaseException, request: str = "") -> frames.Error:
    """How an exception is told. Only our own errors speak for themselves."""
    fault = fault_for(exc)
    own = exc if isinstance(exc, ChatError) else None
    return frames.Error(
        code=fault.code,
        message=(own.message if own else "") or fault.meaning,
        id=request,
        retry_after=own.retry_after_s if own else None,
    )


def _place(exc: Exception) -> str:
    """Where a frame is wrong, without what it said: that may be a secret."""
    if isinstance(exc, msgspec.ValidationError):
        _, at, path = str(exc).rpartition(" - at ")
        return f"not valid at {path.strip('`')}" if at else "not a frame"
    return "cannot be read"


def _body_as_msgpack(stored: bytes) -> Raw:
    return Raw(msgspec.msgpack.encode(msgspec.json.decode(stored)))


JSON = Dialect(
    "elian.v1",
    TEXT,
    decode=msgspec.json.Decoder(frames.ClientFrame).decode,
    decode_id=msgspec.json.Decoder(_Named).decode,
    encode=msgspec.json.Encoder().encode,
    body=Raw,
)
MSGPACK = Dialect(
    "elian.v1.msgpack",
    BINARY,
    decode=msgspec.msgpack.Decoder(frames.ClientFrame).decode,
    decode_id=msgspec.msgpack.Decoder(_Named).decode,
    encode=msgspec.msgpack.Encoder().encode,
    body=_body_as_msgpack,
)
DIALECTS = {dialect.name: dialect for dialect in (JSON, MSGPACK)}
