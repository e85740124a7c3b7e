"""What a connection needs of the thing that carries its bytes."""

from __future__ import annotations

from typing import Protocol


class Carrier(Protocol):
    def write(self, data: bytes) -> None:
        """Whole WebSocket frames; leaves at once or waits below."""

    def unsent(self) -> int:
        """Bytes that wait below."""

    def pause(self) -> None:
        """Read no more, until `resume`."""

    def resume(self) -> None: ...

    def close(self, code: int, reason: str) -> None:
        """Send a close frame behind everything written, and wait for the peer's."""

    def abort(self) -> None:
        """Cut the line."""
