"""What the console asks and is answered about partners' programs. Times are ms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

_Text = Annotated[str, Meta(max_length=2048)]
_Places = Annotated[Sequence[Annotated[str, Meta(max_length=253)]], Meta(max_length=20)]


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Answer(msgspec.Struct, frozen=True):
    pass


class DeveloperItem(_Answer, frozen=True):
    """An account's application; `appid` is empty while there is none.

    `secret` is told once: in the answer that made or renewed it.
    """

    appid: str = ""
    original_id: str = ""
    callback: str = ""
    verified: bool = False
    mode: str = "plain"
    timeout_ms: int = 5000
    token: str = ""
    aes_key: str = ""
    web_hosts: Sequence[str] = ()
    callers: Sequence[str] = ()
    secret: str = ""


class DeveloperDraft(_Body, frozen=True):
    """What is not said stays. `callers` are addresses and networks; none: anywhere."""

    callback: _Text | None = None
    mode: Literal["plain", "mixed", "aes"] | None = None
    timeout_ms: Annotated[int, Meta(ge=100, le=30_000)] | None = None
    token: Annotated[str, Meta(max_length=32)] | None = None
    aes_key: Annotated[str, Meta(max_length=43)] | None = None
    web_hosts: _Places | None = None
    callers: _Places | None = None


class CallbackTry(_Answer, frozen=True):
    """A `status` of 0 is no answer."""

    at: int
    took_ms: int
    outcome: str
    status: int


class CallbackItem(_Answer, frozen=True):
    """`msgid` is text, for it has more digits than a browser's numbers are sure of."""

    msgid: str
    customer: str
    at: int
    event: str
    state: str
    reply: str
    attempts: Sequence[CallbackTry]


class RefusedCallItem(_Answer, frozen=True):
    """A refused call, as its rid finds it; without tokens and secrets."""

    at: int
    took_ms: int
    request: str
    body: str
    answer: str
    address: str


class QuotaItem(_Answer, frozen=True):
    """Of one path today; a `limit` of 0 is none."""

    path: str
    limit: int
    used: int
