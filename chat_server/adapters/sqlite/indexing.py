"""A process of its own takes messages into the search index: its work holds nobody up here.

Beside the event loop, in a thread, it would take the interpreter's lock in turns with
whoever chats. It is started when there is something to take in, and ends with us: at the
end of its input. What it had not committed is taken in again.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import msgspec
from msgspec.structs import astuple

from chat_server.adapters.sqlite.search_file import in_transaction, open_file, take_all
from chat_server.adapters.sqlite.taking_in import LENGTH_BYTES, REFUSED
from chat_server.domain.errors import StoreUnavailable
from chat_server.domain.searching import Entry, Rewrite

_encode = msgspec.msgpack.Encoder().encode


class IndexingProcess:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def index(self, after: int, found: Sequence[Entry | Rewrite], up_to: int) -> int:
        if not found and self._process is None:  # a house in which nobody has said a word yet
            return await asyncio.to_thread(_stand, self._path, after, up_to)
        rows = [(isinstance(one, Rewrite), astuple(one)) for one in found]
        return await self._ask(_encode((after, rows, up_to)))

    async def clear(self) -> None:
        await self._ask(_encode(None))

    async def close(self) -> None:
        """What it was given is taken in first."""
        async with self._turn:
            await self._end()

    async def _ask(self, asked: bytes) -> int:
        async with self._turn:
            try:
                answer = await self._answer(asked)
            except BaseException as exc:  # it might answer this one when asked the next
                await self._end(at_once=True)
                if isinstance(exc, OSError):
                    raise StoreUnavailable("the search index cannot be written") from exc
                raise
            if not answer or answer.startswith(REFUSED):
                await self._end(at_once=True)
                raise StoreUnavailable("the search index cannot be written")
            return int(answer)

    async def _answer(self, asked: bytes) -> bytes:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-m", "chat_server.adapters.sqlite.taking_in"),
                str(self._path),
                stdin=PIPE,
                stdout=PIPE,
                start_new_session=True,  # an interrupt from the keyboard is for us
            )
        process = self._process
        assert process.stdin is not None  # noqa: S101 - they are pipes
        assert process.stdout is not None  # noqa: S101 - as above
        process.stdin.write(len(asked).to_bytes(LENGTH_BYTES, "big") + asked)
        await process.stdin.drain()
        return await process.stdout.readline()

    async def _end(self, *, at_once: bool = False) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if at_once:
            with suppress(ProcessLookupError):
                process.kill()
        elif process.stdin is not None:
            process.stdin.close()
        await process.wait()


def _stand(path: Path, after: int, up_to: int) -> int:
    try:
        with closing(open_file(path)) as conn:
            return in_transaction(conn, lambda conn: take_all(conn, after, (), up_to))
    except sqlite3.Error as exc:
        raise StoreUnavailable("the search index cannot be written") from exc
