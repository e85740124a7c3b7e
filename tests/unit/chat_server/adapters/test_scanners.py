"""The scanner speaks clamd's protocol with a server that does, too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from chat_server.adapters.open import open_scanner
from chat_server.adapters.scanners.clamd import ClamdScanner
from chat_server.domain.errors import ConfigError, StoreUnavailable

Answer = Callable[[bytes], bytes]


async def parts(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]


@asynccontextmanager
async def clamd(answer: Answer, most: int = 10**9) -> AsyncIterator[int]:
    """What INSTREAM does, as clamd's manual has it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
            if len(content) > most:
                break
        writer.write(answer(content))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def look(content: bytes) -> bytes:
    return b"stream: Eicar-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"


@pytest.mark.parametrize(
    ("content", "harm"), [(b"x" * 5000, ""), (b"x" * 5000 + b"EICAR", "Eicar-Signature"), (b"", "")]
)
async def test_clamd_is_asked(content: bytes, harm: str) -> None:
    async with clamd(look) as port:
        assert await open_scanner(f"clamd://127.0.0.1:{port}").scan(parts(content)) == harm


@pytest.mark.parametrize("said", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"nonsense\0"])
async def test_what_cannot_be_said_is_not_taken_for_clean(said: bytes) -> None:
    async with clamd(lambda _: said, most=2000) as port:
        scanner = open_scanner(f"clamd://127.0.0.1:{port}")
        with pytest.raises(StoreUnavailable):
            await scanner.scan(parts(b"x" * 1_000_000))


async def test_a_scanner_that_is_away_or_silent_is_told(unused_tcp_port: int) -> None:
    with pytest.raises(StoreUnavailable):
        await open_scanner(f"clamd://127.0.0.1:{unused_tcp_port}").scan(parts(b"x"))
    heard = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until it hangs up
        writer.close()
        heard.set()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(StoreUnavailable):
            await ClamdScanner("127.0.0.1", port, "", within_s=0.05).scan(parts(b"x"))
        await heard.wait()


@pytest.mark.parametrize(
    "url", ["clamd://", "clamd://host/path", "clamd://host:port", "clamd://h?x=1", "norton://x"]
)
def test_what_names_no_scanner_is_a_matter_of_settings(url: str) -> None:
    with pytest.raises(ConfigError):
        open_scanner(url)


async def test_no_scanner_finds_nothing() -> None:
    assert await open_scanner("none://").scan(parts(b"EICAR")) == ""
