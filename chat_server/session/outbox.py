"""What waits to leave on one connection: bounded in bytes, written once a tick.

Fan-out and transport put frames in; the outlet of the node takes them out. Nothing in
here waits, and no device can make it grow beyond its bounds and what it asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Outlet:
    """Writes every outbox that has something to say, once in each turn of the loop."""

    __slots__ = ("_asked", "_call_soon", "filled")

    def __init__(self, call_soon: Callable[[Callable[[], None]], object]) -> None:
        self._call_soon = call_soon
        self.filled: list[Outbox] = []  # since the last flush
        self._asked = False

    def ask(self) -> None:
        """The first was filled: see to it that all are written."""
        if not self._asked:
            self._asked = True
            self._call_soon(self.flush)

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
        filled, self.filled = self.filled, []
        for outbox in filled:
            outbox.flush()


class Outbox:
    """`write` takes bytes at once; `unsent` tells how many of them have not left yet."""

    __slots__ = (
        "_first", "_held", "_limit", "_outlet", "_rest", "_unsent", "_unsent_then", "_write",
        "closed",
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
        self._first: bytes | None = None  # nearly always the only one, and no list is made for it
        self._rest: list[bytes] = []
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
        if self._first is None:
            self._begin(frame)
        else:
            self._rest.append(frame)
        return True

    def answer(self, frame: bytes) -> None:
        """Take the frame in any case; who drives the connection watches `full`."""
        self._unsent_then += len(frame)
        if self._first is None:
            self._begin(frame)
        else:
            self._rest.append(frame)

    @property
    def full(self) -> bool:
        """Whether the device should read before it asks for more."""
        return self._unsent_then > self._limit and self.size() > self._limit

    def size(self) -> int:
        """Bytes that wait, here and below."""
        here = 0 if self._first is None else len(self._first) + sum(map(len, self._rest))
        self._unsent_then = here + self._unsent()
        return self._unsent_then

    def flush(self) -> None:
        first = self._first
        if first is None or self._held:
            return
        self._first = None
        if self._rest:
            first = b"".join((first, *self._rest))
            self._rest.clear()
        if not self.closed:
            self._write(first)

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

    def _begin(self, frame: bytes) -> None:
        self._first = frame
        filled = self._outlet.filled
        if not filled:
            self._outlet.ask()
        filled.append(self)
