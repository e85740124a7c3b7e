"""One exchange with a bank's gateway: signed, sent, its reply believed only when signed too.

`client.py` comes in here. A failure says which of two it is: surely nothing was sent, or
nobody can tell. Nothing is ever sent twice here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import quote

import aiohttp
import msgspec
from yarl import URL

from bank_bridge.gateways.http import signing
from bank_bridge.gateways.http.keys import LineKeys
from bank_bridge.gateways.http.shapes import Reply

MOST_BYTES = 32 * 1024 * 1024  # a long statement as a document


class LineTimes(msgspec.Struct, frozen=True):
    """How long the house waits for a bank, in seconds (bank-services §5).

    `answer`: for a caller who is waiting; what is still not known then is asked for in the
    background, after each of `inquiries`.
    """

    connect: float = 2.0
    read: float = 5.0
    answer: float = 3.5
    inquiries: tuple[float, ...] = (2, 4, 8, 16, 32)


class NotSent(Exception):
    """The bank was not reached: nothing was done."""


class Lost(Exception):
    """Sent, and no reply that can be believed: it may have been done."""


class Call(msgspec.Struct, frozen=True):
    """What to send; made once, so that a repetition is the same to the byte."""

    method: str
    path: str
    body: bytes = b""
    key: str = ""
    device: str = ""


class Line:
    """Speaks to one gateway."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        keys: LineKeys,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._http, self._url, self._keys = http, url.rstrip("/"), keys
        self._now, self._new_id = now, new_id

    async def exchange(self, call: Call) -> Reply:
        """Raises NotSent or Lost."""
        target = URL(self._url + call.path, encoded=True)
        headers = self._headers(call, target)
        try:
            async with self._http.request(
                call.method, target, data=call.body, headers=headers, allow_redirects=False
            ) as answer:
                body = await answer.content.read(MOST_BYTES + 1)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as exc:
            raise NotSent(type(exc).__name__) from exc
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise Lost(type(exc).__name__) from exc
        if len(body) > MOST_BYTES or not self._believed(answer, headers, body):
            raise Lost("the reply is not the bank's")
        return Reply(answer.status, body)

    def _headers(self, call: Call, target: URL) -> Mapping[str, str]:
        headers = {
            signing.TIMESTAMP: str(int(self._now().timestamp())),
            signing.NONCE: f"nonce-{self._new_id()}-{self._new_id()}",
            signing.REQUEST_ID: self._new_id(),
            "Content-Type": "application/json",
        }
        if call.key:
            headers[signing.IDEMPOTENCY_KEY] = quote(call.key, safe="")
        if call.device:
            headers[signing.DEVICE] = quote(call.device, safe="")
        page = signing.request_page(call.method, target.raw_path_qs, headers, call.body)
        headers[signing.SIGNATURE] = signing.sign(page, self._keys.own)
        return headers

    def _believed(
        self, answer: aiohttp.ClientResponse, sent: Mapping[str, str], body: bytes
    ) -> bool:
        page = signing.reply_page(answer.status, sent[signing.NONCE], answer.headers, body)
        signature = answer.headers.get(signing.SIGNATURE, "")
        same = answer.headers.get(signing.REQUEST_ID) == sent[signing.REQUEST_ID]
        return same and signing.is_signed(page, signature, self._keys.peer)


@asynccontextmanager
async def open_session(
    times: LineTimes, tls: object = None
) -> AsyncIterator[aiohttp.ClientSession]:
    """Connections to one bank; `tls` is an `ssl.SSLContext`, or none on this machine."""
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=times.connect, sock_read=times.read)
    connector = aiohttp.TCPConnector(ssl=tls or True, limit=64)  # type: ignore[arg-type]
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, auto_decompress=False
    ) as http:
        yield http
