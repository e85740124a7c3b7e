"""A file that a bot sends: kept before its message, and readable by the conversation alone."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from bots.contract import Document, Text
from chat_server.adapters.memory.blob import MemoryBlobStore
from chat_server.adapters.memory.store import open_store
from chat_server.domain.errors import TooLong
from chat_server.domain.facts import Dialogue
from chat_server.usecases.assist.papers import Papers
from chat_server.usecases.assist.settle import Writer
from tests.front_desk import SteppedClock

PAPER = Document("对账单.pdf", "application/pdf", b"%PDF-1.4 of somebody")
DIGEST = hashlib.sha256(PAPER.content).hexdigest()


async def test_it_is_stored_and_named_by_a_file_message() -> None:
    blobs, clock = MemoryBlobStore(), SteppedClock()
    async with open_store("memory://", clock=clock) as store:
        await Papers(store.media, blobs, clock).keep([Text("here"), PAPER, PAPER])
        medium = await store.media.medium(DIGEST)
        assert medium is not None
        assert not medium.public
        assert not await store.media.may_read("zhangwei", DIGEST)
    assert await blobs.size(DIGEST) == len(PAPER.content)
    dialogue = Dialogue(conv="s:@service:zhangwei", account="@service", customer="zhangwei")
    writer = Writer(dialogue, "s:@service:zhangwei:1", clock.now_ms(), lambda body: body[:8])
    writer.write([Text("here"), PAPER])
    draft = writer.drafts[-1]
    assert tuple(draft.media) == (DIGEST,)
    body = msgspec.json.decode(draft.body)
    assert (body["type"], body["media"], body["name"]) == ("file", DIGEST, "对账单.pdf")


async def test_an_empty_file_is_none() -> None:
    clock = SteppedClock()
    async with open_store("memory://", clock=clock) as store:
        papers = Papers(store.media, MemoryBlobStore(), clock)
        with pytest.raises(TooLong):
            await papers.keep([Document("a.pdf", "application/pdf", b"")])
