"""What every answer carries, whose pages may ask at all, and when to hang up.

No answer allows another origin to read it, and `/v1` refuses a browser that says it is
on another's page. Who is answered while still sending a long body is hung up on: the
server would have to read it to its end otherwise.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat_server.domain.errors import Forbidden
from chat_server.transport.http.answering import error_answer

# The component library sets styles in elements; pictures come as blobs fetched with a token.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; "
    "connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_SHORT = 64 * 1024  # bytes that a server has read beside the headers anyway
_HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(self), geolocation=(self)",
}


class Guarded:
    """ASGI middleware: headers on each answer, foreign origins refused on `/v1`."""

    def __init__(self, app: ASGIApp, allowed_origins: Collection[str]) -> None:
        self._app, self._allowed = app, frozenset(allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        asked = Headers(scope=scope)
        unread = _is_long(asked)

        async def reading() -> Message:
            nonlocal unread
            message = await receive()
            unread = unread and message.get("more_body", False)
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if unread:
                    headers["connection"] = "close"
            await send(message)

        if scope["path"].startswith("/v1/") and not self._same_origin(asked):
            refused = error_answer(Forbidden("asked from a page of another origin"))
            await refused(scope, reading, guarded)
            return
        await self._app(scope, reading, guarded)

    def _same_origin(self, headers: Headers) -> bool:
        """Programs send no origin; browsers cannot leave a wrong one out."""
        origin = headers.get("origin")
        if origin is None or origin in self._allowed:
            return True
        return urlsplit(origin).netloc == headers.get("host")


def _is_long(headers: Headers) -> bool:
    """Whether a body comes that cannot be here already, or does not say how long it is."""
    stated = headers.get("content-length", "0")
    return "transfer-encoding" in headers or not stated.isdecimal() or int(stated) > _SHORT
