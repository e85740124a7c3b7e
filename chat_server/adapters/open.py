"""Adapters by URL: a table from scheme to opener, and nothing else looks at a URL.

Called by `bootstrap` and the command line. A driver is imported when its scheme is asked
for, so that nobody installs Redis to try the house in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from chat_server.domain.errors import ConfigError
from chat_server.ports.blob import BlobStore
from chat_server.ports.bus import Bus
from chat_server.ports.clock import Clock
from chat_server.ports.media import MediaScanner
from chat_server.ports.notify import SmsInbox, SmsSender
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
SEARCHES = {
    "memory": "chat_server.adapters.memory.search:open_search",
    "sqlite": "chat_server.adapters.sqlite.search:open_search",
    "mongodb": "chat_server.adapters.mongodb.search:open_search",
}


def open_store(url: str, *, clock: Clock) -> AbstractAsyncContextManager[Store]:
    """The store at that URL; leaving the context writes out what waits and closes it."""
    store: AbstractAsyncContextManager[Store] = _opener("store", STORES, url)(url, clock=clock)
    return store


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
