"""The front door of the bots: a turn in, replies and effects out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from bank_bridge.contract import BankEvent
from recommender.contract import Suggestion


class Language(StrEnum):
    ZH = "zh-CN"
    EN = "en"


class TurnKind(StrEnum):
    TEXT = "text"
    MENU = "menu"  # a button of the account's menu; `action` is its key
    SUBMIT = "submit"  # a button of a card; `card_id`, `action`, `values`
    RESUME = "resume"  # a submit whose values died with the server; `card_id`, `action`
    CLOCK = "clock"  # the time that the last result asked to be woken at has come


class Secret(str):
    """Text that must not print: its repr, as logs and tracebacks show it, is stars only."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class Turn(msgspec.Struct, frozen=True):
    """What the customer just did, in one conversation with one public account.

    `key` names the turn for ever ("<conv>:<seq>"): the same turn may come again after a
    crash, and must then have the same effect once. `values` may hold a `Secret`; it lives
    in memory only. `state` is what the last result returned, or empty.
    """

    kind: TurnKind
    key: str
    conv: str
    account: str
    customer: str
    customer_name: str
    device: str
    language: Language
    at: datetime
    text: str = ""
    action: str = ""
    card_id: str = ""
    values: Mapping[str, str] = {}
    state: bytes = b""
    person: str = ""  # free, waiting, recent: how a person of the desk stands; empty: no desk


class Text(msgspec.Struct, frozen=True, tag="text"):
    text: str


class Card(msgspec.Struct, frozen=True, tag="card"):
    """An Adaptive Card 1.6. `card_id` is the bot's own name for it, unique in the conversation.

    Submit actions carry `data: {"action": "<word>"}`. Inputs named in `secret_inputs` never
    reach the log; while such a card is open the customer's codes are refused as plain text.
    """

    card_id: str
    card: Mapping[str, Any]
    fallback: str  # the card in one line of plain text, for lists and pushes
    expires_at: datetime | None = None
    secret_inputs: Sequence[str] = ()
    secret_until: datetime | None = None  # the code's own end, where the card outlives it


class CardClosed(msgspec.Struct, frozen=True, tag="card_closed"):
    """The card takes no more answers; the screen shows the state word instead of buttons."""

    card_id: str
    state: str  # done, confirmed, cancelled, expired, failed, replaced, refused


class Document(msgspec.Struct, frozen=True, tag="document"):
    """A file that the bot made for this customer; whoever reads the conversation may read it."""

    name: str
    mime: str
    content: bytes


Reply = Text | Card | CardClosed | Document


class TellManager(msgspec.Struct, frozen=True, tag="tell_manager"):
    """Write to the customer's account manager, as the customer, in their direct conversation."""

    text: str


class CallPerson(msgspec.Struct, frozen=True, tag="call_person"):
    """A person of the account's desk is to answer. Where there is no desk, the account manager
    is told `text`, if there is any.
    """

    text: str
    reason: str = "asked"  # asked, not_understood, reopened


class SetConsent(msgspec.Struct, frozen=True, tag="set_consent"):
    purpose: str  # personalised_offers, chat_content, account_data
    granted: bool


class OfferFeedback(msgspec.Struct, frozen=True, tag="offer_feedback"):
    offer_id: str
    kind: str  # a recommender FeedbackKind


class IntentSeen(msgspec.Struct, frozen=True, tag="intent_seen"):
    """For the recommender, and only passed on under consent (b): the label, never the text."""

    label: str
    confidence: float


class NotUnderstood(msgspec.Struct, frozen=True, tag="not_understood"):
    """A sentence that no skill took, for people to label. `shape`: what a model sees of it,
    with stand-ins for names, amounts and numbers; the words themselves are not handed on.
    """

    shape: str


class SkillStep(msgspec.Struct, frozen=True, tag="skill_step"):
    """How far an attempt at a skill has come, as a whole each time.

    `attempt` is the key of the turn that began it. `steps` are words, the newest last:
    `asked:<slot>`, `confirm`, `code`, and one of ENDS when it is over. `told`: how often
    this attempt has been told of, this time included.
    """

    attempt: str
    skill: str
    began: datetime
    steps: Sequence[str]
    told: int


ENDS = frozenset(
    {"done", "processing", "cancelled", "expired", "failed", "refused", "replaced", "left"}
)
Effect = (
    TellManager | CallPerson | SetConsent | OfferFeedback | IntentSeen | NotUnderstood | SkillStep
)


class TurnResult(msgspec.Struct, frozen=True):
    """What happens now. Replies keep their order; effects are idempotent by the turn's key.

    `wake_at`: send a CLOCK turn then, for instance to close an expired card. `failed`: the
    turn was not taken, and this is why, without a word of what was said: it is a dead letter.
    """

    replies: Sequence[Reply]
    state: bytes
    effects: Sequence[Effect] = ()
    wake_at: datetime | None = None
    failed: str = ""


class Bot(Protocol):
    """Value in, value out; everything it keeps is in `state`."""

    async def take(self, turn: Turn) -> TurnResult:
        """Answer one turn. Must return within the house's deadline (5 s) or is cut off."""


class Place(msgspec.Struct, frozen=True):
    """A conversation that a customer may send money into; `taker`: the other one, if only one."""

    conv: str
    name: str
    taker: str = ""


class Places(Protocol):
    """The customer's own conversations, as far as a bot needs them."""

    async def places(self, customer: str) -> Sequence[Place]:
        """Groups the customer is in and friends, the latest first; at most 50."""


class Herald(Protocol):
    """Words for what the house tells a customer unasked."""

    def offer(self, suggestion: Suggestion, language: Language) -> Card:
        """The offer card: what, why (can be opened), interested, refuse further ones."""

    def balance_notice(self, event: BankEvent, language: Language) -> str:
        """The text of an account-change notice (动账通知); the balance is not in it."""

    def product_notice(self, event: BankEvent, language: Language) -> str:
        """What a product tells its customer (a bill is due, a debit failed); may be empty."""

    def trouble(self, language: Language) -> str:
        """Said when a bot failed or took too long: nothing was promised, a person can help."""


class Understood(msgspec.Struct, frozen=True):
    """What a sentence means: `slots.amount` is yuan as a decimal string."""

    intent: str
    confidence: float
    slots: Mapping[str, str]


class Understanding(Protocol):
    def understand(self, sentence: str) -> Understood:
        """Pure and fast; "unknown" when nothing fits."""


class Meant(msgspec.Struct, frozen=True):
    """One reading of a sentence, and how likely it is."""

    intent: str
    confidence: float


class Labelled(msgspec.Struct, frozen=True):
    """A sentence's shape, and what a person said that it means."""

    shape: str
    intent: str


class Judged(msgspec.Struct, frozen=True):
    """How a model did on `sentences`; shares from 0 to 1, 0 where there was nothing to judge.

    `right`: of those with an intent of ours, refused ones counting as wrong; `answered_right`:
    of those that were not refused; `outside`: of those out of scope, how many were refused.
    """

    sentences: int
    right: float
    answered_right: float
    outside: float


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """A model that was trained, not in use yet, and how it compares with the one that is.

    `before` and `after` are by what judged: `parts` (cross-validation), `unseen` (sentences of
    ours that nothing learns), `labelled` (those of people's that nothing learns). `lost`: the
    intents of which fewer sentences are understood now, and by what share.
    """

    model: bytes
    corpus: str
    learnt: int
    labelled: int
    before: Mapping[str, Judged]
    after: Mapping[str, Judged]
    lost: Mapping[str, float]


class Pupil(Protocol):
    """The understanding as something that can be taught: what it knows, and another model."""

    def intents(self, language: Language) -> Mapping[str, str]:
        """Every intent and its name for people; `unknown` is what is outside of all."""

    def suggest(self, shape: str, most: int) -> Sequence[Meant]:
        """What a sentence of that shape may mean, the likeliest first."""

    def adopt(self, model: bytes, corpus: str) -> None:
        """Understand with this model from the next sentence on; empty: the one that is shipped.

        BotError, changing nothing: damaged, or not of that corpus, or learnt from other
        sentences of ours than this program has.
        """


class BotError(Exception):
    """A bot could not take the turn; the customer is told so and may reach a person."""
