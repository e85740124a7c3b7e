"""ClamAV's daemon, over TCP or a socket file: the `INSTREAM` command of its protocol."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlsplit

import structlog

from chat_server.domain.errors import ConfigError, StoreUnavailable
from chat_server.ports.media import MediaScanner

PORT = 3310
WITHIN_S = 60.0
_ANSWER_BYTES = 4096

_log = structlog.get_logger()


class ClamdScanner:
    def __init__(self, host: str, port: int, path: str, within_s: float = WITHIN_S) -> None:
        self._host, self._port, self._path = host, port, path
        self._within_s = within_s

    async def scan(self, content: AsyncIterator[bytes]) -> str:
        try:
            async with asyncio.timeout(self._within_s):
                answer = await self._ask(content)
        except (OSError, TimeoutError) as exc:
            _log.warning("scanner_failed", error=type(exc).__name__)
            raise StoreUnavailable("the scanner does not answer", retry_after_s=5.0) from exc
        return _harm(answer)

    async def _ask(self, content: AsyncIterator[bytes]) -> str:
        reader, writer = await self._connect()
        try:
            with suppress(ConnectionError):  # it hangs up on what it refuses, and says why
                writer.write(b"zINSTREAM\0")
                async for part in content:
                    writer.write(len(part).to_bytes(4, "big") + part)
                    await writer.drain()
                writer.write(bytes(4))
                await writer.drain()
            return (await reader.read(_ANSWER_BYTES)).rstrip(b"\0\n").decode(errors="replace")
        finally:
            writer.close()

    async def _connect(self) -> tuple[StreamReader, StreamWriter]:
        if self._path:
            return await asyncio.open_unix_connection(self._path)
        return await asyncio.open_connection(self._host, self._port)


def _harm(answer: str) -> str:
    """What is found in `stream: Eicar-Signature FOUND`; only `OK` is clean."""
    _, _, said = answer.partition(": ")
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    _log.warning("scanner_cannot_say", answer=answer[:100])
    raise StoreUnavailable("the scanner cannot say", retry_after_s=5.0)


def open_scanner(url: str) -> MediaScanner:
    """`clamd://host:3310`, or `clamd:///run/clamav/clamd.ctl`."""
    parts = urlsplit(url)
    try:
        port = parts.port or PORT
    except ValueError as exc:
        raise ConfigError(f"scanner URL: {exc}") from exc
    if bool(parts.hostname) == bool(parts.path.strip("/")) or parts.query:
        raise ConfigError("scanner URL: write clamd://host:3310 or clamd:///path/of/socket")
    return ClamdScanner(parts.hostname or "", port, parts.path)
