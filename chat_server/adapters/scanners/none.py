"""No scanner: for demonstrations, and where another place scans."""

from __future__ import annotations

from collections.abc import AsyncIterator

from chat_server.ports.media import MediaScanner


class NoScanner:
    async def scan(self, content: AsyncIterator[bytes]) -> str:
        del content
        return ""


def open_scanner(url: str) -> MediaScanner:
    del url
    return NoScanner()
