"""Media in a folder: `ab/cdef…` holds the bytes whose SHA-256 is `abcdef…`."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from pathlib import Path

from chat_server.adapters.files.place import make_folder, path_of
from chat_server.domain.errors import StoreUnavailable
from chat_server.ports.blob import BlobStore

_DIGEST = re.compile(r"[0-9a-f]{64}")


class FileBlobStore:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, content: bytes) -> str:
        return await asyncio.to_thread(self._put, content)

    async def get(self, digest: str) -> bytes | None:
        if _DIGEST.fullmatch(digest) is None:  # and no path leads out of the folder
            return None
        return await asyncio.to_thread(self._get, digest)

    def _put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        try:
            if not path.exists():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                _write_whole(path, content)
                _sync_folder(self._folder)
        except OSError as exc:
            raise StoreUnavailable("the blob cannot be written") from exc
        return digest

    def _get(self, digest: str) -> bytes | None:
        try:
            return self._path(digest).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise StoreUnavailable("the blob cannot be read") from exc

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:]


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
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_blobs(url: str) -> BlobStore:
    """`file:///absolute/folder`, made when it is missing."""
    folder = path_of(url)
    make_folder(folder)
    return FileBlobStore(folder)
