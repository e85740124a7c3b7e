"""Facts: who did what, kept for ever, written in the commit of the change they tell of.

One row serves the audit trail (read by actor or subject) and the outbox (read by
position). Details are words and numbers, never message text or secrets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from chat_server.domain.message import Event


class Purpose(StrEnum):
    """The three consent switches, all off at the start (bank-services §2.3)."""

    PERSONALISED_OFFERS = "personalised_offers"
    CHAT_CONTENT = "chat_content"
    ACCOUNT_DATA = "account_data"


class Fact(msgspec.Struct, frozen=True):
    """`subject` is whom or what it happened to: a user, a conversation, a broadcast."""

    kind: str  # past tense: `user_added`, `consent_changed`, `broadcast_approved`
    actor: str
    subject: str
    at_ms: int
    detail: Mapping[str, str | int | bool] = {}


class Change(msgspec.Struct, frozen=True):
    """One step of the store's history: a message event, or a fact. Positions only grow."""

    position: int
    event: Event | None = None
    fact: Fact | None = None


class ConsentEntry(msgspec.Struct, frozen=True):
    """One line of the consent ledger; never changed, never removed."""

    entry_id: int  # given by the store, grows
    customer: str
    purpose: Purpose
    granted: bool
    text_hash: str  # of the words the customer was shown
    channel: str
    at_ms: int


class OpenCard(msgspec.Struct, frozen=True):
    """A card that still takes answers, and until when its secret inputs are guarded."""

    card_id: str
    seq: int
    customer: str
    secret: bool = False
    expires_ms: int | None = None


class Dialogue(msgspec.Struct, frozen=True):
    """Where a bot's talk in one conversation stands.

    `handled_seq` is the last event that was answered; `state` is the bot's own.
    `version` is compared and set, so that each turn is committed once.
    """

    conv: str
    account: str
    customer: str
    handled_seq: int = 0
    state: bytes = b""
    cards: Sequence[OpenCard] = ()
    wake_ms: int | None = None
    version: int = 0
