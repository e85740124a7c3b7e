"""Who may open the chat socket at all, decided from the upgrade request alone.

Called by the carriage before a connection exists. No token is ever taken from the URL.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec

from chat_server.wire.codec import DIALECTS, JSON, Dialect

PATH = "/v1/ws"


class Refusal(Exception):
    def __init__(
        self, status: HTTPStatus, message: str, *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.retry_after_s = status, message, retry_after_s


class Welcomed(msgspec.Struct, frozen=True):
    """`protocol` is what the answer names; empty when the client named none."""

    dialect: Dialect
    protocol: str
    bearer: str


def examine(target: str, headers: Mapping[str, str], origins: Collection[str]) -> Welcomed:
    """Raises Refusal. `headers` finds its keys in any case."""
    path, _, query = target.partition("?")
    if path != PATH:
        raise Refusal(HTTPStatus.NOT_FOUND, f"the chat socket is at {PATH}")
    if query:
        raise Refusal(HTTPStatus.BAD_REQUEST, "nothing goes into the URL; the token into `hello`")
    origin = headers.get("Origin")
    if origin is not None and not _is_ours(origin, headers.get("Host", ""), origins):
        raise Refusal(HTTPStatus.FORBIDDEN, "this origin may not connect")
    dialect, protocol = _agree(headers.get("Sec-WebSocket-Protocol"))
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return Welcomed(dialect, protocol, token.strip() if scheme.lower() == "bearer" else "")


def _is_ours(origin: str, host: str, origins: Collection[str]) -> bool:
    if origin in origins:
        return True
    try:
        return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False


def _agree(offered: str | None) -> tuple[Dialect, str]:
    """The first spelling that both know; a client that names none gets JSON."""
    if offered is None:
        return JSON, ""
    for name in (part.strip() for part in offered.split(",")):
        if name in DIALECTS:
            return DIALECTS[name], name
    raise Refusal(HTTPStatus.BAD_REQUEST, f"subprotocols here: {', '.join(DIALECTS)}")
