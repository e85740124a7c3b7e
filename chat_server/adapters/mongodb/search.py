"""The search index in MongoDB: one document for each message, with its tokens.

A compound multikey index leads from a conversation and a token to the documents; that the
tokens of one term stand next to each other is looked at here. Writing a batch twice, or in
two processes at once, changes nothing: `form` is the change a document's text is from.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne
from pymongo.errors import ConfigurationError, DuplicateKeyError, InvalidURI
from pymongo.uri_parser import parse_uri

from chat_server.adapters.mongodb.database import DEFAULTS, PROMISES, answered
from chat_server.adapters.mongodb.documents import records
from chat_server.adapters.mongodb.driver import DRIVER, Client, Connect, Document, disconnect
from chat_server.domain.errors import ConfigError
from chat_server.domain.searching import Entry, Readable, Rewrite, Term, matches, tokens
from chat_server.ports.search import SearchIndex

_STANDING = {"_id": "standing"}
_FILE = "\ue001"  # the token of files; no text has it
_PAGE = 100  # documents looked at in one go


class MongoSearchIndex:
    def __init__(self, client: Client, name: str) -> None:
        self._entries = client[name]["search_entries"]
        self._standing = client[name]["search_standing"]

    async def prepare(self) -> None:
        at_message = IndexModel([("conv", ASCENDING), ("seq", ASCENDING)], unique=True)
        at_token = IndexModel(
            [("conv", ASCENDING), ("tokens", ASCENDING), ("position", DESCENDING)], name="at_token"
        )
        await answered(self._entries.create_indexes([at_message, at_token]))
        try:
            nowhere = {"$setOnInsert": {"position": 0}}
            await answered(self._standing.update_one(_STANDING, nowhere, upsert=True))
        except DuplicateKeyError:  # another process has just made it
            return

    async def position(self) -> int:
        found = await answered(self._standing.find_one(_STANDING))
        return found["position"] if found else 0

    async def index(self, after: int, found: Sequence[Entry | Rewrite], up_to: int) -> int:
        position = await self.position()
        if position != after:
            return position
        steps = [_written(one) if isinstance(one, Entry) else _rewritten(one) for one in found]
        if steps:
            await self._write(steps)
        here = {**_STANDING, "position": after}
        moved = await answered(self._standing.update_one(here, {"$set": {"position": up_to}}))
        return up_to if moved.matched_count else await self.position()

    async def find(
        self,
        terms: Sequence[Term],
        readable: Sequence[Readable],
        *,
        files: bool = False,
        before: int | None = None,
        limit: int,
    ) -> Sequence[Entry]:
        ranges = {one.conv: one for one in readable}
        asked = {"conv": {"$in": sorted(ranges)}, "tokens": {"$all": _wanted(terms, files=files)}}
        hits: list[Entry] = []
        while len(hits) < limit:
            within = asked if before is None else {**asked, "position": {"$lt": before}}
            rows = self._entries.find(within).sort("position", DESCENDING).limit(_PAGE)
            page = records(await answered(rows.to_list(None)), Entry)
            hits += [
                entry
                for entry in page
                if ranges[entry.conv].holds(entry) and matches(terms, entry.text)
            ]
            if len(page) < _PAGE:
                break
            before = page[-1].position
        return hits[: max(limit, 0)]

    async def clear(self) -> None:
        await answered(self._standing.update_one(_STANDING, {"$set": {"position": 0}}))
        await answered(self._entries.delete_many({}))

    async def _write(self, steps: Sequence[UpdateOne]) -> None:
        """In their order; the same message, inserted by another process, is there already."""
        while True:
            try:
                await answered(self._entries.bulk_write(steps, ordered=True))
            except DuplicateKeyError:
                continue  # what is there is not inserted the next time
            return


@asynccontextmanager
async def open_search(url: str, *, connect: Connect = DRIVER) -> AsyncIterator[SearchIndex]:
    """The index in the database that the URL names; it may be the chat store's own."""
    try:
        name = parse_uri(url)["database"]
        if not name:
            raise ConfigError("search URL: name the database, as in mongodb://host:27017/elian")
        client = connect(url, {**DEFAULTS, **PROMISES})
    except (InvalidURI, ConfigurationError, ValueError) as exc:
        raise ConfigError(f"search URL: {exc}") from exc
    try:
        index = MongoSearchIndex(client, name)
        await index.prepare()
        yield index
    finally:
        await disconnect(client)


def _written(entry: Entry) -> UpdateOne:
    row: Document = {
        "position": entry.position,
        "sender": entry.sender,
        "ts": entry.ts,
        "text": entry.text,
        "file": entry.file,
        "changed_seq": entry.changed_seq,
        "tokens": sorted({*tokens(entry.text), *([_FILE] if entry.file else [])}),
        "form": entry.position,
    }
    key = {"conv": entry.conv, "seq": entry.seq}
    return UpdateOne(key, {"$setOnInsert": row}, upsert=True)


def _rewritten(rewrite: Rewrite) -> UpdateOne:
    earlier = {"conv": rewrite.conv, "seq": rewrite.seq, "form": {"$lt": rewrite.position}}
    form = {
        "text": rewrite.text,
        "file": False,
        "changed_seq": rewrite.changed_seq,
        "tokens": sorted(set(tokens(rewrite.text))),
        "form": rewrite.position,
    }
    return UpdateOne(earlier, {"$set": form})


def _wanted(terms: Sequence[Term], *, files: bool) -> list[Any]:
    """Longest first: the index is entered by the first, and it is likely the rarest."""
    wanted = sorted({(token, term.prefix) for term in terms for token in term.tokens})
    wanted.sort(key=lambda one: (one[1], -len(one[0])))
    found = [re.compile(f"^{re.escape(text)}") if prefix else text for text, prefix in wanted]
    return [*found, *([_FILE] if files else [])]
