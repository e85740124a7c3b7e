"""The demonstration's phone network: one file, one JSON line for each SMS.

Any process may append and any may follow. A line is written at once and counts when its
end is there, so that a reader never sees half of one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from chat_server.adapters.files.place import make_folder, path_of
from chat_server.domain.errors import StoreUnavailable
from chat_server.ports.clock import Clock
from chat_server.ports.notify import SmsMessage

_LOOK_S = 0.2  # how often a follower looks
_MOST_BYTES = 4 * 1024 * 1024  # of the file's end that `messages` reads

_decoder = msgspec.json.Decoder(SmsMessage)


class SmsFile:
    """SmsSender and SmsInbox on one file."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    async def send(self, phone: str, text: str) -> None:
        message = SmsMessage(phone, text, self._clock.now_ms())
        await asyncio.to_thread(self._append, msgspec.json.encode(message) + b"\n")

    async def messages(self, phone: str | None, limit: int) -> list[SmsMessage]:
        size = await asyncio.to_thread(self._size)
        start = max(size - _MOST_BYTES, 0)
        content = await asyncio.to_thread(self._read, start)
        if start:
            content = content.partition(b"\n")[2]  # the first line may be cut
        found = _parse(content[: content.rfind(b"\n") + 1])
        mine = [message for message in found if phone in (None, message.phone)]
        return mine[-limit:] if limit > 0 else []

    def follow(self) -> AsyncIterator[SmsMessage]:
        """What is sent from this call on."""
        return self._follow(self._size())

    async def _follow(self, position: int) -> AsyncIterator[SmsMessage]:
        while True:
            content = await asyncio.to_thread(self._read, position)
            whole = content[: content.rfind(b"\n") + 1]
            for message in _parse(whole):
                yield message
            position += len(whole)
            if not whole:
                await self._clock.sleep(_LOOK_S)
                size = await asyncio.to_thread(self._size)
                position = min(position, size)  # somebody emptied the file

    def _append(self, line: bytes) -> None:
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(handle).st_size
                if size and os.pread(handle, 1, size - 1) != b"\n":
                    line = b"\n" + line  # a full disk cut the line before
                written = os.write(handle, line)
            finally:
                os.close(handle)
        except OSError as exc:
            raise StoreUnavailable("the SMS cannot be written") from exc
        if written != len(line):
            raise StoreUnavailable("the SMS was not written whole")

    def _read(self, position: int) -> bytes:
        try:
            with self._path.open("rb") as file:
                file.seek(position)
                return file.read(_MOST_BYTES)
        except FileNotFoundError:
            return b""

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0


def _parse(lines: bytes) -> list[SmsMessage]:
    messages = []
    for line in lines.splitlines():
        try:
            messages.append(_decoder.decode(line))
        except msgspec.MsgspecError:
            continue  # a line that a full disk cut
    return messages


def open_sms(url: str, *, clock: Clock) -> SmsFile:
    """`file:///absolute/folder/sms.jsonl`; its folder is made when it is missing."""
    path = path_of(url)
    make_folder(path.parent)
    return SmsFile(path, clock)
