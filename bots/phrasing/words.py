"""The translation catalogue: one TOML file a language, the same keys in each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bots.contract import Language


class Words:
    """What to say in one language."""

    def __init__(self, language: Language, phrases: Mapping[str, str]) -> None:
        self.language = language
        self.phrases = phrases

    def say(self, key: str, **figures: object) -> str:
        """The phrase under `key` with its placeholders filled in."""
        return self.phrases[key].format(**figures)

    def knows(self, key: str) -> bool:
        return key in self.phrases


@cache
def words_in(language: Language) -> Words:
    """The catalogue of a language, read once."""
    source = files("bots.phrasing") / "catalogue" / f"{language}.toml"
    return Words(language, dict(_flat("", tomllib.loads(source.read_text(encoding="utf-8")))))


def _flat(prefix: str, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    """`[receipt] title = …` is said as `receipt.title`."""
    flat: list[tuple[str, str]] = []
    for name, value in table.items():
        flat += (
            _flat(f"{prefix}{name}.", value)
            if isinstance(value, dict)
            else [(prefix + name, value)]
        )
    return flat
