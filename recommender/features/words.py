"""The closed lists: amount bands, event types with the consent they need, products, topics.

Everybody who speaks of a band, a product or a purpose takes the word from here. A word
that is not listed is not an error: it is stored and simply means nothing to the model yet.
"""

from __future__ import annotations

from typing import Final

from recommender.contract import Consents, Event, ItemKind

BAND_FLOOR_FEN: Final = {
    "<100": 0,
    "100-499": 100_00,
    "500-1999": 500_00,
    "2000-9999": 2_000_00,
    "10000-49999": 10_000_00,
    ">=50000": 50_000_00,
}

PURCHASE: Final = "purchase"
TRANSFER: Final = "transfer"
BALANCE_VIEWED: Final = "balance_viewed"
INTENT: Final = "intent"
SPOKE: Final = "spoke"
TAKEN: Final = "taken"  # a product was opened or bought, offered or not
READING_TYPES: Final = frozenset({"article_read", "followed", "menu_pressed"})
MONEY_TYPES: Final = frozenset({PURCHASE, TRANSFER, BALANCE_VIEWED, TAKEN})

PRODUCTS: Final = (
    "easy_loan",
    "instalment",
    "fixed_deposit",
    "accumulated_gold",
    "fund",
    "credit_card",
)

LOAN_PRODUCTS: Final = frozenset({"easy_loan", "instalment"})

# Merchant categories of eating and travelling. Every other merchant, known or not, is a shop.
AWAY_CATEGORIES: Final = frozenset(
    {"dining", "restaurant", "travel", "hotel", "airline", "railway", "transport"}
)
SALARY_WORDS: Final = frozenset({"salary", "payroll"})

TOPICS: Final = ("gold", "deposit", "fund", "loan", "card")
TOPIC_OF: Final = {
    "gold": "gold",
    "accumulated_gold": "gold",
    "deposit": "deposit",
    "fixed_deposit": "deposit",
    "savings": "deposit",
    "fund": "fund",
    "funds": "fund",
    "invest": "fund",
    "loan": "loan",
    "easy_loan": "loan",
    "instalment": "loan",
    "card": "card",
    "credit_card": "card",
}


def permitted(consents: Consents) -> frozenset[str]:
    """The event types that may serve personalised offers under these consents.

    A type that is not listed above may never: nobody can say which consent covers it.
    """
    if not consents.personalised_offers:
        return frozenset()
    types = READING_TYPES
    if consents.account_data:
        types |= MONEY_TYPES
    if consents.chat_content:
        types |= {INTENT, SPOKE}
    return types


def taken_in(event: Event) -> tuple[ItemKind, str] | None:
    """What the event says was read, followed or bought; None where it names no such thing."""
    if event.type == "article_read" and event.item:
        return ItemKind.ARTICLE, event.item
    if event.type == "followed" and event.product:
        return ItemKind.ACCOUNT, event.product
    if event.type == PURCHASE and (event.item or event.product):
        return ItemKind.GOODS, event.item or event.product
    return None


def listed(consents: Consents, kind: ItemKind) -> bool:
    """Whether a list of the kind may be made from the customer's history."""
    needed = PURCHASE if kind is ItemKind.GOODS else "article_read"
    return needed in permitted(consents)


def usable(event: Event) -> bool:
    """Whether the event's own consents cover it."""
    return event.type in permitted(event.consents)


def floor_fen(amount_band: str) -> int:
    """The least amount that the band can mean; an unknown band promises nothing."""
    return BAND_FLOOR_FEN.get(amount_band, 0)
