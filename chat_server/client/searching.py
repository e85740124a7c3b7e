"""Asking the server's search over HTTP, with what Python has: a thread and `urllib`."""

from __future__ import annotations

import asyncio
import http.client
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlencode

import msgspec

from chat_server.client.faults import Refused, Unreached

Kind = Literal["messages", "files", "people"]
_TIMEOUT_S = 15.0
_UNREACHED = (OSError, http.client.HTTPException, msgspec.MsgspecError)


class FoundMessage(msgspec.Struct, frozen=True):
    """`text` is a piece of the message, or a file's name; `marks` are where the words are."""

    conv: str
    seq: int
    sender: str
    ts: int
    file: bool
    text: str
    marks: Sequence[tuple[int, int]]


class FoundPerson(msgspec.Struct, frozen=True):
    user: str
    name: str
    badge: str
    conv: str


class Found(msgspec.Struct, frozen=True):
    """`more`, where there is more, is what the next page's `before` should be."""

    messages: Sequence[FoundMessage] = ()
    people: Sequence[FoundPerson] = ()
    more: int | None = None


class _Fault(msgspec.Struct, frozen=True):
    code: str
    message: str = ""
    retry_after: float | None = None


async def search(
    base: str, token: str, *, text: str, kind: Kind, conv: str, before: int | None
) -> Found:
    """Raises Refused with the server's word, and Unreached."""
    asked = {"q": text, "kind": kind, "conv": conv, "before": before}
    given = urlencode({name: value for name, value in asked.items() if value})
    request = urllib.request.Request(  # noqa: S310 - http or https, as the client has checked
        f"{base.rstrip('/')}/v1/search?{given}", headers={"Authorization": f"Bearer {token}"}
    )
    return await asyncio.to_thread(_answer_to, request)


def _answer_to(request: urllib.request.Request) -> Found:
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - checked
            return msgspec.json.decode(answer.read(), type=Found)
    except urllib.error.HTTPError as exc:
        with exc:
            try:
                fault = msgspec.json.decode(exc.read(), type=_Fault)
            except _UNREACHED:
                raise Unreached(f"the server answered {exc.code}") from exc
            raise Refused(fault.code, fault.message, fault.retry_after) from exc
    except _UNREACHED as exc:
        raise Unreached(f"no answer: {type(exc).__name__}") from exc
