"""The public Chinese cases of Microsoft Recognizers-Text, read by our grammar and compared.

The files are given by their folder and never kept here. A text counts as right if every
amount, date, hour, period, length and repetition that the set expects is found, with all
its readings and in order, and nothing else is. Where the words are the set's own way of
writing an end (从10日到12日 ends "12日") ours is compared as it was said.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Context
from pathlib import Path
from typing import Any, NamedTuple

from bots.understanding import spans as sp
from bots.understanding.amounts import find_amounts
from bots.understanding.dates import find_dates
from bots.understanding.protected import protect
from bots.understanding.spans import When
from bots.understanding.text import fold

_NO_DAY_GIVEN = "2019-01-01T00:00:00"  # three texts have no reference, and no date either
_FIGURES = Context(prec=15)  # the set's values are written from a double
_UNRESOLVED = ("not resolved",)
_UNNAMED = {"Bitcoin": "XBT", "Dollar": "USD"}  # units that the set gives no ISO code
_FORMATS = {
    sp.DATE: "%Y-%m-%d",
    sp.DATES: "%Y-%m-%d",
    sp.TIME: "%H:%M:%S",
    sp.TIMES: "%H:%M:%S",
    sp.MOMENT: "%Y-%m-%d %H:%M:%S",
    sp.MOMENTS: "%Y-%m-%d %H:%M:%S",
}
Entity = tuple[str, frozenset[tuple[str, ...]]]


class Case(NamedTuple):
    """One text: what is expected of it, and what was read."""

    text: str
    expected: Sequence[object]
    read: Sequence[object]

    @property
    def right(self) -> bool:
        return list(self.expected) == list(self.read)


def currency_cases(folder: Path) -> list[Case]:
    """`CurrencyModel.json`: the texts with a sum of money, or with none that looks like one."""
    cases = []
    for case in _cases(folder / "CurrencyModel.json"):
        results = [one["Resolution"] for one in case["Results"]]
        if any(one.get("value") is None for one in results):
            continue  # a currency's name with no figure: no amount
        expected = [
            (_FIGURES.create_decimal(one["value"]), one.get("isoCurrency") or _UNNAMED[one["unit"]])
            for one in results
        ]
        text, _ = protect(fold(case["Input"]))
        found = [one for one in find_amounts(text) if one.marked and not one.problem]
        read = [(_FIGURES.create_decimal(one.value), one.currency) for one in found]
        cases.append(Case(case["Input"], expected, read))
    return cases


def date_cases(folder: Path) -> list[Case]:
    """`DateTimeModel.json`, each text on the day that it names as today."""
    cases = []
    for case in _cases(folder / "DateTimeModel.json"):
        today = (case.get("Context") or {}).get("ReferenceDateTime") or _NO_DAY_GIVEN
        found = find_dates(fold(case["Input"]), datetime.fromisoformat(today))
        expected = [_expected(one) for one in case["Results"]]
        cases.append(Case(case["Input"], expected, [_read(one) for one in found]))
    return cases


def shares(folder: Path) -> dict[str, dict[str, int]]:
    """How many texts of each set there are, and how many are read as expected."""
    return {
        name: {"texts": len(cases), "right": sum(case.right for case in cases)}
        for name, cases in (("currency", currency_cases(folder)), ("dates", date_cases(folder)))
    }


def report(folder: Path) -> str:
    """Both figures, and every text that is not read as expected."""
    lines = []
    for name, cases in (("currency", currency_cases(folder)), ("dates", date_cases(folder))):
        right = sum(case.right for case in cases)
        lines.append(f"{name}: {right} of {len(cases)} texts = {right / max(1, len(cases)):.2%}")
        if name == "currency":
            sums = [case for case in cases if case.expected]
            lines.append(
                f"  with a sum of money in them: {sum(c.right for c in sums)} of {len(sums)}"
            )
        lines += [f"  not as expected: {case.text}" for case in cases if not case.right]
    return "\n".join(lines)


def _cases(file: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8-sig"))
    return cases


def _expected(result: dict[str, Any]) -> Entity:
    values: set[tuple[str, ...]] = set()
    for value in (result["Resolution"] or {}).get("values", []):
        if "value" in value:
            values.add((value["value"],))
        else:
            values.add((value.get("start", ""), value.get("end", "")))
    return result["TypeName"].removeprefix("datetimeV2."), frozenset(values)


def _read(when: When) -> Entity:
    if when.kind == sp.DURATION:
        return when.kind, frozenset({(str(when.seconds),)})
    if not when.readings:
        return when.kind, frozenset({_UNRESOLVED})
    if when.kind in (sp.DATE, sp.TIME, sp.MOMENT):
        return when.kind, frozenset((_written(one.start, when.kind),) for one in when.readings)
    return when.kind, frozenset(
        (_written(one.named[0], when.kind), _written(one.named[1], when.kind))
        for one in when.readings
    )


def _written(at: datetime, kind: str) -> str:
    open_end = at in (sp.SINCE_EVER, sp.FOR_EVER)
    return "" if open_end else at.strftime(_FORMATS[kind])
