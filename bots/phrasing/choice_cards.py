"""A card to choose one of a few things from, whatever they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bots.contract import Card
from bots.phrasing import elements as el
from bots.phrasing.money_cards import CANCEL
from bots.phrasing.words import Words

CHOICE = "choice:"  # followed by the value
MOST_CHOICES = 10


def choice_card(
    words: Words,
    card_id: str,
    title: str,
    options: Sequence[tuple[str, str]],
    expires_at: datetime,
) -> Card:
    """One button for each value and its title; the rest can be named by typing."""
    buttons = [el.submit(el.plain(name), CHOICE + value) for value, name in options[:MOST_CHOICES]]
    buttons.append(el.submit(words.say("confirm.no"), CANCEL))
    return Card(
        card_id, el.adaptive_card(words, [el.heading(title)], buttons, title), title, expires_at
    )
