"""A run of the kit: each check by itself, in order, and what was found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from inspect import getdoc
from typing import NamedTuple

import aiohttp
import structlog

from bank_bridge.certification import care_checks, door_checks, line_checks, money_checks
from bank_bridge.certification.report import Certificate, Finding, Outcome
from bank_bridge.certification.sandbox import Sandbox, Unmet
from bank_bridge.contract import BankRefusal, OutcomeUnknown

Restart = Callable[[], Awaitable[None]]
log = structlog.get_logger()


class Check(NamedTuple):
    """`run` is none for what this run cannot do."""

    name: str
    rule: str
    run: Callable[[Sandbox], Awaitable[None]] | None


_ALWAYS = {
    "door.unsigned": door_checks.unsigned,
    "door.changed": door_checks.changed,
    "door.stale": door_checks.stale,
    "door.replayed": door_checks.replayed,
    "door.malformed": door_checks.malformed,
    "money.transfer": money_checks.transfer,
    "money.echo": money_checks.echo,
    "money.repeated-order": money_checks.repeated_order,
    "money.conflict": money_checks.conflict,
    "money.repeated-payment": money_checks.repeated_payment,
    "money.repeated-purchase": money_checks.repeated_purchase,
    "money.refused": money_checks.refused,
    "money.codes": money_checks.codes,
    "money.bound-codes": money_checks.bound_codes,
    "money.steps": money_checks.steps,
    "money.strangers": money_checks.strangers,
    "money.books": money_checks.books,
    "money.events": money_checks.events,
    "care.code-limit": care_checks.code_limit,
    "care.freezing": care_checks.freezing,
    "line.inquiry": line_checks.inquiry,
    "line.hung-up": line_checks.hung_up,
    "line.wrong-code-again": line_checks.wrong_code_again,
}
RESTARTED = "line.restarted"
_RESTART_RULE = "After a restart every key still has its meaning, and every payment its one debit."


def checks(restart: Restart | None) -> Sequence[Check]:
    """All of them; the last needs to know how the gateway is restarted."""
    always = [Check(name, getdoc(run) or "", run) for name, run in _ALWAYS.items()]
    last = line_checks.restarted(restart) if restart else None
    return [*always, Check(RESTARTED, _RESTART_RULE, last)]


async def certify(
    gateway: str, box: Sandbox, planned: Sequence[Check], now: Callable[[], datetime]
) -> Certificate:
    """Run them; a check that fails in a way nobody foresaw has failed."""
    began_at = now()
    return Certificate(gateway, began_at, [await _found(box, check, now) for check in planned])


async def _found(box: Sandbox, check: Check, now: Callable[[], datetime]) -> Finding:
    if check.run is None:
        why = "this run does not know how to restart the gateway"
        return Finding(check.name, check.rule, Outcome.NOT_RUN, why, 0)
    began_at = now()
    detail = await _failure(box, check)
    took_ms = int((now() - began_at).total_seconds() * 1000)
    outcome = Outcome.FAILED if detail else Outcome.PASSED
    return Finding(check.name, check.rule, outcome, detail, took_ms)


async def _failure(box: Sandbox, check: Check) -> str:
    assert check.run is not None  # noqa: S101 - for the type checker; `_found` has looked
    try:
        await check.run(box)
    except Unmet as unmet:
        return str(unmet)
    except BankRefusal as refusal:
        return f"refused: {refusal}"
    except OutcomeUnknown as unknown:
        return str(unknown)
    except (aiohttp.ClientError, OSError) as exc:
        return f"the line broke: {type(exc).__name__}"
    except Exception as exc:  # noqa: BLE001 - a gateway may answer anything; that is what it failed by
        log.warning("check_failed_oddly", check=check.name, error=type(exc).__name__)
        return f"{type(exc).__name__}: {exc}"
    return ""
