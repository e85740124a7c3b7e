"""`kill -9` while money moves by a sentence: each transfer takes effect once or not at all,
and what the customer was told at the end is what the bank did.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.house import ServedHouse, demo_data, loaded_data
from tests.integration.bank_reading import (
    Attempt,
    codes_are_nowhere,
    names,
    the_bank_did_what_was_told,
)
from tests.integration.paying import Customer, customer
from tests.integration.talking import kept

__all__ = ["demo_data", "loaded_data"]
pytestmark = pytest.mark.crash

MOMENTS = {  # and the longest that the kill waits after them, in seconds
    "sentence sent": 0.01,
    "sentence acked": 0.03,
    "confirm sent": 0.01,
    "confirm acked": 0.05,
    "code.submit sent": 0.01,
    "code.submit acked": 0.01,
    "code.submit acked ": 0.06,  # once more, later: in the middle of the posting
    "receipt seen": 0.02,
}
AMOUNTS = [f"{71 + number}.{31 + number}" for number in range(len(MOMENTS))]
PATIENCE_S = 150.0


class Killer:
    """Kills the house at one moment of an attempt, once, and starts it again."""

    def __init__(self, house: ServedHouse, moment: str, delay: float) -> None:
        self._house, self._moment, self._delay = house, moment.strip(), delay
        self.struck = False

    async def reached(self, moment: str) -> None:
        if moment == self._moment and not self.struck:
            self.struck = True
            await asyncio.sleep(self._delay)
            self._house.kill()
            await asyncio.to_thread(self._house.start)


async def test_money_moves_once_or_not_at_all_wherever_the_server_is_killed(
    demo_data: Path, tmp_path: Path
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    house = ServedHouse(demo_data)
    house.start()
    attempts: list[Attempt] = []
    try:
        async with asyncio.timeout(PATIENCE_S), AsyncExitStack() as stack:
            people = [
                await stack.enter_async_context(customer(house.url, *who, tmp_path))
                for who in (("zhangwei", "13800000001", "李娜"), ("lina", "13800000002", "张伟"))
            ]
            for number, (moment, longest) in enumerate(MOMENTS.items()):
                payer, payee = people[number % 2], people[1 - number % 2]
                attempt = Attempt(payer.client.user, payee.client.user, AMOUNTS[number])
                attempts.append(attempt)
                killer = Killer(house, moment, chance.uniform(0, longest))
                attempt.receipt = await payer.transfer(attempt.amount, killer.reached)
                assert killer.struck, f"{moment} was never reached"
            await _until_noticed(people, sum(attempt.receipt for attempt in attempts))
            await asyncio.gather(*(person.client.read_back() for person in people))
    finally:
        house.stop()
    assert sum(attempt.receipt for attempt in attempts) >= len(attempts) - 2
    kept(tmp_path)
    await the_bank_did_what_was_told(house, store_of(house), attempts)
    codes_are_nowhere(house, people[0].codes | people[1].codes)


async def _until_noticed(people: Sequence[Customer], transfers: int) -> None:
    """Both sides of each have heard of it, or never will: the demonstration's own aside."""
    async with asyncio.timeout(10):
        while sum(map(_notices_on_screen, people)) < 2 * transfers:  # noqa: ASYNC110 - counts
            await asyncio.sleep(0.05)


def _notices_on_screen(person: Customer) -> int:
    return sum(any(names(body, amount) for amount in AMOUNTS) for _, body in person.screen)


def store_of(house: ServedHouse) -> str:
    return f"sqlite:///{house.data}/chat.db"
