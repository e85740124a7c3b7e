"""A question finds what a naive reader of the same text would find, and marks it there."""

from __future__ import annotations

import asyncio
import itertools
import string
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_server.adapters.sqlite.search import open_search
from chat_server.domain.errors import InvalidValue, TooLong
from chat_server.domain.searching import (
    MAX_QUESTION,
    MAX_TERMS,
    SNIPPET,
    Entry,
    Readable,
    matches,
    question,
    snippet,
)

HAN = "李娜定期存款转账"
MIXED = st.text(st.sampled_from(HAN + "abAB12ＡＢ１" + " ，。!_-\n😀é"), max_size=24)
ASKED = st.text(st.sampled_from(HAN + "abA12１" + " ，é"), min_size=1, max_size=6).filter(
    lambda text: any(char.isalnum() for char in text)
)


def plain(text: str) -> str:
    """Width, case and accents taken away, by a way of its own."""
    wide = unicodedata.normalize("NFKD", text).lower()
    return "".join(char for char in wide if not unicodedata.combining(char))


def pieces(text: str) -> list[tuple[str, str]]:
    """Runs of Chinese characters, of letters and digits, and the rest, one character a time."""
    kinds = ((("han" if c in HAN else "word" if c.isalnum() else "rest"), c) for c in plain(text))
    grouped = itertools.groupby(kinds, key=lambda one: one[0])
    return [(kind, "".join(char for _, char in run)) for kind, run in grouped]


def naive(asked: str, text: str) -> bool:
    """As somebody would look who reads both from left to right."""
    there = pieces(text)
    return all(
        any(
            kind == other and (run in whole if kind == "han" else whole.startswith(run))
            for other, whole in there
        )
        for kind, run in pieces(asked)
        if kind != "rest"
    )


@given(ASKED, MIXED)
def test_what_matches_is_what_a_naive_reader_finds(asked: str, text: str) -> None:
    assert matches(question(asked), text) == naive(asked, text)


@settings(max_examples=30, deadline=None)
@given(st.lists(MIXED, max_size=12), st.lists(ASKED, min_size=1, max_size=6))
def test_the_index_finds_what_a_naive_reader_finds(texts: list[str], asked: list[str]) -> None:
    async def look(folder: Path) -> None:
        entries = [Entry(n, "g:1", n, "ann", n, text) for n, text in enumerate(texts, 1)]
        async with open_search(f"sqlite:///{folder / 'search.db'}") as index:
            await index.index(0, entries, len(entries))
            for each in asked:
                hits = await index.find(question(each), [Readable("g:1")], limit=50)
                wanted = [e.seq for e in reversed(entries) if naive(each, e.text)]
                assert [hit.seq for hit in hits] == wanted

    with TemporaryDirectory() as name:
        asyncio.run(look(Path(name)))


@given(st.text(max_size=200), st.text(min_size=1, max_size=10))
def test_any_text_can_be_asked_for_in_any_text(text: str, asked: str) -> None:
    try:
        terms = question(asked)
    except (InvalidValue, TooLong):
        return
    shown = snippet(terms, text)
    assert len(shown.text) <= SNIPPET
    assert bool(shown.marks) == any(matches([term], text) for term in terms)
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.marks)
    flat = list(itertools.chain(*shown.marks))
    assert flat == sorted(flat)


def test_a_snippet_shows_the_place_and_marks_it() -> None:
    text = "序" * 100 + "请给李娜转账，\n谢谢李娜" + "尾" * 100
    shown = snippet(question("李娜"), text)
    assert len(shown.text) == SNIPPET
    assert [shown.text[start:end] for start, end in shown.marks] == ["李娜", "李娜"]
    assert "\n" not in shown.text


def test_marks_are_of_the_text_as_it_was_written() -> None:
    shown = snippet(question("deposit rate"), "Ｄｅｐｏｓｉｔ — ﬁxed Rate")
    assert [shown.text[start:end] for start, end in shown.marks] == ["Ｄｅｐｏｓｉｔ", "Rate"]


@pytest.mark.parametrize("text", ["", "   ", "，。!?", "😀", "_"])
def test_nothing_to_look_for_is_said(text: str) -> None:
    with pytest.raises(InvalidValue):
        question(text)


def test_a_question_has_its_limits() -> None:
    with pytest.raises(TooLong):
        question("长" * (MAX_QUESTION + 1))
    with pytest.raises(TooLong):
        question(" ".join(string.ascii_lowercase[: MAX_TERMS + 1]))
