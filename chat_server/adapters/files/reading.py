"""Files read in parts, off the event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from chat_server.domain.errors import StoreUnavailable
from chat_server.ports.blob import PART_BYTES


async def read_parts(path: Path, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
    """Nothing when there is no such file; one that is removed meanwhile is read to its end."""
    try:
        file = await asyncio.to_thread(path.open, "rb")
    except FileNotFoundError:
        return
    except OSError as exc:
        raise StoreUnavailable("the file cannot be read") from exc
    try:
        await asyncio.to_thread(file.seek, start)
        left = None if end is None else max(end - start, 0)
        while left is None or left > 0:
            part = await asyncio.to_thread(file.read, min(PART_BYTES, left or PART_BYTES))
            if not part:
                return
            if left is not None:
                left -= len(part)
            yield part
    except OSError as exc:
        raise StoreUnavailable("the file cannot be read") from exc
    finally:
        file.close()


def sync_folder(folder: Path) -> None:
    """What the folder names is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
