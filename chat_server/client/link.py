"""A link: one socket to the house, from hello to its end. The client makes one after another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import NoReturn

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from chat_server.client.faults import Refused
from chat_server.client.journal import Journal
from chat_server.wire import frames

SUBPROTOCOL = "elian.v1"
OPEN_S = 10.0
_MAX_FRAME = 16 * 1024 * 1024  # pages are larger than what clients may send
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(frames.ServerFrame).decode


class Lost(Exception):
    """The link ended; with a close code if there was one."""

    def __init__(self, code: int = 0, reason: str = "") -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason = code, reason

    @property
    def retry_after(self) -> float | None:
        """What the server said about when to come back."""
        name, _, value = self.reason.partition("=")
        try:
            return float(value) if name == "retry_after" else None
        except ValueError:
            return None


class Link:
    """`hear` gets every frame that arrives, in order, and before the answer is handed out."""

    def __init__(
        self,
        socket: ClientConnection,
        hear: Callable[[frames.ServerFrame], object],
        journal: Journal,
    ) -> None:
        self._socket, self._hear, self._journal = socket, hear, journal
        self._asked: dict[str, asyncio.Future[frames.ServerFrame]] = {}
        self._numbers = count(1)
        self._lost = False

    @classmethod
    async def open(
        cls, url: str, hear: Callable[[frames.ServerFrame], object], journal: Journal
    ) -> Link:
        try:
            socket = await connect(
                url,
                subprotocols=[SUBPROTOCOL],  # type: ignore[list-item] # a plain str does
                compression=None,
                open_timeout=OPEN_S,
                max_size=_MAX_FRAME,
                proxy=None,
            )
        except InvalidStatus as exc:
            wait = exc.response.headers.get("Retry-After")
            raise Lost(reason=f"retry_after={wait}" if wait else "InvalidStatus") from exc
        except (OSError, InvalidHandshake, EOFError, ConnectionClosed) as exc:
            raise Lost(reason=type(exc).__name__) from exc
        journal.opened()
        return cls(socket, hear, journal)

    async def listen(self, room: Callable[[], Awaitable[None]]) -> NoReturn:
        """Until the link is lost. Waits for `room` before each frame."""
        try:
            while True:
                await room()
                self._heard(await self._socket.recv())
        except ConnectionClosed as exc:
            lost = Lost(exc.rcvd.code, exc.rcvd.reason) if exc.rcvd else Lost()
        finally:
            self._lost = True
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(lost)
                answer.exception()  # whoever waits gets it; nobody may
        raise lost

    async def tell(self, frame: frames.ClientFrame) -> None:
        self._journal.said(frame)
        try:
            await self._socket.send(_encode(frame), text=True)
        except ConnectionClosed as exc:
            raise Lost from exc

    async def ask(self, make: Callable[[str], frames.ClientFrame]) -> frames.ServerFrame:
        """Send what `make` makes of a request id, and wait for its answer. Raises Refused."""
        if self._lost:
            raise Lost
        request = f"r{next(self._numbers)}"
        answer = asyncio.get_running_loop().create_future()
        self._asked[request] = answer
        try:
            await self.tell(make(request))
            frame: frames.ServerFrame = await answer
        finally:
            del self._asked[request]
        if isinstance(frame, frames.Error):
            raise Refused(frame.code, frame.message, frame.retry_after)
        return frame

    def cut(self) -> None:
        self._socket.transport.abort()

    async def close(self) -> None:
        await self._socket.close()

    def _heard(self, data: str | bytes) -> None:
        try:
            frame = _decode(data)
        except msgspec.ValidationError:
            return  # a type of frame that a newer server has
        self._journal.heard(frame)
        self._hear(frame)
        answer = self._asked.get(getattr(frame, "id", ""))
        if answer is not None and not answer.done():
            answer.set_result(frame)
