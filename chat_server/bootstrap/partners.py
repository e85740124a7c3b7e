"""The open platform over the rooms: partners' calls in, callbacks to their backends out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec.structs import asdict

from chat_server.adapters.callbacks.line import open_line
from chat_server.adapters.clock import new_uuid7
from chat_server.adapters.pictures.codes import draw_code
from chat_server.bootstrap.rooms import Rooms
from chat_server.domain.errors import ConfigError
from chat_server.platform.apps import Mode
from chat_server.platform.limits import limits_of
from chat_server.platform.open import Ground, OpenPlatform, open_platform
from chat_server.platform.registry import Apps, CreateAccount
from chat_server.transport.http.use_cases import UseCases

DEMONSTRATION = "demo"  # the subject of the fact that says one was loaded


@asynccontextmanager
async def open_partners(rooms: Rooms, cases: UseCases) -> AsyncIterator[OpenPlatform]:
    settings = rooms.settings
    async with open_line(
        settings.callback_hosts, settings.callback_inside, loopback=settings.demo
    ) as line:
        ground = Ground(
            store=rooms.store,
            bus=rooms.bus,
            blobs=rooms.blobs,
            uploads=cases.uploads,
            persons=rooms.desk.attention,
            line=line,
            clock=rooms.clock,
            hash_body=rooms.hash_body,
            new_id=new_uuid7,
            work=rooms.account_work,
            draw_code=draw_code,
            authenticate=cases.authenticate,
            log_in=cases.log_in,
            loopback=settings.demo,
        )
        limits = limits_of(settings.platform_limits, settings.platform_quota)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        yield open_platform(
            ground,
            key=settings.token_key.reveal().encode(),
            limits=limits,
            base_url=settings.public_url or f"http://{host}:{settings.port}",
        )


async def create_account(rooms: Rooms, name: str, *, callback: str, mode: str) -> dict[str, str]:
    """In a demonstration's data folder only: nobody reviews an account that is made like this."""
    if not await rooms.store.audit.facts(subject=DEMONSTRATION, limit=1):
        raise ConfigError(
            f"{rooms.settings.data}: no demonstration is loaded there; elian demo load does it"
        )
    settings = rooms.settings
    async with open_line(settings.callback_hosts, settings.callback_inside, loopback=True) as line:
        create = CreateAccount(
            Apps(rooms.store.shelf, rooms.clock), rooms.store.accounts, rooms.register_account, line
        )
        made = await create(name, callback=callback, mode=Mode(mode), actor="command_line")
        return asdict(made)
