"""Media in a folder: `ab/cdef…` holds the bytes whose SHA-256 is `abcdef…`."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from chat_server.adapters.files.drafts import FileDrafts
from chat_server.adapters.files.place import make_folder, path_of
from chat_server.adapters.files.reading import read_parts, sync_folder
from chat_server.domain.errors import StoreUnavailable
from chat_server.domain.media import DIGEST
from chat_server.ports.blob import BlobDrafts, BlobStore


class FileBlobStore:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.drafts: BlobDrafts = FileDrafts(folder / "drafts", self._adopt)

    async def put(self, content: bytes) -> str:
        return await asyncio.to_thread(self._put, content)

    async def get(self, digest: str) -> bytes | None:
        if await self.size(digest) is None:
            return None
        return await asyncio.to_thread(self._get, digest)

    async def size(self, digest: str) -> int | None:
        if DIGEST.fullmatch(digest) is None:  # and no path leads out of the folder
            return None
        return await asyncio.to_thread(self._size, digest)

    async def read(
        self, digest: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        if DIGEST.fullmatch(digest):
            async for part in read_parts(self._path(digest), start, end):
                yield part

    async def delete(self, digest: str) -> None:
        if DIGEST.fullmatch(digest):
            with _told():
                await asyncio.to_thread(self._path(digest).unlink, missing_ok=True)

    def _put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        with _told():
            if not self._path(digest).exists():
                _write_whole(self._room_for(digest), content)
        return digest

    def _adopt(self, file: Path, digest: str) -> None:
        """A file whose bytes are on the disk already takes its name."""
        path = self._room_for(digest)
        file.replace(path)
        sync_folder(path.parent)

    def _room_for(self, digest: str) -> Path:
        path = self._path(digest)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        sync_folder(self._folder)
        return path

    def _get(self, digest: str) -> bytes | None:
        with _told():
            try:
                return self._path(digest).read_bytes()
            except FileNotFoundError:
                return None

    def _size(self, digest: str) -> int | None:
        with _told():
            try:
                return self._path(digest).stat().st_size
            except FileNotFoundError:
                return None

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise StoreUnavailable("the blob cannot be reached") from exc


def _write_whole(path: Path, content: bytes) -> None:
    """All of it or nothing, also when the machine stops in between."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def open_blobs(url: str) -> BlobStore:
    """`file:///absolute/folder`, made when it is missing."""
    folder = path_of(url)
    make_folder(folder)
    return FileBlobStore(folder)
