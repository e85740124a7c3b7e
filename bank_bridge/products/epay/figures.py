"""The shipped figures of bank-services §2.5, each with the section's own tag."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from bank_bridge.contract import Money


class EpayFigures(msgspec.Struct, frozen=True, kw_only=True):
    """§2.5. Limits count all cards of a customer together."""

    single: Money = Money(5_000_00)  # default, and the most without a certificate [P]
    day: Money = Money(5_000_00)  # [P]
    certified: Money = Money(10_000_00)  # single and day, for holders of a certificate [P]
    month: Money = Money(50_000_00)  # fixed [P]
    gift_life: timedelta = timedelta(hours=24)  # not taken by then: returned [A]
    most_shares: int = 100  # of one red packet [A]
    longest_greeting: int = 25


SHIPPED = EpayFigures()
