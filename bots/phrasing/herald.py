"""What the house tells a customer unasked: product offers and account-change notices.

An offer says what it is, why it is shown, and how to refuse all further ones. It promises
no price. A notice is a service message: it names the movement, never the balance, and
carries no marketing.
"""

from __future__ import annotations

from collections.abc import Sequence

from bank_bridge.contract import BankEvent, Money
from bots.contract import BotError, Card, Language
from bots.phrasing import elements as el
from bots.phrasing.figures import spoken_moment, yuan
from bots.phrasing.words import Words, words_in
from recommender.contract import Contribution, Suggestion

OFFER = "offer:"  # followed by the offer's id
INTERESTED, REFUSE, DISMISS = "offer.interested", "offer.refuse", "offer.dismiss"
MOST_REASONS = 3


class PhrasedHerald:
    """The herald that speaks from the catalogue."""

    def offer(self, suggestion: Suggestion, language: Language) -> Card:
        """The card of one suggestion; its reasons open on the screen alone."""
        words = words_in(language)
        product = product_key(words, suggestion.product)
        name, what = words.say(f"{product}.name"), words.say(f"{product}.what")
        body = [
            el.note(words.say("offer.label")),
            el.heading(name),
            el.line(what),
            _reasons(words, suggestion.reasons),
            el.note(words.say("offer.terms")),
        ]
        interested = el.submit(words.say("offer.interested"), INTERESTED, style="positive")
        interested["data"]["product"] = suggestion.product
        buttons = [
            el.toggle(words.say("offer.why"), "reasons"),
            interested,
            el.submit(words.say("offer.dismiss"), DISMISS),
            el.submit(words.say("offer.refuse"), REFUSE, style="destructive"),
        ]
        fallback = words.say("offer.fallback", product=name, what=what)
        card = el.adaptive_card(words, body, buttons, fallback)
        return Card(OFFER + suggestion.offer_id, card, fallback, suggestion.expires_at)

    def balance_notice(self, event: BankEvent, language: Language) -> str:
        """One sentence on one posting. Raises BotError for an event that is none."""
        if event.amount is None or not event.account_tail:
            raise BotError(f"bank event {event.event_id} is not a posting")
        kind = "expense" if event.amount.fen < 0 else "income"
        bare = "" if event.counterparty else "_bare"
        return words_in(language).say(
            f"notice.{kind}{bare}",
            tail=event.account_tail,
            time=spoken_moment(event.occurred_at, language),
            amount=yuan(Money(abs(event.amount.fen))),
            counterparty=event.counterparty,
        )

    def product_notice(self, event: BankEvent, language: Language) -> str:
        """What a product has to tell; empty when the customer need not be told of it."""
        words = words_in(language)
        key = f"notice.{event.type}"
        if event.amount is None or not words.knows(key):
            return ""
        return words.say(key, about=event.counterparty, amount=yuan(event.amount))

    def trouble(self, language: Language) -> str:
        """What is true when a turn failed: it was not finished, and must not be repeated."""
        return words_in(language).say("service.trouble")


def product_key(words: Words, product: str) -> str:
    """Where the catalogue speaks of a product; one that it does not know is just a product."""
    key = f"product.{product}"
    return key if words.knows(f"{key}.name") else "product.other"


def _reasons(words: Words, reasons: Sequence[Contribution]) -> el.Element:
    """What weighed most in favour, in words; hidden until asked for."""
    known = [
        words.say(f"reason.{reason.feature}")
        for reason in reasons
        if reason.weight > 0 and words.knows(f"reason.{reason.feature}")
    ]
    intro = words.say("offer.why_intro" if known else "offer.why_none")
    lines = [el.line(intro, size="Small")]
    lines += [el.line(f"· {text}", size="Small") for text in known[:MOST_REASONS]]
    return {
        "type": "Container",
        "id": "reasons",
        "isVisible": False,
        "style": "emphasis",
        "items": lines,
    }
