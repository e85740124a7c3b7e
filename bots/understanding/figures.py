"""How exact the grammar of amounts, days and periods is, on sentences with known meaning.

`data/figures/sentences.txt` was made with other tools than the grammar: numerals written by cn2an,
days counted by dateutil; ambiguous ones were written by hand. A sentence that gives no
value where one was meant is missed; one that gives another value is wrong, and worse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from importlib.resources import files
from typing import NamedTuple

import msgspec

from bots.understanding.periods import day_ahead, moment_ahead, period_back
from bots.understanding.slots import read_slots
from bots.understanding.spans import BEIJING

EXACT_WANTED = 0.99
_NOON = time(12, tzinfo=BEIJING)


class Sentence(NamedTuple):
    """A sentence said at noon of `today`, and what it means."""

    kind: str
    today: str
    sentence: str
    expected: str


class Score(msgspec.Struct, frozen=True):
    """Of one kind: how many are exact, and those that are not, with what was read."""

    total: int
    right: int
    missed: Sequence[tuple[Sentence, str]]
    wrong: Sequence[tuple[Sentence, str]]


def sentences() -> Iterator[Sentence]:
    """All of them, in the order of the file."""
    source = files("bots.understanding") / "data" / "figures" / "sentences.txt"
    lines = source.read_text(encoding="utf-8").splitlines()[1:]
    return (Sentence(*line.split("\t")) for line in lines)


def score_figures(chosen: Sequence[Sentence]) -> dict[str, Score]:
    """By kind, in the order of their first sentence."""
    scores: dict[str, Score] = {}
    for one in chosen:
        before = scores.get(one.kind, Score(0, 0, (), ()))
        got, is_value = read(one)
        exact = got == one.expected
        entry = () if exact else ((one, got),)
        scores[one.kind] = Score(
            before.total + 1,
            before.right + exact,
            (*before.missed, *(() if is_value else entry)),
            (*before.wrong, *(entry if is_value else ())),
        )
    return scores


def read(one: Sentence) -> tuple[str, bool]:
    """What the grammar makes of it, and whether that is a value and not a question."""
    now = datetime.combine(datetime.fromisoformat(one.today), _NOON)
    match one.kind.removesuffix("_problem"):
        case "amount" | "no_amount":
            slots = read_slots(one.sentence).slots
            value = slots.get("amount", "")
            return value or slots.get("amount_problem", ""), bool(value)
        case "day":
            day = day_ahead(one.sentence, now)
            return str(day.day or day.problem), day.day is not None
        case "moment":
            moment = moment_ahead(one.sentence, now)
            said = moment.moment.isoformat(timespec="minutes") if moment.moment else moment.problem
            return said, moment.moment is not None
        case _:
            period = period_back(one.sentence, now)
            return str(period) or period.problem, period.end is not None


def good_enough(scores: dict[str, Score]) -> bool:
    """At least 99 in 100 exact, and no other value anywhere."""
    total = sum(score.total for score in scores.values())
    right = sum(score.right for score in scores.values())
    return right >= EXACT_WANTED * total and not any(score.wrong for score in scores.values())


def report(scores: dict[str, Score]) -> str:
    """A line a kind, then every sentence that was not read exactly."""
    total = sum(score.total for score in scores.values())
    right = sum(score.right for score in scores.values())
    wrong = sum(len(score.wrong) for score in scores.values())
    lines = [f"{'kind':16}{'sentences':>10}{'exact':>8}{'missed':>8}{'wrong':>8}"]
    for kind, score in scores.items():
        lines.append(
            f"{kind:16}{score.total:>10}{score.right:>8}{len(score.missed):>8}{len(score.wrong):>8}"
        )
    lines.append(f"exact: {right} of {total} = {right / max(1, total):.2%}; wrong values: {wrong}")
    for score in scores.values():
        lines += [
            f"  {one.sentence} ({one.today}): meant {one.expected or '-'}, read {got or '-'}"
            for one, got in (*score.wrong, *score.missed)
        ]
    return "\n".join(lines)
