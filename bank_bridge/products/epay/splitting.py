"""Splitting a red packet into shares, exact to the fen; every share is at least one fen."""

from __future__ import annotations

from collections.abc import Callable


def equal(amount: int, shares: int) -> list[int]:
    """Shares that differ by at most one fen; the first ones have the fen that is over."""
    each, over = divmod(amount, shares)
    return [each + (place < over) for place in range(shares)]


def at_random(amount: int, shares: int, below: Callable[[int], int]) -> list[int]:
    """Each share is drawn up to twice the mean of what is left: late takers lose nothing by it.

    `below(n)` is a random number of 0 to n - 1.
    """
    drawn, left = [], amount
    for still in range(shares, 1, -1):
        most = min(2 * left // still, left - (still - 1))
        drawn.append(1 + below(max(most - 1, 1)))
        left -= drawn[-1]
    return [*drawn, left]
