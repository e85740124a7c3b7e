"""Adapters by URL: a table from scheme to opener, and nothing else looks at a URL.

Called by `bootstrap` and the command line. A driver is imported when its scheme is asked
for, so that nobody installs Redis to try the house in memory.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chat_server.adapters.calendars import china
from chat_server.adapters.push.options import PushOptions
from chat_server.domain.desk.hours import Calendars
from chat_server.domain.devices import PushKind
from chat_server.domain.errors import ConfigError
from chat_server.domain.reaching import ReachSettings
from chat_server.domain.texting import SmsPurpose
from chat_server.ports.blob import BlobStore
from chat_server.ports.bus import Bus
from chat_server.ports.clock import Clock
from chat_server.ports.media import MediaScanner
from chat_server.ports.notify import Notifier, SmsInbox, SmsSender
from chat_server.ports.search import SearchIndex
from chat_server.ports.store import Store

STORES = {
    "memory": "chat_server.adapters.memory.store:open_store",
    "sqlite": "chat_server.adapters.sqlite.store:open_store",
    "mongodb": "chat_server.adapters.mongodb.store:open_store",
}
BUSES = {
    "memory": "chat_server.adapters.memory.bus:open_bus",
    "redis": "chat_server.adapters.redis.bus:open_bus",
}
BLOBS = {
    "memory": "chat_server.adapters.memory.blob:open_blobs",
    "file": "chat_server.adapters.files.blob:open_blobs",
}
SCANNERS = {
    "none": "chat_server.adapters.scanners.none:open_scanner",
    "clamd": "chat_server.adapters.scanners.clamd:open_scanner",
}
SMS_SENDERS = {
    "log": "chat_server.adapters.sms.log:open_sms",
    "file": "chat_server.adapters.sms.file:open_sms",
}
SMS_INBOXES = {"file": "chat_server.adapters.sms.file:open_sms"}
BROWSER_PUSHES = {
    "webpush": "chat_server.adapters.push.web:open_notifier",
    "none": "chat_server.adapters.push.none:open_notifier",
}
VENDOR_PUSHES = {
    "https": "chat_server.adapters.push.vendor:open_notifier",
    "http": "chat_server.adapters.push.vendor:open_notifier",  # to this machine, in tests
    "none": "chat_server.adapters.push.none:open_notifier",
}
SEARCHES = {
    "memory": "chat_server.adapters.memory.search:open_search",
    "sqlite": "chat_server.adapters.sqlite.search:open_search",
    "mongodb": "chat_server.adapters.mongodb.search:open_search",
}


def open_store(url: str, *, clock: Clock) -> AbstractAsyncContextManager[Store]:
    """The store at that URL; leaving the context writes out what waits and closes it."""
    store: AbstractAsyncContextManager[Store] = _opener("store", STORES, url)(url, clock=clock)
    return store


CALENDARS = Calendars({"cn": china.kind_of_day}, known_until=china.known_until.isoformat())


def open_search(url: str) -> AbstractAsyncContextManager[SearchIndex]:
    """The search index at that URL; without anything in it, if it is new."""
    index: AbstractAsyncContextManager[SearchIndex] = _opener("search", SEARCHES, url)(url)
    return index


def open_bus(url: str, *, clock: Clock) -> AbstractAsyncContextManager[Bus]:
    bus: AbstractAsyncContextManager[Bus] = _opener("bus", BUSES, url)(url, clock=clock)
    return bus


def open_blobs(url: str) -> BlobStore:
    blobs: BlobStore = _opener("blob store", BLOBS, url)(url)
    return blobs


def open_scanner(url: str) -> MediaScanner:
    scanner: MediaScanner = _opener("scanner", SCANNERS, url)(url)
    return scanner


def open_browser_push(
    url: str, *, clock: Clock, options: PushOptions
) -> AbstractAsyncContextManager[Notifier]:
    opener = _opener("push", BROWSER_PUSHES, url)
    notifier: AbstractAsyncContextManager[Notifier] = opener(url, clock=clock, options=options)
    return notifier


def open_vendor_push(
    url: str, *, clock: Clock, options: PushOptions
) -> AbstractAsyncContextManager[Notifier]:
    opener = _opener("vendor push", VENDOR_PUSHES, url)
    notifier: AbstractAsyncContextManager[Notifier] = opener(url, clock=clock, options=options)
    return notifier


@asynccontextmanager
async def open_carriers(
    settings: ReachSettings, keys: Path, *, clock: Clock
) -> AsyncIterator[Mapping[PushKind, Notifier]]:
    """Who carries pushes, for each kind of address; their keys are made once in that folder."""
    options = PushOptions(
        keys, settings.push_contact, settings.push_services, settings.push_loopback
    )
    async with (
        open_browser_push(settings.push_url, clock=clock, options=options) as web,
        open_vendor_push(settings.vendor_push_url, clock=clock, options=options) as vendor,
    ):
        yield {PushKind.WEB: web, PushKind.VENDOR: vendor}


def open_allowed_sms(url: str, purpose: SmsPurpose, *, clock: Clock) -> SmsSender:
    """A sender for that purpose only; the house has no other."""
    from chat_server.adapters.sms.allowed import AllowedSms  # noqa: PLC0415 - only who sends

    return AllowedSms(open_sms(url, clock=clock), purpose)


def open_sms(url: str, *, clock: Clock) -> SmsSender:
    sender: SmsSender = _opener("SMS", SMS_SENDERS, url)(url, clock=clock)
    return sender


def open_sms_inbox(url: str, *, clock: Clock) -> SmsInbox:
    """Where the demonstration reads what `open_sms` of the same URL sent."""
    inbox: SmsInbox = _opener("SMS inbox", SMS_INBOXES, url)(url, clock=clock)
    return inbox


def _opener(what: str, table: Mapping[str, str], url: str) -> Any:  # noqa: ANN401 - each caller states its type
    scheme = urlsplit(url).scheme
    if scheme not in table:
        right = ", ".join(f"{name}://" for name in table)
        raise ConfigError(f"{what} URL: scheme {scheme!r} is not one of {right}")
    module, _, name = table[scheme].partition(":")
    return getattr(import_module(module), name)
