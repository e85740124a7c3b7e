"""The line between some clients and the house: to whichever node answers, and some of it slow."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Sequence
from contextlib import suppress

GULP = 4096
READS_S, STALLS_S = 3.0, 6.0  # at most; then the other


class Line:
    """Hands each connection to the first of the ports that answers. A slow one takes what comes
    from there for a while, and nothing for another.
    """

    def __init__(self, ports: Sequence[int], chance: random.Random, *, slow: bool) -> None:
        self._ports, self._chance, self._slow = ports, chance, slow
        self._carrying: set[asyncio.Task[None]] = set()
        self.flowing = False  # from here on nothing stalls

    async def open(self) -> str:
        """The URL to come in by."""
        self._server = await asyncio.start_server(self._taken, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def close(self) -> None:
        self._server.close()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for port in self._ports:
            with suppress(OSError):
                there, back = await self._connect(port)
                pumps = [
                    asyncio.create_task(_pump(reader, back)),
                    asyncio.create_task(self._slowly(there, writer)),
                ]
                try:
                    await asyncio.wait(pumps)
                finally:
                    for pump in pumps:
                        pump.cancel()
                return
        writer.close()

    async def _connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        line = socket.socket()
        if self._slow:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, GULP)
        line.settimeout(0)
        try:
            await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
        except OSError:
            line.close()
            raise
        return await asyncio.open_connection(sock=line, limit=GULP)

    async def _slowly(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._slow:
            await _pump(there, writer)
            return
        loop = asyncio.get_running_loop()
        stall_at = loop.time() + self._chance.uniform(0, READS_S)
        with suppress(OSError):
            while data := await there.read(GULP):
                writer.write(data)
                await writer.drain()
                if loop.time() > stall_at and not self.flowing:
                    await asyncio.sleep(self._chance.uniform(0, STALLS_S))
                    stall_at = loop.time() + self._chance.uniform(0, READS_S)
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
