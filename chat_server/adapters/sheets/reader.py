"""A table's rows, told by a process for each that is given little and killed when late."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import msgspec
import structlog

from chat_server.domain.errors import InvalidValue

WITHIN_S = 15.0

_log = structlog.get_logger()
_rows = msgspec.json.Decoder(list[list[str]]).decode


class ProcessSheetReader:
    def __init__(self, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s

    async def rows(self, content: bytes) -> Sequence[Sequence[str]]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "chat_server.adapters.sheets.unpacking"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(self._within_s):
                told, complaint = await process.communicate(content)
        except TimeoutError:
            raise InvalidValue("file: takes too long to unpack") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            reason = complaint[-40:].decode(errors="replace")
            _log.info("sheet_not_unpacked", bytes=len(content), reason=reason)
            raise InvalidValue("file: neither a CSV nor an XLSX file that can be read")
        return _rows(told)
