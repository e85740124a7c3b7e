"""Builds a `BankCore` from its URL; the only place that looks at one.

Bootstrap comes in here once. Nothing else of the house opens a bank.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bank_bridge.contract import BankCore, BankError, SmsSender
from bank_bridge.instructions.rules import Rules

__all__ = ["Rules", "open_bank"]


class _Opener(Protocol):
    def __call__(
        self,
        where: str,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        send_sms: SmsSender,
        rules: Rules,
    ) -> AbstractAsyncContextManager[BankCore]: ...


def _embedded(
    where: str,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    send_sms: SmsSender,
    rules: Rules,
) -> AbstractAsyncContextManager[BankCore]:
    from bank_bridge.gateways.embedded import open_embedded  # noqa: PLC0415 - loaded when asked for

    if not where:
        raise BankError("BANK_URL: embedded:// needs the path of a file")
    return open_embedded(Path(where), now=now, new_id=new_id, send_sms=send_sms, rules=rules)


_BANKS: dict[str, _Opener] = {"embedded": _embedded}


def open_bank(
    url: str,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    send_sms: SmsSender,
    rules: Rules | None = None,
) -> AbstractAsyncContextManager[BankCore]:
    """Open the bank at the URL.

    `embedded://` is followed by a path as it would be typed: `embedded:///srv/bank.db`
    is absolute, `embedded://folder/bank.db` starts from the working folder.
    """
    scheme, _, where = url.partition("://")
    if scheme not in _BANKS:
        raise BankError(f"BANK_URL: {scheme!r} is not one of {', '.join(_BANKS)}")
    return _BANKS[scheme](where, now=now, new_id=new_id, send_sms=send_sms, rules=rules or Rules())
