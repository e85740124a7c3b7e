"""Work that goes on until the house stops, whatever one round of it meets."""

from __future__ import annotations

import asyncio

import pytest

from chat_server.usecases.rounds import in_rounds


class Ended(Exception):
    pass


class Rests:
    """A clock that ends the work after so many rests."""

    def __init__(self, most: int) -> None:
        self.left, self.rested = most, list[float]()

    async def sleep(self, seconds: float) -> None:
        self.rested.append(seconds)
        self.left -= 1
        if not self.left:
            raise Ended


async def test_a_round_that_fails_is_followed_by_the_next() -> None:
    looks = iter([ValueError("a bad entry"), None, OSError("the store is away"), None])
    done = 0

    async def look() -> None:
        nonlocal done
        if (failed := next(looks)) is not None:
            raise failed
        done += 1

    clock = Rests(4)
    with pytest.raises(Ended):
        await in_rounds(look, clock, every_s=2.0, failed="work_waits")  # type: ignore[arg-type]
    assert (done, clock.rested) == (2, [2.0] * 4)


async def test_who_cancels_ends_it() -> None:
    async def look() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await in_rounds(look, Rests(9), every_s=1.0, failed="work_waits")  # type: ignore[arg-type]
