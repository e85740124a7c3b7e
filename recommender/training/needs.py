"""What the seeded customers are like: their hidden needs, habits and answers, as tables.

Read by the population loader. These are made-up figures of a made-up town, chosen so that
the need can be guessed from the habits but never read off them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from recommender.contract import Event
from recommender.features.words import PURCHASE, floor_fen


class Habit(NamedTuple):
    """A kind of event: how often a month each need does it, in the order of `NEEDS`."""

    type: str
    products: tuple[str, ...]
    bands: tuple[str, ...]
    monthly: tuple[float, ...]


NEEDS: Final = ("shopper", "saver", "gold_saver", "investor", "traveller", "quiet")
SHARES: Final = (0.30, 0.18, 0.12, 0.12, 0.14, 0.14)

SHOPS: Final = ("retail", "supermarket", "electronics", "apparel", "home")
AWAY: Final = ("dining", "restaurant", "hotel", "airline", "railway")
NO_BAND: Final = ("",)

HABITS: Final = (
    Habit("purchase", SHOPS, ("<100",), (1.2, 0.5, 0.7, 0.5, 0.8, 0.3)),
    Habit("purchase", SHOPS, ("100-499", "100-499", "500-1999"), (2.2, 0.2, 0.4, 0.4, 0.5, 0.2)),
    Habit("purchase", SHOPS, ("2000-9999",), (0.20, 0.03, 0.05, 0.08, 0.08, 0.02)),
    Habit("purchase", AWAY, ("<100", "100-499", "500-1999"), (0.4, 0.2, 0.3, 0.5, 2.4, 0.1)),
    Habit("transfer", ("salary",), ("2000-9999", "10000-49999"), (0.5, 1.0, 0.6, 0.8, 0.8, 0.2)),
    Habit("transfer", ("transfer",), ("100-499", "500-1999"), (0.5, 0.5, 0.4, 0.5, 0.4, 0.3)),
    Habit(
        "transfer",
        ("transfer",),
        ("10000-49999", ">=50000"),
        (0.02, 0.15, 0.10, 0.40, 0.05, 0.01),
    ),
    Habit("balance_viewed", ("balance",), NO_BAND, (0.5, 2.0, 0.6, 1.2, 0.5, 0.3)),
    Habit("article_read", ("gold",), NO_BAND, (0.05, 0.15, 1.6, 0.30, 0.05, 0.05)),
    Habit("article_read", ("deposit",), NO_BAND, (0.05, 0.70, 0.15, 0.20, 0.05, 0.10)),
    Habit("article_read", ("fund",), NO_BAND, (0.05, 0.25, 0.20, 1.40, 0.05, 0.05)),
    Habit("article_read", ("loan",), NO_BAND, (0.30, 0.05, 0.05, 0.05, 0.10, 0.10)),
    Habit("article_read", ("credit_card",), NO_BAND, (0.15, 0.05, 0.05, 0.10, 0.50, 0.05)),
    Habit("followed", ("gold",), NO_BAND, (0.01, 0.02, 0.15, 0.03, 0.01, 0.01)),
    Habit("intent", ("gold",), NO_BAND, (0.01, 0.04, 0.30, 0.05, 0.01, 0.01)),
    Habit("intent", ("deposit",), NO_BAND, (0.01, 0.25, 0.05, 0.05, 0.01, 0.02)),
    Habit("intent", ("fund",), NO_BAND, (0.01, 0.05, 0.05, 0.30, 0.01, 0.01)),
    Habit("intent", ("loan",), NO_BAND, (0.15, 0.01, 0.02, 0.02, 0.05, 0.05)),
)

# Log-odds of interest: what a need adds for each of `PRODUCTS`, in that order.
BASE_INTEREST: Final = -1.9
INTEREST: Final = (
    #  easy_loan instalment fixed_dep. gold  fund  credit_card
    (1.8, 1.6, -0.9, -0.7, -0.6, 0.2),  # shopper
    (-0.9, -0.7, 2.1, 0.1, 0.9, -0.3),  # saver
    (-0.6, -0.5, 0.2, 2.3, 0.4, -0.2),  # gold_saver
    (-0.7, -0.4, 0.1, 0.4, 2.1, 0.1),  # investor
    (0.2, 0.4, -0.6, -0.6, -0.4, 2.0),  # traveller
    (-0.3, -0.5, -0.5, -0.6, -0.7, -0.5),  # quiet
)
PERSONAL_SPREAD: Final = 0.5  # how far people of one need differ

SHARE_ACCOUNT_DATA: Final = 0.85
SHARE_CHAT_CONTENT: Final = 0.6
SHARE_PURCHASE_TRIGGERS: Final = 0.75
DISMISS_RATE: Final = 0.35  # of those who are not interested


class Trigger(NamedTuple):
    """A purchase that may bring an offer, and its share of each need's purchases."""

    products: tuple[str, ...]
    bands: tuple[str, ...]
    shares: tuple[float, ...]


TRIGGERS: Final = (
    Trigger(SHOPS, ("100-499", "100-499", "500-1999"), (0.70, 0.55, 0.60, 0.50, 0.25, 0.60)),
    Trigger(SHOPS, ("2000-9999",), (0.20, 0.20, 0.15, 0.20, 0.15, 0.15)),
    Trigger(AWAY, ("100-499", "500-1999"), (0.10, 0.25, 0.25, 0.30, 0.60, 0.25)),
)


def pull(product: str, trigger: Event) -> float:
    """What the occasion itself adds to the log-odds of interest."""
    if trigger.type != PURCHASE:
        return 0.0
    if trigger.product in AWAY:
        return {"credit_card": 0.6, "easy_loan": -0.4}.get(product, 0.0)
    if floor_fen(trigger.amount_band) >= floor_fen("2000-9999"):
        return {"instalment": 1.2, "easy_loan": 0.5}.get(product, 0.0)
    return {"easy_loan": 0.6, "instalment": 0.3}.get(product, 0.0)
