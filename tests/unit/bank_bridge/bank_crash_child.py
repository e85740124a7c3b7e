"""Runs one money command again and again, in processes that are killed ever one statement later.

Started by test_bank_crash as a program of its own: `bank_crash_child.py FOLDER COMMAND ARGS...`.
For n = 1, 2, 3, ... it copies FOLDER/start to FOLDER/n, forks, and the child SIGKILLs itself
just before the n-th statement that its bank gives to SQLite. A child that carries the command out
leaves a file "answered", is killed all the same with the bank open, and is the last.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
from datetime import datetime
from itertools import count
from pathlib import Path

from bank_bridge.contract import Money
from bank_bridge.gateways.day_end import close_open_dates
from bank_bridge.gateways.embedded import EmbeddedBank, open_embedded
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.books import open_books


async def say_nothing(phone: str, text: str) -> None:
    """No text is sent here."""


class Executioner:
    """Counts the writer's statements once the bank is open, and kills before the n-th."""

    def __init__(self, last: int) -> None:
        self.left = last
        self.awake = False

    def connect(self, path: Path, **options: object) -> sqlite3.Connection:
        conn = sqlite3.connect(path, **options)  # type: ignore[call-overload]
        conn.set_trace_callback(self.count)
        return conn  # type: ignore[no-any-return]

    def count(self, statement: str) -> None:
        if not self.awake or statement in {"ROLLBACK", "BEGIN"}:  # those are the readers'
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


async def command(bank: EmbeddedBank, words: list[str]) -> None:
    match words:
        case ["authorise", instruction_id, code]:
            await bank.authorise(instruction_id, "zhangwei", "phone-1", code)
        case ["purchase", key, fen]:
            await bank.purchase("zhangwei", "京东", Money(int(fen)), key)
        case ["product", instruction_id, code]:
            await bank.authorise(instruction_id, "zhangwei", "phone-1", code)
        case ["take", gift, taker]:
            await bank.take_gift(gift, taker)
        case ["run_due"]:
            await bank.run_due()


async def end_day(file: Path, last: int, moment: datetime) -> None:
    executioner = Executioner(last)
    async with open_books(file, lambda: moment, executioner.connect) as books:
        ids = iter(map("crash-{}".format, count())).__next__
        office = Office(books, lambda: moment, ids, Rules())
        executioner.awake = True
        await close_open_dates(office, file.parent / "heads.jsonl")
        executioner.awake = False
        (file.parent / "answered").touch()
        os.kill(os.getpid(), signal.SIGKILL)


async def run(file: Path, last: int, moment: datetime, words: list[str]) -> None:
    executioner = Executioner(last)
    async with open_embedded(
        file,
        now=lambda: moment,
        new_id=iter(map("crash-{}".format, count())).__next__,
        send_sms=say_nothing,
        rules=Rules(code_hash_memory_kib=8),
        connect=executioner.connect,
    ) as bank:
        executioner.awake = True
        await command(bank, words)
        executioner.awake = False
        (file.parent / "answered").touch()
        os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, moment: datetime, words: list[str]) -> None:
    for last in count(1, 1 if words[0] in ("authorise", "purchase") else 5):  # many statements
        shutil.copytree(folder / "start", folder / str(last))
        child = os.fork()
        if child == 0:
            file = folder / str(last) / "bank.db"
            asyncio.run(
                end_day(file, last, moment)
                if words == ["end_day"]
                else run(file, last, moment, words)
            )
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit("a child ended by itself")
        if (folder / str(last) / "answered").exists():
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3:])
