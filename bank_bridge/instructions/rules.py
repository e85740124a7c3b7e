"""Every figure the bank decides by, in one frozen value, with the shipped defaults.

Desks and the opener come in here; no figure of these stands anywhere else.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

import msgspec

from bank_bridge.contract import Money

# China has had no summer time since 1991; a fixed offset needs no time zone files.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


class TierRules(msgspec.Struct, frozen=True, kw_only=True):
    """What an account of a tier lets through (bank-services §2.4)."""

    day: Money  # spent, paid for bills and sent elsewhere, together; coming in the same
    year: Money
    most_accounts: int  # of one customer [R]
    most_balance: Money | None = None
    own_products: bool = True  # whether the bank's own products may be bought from it


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The bank's rule set (bank-services §1.3, §1.6 to §1.8, §1.11)."""

    bank_name: str = "中国工商银行"
    sms_sign: str = "工商银行"
    sms_language: str = "zh-CN"  # or "en"
    account_prefix: str = "621226"  # account numbers are 19 digits with the check digit

    instruction_life_s: int = 900
    greatest_amount: Money = Money(10**13)
    sms_day_limit: Money = Money(50_000_00)  # transfers a business date on an SMS code alone
    signed_day_limit: Money = Money(1_000_000_00)  # and on a device's signatures [A]
    remind_above: Money = Money(300_000_00)  # a person's transfers of a date, told once [R]
    sms_enabled: bool = True  # false: a signature is the only proof (§1.7, ASVS level 3)
    site: str = ""  # where the web app is, to whose host keys are bound; empty: this machine
    cut_off_hour: int = 23  # from here on it is the next business date
    day_end: time = time(23, 5)  # when the date before is closed, in China

    # What each kind of account earns, in 1/100,000 a year, ACT/360; and when it is paid.
    interest_rates: tuple[tuple[str, int], ...] = (
        ("type_1", 350),
        ("type_2", 350),
        ("type_3", 350),
    )
    interest_dates: tuple[tuple[int, int], ...] = ((3, 21), (6, 21), (9, 21), (12, 21))

    # Accounts of Type II and III (§2.4); Type I has the bank's own limits.
    tiers: tuple[tuple[str, TierRules], ...] = (
        ("type_2", TierRules(day=Money(10_000_00), year=Money(200_000_00), most_accounts=5)),
        (
            "type_3",
            TierRules(
                day=Money(2_000_00),
                year=Money(50_000_00),
                most_accounts=5,
                most_balance=Money(2_000_00),
                own_products=False,
            ),
        ),
    )
    own_products: tuple[str, ...] = ("deposit", "fund_buy")  # kinds that no limit counts

    # Transfers to other banks (§2.4): IBPS at any time, HVPS from the evening before until the
    # afternoon of a working day, BEPS for what need not be there at once.
    ibps_most: Money = Money(50_000_00)
    beps_most_on_holidays: Money = Money(500_000_00)
    hvps_from: time = time(20, 30)
    hvps_until: time = time(17, 30)
    ordinary_after_s: int = 7_200

    # A1 of §1.7: a tap is enough up to this much, so long after the last right code [A].
    tap_most: Money = Money(200_00)
    tap_within_s: int = 300

    code_life_s: int = 180
    code_attempts: int = 3
    resend_after_s: int = 60
    codes_per_hour: int = 5
    codes_per_day: int = 10
    failures_before_lock: int = 5
    lock_s: int = 86_400
    code_hash_passes: int = 1
    code_hash_memory_kib: int = 8_192

    # The lower edge of each band in fen, and its word.
    amount_bands: tuple[tuple[int, str], ...] = (
        (50_000_00, ">=50000"),
        (10_000_00, "10000-49999"),
        (2_000_00, "2000-9999"),
        (500_00, "500-1999"),
        (100_00, "100-499"),
        (0, "<100"),
    )

    def tier(self, kind: str) -> TierRules | None:
        """None for an account that is of no tier."""
        return dict(self.tiers).get(kind)

    def local_date(self, moment: datetime) -> date:
        """The calendar date in China, which is a clearing house's day."""
        return moment.astimezone(SHANGHAI).date()

    def business_date(self, moment: datetime) -> date:
        local = moment.astimezone(SHANGHAI)
        return local.date() + timedelta(days=local.hour >= self.cut_off_hour)

    def amount_band(self, fen: int) -> str:
        return next(word for edge, word in self.amount_bands if fen >= edge)
