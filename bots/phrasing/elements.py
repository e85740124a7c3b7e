"""The few Adaptive Card 1.6 elements that our cards are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bots.phrasing.words import Words

Element = dict[str, Any]  # JSON of the Adaptive Cards schema, whose shape is the schema's


def heading(text: str) -> Element:
    return {
        "type": "TextBlock",
        "text": plain(text),
        "size": "Medium",
        "weight": "Bolder",
        "wrap": True,
    }


def line(text: str, **style: object) -> Element:
    return {"type": "TextBlock", "text": plain(text), "wrap": True, **style}


def note(text: str) -> Element:
    return line(text, size="Small", isSubtle=True)


def figure(text: str) -> Element:
    return line(text, size="ExtraLarge", weight="Bolder")


def facts(rows: Sequence[tuple[str, str]]) -> Element:
    return {
        "type": "FactSet",
        "facts": [{"title": title, "value": plain(value)} for title, value in rows],
    }


def two_columns(left: Sequence[Element], right: Sequence[Element], **style: object) -> Element:
    """Something and its amount, side by side."""
    return {
        "type": "ColumnSet",
        "columns": [
            {"type": "Column", "width": "stretch", "items": list(left)},
            {"type": "Column", "width": "auto", "items": list(right)},
        ],
        **style,
    }


def submit(
    title: str, action: str, *, style: str = "default", collects: bool = False, **more: str
) -> Element:
    """A button that answers the card; `collects`: with what was typed into it, and `more`."""
    return {
        "type": "Action.Submit",
        "title": title,
        "style": style,
        "data": {"action": action, **more},
        "associatedInputs": "auto" if collects else "none",
    }


def toggle(title: str, *targets: str) -> Element:
    """A button that opens or closes parts of the card on the screen alone."""
    return {"type": "Action.ToggleVisibility", "title": title, "targetElements": list(targets)}


def adaptive_card(
    words: Words, body: Sequence[Element], actions: Sequence[Element], fallback: str
) -> Element:
    card: Element = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.6",
        "lang": str(words.language),
        "fallbackText": fallback,
        "body": list(body),
    }
    if actions:
        card["actions"] = list(actions)
    return card


def plain(text: str) -> str:
    """The text without signs of Markdown: names come from people, and not every screen escapes."""
    return text.translate(_LOOK_ALIKES)


_LOOK_ALIKES = str.maketrans("*_`[]<>\\#", "•＿'［］＜＞＼＃")
