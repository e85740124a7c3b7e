"""The words of documents, and how figures stand on them."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from bank_bridge.contract import (
    Money,
)
from bank_bridge.paper_contract import (
    AccountStatement,
)

_WORDS = tomllib.loads(files("bank_bridge.documents").joinpath("words.toml").read_text("utf-8"))
COLUMNS: dict[str, str] = _WORDS["columns"]


def say(key: str, **figures: int) -> str:
    text: str = _WORDS[key]
    return text.format(**figures)


def summary(kind: str) -> str:
    """What an entry is called; the journal's own word where there is no other."""
    text: str = _WORDS["summary"].get(kind, kind)
    return text


def grouped(amount: Money) -> str:
    """`-1,234.05`: exact, with a group of three digits at a time."""
    sign = "-" if amount.fen < 0 else ""
    return f"{sign}{abs(amount.fen) // 100:,}.{abs(amount.fen) % 100:02d}"


def heading(statement: AccountStatement) -> list[tuple[str, str]]:
    """What is told of a statement as a whole, in order."""
    return [
        (say("holder"), statement.holder),
        (say("account"), statement.number),
        (say("currency"), statement.currency),
        (say("period"), f"{statement.first} – {statement.last}"),
        (say("opening"), grouped(statement.opening)),
        (say("closing"), grouped(statement.closing)),
        (say("entries"), str(len(statement.entries))),
        (say("drawn_at"), f"{statement.drawn_at:%Y-%m-%d %H:%M} UTC"),
    ]
