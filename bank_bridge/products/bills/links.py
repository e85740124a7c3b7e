"""Links to billers: ask for what is owed, tell what was paid. Any of them may be down.

A biller without a link is told by the file of the day, and its bills come by upload.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec
import structlog

from bank_bridge.contract import BankRefusal, Money, RefusalCode
from bank_bridge.product_contract import UploadedBill

log = structlog.get_logger()

LINK_DOWN = (OSError, TimeoutError)  # what a link raises when the biller does not answer


class PaymentNotice(msgspec.Struct, frozen=True):
    """A payment as its biller hears of it. `reference` is for ever: twice told is once paid."""

    reference: str
    item: str
    number: str
    period: str
    amount: Money


class BillerLink(Protocol):
    """One way to the billers; may raise OSError or TimeoutError, and then nothing is known."""

    async def query(self, item: str, number: str, /) -> Sequence[UploadedBill]:
        """What is owed now; nothing when the biller sends its bills by file."""

    async def notify(self, notice: PaymentNotice, /) -> bool:
        """True: acknowledged, also when told before. False: rejected, the money goes back."""


class ByFile:
    """Billers without a link: bills were uploaded, and payments are in the file of the day."""

    async def query(self, _item: str, _number: str) -> Sequence[UploadedBill]:
        return ()

    async def notify(self, _: PaymentNotice) -> bool:
        return True


class BillerLinks:
    """The link, with its failures turned into the bank's words."""

    def __init__(self, link: BillerLink | None = None) -> None:
        self._link = link or ByFile()

    async def query(self, item: str, number: str) -> Sequence[UploadedBill]:
        """Raises BILLER_OFFLINE, at once: a payer is not kept waiting."""
        try:
            return await self._link.query(item, number)
        except LINK_DOWN as exc:
            log.warning("biller_offline", item=item)
            raise BankRefusal(RefusalCode.BILLER_OFFLINE, "the biller does not answer") from exc

    async def notify(self, notice: PaymentNotice) -> bool | None:
        """None: not known; the same notice is to be sent again."""
        try:
            return await self._link.notify(notice)
        except LINK_DOWN:
            log.warning("biller_not_told", reference=notice.reference)
            return None
