"""`kill -9` of the bank's core at each point where a payment writes; the house lives on.

A customer pays by a sentence; the core dies before one of its writes and comes back. There is
one debit or none, the customer is told which, and the conversation goes on. All points, with
ELIAN_TEST_EVERY_POINT=1 (`make crash-points`); otherwise some, by a seed that is printed.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.house import ServedHouse, demo_data, free_port, loaded_data
from tests.integration.bank_reading import (
    Attempt,
    codes_are_nowhere,
    the_bank_did_what_was_told,
)
from tests.integration.paying import Customer, customer
from tests.integration.talking import kept

__all__ = ["demo_data", "loaded_data"]
pytestmark = pytest.mark.crash

CHILD = Path(__file__).parent / "bank_core_child.py"
ROOT = Path(__file__).parents[2]
EVERY = bool(os.environ.get("ELIAN_TEST_EVERY_POINT"))
POINTS = 28  # so often a payment writes
LONG_AWAY_S = 5.0  # longer than a customer is kept waiting for the bank
PATIENCE_S = 280.0


class Core:
    """The bank's process, and where it is to die next."""

    def __init__(self, data: Path, port: int) -> None:
        self._folder, self.url = data.parent, f"http://127.0.0.1:{port}"
        self._aim(0, 0.0)
        with (self._folder / "core.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(CHILD), str(data), str(port)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )

    @property
    def pid(self) -> int:
        return int((self._folder / "core.pid").read_text())

    def dies_before(self, point: int, away_s: float) -> int:
        """The process that will not live to write its `point`-th statement."""
        self._aim(point, away_s)
        os.kill(self.pid, signal.SIGUSR1)
        return self.pid

    async def answers(self) -> None:
        while not await asyncio.to_thread(self._healthy):
            assert self._process.poll() is None, (self._folder / "core.log").read_text()
            await asyncio.sleep(0.05)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def _aim(self, point: int, away_s: float) -> None:
        (self._folder / "point").write_text(str(point))
        (self._folder / "pause").write_text(str(away_s))

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@asynccontextmanager
async def core_and_house(data: Path) -> AsyncIterator[tuple[Core, ServedHouse]]:
    core = Core(data, free_port())
    house = ServedHouse(data, {"ELIAN_BANK_URL": core.url})
    try:
        await core.answers()
        await asyncio.to_thread(house.start)
        yield core, house
    finally:
        house.stop()
        core.stop()


async def never(_: str) -> None:
    """No moment of the house matters here: it is the core that dies."""


async def test_money_moves_once_or_not_at_all_wherever_the_core_is_killed(
    demo_data: Path, tmp_path: Path
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    points = range(1, 100) if EVERY else sorted(chance.sample(range(1, POINTS + 1), 4))
    away = {chance.choice(points): LONG_AWAY_S}
    attempts: list[Attempt] = []
    struck = []
    async with (
        asyncio.timeout(PATIENCE_S * (5 if EVERY else 1)),
        core_and_house(demo_data) as (core, house),
        customer(house.url, "zhangwei", "13800000001", "李娜", tmp_path) as payer,
        customer(house.url, "lina", "13800000002", "张伟", tmp_path) as payee,
    ):
        for number, point in enumerate(points):
            sender, receiver = (payer, payee) if number % 2 else (payee, payer)
            attempt = Attempt(sender.client.user, receiver.client.user, f"{41 + number}.37")
            attempts.append(attempt)
            doomed = core.dies_before(point, away.get(point, 0.0))
            attempt.receipt = await sender.transfer(attempt.amount, never)
            if core.pid == doomed:
                break  # the payment has fewer points than that
            struck.append(point)
            await core.answers()
        await _goes_on(payer, attempts)
        await asyncio.sleep(1)  # the last notices
        await asyncio.gather(*(person.client.read_back() for person in (payer, payee)))
    assert len(struck) >= (20 if EVERY else 3)
    print(f"the core was killed before its writes {struck}")  # noqa: T201
    assert all(attempt.receipt for attempt in attempts)
    kept(tmp_path)
    await the_bank_did_what_was_told(house, f"sqlite:///{house.data}/chat.db", attempts)
    codes_are_nowhere(house, payer.codes | payee.codes)


async def _goes_on(payer: Customer, attempts: list[Attempt]) -> None:
    """After all of it the same conversation pays again, without any trouble."""
    last = Attempt("zhangwei", "lina", "30.19")
    last.receipt = await payer.transfer(last.amount, never)
    attempts.append(last)
