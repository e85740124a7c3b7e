"""A process that appends to a store as fast as it can and prints what was acknowledged.

    appending_process.py FILE SENDER [BYTES]

Each line is `conv seq mid`. With BYTES, no file may grow beyond that until the store has
refused something; then `refused` is printed and the limit is lifted.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from itertools import count

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.domain.errors import StoreUnavailable
from chat_server.domain.message import Draft, EventKind
from chat_server.ports.store import Store

CONVERSATIONS = 3
TASKS = 40


def lift_limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


async def write(store: Store, sender: str, task: int) -> None:
    for number in count():
        conv, mid = f"d:{number % CONVERSATIONS}", f"{task}.{number}"
        draft = Draft(conv, sender, mid, EventKind.MESSAGE, b"x" * 500, b"hash", number)
        try:
            appended = await store.messages.append(draft)
        except StoreUnavailable:
            sys.stdout.write("refused\n")
            lift_limit()
        else:
            sys.stdout.write(f"{conv} {appended.event.seq} {mid}\n")
        sys.stdout.flush()


async def main(path: str, sender: str, limit: int) -> None:
    async with open_store(f"sqlite:///{path}", clock=SystemClock()) as store:
        if limit:
            _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        await asyncio.gather(*(write(store, sender, task) for task in range(TASKS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int((*sys.argv, "0")[3])))
