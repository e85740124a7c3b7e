"""What the console shows of the programs that work on a public account, and of their calls."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Developer(msgspec.Struct, frozen=True, kw_only=True):
    """An account's application. The secret is told once, when it is made, and not here.

    `web_hosts` are of pages that customers may be sent back to, `callers` networks from which
    tokens may be asked for; none: anywhere.
    """

    appid: str
    original_id: str
    callback: str
    verified: bool  # whether a backend answered the echo at that URL
    mode: str  # plain, mixed, aes
    timeout_ms: int
    token: str
    aes_key: str
    web_hosts: Sequence[str] = ()
    callers: Sequence[str] = ()


class DeveloperChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is not said stays."""

    callback: str | None = None
    mode: str | None = None
    timeout_ms: int | None = None
    token: str | None = None
    aes_key: str | None = None
    web_hosts: Sequence[str] | None = None
    callers: Sequence[str] | None = None


class CallTry(msgspec.Struct, frozen=True):
    """One attempt at a callback; a `status` of 0 is no answer."""

    at_ms: int
    took_ms: int
    outcome: str
    status: int


class CallbackEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the delivery log; words of customers are not in it. `event` is empty for a
    message, `reply` the kind of what was answered.
    """

    msg_id: int
    customer: str
    at_ms: int
    event: str
    state: str  # waiting, delivered, failed
    reply: str
    attempts: Sequence[CallTry]


class RefusedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was refused, as its `rid` finds it; without tokens and secrets."""

    at_s: int
    took_ms: int
    request: str
    body: str
    answer: str
    address: str


class QuotaUse(msgspec.Struct, frozen=True):
    """Of one path today; a `limit` of 0 is none."""

    path: str
    limit: int
    used: int
