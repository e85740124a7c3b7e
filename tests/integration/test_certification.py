"""The certification kit: our own gateway passes, and each planted fault is found."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bank_bridge.certification.report import Certificate, Outcome
from bank_bridge.certification.run import RESTARTED
from bank_bridge.contract import BankCore, BankError, BankRefusal, Instruction, Money
from bank_bridge.gateways.http import door, server
from bank_bridge.open import LineRoom, certify_gateway, open_bank, open_gateway
from chat_server.adapters.clock import SystemClock
from tests.contracts.bank_samples import QUICK_HASH
from tests.contracts.served_bank import served
from tests.house import free_port

CLOCK = SystemClock()


@dataclass
class Phone:
    """The sandbox's SMS, as a file."""

    path: Path

    async def __call__(self, phone: str, text: str) -> None:
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode({"phone": phone, "text": text}) + b"\n")


@dataclass
class Plant:
    """A gateway on a fixed port that can be stopped and started again."""

    folder: Path
    spoil: Callable[[BankCore, int], Any] = lambda bank, _: bank
    forgetful: bool = False
    port: int = field(default_factory=free_port)
    boots: int = 0
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        self.boots += 1
        name = f"line-{self.boots if self.forgetful else 0}.db"
        core = await self._open.enter_async_context(
            open_bank(
                f"embedded://{self.folder}/bank.db",
                now=CLOCK.now,
                new_id=_new_id,
                send_sms=Phone(self.folder / "sms.jsonl"),
                rules=QUICK_HASH,
            )
        )
        app = await self._open.enter_async_context(
            open_gateway(
                self.spoil(core, self.boots),
                keys=self.folder / "keys",
                requests=self.folder / name,
                now=CLOCK.now,
            )
        )
        await self._open.enter_async_context(served(app, port=self.port))

    async def stop(self) -> None:
        await self._open.aclose()
        self._open = AsyncExitStack()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def certified(self, *only: str, restart: bool = True) -> Certificate:
        return await certify_gateway(
            f"http://127.0.0.1:{self.port}",
            line=LineRoom(self.folder / "keys", asyncio.sleep),
            sms=self.folder / "sms.jsonl",
            only=only,
            restart=self.restart if restart else None,
            now=CLOCK.now,
            new_id=_new_id,
        )


def _new_id() -> str:
    return uuid.uuid4().hex


@asynccontextmanager
async def planted(folder: Path, **options: Any) -> AsyncIterator[Plant]:
    plant = Plant(folder, **options)
    await plant.start()
    try:
        yield plant
    finally:
        await plant.stop()


async def test_our_own_gateway_may_go_live(tmp_path: Path) -> None:
    async with planted(tmp_path) as plant:
        certificate = await plant.certified()
    assert certificate.may_go_live, certificate.page()
    assert "MAY GO LIVE" in certificate.page()
    assert RESTARTED in [finding.check for finding in certificate.findings]


async def test_what_was_not_run_does_not_go_live(tmp_path: Path) -> None:
    async with planted(tmp_path) as plant:
        certificate = await plant.certified("door.replayed", RESTARTED, restart=False)
        with pytest.raises(BankError, match=r"no check door\.knocked"):
            await plant.certified("door.knocked")
    assert [f.outcome for f in certificate.findings] == [Outcome.PASSED, Outcome.NOT_RUN]
    assert not certificate.may_go_live
    assert not certificate.failed
    assert "NOTHING FAILED, BUT NOT ALL WAS RUN" in certificate.page()


class Spoilt:
    """The core with one method gone wrong."""

    def __init__(self, bank: BankCore, **methods: Callable[..., Awaitable[object]]) -> None:
        self._bank = bank
        for name, method in methods.items():
            setattr(self, name, method)

    def __getattr__(self, name: str) -> object:
        return getattr(self._bank, name)


def purchases_twice(bank: BankCore, _: int) -> Spoilt:
    async def purchase(idempotency_key: str, **order: Any) -> Instruction:
        return await bank.purchase(idempotency_key=_new_id(), **order)

    return Spoilt(bank, purchase=purchase)


def echoes_another_amount(bank: BankCore, _: int) -> Spoilt:
    async def create_transfer(**asked: Any) -> Instruction:
        made = await bank.create_transfer(**asked)
        return msgspec.structs.replace(made, amount=made.amount + Money(1))

    return Spoilt(bank, create_transfer=create_transfer)


def forgets_its_keys(bank: BankCore, boot: int) -> Spoilt:
    async def purchase(idempotency_key: str, **order: Any) -> Instruction:
        return await bank.purchase(idempotency_key=f"{boot}:{idempotency_key}", **order)

    return Spoilt(bank, purchase=purchase)


def shows_everything_to_everybody(bank: BankCore, _: int) -> Spoilt:
    owners: dict[str, str] = {}

    async def create_transfer(**asked: Any) -> Instruction:
        made = await bank.create_transfer(**asked)
        owners[made.instruction_id] = made.customer
        return made

    async def get(instruction_id: str, customer: str) -> Instruction:
        return await bank.get(instruction_id, owners.get(instruction_id, customer))

    return Spoilt(bank, create_transfer=create_transfer, get=get)


def never_counts_a_code(bank: BankCore, _: int) -> Spoilt:
    async def authorise(code: str, **asked: Any) -> Instruction:
        try:
            return await bank.authorise(code=code, **asked)
        except BankRefusal as refusal:
            if "attempts_left" in refusal.details:
                refusal.details["attempts_left"] = 2
            raise

    return Spoilt(bank, authorise=authorise)


@pytest.mark.parametrize(
    ("spoil", "found_by"),
    [
        (purchases_twice, {"money.repeated-purchase"}),
        (echoes_another_amount, {"money.echo", "money.repeated-order"}),
        (forgets_its_keys, {RESTARTED}),
        (shows_everything_to_everybody, {"money.strangers"}),
        (never_counts_a_code, {"money.codes"}),
    ],
)
async def test_a_core_that_breaks_a_promise_is_found(
    tmp_path: Path, spoil: Callable[[BankCore, int], Spoilt], found_by: set[str]
) -> None:
    tried = {"money.steps", *found_by}
    async with planted(tmp_path, spoil=spoil, forgetful=True) as plant:
        assert await _failures(plant, sorted(tried)) >= found_by


@pytest.mark.parametrize(
    ("where", "name", "fault", "found_by"),
    [
        (door.signing, "is_signed", lambda *_: True, "door.unsigned"),
        (door, "WINDOW_S", 10**9, "door.stale"),
        (door.Door, "_use", lambda *_: None, "door.replayed"),
        (server, "MOST_BYTES", 10**9, "door.malformed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_gateway_that_lets_in_too_much_is_found(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    fault: object,
    found_by: str,
) -> None:
    async with planted(tmp_path) as plant:
        monkeypatch.setattr(where, name, fault)
        assert found_by in await _failures(plant, [found_by])


async def _failures(plant: Plant, only: Sequence[str]) -> set[str]:
    certificate = await plant.certified(*only)
    assert "MAY NOT GO LIVE" in certificate.page()
    return {f.check for f in certificate.findings if f.outcome is Outcome.FAILED}
