"""The rules as one frozen value, and the checks that need nothing but values.

Called by serving before anything is ranked; the order of the checks is the order in which
a reason is given. Nothing here knows a model or a log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, time, timedelta, timezone
from typing import Final

import msgspec

from recommender.contract import Event, Occasion, RecommenderError, Silence
from recommender.features.words import LOAN_PRODUCTS, PURCHASE, floor_fen, usable

# The zone has no summer time since 1991; a fixed offset needs no time zone files on the machine.
SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
WEEK: Final = timedelta(days=7)


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the bank allows its offers to do; hours are of Shanghai."""

    minimum_purchase_fen: int = 100_00
    instalment_minimum_fen: int = 600_00
    per_day: int = 1
    per_week: int = 3  # in any seven days on end
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    quiet_hours_exempt_triggers: frozenset[str] = frozenset({PURCHASE})
    refusal_days: int = 30
    offer_valid_hours: int = 72
    minimum_score: float = 0.12
    hold_out_share: float = 0.05  # of customers; never an offer, so that its worth is known
    explore_evenly: float = 0.0  # of choices, beside those that the model's own doubt gives

    def __post_init__(self) -> None:
        if min(self.per_day, self.per_week, self.refusal_days) < 0 or self.offer_valid_hours < 1:
            raise RecommenderError("rules: caps and days cannot be negative, nor an offer timeless")
        if not 0 <= self.minimum_score <= 1:
            raise RecommenderError("rules: minimum_score is a probability")
        if not (0 <= self.hold_out_share < 1 and 0 <= self.explore_evenly <= 1):
            raise RecommenderError("rules: hold_out_share and explore_evenly are shares")

    @property
    def refusal(self) -> timedelta:
        return timedelta(days=self.refusal_days)

    @property
    def offer_valid(self) -> timedelta:
        return timedelta(hours=self.offer_valid_hours)


def why_not(rules: Rules, occasion: Occasion) -> Silence | None:
    """The reason that this occasion itself gives to be silent, whatever was offered before."""
    trigger = occasion.trigger
    if not usable(trigger):
        return Silence.NO_CONSENT
    if trigger.type == PURCHASE and floor_fen(trigger.amount_band) < rules.minimum_purchase_fen:
        return Silence.BELOW_THRESHOLD
    if _quiet(rules, occasion.now) and trigger.type not in rules.quiet_hours_exempt_triggers:
        return Silence.QUIET_HOURS
    return None


def why_enough(rules: Rules, now: datetime, offered: Sequence[datetime]) -> Silence | None:
    """The frequency cap, over the times at which offers were made in the last seven days.

    An offer dated after `now` counts as well: a clock set back must not open the cap.
    """
    today = now.astimezone(SHANGHAI).date()
    if sum(at.astimezone(SHANGHAI).date() >= today for at in offered) >= rules.per_day:
        return Silence.CAP_DAY
    if sum(at > now - WEEK for at in offered) >= rules.per_week:
        return Silence.CAP_WEEK
    return None


def held_out(rules: Rules, customer: str) -> bool:
    """Whether the customer is one of the few who get no offers: by lot, and the same for good."""
    lot = hashlib.sha256(f"hold-out:{customer}".encode()).digest()
    return int.from_bytes(lot[:8]) < rules.hold_out_share * 2**64


def eligible(rules: Rules, product: str, trigger: Event) -> bool:
    """Whether the product can be had on this occasion at all.

    Loans go with a purchase. An instalment needs its own minimum, and a band counts by its
    floor: better no offer than one that the shop till then refuses.
    """
    if product not in LOAN_PRODUCTS:
        return True
    if trigger.type != PURCHASE:
        return False
    fen = floor_fen(trigger.amount_band)
    return fen >= (
        rules.instalment_minimum_fen if product == "instalment" else rules.minimum_purchase_fen
    )


def _quiet(rules: Rules, now: datetime) -> bool:
    at = now.astimezone(SHANGHAI).time()
    if rules.quiet_from <= rules.quiet_until:
        return rules.quiet_from <= at < rules.quiet_until
    return at >= rules.quiet_from or at < rules.quiet_until
