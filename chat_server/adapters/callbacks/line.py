"""Requests to partners' backends by HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp

from chat_server.adapters.callbacks.places import Places, PlacesResolver
from chat_server.ports.callbacks import CallbackLine, Heard, Unanswered

MAX_ANSWER = 64 * 1024  # bytes
_HEADERS = {
    "content-type": "text/xml",
    "user-agent": "Mozilla/4.0",
    "accept-encoding": "identity",  # what is unpacked could be any size
}


class HttpLine:
    def __init__(self, session: aiohttp.ClientSession, places: Places) -> None:
        self._session, self._places = session, places

    def check(self, url: str) -> None:
        self._places.check(url)

    async def get(self, url: str, timeout_s: float) -> Heard:
        return await self._ask("GET", url, None, timeout_s)

    async def post(self, url: str, body: bytes, timeout_s: float) -> Heard:
        return await self._ask("POST", url, body, timeout_s)

    async def _ask(self, method: str, url: str, body: bytes | None, timeout_s: float) -> Heard:
        self._places.check(url)
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._session.request(
                    method, url, data=body, headers=_HEADERS, allow_redirects=False
                ) as answer,
            ):
                content = bytearray()
                async for part in answer.content.iter_chunked(16 * 1024):
                    content += part
                    if len(content) > MAX_ANSWER:
                        raise Unanswered(f"answered more than {MAX_ANSWER} bytes")
                return Heard(answer.status, bytes(content))
        except TimeoutError as exc:
            raise Unanswered(f"no answer within {timeout_s:g} s") from exc
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            raise Unanswered(f"not reached: {type(exc).__name__}") from exc


@asynccontextmanager
async def open_line(
    hosts: Sequence[str], inside: Sequence[str], *, loopback: bool
) -> AsyncIterator[CallbackLine]:
    places = Places(hosts, inside, loopback=loopback)
    connector = aiohttp.TCPConnector(
        resolver=PlacesResolver(places),
        limit=0,  # each account's lane has a limit of its own
        use_dns_cache=False,  # an allowed name may not turn inside between two looks
        enable_cleanup_closed=False,
    )
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    ) as session:
        yield HttpLine(session, places)
