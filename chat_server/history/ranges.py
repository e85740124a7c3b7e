"""Ranges: sets of seqs that are mostly runs, kept as their ends."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator


class Ranges:
    """`firsts` and `lasts` of the runs, ascending and apart."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._firsts, self._lasts, strict=True)

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self)

    def __contains__(self, seq: int) -> bool:
        at = bisect_right(self._firsts, seq) - 1
        return at >= 0 and seq <= self._lasts[at]

    @property
    def first(self) -> int:
        """0 when there is none."""
        return self._firsts[0] if self._firsts else 0

    @property
    def last(self) -> int:
        return self._lasts[-1] if self._lasts else 0

    def add(self, seq: int) -> None:
        lasts = self._lasts
        if lasts and seq == lasts[-1] + 1:  # nearly always
            lasts[-1] = seq
        else:
            self.extend(seq, seq)

    def extend(self, first: int, last: int) -> None:
        """Add all of first … last."""
        if last < first:
            return
        firsts, lasts = self._firsts, self._lasts
        low = bisect_right(lasts, first - 2)  # the first run that touches, or lies behind
        high = bisect_right(firsts, last + 1)
        if low < high:
            first, last = min(first, firsts[low]), max(last, lasts[high - 1])
        firsts[low:high] = [first]
        lasts[low:high] = [last]

    def missing(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The runs of first … last that are not in here."""
        for run_first, run_last in self:
            if run_last < first:
                continue
            if run_first > last:
                break
            if run_first > first:
                yield first, run_first - 1
            first = run_last + 1
        if first <= last:
            yield first, last
