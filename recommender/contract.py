"""The front door of the recommender: events in, one explained suggestion out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec


class Consents(msgspec.Struct, frozen=True):
    """A customer's consent at one moment; all off unless the ledger says otherwise."""

    snapshot_id: str  # position of the consent ledger's last entry for this customer, or "none"
    personalised_offers: bool = False
    chat_content: bool = False
    account_data: bool = False


class Event(msgspec.Struct, frozen=True):
    """Something that happened, pseudonymous and banded (bank-services §1.11).

    `type`: purchase, transfer, balance_viewed, article_read, followed, menu_pressed, intent,
    spoke (of a topic in the chat), taken (a product, offered or not).
    `product` is a merchant category, an article topic, an account or an intent label; `item`
    the very thing, where that is another word: the article, or what was bought.
    """

    event_id: str
    type: str
    customer: str
    occurred_at: datetime
    product: str
    amount_band: str
    channel: str
    consents: Consents
    item: str = ""


class Occasion(msgspec.Struct, frozen=True):
    """A moment at which an offer might be made; `trigger` is the event that brought it."""

    trigger: Event
    now: datetime


class Contribution(msgspec.Struct, frozen=True):
    """Why a score is what it is: one feature's part of the log-odds, largest first."""

    feature: str  # word of a closed list that the catalogue translates
    value: float  # the feature's value in its own unit
    weight: float


class Suggestion(msgspec.Struct, frozen=True):
    """One offer we may show now. It has been counted against the caps when returned."""

    offer_id: str
    product: str  # easy_loan, instalment, fixed_deposit, accumulated_gold, fund, credit_card
    score: float  # calibrated probability of interest
    reasons: Sequence[Contribution]
    consent_snapshot_id: str
    model_version: str
    expires_at: datetime
    customer: str
    propensity: float = 1.0  # the chance with which this product was drawn among the fitting


class Silence(StrEnum):
    """Why nothing is offered."""

    NO_CONSENT = "no_consent"
    BELOW_THRESHOLD = "below_threshold"  # the purchase is under the offer's minimum
    CAP_DAY = "cap_day"
    CAP_WEEK = "cap_week"
    QUIET_HOURS = "quiet_hours"
    REFUSED_BEFORE = "refused_before"
    NOTHING_FITS = "nothing_fits"
    NO_MODEL = "no_model"
    HOLD_OUT = "hold_out"  # one of the few who get none, so that it is known what offers change


class FeedbackKind(StrEnum):
    SHOWN = "shown"
    OPENED_REASON = "opened_reason"
    INTERESTED = "interested"
    DISMISSED = "dismissed"


class TextTopic(msgspec.Struct, frozen=True):
    """What a text is about, as people name it, and how much of it."""

    topic: str
    share: float


class TopicSource(msgspec.Struct, frozen=True):
    """A text to learn topics from; an article has no customer."""

    text: str
    customer: str = ""


class Topic(msgspec.Struct, frozen=True):
    """`name` is one of the bank's product topics, or the words joined."""

    name: str
    words: tuple[str, ...]  # strongest first


class TopicReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt; `kept` is the share of the weights' squares that the topics explain."""

    version: str
    articles: int
    people: int
    messages: int
    terms: int
    kept: float
    topics: tuple[Topic, ...]


class Interest(msgspec.Struct, frozen=True):
    """A topic that a customer read, asked or wrote about; one today is 1, a month ago a half."""

    topic: str
    weight: float


class ItemKind(StrEnum):
    """What lists are made of."""

    ARTICLE = "article"
    ACCOUNT = "account"
    GOODS = "goods"


class ItemsAsked(msgspec.Struct, frozen=True):
    """Whose list of what; without consent it is the same list for everybody."""

    customer: str
    kind: ItemKind
    consents: Consents
    many: int = 10


class Because(msgspec.Struct, frozen=True):
    """What one item of the customer's history adds to a score."""

    item: str
    weight: float


class SuggestedItem(msgspec.Struct, frozen=True):
    """One item of a list; what it is there because of sums to its score."""

    item: str
    score: float
    because: Sequence[Because] = ()


class ItemList(msgspec.Struct, frozen=True):
    """Best first; `personal` says whether the customer's history had a part in it.

    `unwanted` is for whoever adds to the list: what the customer does not want to see.
    """

    items: Sequence[SuggestedItem] = ()
    unwanted: frozenset[str] = frozenset()
    personal: bool = False
    model_version: str = ""


class NextBest(msgspec.Struct, frozen=True):
    """A product that may suit a customer; `adds` is what an offer adds to the chance, if known."""

    product: str
    score: float
    reasons: Sequence[Contribution]
    adds: float | None = None


class Likely(msgspec.Struct, frozen=True):
    """A customer's chance of wanting a product, and what an offer adds to it, if known."""

    customer: str
    score: float
    adds: float | None = None


class Expected(msgspec.Struct, frozen=True):
    """What offering a product to an audience would bring, with 95 % intervals.

    `reached` of those asked may be offered it and are known; `interested` of these will want it.
    `added` is how many take it who would not have otherwise; None while too few were held out.
    """

    asked: int
    reached: int = 0
    interested: float = 0.0
    low: float = 0.0
    high: float = 0.0
    added: float | None = None
    added_low: float | None = None
    added_high: float | None = None
    model_version: str = ""


class ProductCard(msgspec.Struct, frozen=True):
    product: str
    offers: int
    interest_rate: float
    drivers: Sequence[str]


class ModelCard(msgspec.Struct, frozen=True):
    """What the offers' model in use learnt from, and how good it was on later offers."""

    version: str = ""  # empty: there is none
    protocol: str = ""
    offers: int = 0
    customers: int = 0
    held_out: int = 0  # offers, the latest, that it was judged on
    roc_auc: float = 0.0
    calibration_error: float = 0.0
    log_loss: float = 0.0
    popularity_log_loss: float = 0.0
    products: Sequence[ProductCard] = ()
    features: Sequence[str] = ()
    hold_out_share: float = 0.0  # of customers, who get no offers


class Readings(msgspec.Struct, frozen=True):
    """How the model in use is doing, of the last week, for a monitor."""

    model_version: str = ""
    outcomes: dict[str, int] = {}  # decisions: how often an offer, and how often each silence
    settled: int = 0  # offers whose time to be answered is over
    promised: float = 0.0  # mean score of these
    kept: float = 0.0  # share of these that interested
    calibration_error: float = 0.0  # mean gap of promised and kept, over ten equal bins
    drift: float = 0.0  # of scores, against the four weeks before; above 0.2 something changed


class Recommender(Protocol):
    """Value in, value out. Repeating an event or an occasion changes nothing."""

    async def observe(self, events: Sequence[Event]) -> None:
        """Take events in, de-duplicated by `event_id`. Events without the consent that their
        type needs (`account_data` for money, `chat_content` for intents) are not stored.
        """

    async def suggest(self, occasion: Occasion) -> Suggestion | Silence:
        """The best permitted offer for this occasion, or why there is none.

        Asked twice for one trigger, gives the same answer and counts once.
        """

    async def feedback(self, offer_id: str, kind: FeedbackKind, at: datetime) -> None:
        """What the customer did with an offer; unknown offers are ignored, repeats count once."""

    async def forget(self, customer: str, at: datetime) -> None:
        """Consent was withdrawn: drop what was derived from this customer's data."""

    async def next_items(self, asked: ItemsAsked) -> ItemList:
        """What the customer may want next, nothing that they had or do not want; empty while
        there is no model. Never waits for the log's writers; an event observed before counts.
        """

    async def unwanted(self, customer: str, kind: ItemKind, item: str, at: datetime) -> None:
        """The customer's "not this again": the item is in none of their lists from now on."""

    async def topics_of(self, text: str) -> Sequence[TextTopic]:
        """What the text is about; nothing while no topics were learnt. The text is not kept."""

    async def interests(
        self, customer: str, consents: Consents, now: datetime
    ) -> Sequence[Interest]:
        """What the customer's own events say, under these consents, strongest first."""

    async def scores(
        self, customers: Mapping[str, Consents], product: str, at: datetime
    ) -> Mapping[str, float]:
        """How probably each would want the product, by their events up to then; nothing is noted.

        Left out are who does not consent to offers, who dismissed the product lately, and the
        few who get no offers; while there is no model, everybody. UnknownProduct.
        """

    async def next_best(
        self, customer: str, consents: Consents, now: datetime
    ) -> Sequence[NextBest]:
        """What might suit the customer, for who looks after them; nothing is noted or counted.

        Nothing without consent, of who is held out, and while there is no model.
        """

    async def likely(
        self, customers: Mapping[str, Consents], product: str, at: datetime
    ) -> Sequence[Likely]:
        """As `scores`, and what an offer adds. UnknownProduct."""

    async def expected(
        self, customers: Mapping[str, Consents], product: str, at: datetime
    ) -> Expected:
        """What offering the product to all of them would bring. UnknownProduct."""

    async def card(self) -> ModelCard:
        """The model in use, for people."""

    def readings(self) -> Readings:
        """The newest there are, at once; asking has newer ones made, at most one a minute."""


class RecommenderError(Exception):
    """The recommender cannot work: a missing, foreign or damaged model or log."""


class UnknownProduct(RecommenderError):
    """The model in use knows no product by that name."""
