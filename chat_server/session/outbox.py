"""What waits to leave on one connection: bounded in bytes, written once a tick.

Fan-out and transport put frames in; the outlet of the node takes them out. Nothing in
here waits, and no device can make it grow beyond its bounds and what it asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Outlet:
    """Writes every outbox that has something to say, once in each turn of the loop."""

    def __init__(self, call_soon: Callable[[Callable[[], None]], object]) -> None:
        self._call_soon = call_soon
        self._filled: list[Outbox] = []
        self._asked = False

    def add(self, outbox: Outbox) -> None:
        if not self._asked:
            self._asked = True
            self._call_soon(self.flush)
        self._filled.append(outbox)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What is put in meanwhile leaves at the end: who filled many saves a turn of the loop."""
        asked, self._asked = self._asked, True
        try:
            yield
        finally:
            self.flush()
            self._asked = asked

    def flush(self) -> None:
        self._asked = False
        filled, self._filled = self._filled, []
        for outbox in filled:
            outbox.flush()


class Outbox:
    """`write` takes bytes at once; `unsent` tells how many of them have not left yet."""

    __slots__ = (
        "_frames", "_held", "_limit", "_outlet", "_unsent", "_unsent_then", "_write", "closed",
    )  # fmt: skip

    def __init__(
        self,
        outlet: Outlet,
        write: Callable[[bytes], None],
        unsent: Callable[[], int],
        limit: int,
    ) -> None:
        self._outlet, self._write, self._unsent = outlet, write, unsent
        self._limit = limit
        self._frames: list[bytes] = []
        self._held = False
        self._unsent_then = 0  # at most this much is unsent, our own frames included
        self.closed = False

    def push(self, frame: bytes) -> bool:
        """Take the frame; False, taking nothing, when the device is too far behind."""
        size = self._unsent_then + len(frame)
        if size > self._limit:
            size = self.size() + len(frame)
            if size > self._limit:
                return self.closed
        self._unsent_then = size
        if not self._frames:
            self._outlet.add(self)
        self._frames.append(frame)
        return True

    def answer(self, frame: bytes) -> None:
        """Take the frame in any case; who drives the connection watches `full`."""
        self._unsent_then += len(frame)
        if not self._frames:
            self._outlet.add(self)
        self._frames.append(frame)

    @property
    def full(self) -> bool:
        """Whether the device should read before it asks for more."""
        return self._unsent_then > self._limit and self.size() > self._limit

    def size(self) -> int:
        """Bytes that wait, here and below."""
        self._unsent_then = sum(map(len, self._frames)) + self._unsent()
        return self._unsent_then

    def flush(self) -> None:
        if self._held:
            return
        frames, self._frames = self._frames, []
        if frames and not self.closed:
            self._write(frames[0] if len(frames) == 1 else b"".join(frames))

    def hold(self) -> None:
        """Enough waits below. Kept here, a frame is the same object for all its receivers."""
        self._held = True

    def release(self) -> None:
        self._held = False
        self.flush()

    def close(self) -> None:
        """Nothing leaves any more; what is put in is dropped."""
        self.release()
        self.closed = True
