"""Certifying a gateway: its restart is a command of the operator's, run in the middle of it."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Sequence
from pathlib import Path

from chat_server.bootstrap.bank import Certificate, certified
from chat_server.commands.logs import set_up_logs
from chat_server.domain.errors import ConfigError
from chat_server.settings import Settings


async def certificate_of(
    settings: Settings, url: str, sms: Path, only: Sequence[str], command: str | None
) -> Certificate:
    set_up_logs(settings, at_least="critical")

    async def restart() -> None:
        process = await asyncio.create_subprocess_exec(*shlex.split(command or ""))
        if await process.wait():
            raise ConfigError(f"--restart: the command ended with {process.returncode}")

    return await certified(settings, url, sms=sms, only=only, restart=restart if command else None)
