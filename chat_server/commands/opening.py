"""The house, opened for one verb and closed after it.

Whoever needs it comes in here, since importing all its rooms takes a second that
`elian settings` and its like need not wait for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, TypeVar

from chat_server.settings import Settings

if TYPE_CHECKING:
    from chat_server.bootstrap.house import House
    from chat_server.bootstrap.rooms import Rooms

Opened = TypeVar("Opened")
Result = TypeVar("Result")


def in_house(settings: Settings, work: Callable[[House], Awaitable[Result]]) -> Result:
    """Do one thing in the whole house."""
    from chat_server.bootstrap.opening import open_house  # noqa: PLC0415 - see above

    return _once(settings, open_house(settings), work)


def in_rooms(settings: Settings, work: Callable[[Rooms], Awaitable[Result]]) -> Result:
    """Do one thing with the chat's own records."""
    from chat_server.bootstrap.rooms import open_rooms  # noqa: PLC0415 - see above

    return _once(settings, open_rooms(settings), work)


def _once(
    settings: Settings,
    closed: AbstractAsyncContextManager[Opened],
    work: Callable[[Opened], Awaitable[Result]],
) -> Result:
    from chat_server.commands.logs import set_up_logs  # noqa: PLC0415 - structlog, too

    async def run() -> Result:
        async with closed as opened:
            return await work(opened)

    set_up_logs(settings, at_least="warning")
    return asyncio.run(run())
