"""The open platform put together, from the rooms of the house and its settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.routing import Route

from chat_server.domain.facts import Change
from chat_server.platform.api.serving import routes_of
from chat_server.platform.api.table import ENDPOINTS
from chat_server.platform.articles import Articles
from chat_server.platform.callbacks.delivery import Deliver
from chat_server.platform.callbacks.intake import Intake
from chat_server.platform.callbacks.lanes import Lanes
from chat_server.platform.callbacks.log import CallbackLog
from chat_server.platform.callbacks.replies import Replies
from chat_server.platform.callbacks.telling import Telling
from chat_server.platform.content import Content
from chat_server.platform.developing import Developing
from chat_server.platform.drawers import Drawer
from chat_server.platform.failures import Failure
from chat_server.platform.keys import Keys
from chat_server.platform.limits import Limits
from chat_server.platform.mass import MassSends
from chat_server.platform.media import MediaShelf
from chat_server.platform.menu_messages import MenuMessages
from chat_server.platform.openids import Openids
from chat_server.platform.parts import Platform
from chat_server.platform.pressing import Giving
from chat_server.platform.quotas import Quotas
from chat_server.platform.registry import Apps
from chat_server.platform.service.agents import Agents
from chat_server.platform.service.records import Records
from chat_server.platform.service.sessions import Sessions
from chat_server.platform.speaking import HashBody, Speaking
from chat_server.platform.tallies import Tallies
from chat_server.platform.windows import Windows
from chat_server.ports.blob import BlobStore
from chat_server.ports.bus import Bus
from chat_server.ports.callbacks import CallbackLine
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.desk.open import AssistDesk
from chat_server.usecases.files.uploads import Uploads
from chat_server.usecases.identity.devices import Authenticate
from chat_server.usecases.identity.login import LogIn
from chat_server.usecases.public_accounts.open import AccountWork


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What of the house the platform stands on."""

    store: Store
    bus: Bus
    blobs: BlobStore
    uploads: Uploads
    desk: AssistDesk
    line: CallbackLine
    clock: Clock
    hash_body: HashBody
    new_id: Callable[[], str]
    work: AccountWork
    draw_code: Callable[[str], bytes]
    authenticate: Authenticate
    log_in: LogIn
    loopback: bool


class OpenPlatform:
    """`routes` for HTTP, two handlers for relays, and what runs until it is cancelled."""

    def __init__(self, parts: Platform) -> None:
        self.parts = parts
        self.routes: list[Route] = routes_of(ENDPOINTS, parts)

    async def on_said(self, change: Change) -> None:
        await self.parts.intake.on_said(change)

    async def on_fact(self, change: Change) -> None:
        await self.parts.intake.on_fact(change)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.parts.lanes.run())
            tasks.create_task(self.parts.callback_log.sweep_for_ever())
            tasks.create_task(self.parts.mass.run())


def open_platform(ground: Ground, *, key: bytes, limits: Limits, base_url: str) -> OpenPlatform:
    store, shelf, clock = ground.store, ground.store.shelf, ground.clock
    keys, apps = Keys(key), Apps(shelf, clock)
    openids = Openids(shelf, store.conversations, keys, clock)
    media = MediaShelf(
        store, ground.blobs, ground.uploads, clock, temporary_s=limits.temporary_media_s
    )
    articles = Articles(store, media, clock, ground.work)
    content, menus = Content(media, articles), MenuMessages(shelf, clock)
    speaking = Speaking(store, ground.bus, clock, ground.hash_body)
    windows, tallies = Windows(store, limits, clock), Tallies(shelf, clock)
    telling = Telling(store.messages, openids, media, menus, keys, clock, base_url=base_url)
    agents = Agents(store, ground.desk, clock)
    sessions = Sessions(store, ground.desk, agents)
    persons = ground.desk.attention
    replies = Replies(content, speaking, persons, sessions)
    deliver = Deliver(
        apps, shelf, store.people, ground.line, telling, replies, speaking, tallies, clock
    )
    lanes = Lanes(apps, shelf, clock, deliver, ground.new_id)
    intake = Intake(
        apps,
        shelf,
        clock,
        windows,
        persons,
        ground.work.notices,
        sessions,
        Giving(content, media, speaking),
        tallies,
        lanes.wake,
    )
    mass = MassSends(
        store,
        apps,
        content,
        articles,
        speaking,
        intake,
        limits,
        clock,
        ground.new_id(),
        base_url,
    )
    callback_log = CallbackLog(shelf, clock, lanes, replies, limits)
    quotas, failures = Quotas(shelf, limits, clock), Drawer(shelf, clock, "rid", Failure)
    return OpenPlatform(
        Platform(
            store=store,
            clock=clock,
            base_url=base_url,
            limits=limits,
            keys=keys,
            apps=apps,
            openids=openids,
            quotas=quotas,
            windows=windows,
            speaking=speaking,
            media=media,
            articles=articles,
            content=content,
            menu_messages=menus,
            intake=intake,
            lanes=lanes,
            line=ground.line,
            callback_log=callback_log,
            tallies=tallies,
            mass=mass,
            agents=agents,
            sessions=sessions,
            records=Records(store, agents),
            work=ground.work,
            draw_code=ground.draw_code,
            authenticate=ground.authenticate,
            log_in=ground.log_in,
            loopback=ground.loopback,
            failures=failures,
            developing=Developing(
                store, apps, lanes, callback_log, ground.line, quotas, failures, clock
            ),
        )
    )
