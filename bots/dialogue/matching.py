"""Who of the saved payees a customer means. Never a guess: one match, or a choice."""

from __future__ import annotations

from collections.abc import Sequence

from bank_bridge.contract import Payee
from bots.contract import Place
from bots.understanding.text import squeeze

_SHORTEST_NAME = 2


def called(payees: Sequence[Payee], name: str) -> list[Payee]:
    """Saved payees of exactly this name, in any spelling of the same characters."""
    wanted = squeeze(name)
    return [payee for payee in payees if wanted and squeeze(payee.name) == wanted]


def places_called(places: Sequence[Place], name: str) -> list[Place]:
    """Conversations of exactly this name."""
    wanted = squeeze(name)
    return [place for place in places if wanted and squeeze(place.name) == wanted]


def likeliest_first(payees: Sequence[Payee], name: str) -> list[Payee]:
    """All of them to choose from; first those whose name holds the text or is held by it."""
    wanted = squeeze(name)

    def unlike(payee: Payee) -> bool:
        own = squeeze(payee.name)
        return not wanted or not (wanted in own or own in wanted)

    return sorted(payees, key=unlike)


def mentioned(payees: Sequence[Payee], sentence: str) -> list[Payee]:
    """Those whose full name stands in the sentence; a longer name hides the shorter in it."""
    said = squeeze(sentence)
    found = [
        p for p in payees if len(squeeze(p.name)) >= _SHORTEST_NAME and squeeze(p.name) in said
    ]
    names = {squeeze(payee.name) for payee in found}
    return [
        payee
        for payee in found
        if not any(squeeze(payee.name) != name and squeeze(payee.name) in name for name in names)
    ]


def of_tail(payees: Sequence[Payee], tail: str) -> list[Payee]:
    return [payee for payee in payees if payee.tail == tail]
