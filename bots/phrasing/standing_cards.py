"""Standing transfers on a card: what is paid when, and a button that ends each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bank_bridge.standing_contract import Standing
from bots.contract import Card
from bots.phrasing import elements as el
from bots.phrasing.figures import yuan
from bots.phrasing.words import Words

CARD = "standing:"  # stays beside whatever is open
STOP = "standing.stop:"  # followed by its id
MOST = 8  # on one card; the next ones due


def standing_card(words: Words, card_id: str, active: Sequence[Standing]) -> Card:
    shown = active[:MOST]
    title = words.say("standing.title")
    body = [el.heading(title)]
    for one in shown:
        line = words.say("standing.line", **_told(one))
        body += [el.line(el.plain(line), separator=True), el.note(_when(words, one))]
    if len(active) > len(shown):
        body.append(el.note(words.say("standing.more", count=len(active))))
    buttons = [
        el.submit(el.plain(words.say("standing.stop", **_told(one))), STOP + one.standing)
        for one in shown
    ]
    fallback = words.say("standing.fallback", count=len(active))
    return Card(card_id, el.adaptive_card(words, body, buttons, fallback), fallback)


def spoken_rhythm(words: Words, memo: str) -> str:
    """`2026-12-15 monthly`, as the bank notes it on the instruction, in words."""
    first, _, rhythm = memo.partition(" ")
    key = f"kind.standing_agreement.{rhythm}"
    return words.say(key, first=first) if words.knows(key) else memo


def _when(words: Words, one: Standing) -> str:
    day = one.next_on or date.min
    return words.say("standing.next", when=spoken_rhythm(words, f"{day} {one.rhythm}"))


def _told(one: Standing) -> dict[str, str]:
    return {"name": one.payee_name, "tail": one.payee_tail, "amount": yuan(one.amount)}
