"""Files on their way in: `drafts/ID`, each piece on the disk before it is answered for.

Two pieces at once, from one process or from two, meet a lock on the file; the second finds
that the end has moved.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

from chat_server.adapters.files.reading import read_parts
from chat_server.domain.errors import InvalidValue, StoreUnavailable, VersionConflict

T = TypeVar("T")

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")


class FileDrafts:
    def __init__(self, folder: Path, adopt: Callable[[Path, str], None]) -> None:
        self._folder, self._adopt = folder, adopt

    async def extend(self, draft: str, offset: int, piece: bytes) -> int:
        return await asyncio.to_thread(_told, self._extend, self._path(draft), offset, piece)

    async def size(self, draft: str) -> int:
        return await asyncio.to_thread(_told, _size, self._path(draft))

    async def digest(self, draft: str) -> str:
        return await asyncio.to_thread(_told, _digest, self._path(draft))

    async def read(self, draft: str) -> AsyncIterator[bytes]:
        async for part in read_parts(self._path(draft)):
            yield part

    async def keep(self, draft: str) -> str:
        return await asyncio.to_thread(_told, self._keep, self._path(draft))

    async def drop(self, draft: str) -> None:
        await asyncio.to_thread(_told, lambda path: path.unlink(missing_ok=True), self._path(draft))

    def _extend(self, path: Path, offset: int, piece: bytes) -> int:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with path.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                raise VersionConflict("another piece is being written") from exc
            end = os.fstat(file.fileno()).st_size
            if end != offset:
                raise VersionConflict(f"the end is at {end}")
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())
            return end + len(piece)

    def _keep(self, path: Path) -> str:
        digest = _digest(path)
        self._adopt(path, digest)
        return digest

    def _path(self, draft: str) -> Path:
        if _NAME.fullmatch(draft) is None:
            raise InvalidValue("not the name of a draft")
        return self._folder / draft


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _told(work: Callable[..., T], *given: object) -> T:
    try:
        return work(*given)
    except OSError as exc:
        raise StoreUnavailable("the file cannot be written or read") from exc
