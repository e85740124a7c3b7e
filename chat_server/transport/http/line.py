"""One HTTP connection, which has to get on: uvicorn's own would wait for ever.

A request's head must come within seconds and be of a size that heads have; what follows an
answer must end; an answer must be read. Whoever does otherwise is hung up on, so that slow
or silent lines cannot use up what others need.
"""

from __future__ import annotations

import asyncio
from asyncio import TimerHandle
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_S = 10.0  # from the first byte, or the connection, to the end of the headers
HEAD_BYTES = 32 * 1024
STALL_S = 60.0  # in which a full buffer must mostly be read
LINGER_S = 1.0  # in which who is told to go may read that; what they still send is dropped
MOST = 10_000  # connections that speak HTTP at once


class HttpLine(HttpToolsProtocol):
    """Limits are on the class, so that a test can have others."""

    head_s, stall_s, most = HEAD_S, STALL_S, MOST
    lines: set[HttpLine]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(*args, **kwargs)
        self._due: TimerHandle | None = None
        self._stalled: TimerHandle | None = None
        self._in_head = False
        self._head_bytes = 0
        self._told_to_go = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.lines) >= self.most:
            self._hang_up(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self.lines.add(self)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lines.discard(self)
        self._came()
        self._read_on()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._told_to_go or self.transport.is_closing():
            return
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._hang_up(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def handle_websocket_upgrade(self) -> None:
        self.lines.discard(self)
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._wait()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._came()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._came()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        rest_comes = self.cycle.more_body
        super().on_response_complete()
        if rest_comes:
            self._wait()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(self.stall_s, self.transport.abort)

    def resume_writing(self) -> None:
        self._read_on()
        super().resume_writing()

    def _wait(self) -> None:
        self._came()
        self._due = self.loop.call_later(self.head_s, self._too_slow)

    def _came(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _read_on(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _too_slow(self) -> None:
        self._hang_up(HTTPStatus.REQUEST_TIMEOUT if self._in_head else None)

    def _hang_up(self, status: HTTPStatus | None) -> None:
        """Closed with bytes unread, TCP would take the answer away again: it is let through."""
        self._came()
        if self._told_to_go or self.transport.is_closing():
            return
        if status is not None:
            closing = b"content-length: 0\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + closing)
        if self not in self.lines:
            self.transport.close()
            return
        self._told_to_go = True
        self.transport.write_eof()
        self._due = self.loop.call_later(LINGER_S, self.transport.close)


def http_line() -> type[HttpLine]:
    """For `uvicorn.Config(http=...)`; its lines are counted together."""

    class Line(HttpLine):
        lines: set[HttpLine] = set()  # noqa: RUF012 - of this server

    return Line
