"""How pictures look, told by a process for each that is given little and killed when late."""

from __future__ import annotations

import asyncio
import json
import sys

import structlog

from chat_server.ports.media import Look

WITHIN_S = 15.0

_log = structlog.get_logger()


class ProcessPictureReader:
    def __init__(self, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s

    async def look(self, content: bytes) -> Look | None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "chat_server.adapters.pictures.drawing"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(self._within_s):
                told, complaint = await process.communicate(content)
        except TimeoutError:
            _log.warning("picture_too_slow", bytes=len(content))
            return None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            reason = complaint[-40:].decode(errors="replace")
            _log.info("picture_not_drawn", bytes=len(content), reason=reason)
            return None
        size, _, pictures = told.partition(b"\n")
        width, height, small = json.loads(size)
        return Look(width, height, pictures[:small], pictures[small:])
