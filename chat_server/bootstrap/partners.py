"""The open platform over the rooms: partners' calls in, callbacks to their backends out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec.structs import asdict

from chat_server.adapters.callbacks.line import open_line
from chat_server.adapters.clock import new_uuid7
from chat_server.adapters.pictures.codes import draw_code
from chat_server.bootstrap.rooms import Rooms
from chat_server.domain.errors import ConfigError, InvalidValue
from chat_server.platform.apps import Mode
from chat_server.platform.keys import Keys
from chat_server.platform.limits import limits_of
from chat_server.platform.open import Ground, OpenPlatform, open_platform
from chat_server.platform.registry import Apps, CreateAccount
from chat_server.platform.simulating import Simulate, Simulated
from chat_server.platform.simulating import event as happened
from chat_server.platform.simulating import text as spoken
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
            desk=rooms.desk,
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


async def simulate(
    rooms: Rooms, account: str, *, customer: str, text: str, event: str, key: str
) -> Simulated:
    """A customer's message or event to the account's backend; nothing of it is kept."""
    settings = rooms.settings
    app = await Apps(rooms.store.shelf, rooms.clock).of_account(account)
    if app is None or not app.callback:
        raise InvalidValue(f"{account}: no account with a callback; elian account create makes one")
    openid = Keys(settings.token_key.reveal().encode()).openid(account, customer)
    said = spoken(text, rooms.clock.now_ms() * 1000) if not event else happened(event, key)
    async with open_line(settings.callback_hosts, settings.callback_inside, loopback=True) as line:
        return await Simulate(line, rooms.clock)(app, openid, said)
