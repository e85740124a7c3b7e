"""Builds a `BankCore` from its URL; the only place that looks at one.

Bootstrap comes in here once. Nothing else of the house opens a bank.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import parse_qsl

import msgspec

from bank_bridge.certification.report import Certificate
from bank_bridge.contract import BankCore, BankError, SmsSender
from bank_bridge.counterparties.clearing import ClearingTemper
from bank_bridge.instructions.rules import Rules

if TYPE_CHECKING:
    import ssl

    from starlette.applications import Starlette

__all__ = [
    "Certificate",
    "LineRoom",
    "Rules",
    "certify_gateway",
    "gateway_tls",
    "open_bank",
    "open_gateway",
]


class LineRoom(NamedTuple):
    """What a line to a bank's gateway needs of this machine: a folder of keys, and waiting."""

    keys: Path
    sleep: Callable[[float], Awaitable[None]]


class _Opener(Protocol):
    def __call__(
        self,
        url: str,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        send_sms: SmsSender,
        rules: Rules,
        line: LineRoom | None,
    ) -> AbstractAsyncContextManager[BankCore]: ...


def _embedded(
    url: str,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    send_sms: SmsSender,
    rules: Rules,
    line: LineRoom | None,  # noqa: ARG001 - this bank is in the house
) -> AbstractAsyncContextManager[BankCore]:
    from bank_bridge.gateways.embedded import open_embedded  # noqa: PLC0415 - loaded when asked for

    where, _, query = url.partition("://")[2].partition("?")
    if not where:
        raise BankError("BANK_URL: embedded:// needs the path of a file")
    try:
        temper = msgspec.convert(dict(parse_qsl(query)), ClearingTemper, strict=False)
    except msgspec.ValidationError as exc:
        raise BankError(f"BANK_URL: {query}: {exc}") from exc
    return open_embedded(
        Path(where), now=now, new_id=new_id, send_sms=send_sms, rules=rules, temper=temper
    )


def _http(
    url: str,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    send_sms: SmsSender,  # noqa: ARG001 - that bank sends its texts itself
    rules: Rules,  # noqa: ARG001 - and has its own rules
    line: LineRoom | None,
) -> AbstractAsyncContextManager[BankCore]:
    from bank_bridge.gateways.http.client import open_http_bank  # noqa: PLC0415 - as above

    if line is None:
        raise BankError("BANK_URL: a bank's gateway needs a folder of keys")
    return open_http_bank(url, keys=line.keys, now=now, new_id=new_id, sleep=line.sleep)


_BANKS: dict[str, _Opener] = {"embedded": _embedded, "http": _http, "https": _http}


def open_bank(
    url: str,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    send_sms: SmsSender,
    rules: Rules | None = None,
    line: LineRoom | None = None,
) -> AbstractAsyncContextManager[BankCore]:
    """Open the bank at the URL.

    `embedded://` is followed by a path as it would be typed: `embedded:///srv/bank.db`
    is absolute, `embedded://folder/bank.db` starts from the working folder; a query as in
    `?seed=7&lose_answer=0.2` says how badly its clearing house behaves. `https://` is a
    bank's own gateway (bank-services §5), and `http://` one on this machine; both need `line`.
    """
    scheme = url.partition("://")[0]
    if scheme not in _BANKS:
        raise BankError(f"BANK_URL: {scheme!r} is not one of {', '.join(_BANKS)}")
    opener = _BANKS[scheme]
    return opener(url, now=now, new_id=new_id, send_sms=send_sms, rules=rules or Rules(), line=line)


@asynccontextmanager
async def open_gateway(
    bank: BankCore, *, keys: Path, requests: Path, now: Callable[[], datetime]
) -> AsyncIterator[Starlette]:
    """A core of ours behind the contract of §5, to be served by whoever has the port.

    `requests` is the file of what was answered; keys that are not there are made.
    """
    from bank_bridge.gateways.http.keys import End, load_keys, make_keys  # noqa: PLC0415 - as above
    from bank_bridge.gateways.http.request_log import open_request_log  # noqa: PLC0415
    from bank_bridge.gateways.http.server import Gateway  # noqa: PLC0415

    make_keys(keys)
    async with open_request_log(requests, now) as log:
        gateway = Gateway(bank, load_keys(keys, End.BANK), log, now)
        try:
            yield gateway.app()
        finally:
            await gateway.once.close()


def gateway_tls(folder: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer that asks the house for its certificate, too. Raises BankError."""
    from bank_bridge.gateways.http.keys import End, tls_context  # noqa: PLC0415 - as above

    return tls_context(folder, End.BANK)


async def certify_gateway(
    url: str,
    *,
    line: LineRoom,
    sms: Path,
    only: Sequence[str],
    restart: Callable[[], Awaitable[None]] | None,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
) -> Certificate:
    """Try the rules of §5 on the gateway at the URL; see `bank_bridge.certification`.

    `sms` is the file that the sandbox appends its texts to; `only` names checks, or is empty
    for all of them. Raises BankError for what cannot be tried at all.
    """
    from bank_bridge.certification.run import certify, checks  # noqa: PLC0415 - as above
    from bank_bridge.certification.sandbox import open_sandbox  # noqa: PLC0415

    planned = [c for c in checks(restart) if not only or c.name in only]
    if unknown := set(only) - {c.name for c in planned}:
        raise BankError(f"there is no check {', '.join(sorted(unknown))}")
    async with open_sandbox(
        url, keys=line.keys, sms=sms, now=now, new_id=new_id, sleep=line.sleep
    ) as box:
        return await certify(url, box, planned, now)
