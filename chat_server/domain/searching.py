"""What searching means: which texts a question finds, and where in them.

A text is folded (width, case, accents) and cut into runs. A run of Chinese, Japanese or
Korean characters is indexed by its overlapping pairs and its last character, so that any
part of it is found, two characters or one; any other run of letters or digits is a word.
A question finds a text that has each of its runs: as a part, or as the start of a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from chat_server.domain.errors import InvalidValue, TooLong

MAX_QUESTION = 64  # characters
MAX_TERMS = 8
SNIPPET = 60  # characters of a text that are shown around what was found
_LEAD = 20  # of them before it
_LONGEST_WORD = MAX_QUESTION * 2  # folding can lengthen a character
_REMEMBERED = 65_536

_UNSPACED = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3131-\u318e"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
)
_RUN = re.compile(rf"([{_UNSPACED}]+)|[^\W_{_UNSPACED}]+")
_UNSPACED_ONE = re.compile(rf"[{_UNSPACED}]")


class Entry(msgspec.Struct, frozen=True):
    """A message as it can be found; `position` is its place in the change feed.

    `file` when the text is a file's name. `changed_seq` is the event it reads like this since.
    """

    position: int
    conv: str
    seq: int
    sender: str
    ts: int
    text: str
    file: bool = False
    changed_seq: int = 0


class Rewrite(msgspec.Struct, frozen=True):
    """What the message at `seq` now says; nothing, if it was taken back."""

    position: int
    conv: str
    seq: int
    text: str
    changed_seq: int


def rewritten(entry: Entry, rewrite: Rewrite) -> Entry:
    """Only what is written can be rewritten, so it is a file no more."""
    return replace(entry, text=rewrite.text, changed_seq=rewrite.changed_seq, file=False)


class Readable(msgspec.Struct, frozen=True):
    """The part of a conversation that somebody may read; `last_seq` None: to its end."""

    conv: str
    first_seq: int = 1
    last_seq: int | None = None

    def holds(self, entry: Entry) -> bool:
        """Whether the message is in it, as it now reads."""
        last = max(entry.seq, entry.changed_seq)
        return entry.seq >= self.first_seq and (self.last_seq is None or last <= self.last_seq)


class Term(msgspec.Struct, frozen=True):
    """One run of a question, folded."""

    text: str
    unspaced: bool

    @property
    def tokens(self) -> Sequence[str]:
        """What stands next to each other in the index of a text that has this term."""
        if not self.unspaced or len(self.text) == 1:
            return (self.text,)
        return tuple(_pairs(self.text))

    @property
    def prefix(self) -> bool:
        """Whether the (one) token is the beginning of those that are looked for."""
        return not self.unspaced or len(self.text) == 1


class Snippet(msgspec.Struct, frozen=True):
    """A piece of a text, and which parts of it were looked for: pairs of start and end."""

    text: str
    marks: Sequence[tuple[int, int]]


class _Folding(dict[int, str]):
    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = folded
        return folded


def _folded(character: str) -> str:
    if _UNSPACED_ONE.match(character):
        return unicodedata.normalize("NFKC", character)
    parts = unicodedata.normalize("NFKD", character.casefold())
    kept = "".join(part for part in parts if not unicodedata.combining(part))
    return unicodedata.normalize("NFKC", kept).casefold()


_FOLDING = _Folding()


def fold(text: str) -> str:
    return text.translate(_FOLDING)


def tokens(text: str) -> list[str]:
    """What the text is indexed by, in its order."""
    found: list[str] = []
    for run in _RUN.finditer(fold(text)):
        whole = run[0]
        if run[1] is None:
            found.append(whole[:_LONGEST_WORD])
        else:
            found.extend(_pairs(whole))
            found.append(whole[-1])
    return found


def _pairs(run: str) -> list[str]:
    return list(map("".join, pairwise(run)))


def question(text: str) -> Sequence[Term]:
    """The terms of what somebody typed; InvalidValue if there is nothing to look for."""
    if len(text) > MAX_QUESTION:
        raise TooLong(f"a question of at most {MAX_QUESTION} characters")
    terms = tuple(dict.fromkeys(Term(run[0], run[1] is not None) for run in _runs(text)))
    if not terms:
        raise InvalidValue("nothing to look for: give a letter, digit or character")
    if len(terms) > MAX_TERMS:
        raise TooLong(f"a question of at most {MAX_TERMS} words")
    return terms


def matches(terms: Sequence[Term], text: str) -> bool:
    folded = fold(text)
    return all(next(_places(term, folded), None) is not None for term in terms)


def snippet(terms: Sequence[Term], text: str) -> Snippet:
    """The piece around the first place found, on one line, with all that was found in it."""
    spans = sorted(span for term in terms for span in _spans(term, text))
    start = max(spans[0][0] - _LEAD, 0) if spans else 0
    start = max(min(start, len(text) - SNIPPET), 0)
    piece = re.sub(r"\s", " ", text[start : start + SNIPPET])
    marks: list[tuple[int, int]] = []
    for begin, end in spans:
        begin, end = begin - start, min(end - start, len(piece))  # noqa: PLW2901 - the piece's own
        if marks and begin <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        elif 0 <= begin < end:
            marks.append((begin, end))
    return Snippet(piece, marks)


def _runs(text: str) -> Iterator[re.Match[str]]:
    return _RUN.finditer(fold(text))


def _places(term: Term, folded: str) -> Iterator[tuple[int, int]]:
    """Where in a folded text the term is."""
    for run in _RUN.finditer(folded):
        if (run[1] is not None) != term.unspaced:
            continue
        if not term.unspaced:
            if run[0].startswith(term.text):
                yield run.start(), run.start() + len(term.text)
            continue
        place = run[0].find(term.text)
        while place >= 0:
            yield run.start() + place, run.start() + place + len(term.text)
            place = run[0].find(term.text, place + 1)


def _spans(term: Term, text: str) -> Iterator[tuple[int, int]]:
    """Where in the text as written the term is."""
    origin = [index for index, char in enumerate(text) for _ in _FOLDING[ord(char)]]
    for begin, end in _places(term, fold(text)):
        yield origin[begin], origin[end - 1] + 1
