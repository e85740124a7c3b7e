"""The shipped figures of bank-services §2.6, each with the section's own tag.

Nothing of these stands anywhere else; `Rules` of the bank may replace them as a whole.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec


class BillFigures(msgspec.Struct, frozen=True, kw_only=True):
    """§2.6. `categories` is the bank's own list [P]; `channels` five named [S] and three more."""

    categories: tuple[tuple[int, str, str], ...] = (
        (1, "通信", "communications"),
        (2, "水电燃气", "water, electricity, gas"),
        (3, "交通", "transport"),
        (4, "教育", "education"),
        (5, "电视", "television"),
        (6, "党团工会费", "Party, League and union dues"),
        (7, "税款", "tax"),
        (8, "物业", "property management"),
        (9, "其他", "other"),
    )
    channels: tuple[tuple[str, str], ...] = (
        ("website", "公众网站"),  # [S]
        ("app", "手机客户端"),  # [S]
        ("internet_banking", "网上银行"),  # [S]
        ("mobile_banking", "手机银行"),  # [S]
        ("terminal", "自助终端"),  # [S]
        ("counter", "网点柜面"),  # [P]
        ("chat", "融e联"),  # [A]
        ("phone_banking", "电话短信银行"),  # [A]
    )
    exact_only: frozenset[int] = frozenset({7})  # tax: the exact amount only [A]
    notice_before: timedelta = timedelta(days=3)  # of an agreed debit, and of a reminder [A]
    debit_attempts: int = 3  # on consecutive days [A]
    # A biller that does not answer is told again after these waits, the last one for ever.
    notice_waits_s: tuple[int, ...] = (5, 30, 120, 600, 1800)


SHIPPED = BillFigures()
