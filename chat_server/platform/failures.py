"""Calls that were refused, kept under the `rid` at the end of their answer's words."""

from __future__ import annotations

import msgspec


class Failure(msgspec.Struct, frozen=True):
    invoke_time: int
    cost_in_ms: int
    request_url: str
    request_body: str
    response_body: str
    client_ip: str
