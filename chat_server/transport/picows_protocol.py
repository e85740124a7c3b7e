"""The carriage: picows under uvicorn, so that HTTP and the chat socket share one port.

uvicorn parses the upgrade request, makes one of these and hands over the line. Knows
WebSocket frames and nothing of what is in them. Leans on picows' constructor: see
`docs/adr/0002-how-the-socket-is-carried.md`.
"""

from __future__ import annotations

import asyncio
import logging
import math
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
)
from picows.picows import WSProtocol  # type: ignore[attr-defined] # not in its stubs

from chat_server.transport.handshake import Refusal
from chat_server.wire.close_codes import CloseCode
from chat_server.wire.codec import BINARY, TEXT, framed
from chat_server.wire.frames import MAX_FRAME

if TYPE_CHECKING:
    from chat_server.transport.connection import Connection
    from chat_server.transport.websocket import SocketRoom

_READ_BUFFER = 2048  # grows with what comes
_WRITE_HIGH, _WRITE_LOW = 16 * 1024, 4 * 1024  # beyond, the outbox keeps what waits
# left alone, the kernel gives each socket megabytes: a thousand devices that do not read
# would hold gigabytes. It takes twice this, for its own needs.
_KERNEL_BYTES = 64 * 1024
PONG = 0xA  # RFC 6455 §5.2
_TEXT, _BINARY = WSMsgType.TEXT, WSMsgType.BINARY
_OPCODES = {_TEXT: TEXT, _BINARY: BINARY}
_REASON_BYTES = 123  # RFC 6455 §5.5

# what peers do wrong is counted, not logged line by line
_quiet = logging.getLogger("chat_server.picows")
_quiet.setLevel(logging.CRITICAL)


class PicowsProtocol(WSProtocol):  # type: ignore[misc]
    """One socket. `room` is bound by `bound_to`."""

    room: SocketRoom

    def __init__(
        self,
        config: object,
        server_state: Any,  # noqa: ANN401 - uvicorn's, of which only `connections` is used
        app_state: object,
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        del config, app_state, _loop
        super().__init__(
            host_port=None,
            ws_path=None,
            is_client_side=False,
            ws_listener_factory=self._accept,
            logger=_quiet,
            disconnect_on_exception=True,
            websocket_handshake_timeout=5.0,
            enable_auto_ping=False,
            auto_ping_idle_timeout=0.0,
            auto_ping_reply_timeout=0.0,
            auto_ping_strategy=WSAutoPingStrategy.PING_WHEN_IDLE,
            enable_auto_pong=False,
            max_frame_size=MAX_FRAME,
            extra_headers=None,
            read_buffer_init_size=_READ_BUFFER,
        )
        self._siblings: set[object] = server_state.connections
        self._line: _Line | None = None
        self._socket: socket.socket | None = None  # the loop's own, unless the line is encrypted

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._siblings.add(self)
        transport.set_write_buffer_limits(high=_WRITE_HIGH, low=_WRITE_LOW)
        line = transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BYTES)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BYTES)
        if transport.get_extra_info("sslcontext") is None:
            self._socket = socket.socket(fileno=line.fileno())
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """The upgrade request, as uvicorn hands it over."""
        rest = memoryview(data)
        while rest:
            space = self.get_buffer(len(rest))
            taken = min(len(space), len(rest))
            space[:taken] = rest[:taken]
            self.buffer_updated(taken)
            rest = rest[taken:]

    def buffer_updated(self, nbytes: int) -> None:
        if self._line is not None:
            self._line.connection.heard_at = self.room.now
        super().buffer_updated(nbytes)

    def connection_lost(self, exc: Exception | None) -> None:
        self._siblings.discard(self)
        if self._socket is not None:
            self._socket.detach()  # the loop closes it
        super().connection_lost(exc)
        if self._line is not None:
            self._line.connection.lost()

    def shutdown(self) -> None:
        """The server stops: the room finishes what is in flight and closes everybody."""
        self.room.drain_soon()

    def _accept(self, request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
        room = self.room
        peer = self.transport.underlying_transport.get_extra_info("peername")
        try:
            target = request.path.decode("ascii", "replace")
            welcomed = room.let_in(target, request.headers, peer[0] if peer else "")
        except Refusal as refusal:
            return _refused(refusal)
        # uvicorn has checked it; picows takes no list, which Firefox sends
        request.headers["Connection"] = "upgrade"
        named = {"Sec-WebSocket-Protocol": welcomed.protocol} if welcomed.protocol else None
        self._line = _Line(self.transport, self._socket, turned_away=room.full)
        self._line.connection = room.connect(self._line, welcomed.dialect, welcomed.bearer)
        return WSUpgradeResponseWithListener(
            WSUpgradeResponse.create_101_response(named), self._line
        )


class _Line(WSListener):
    """Carrier of one connection, and listener of its socket."""

    connection: Connection

    def __init__(
        self, transport: WSTransport, line: socket.socket | None, *, turned_away: bool
    ) -> None:
        self._ws, self._turned_away = transport, turned_away
        below = transport.underlying_transport
        self._below = below
        self.unsent = below.get_write_buffer_size
        self.write = _writing(below, line)
        self._parts: list[bytes] = []  # of a message in several frames
        self._opcode = 0

    # --- from the socket

    def on_ws_connected(self, transport: WSTransport) -> None:  # noqa: ARG002 - picows' signature
        if self._turned_away:
            self.connection.turn_away()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:  # noqa: ARG002 - picows' signature
        kind = frame.msg_type
        if (kind is _TEXT or kind is _BINARY) and frame.fin and not self._parts:
            if frame.rsv1 or frame.rsv2 or frame.rsv3:
                self._protocol_error()
            else:
                self.connection.received(frame.get_payload_as_bytes(), _OPCODES[kind])
        elif kind is WSMsgType.PING:
            self.connection.pinged(framed(frame.get_payload_as_bytes(), PONG))
        elif kind is WSMsgType.CLOSE:
            self._peer_closes(frame)
        elif kind is not WSMsgType.PONG:
            self._gather(kind, frame)

    def pause_writing(self) -> None:
        self.connection.clogged()

    def resume_writing(self) -> None:
        self.connection.writable()

    # --- from the connection

    def pause(self) -> None:
        if not self._below.is_closing():
            self._below.pause_reading()

    def resume(self) -> None:
        if not self._below.is_closing():
            self._below.resume_reading()

    def close(self, code: int, reason: str) -> None:
        if not self._ws.is_disconnected:
            short = reason.encode()[:_REASON_BYTES].decode(errors="ignore")
            self._ws.send_close(code, short)  # type: ignore[arg-type] # it takes any number

    def abort(self) -> None:
        self._below.abort()

    # --- inside

    def _gather(self, kind: WSMsgType, frame: WSFrame) -> None:
        """A message that came in pieces, RFC 6455 §5.4; bounded as a whole one is."""
        begins = kind is not WSMsgType.CONTINUATION
        if begins == bool(self._parts) or frame.rsv1 or frame.rsv2 or frame.rsv3:
            self._protocol_error()
            return
        if begins:
            self._opcode = _OPCODES[kind]
        self._parts.append(frame.get_payload_as_bytes())
        if sum(map(len, self._parts)) > MAX_FRAME or len(self._parts) > MAX_FRAME // 64:
            self._parts.clear()
            self.connection.close(CloseCode.TOO_BIG, "a message is at most 64 KiB")
        elif frame.fin:
            whole, self._parts = b"".join(self._parts), []
            self.connection.received(whole, self._opcode)

    def _peer_closes(self, frame: WSFrame) -> None:
        code = frame.get_close_code()
        if not self._ws.is_close_frame_sent:
            self.connection.farewell()
            self._ws.send_close(WSCloseCode.OK if code == WSCloseCode.NO_INFO else code)
        self._ws.disconnect()

    def _protocol_error(self) -> None:
        self.connection.close(CloseCode.PROTOCOL_ERROR, "frames out of order")


def _writing(below: asyncio.Transport, line: socket.socket | None) -> Callable[[bytes], None]:
    """Called for each delivery, so it looks nothing up, and asks the kernel first: that is
    cheaper than the loop's own way, which takes what the kernel has no room for.
    """
    closing, unsent, write = below.is_closing, below.get_write_buffer_size, below.write
    if line is None:
        return lambda data: None if closing() else write(data)
    send = line.send

    def carry(data: bytes) -> None:
        if closing():
            return  # its number may be another's soon
        if not unsent():
            try:
                sent = send(data)
            except OSError:  # no room; or broken, which the loop is told when it tries
                sent = 0
            if sent == len(data):
                return
            data = data[sent:]
        write(data)

    return carry


def _refused(refusal: Refusal) -> WSUpgradeResponseWithListener:
    message = refusal.message.encode()
    wait_s = refusal.retry_after_s
    headers = None if wait_s is None else {"Retry-After": str(math.ceil(wait_s))}
    return WSUpgradeResponseWithListener(
        WSUpgradeResponse.create_error_response(refusal.status, message, headers), None
    )


def bound_to(room: SocketRoom) -> type[PicowsProtocol]:
    class Bound(PicowsProtocol):
        pass

    Bound.room = room
    return Bound
