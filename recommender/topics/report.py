"""Topics as people read them, and what was learnt of them; no numbers to compute with."""

from __future__ import annotations

import msgspec


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
