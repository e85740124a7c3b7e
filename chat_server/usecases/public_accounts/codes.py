"""QR codes with a scene: made for an account, scanned by followers and by who may become one."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from chat_server.domain.accounts.codes import (
    LONGEST_S,
    MAX_PERMANENT,
    SceneCode,
    account_of,
    check_scene,
    ticket_for,
)
from chat_server.domain.errors import InvalidValue, NotFound, TooLong, VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.shelf import Kept
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.entry import Entry
from chat_server.usecases.public_accounts.records import NEVER_MS, Records

_PERMANENT = "scene_of"  # from a permanent code's scene to its ticket
_SWEPT = 20  # expired codes that a new one takes away


class Scan(msgspec.Struct, frozen=True):
    """What a scan leads to: the account, whether it is followed, and the scene."""

    code: SceneCode
    following: bool


async def living_code(store: Store, ticket: str, now_ms: int) -> SceneCode:
    """NotFound for what is no ticket, or of a code that has expired."""
    account = account_of(ticket)
    found = await _records(store).get(account, ticket) if account else None
    if found is None or not found.lives(now_ms):
        raise NotFound("no such code, or it has expired")
    return found


def _records(store: Store) -> Records[SceneCode]:
    return Records(store.shelf, "scene_code", SceneCode)


class SceneCodes:
    def __init__(self, store: Store, clock: Clock, new_word: Callable[[], str]) -> None:
        self._store, self._clock, self._new_word = store, clock, new_word
        self._records = _records(store)

    async def create(
        self, entry: Entry, scene: str, *, expires_s: int = 0, numeric: bool = False
    ) -> SceneCode:
        """Permanent when `expires_s` is 0; the same permanent scene again is the same code."""
        if not 0 <= expires_s <= LONGEST_S:
            raise InvalidValue(f"expires_s: 1 to {LONGEST_S} seconds, or 0 for ever")
        now = self._clock.now_ms()
        key = f"{'n' if numeric else 's'}{check_scene(scene)}"
        if not expires_s and (found := await self._permanent(entry.id, key)):
            return found
        code = SceneCode(
            ticket_for(entry.id, self._new_word()),
            entry.id,
            scene,
            entry.actor,
            now,
            now + expires_s * 1000 if expires_s else 0,
            numeric,
        )
        kept = self._records.kept(entry.id, code.ticket, code, at_ms=code.expires_ms or NEVER_MS)
        if expires_s:
            await self._store.shelf.sweep(self._records.kind, now, _SWEPT)
            await self._records.put(kept)
            return code
        return await self._keep(entry, key, code, kept)

    async def find(self, ticket: str) -> SceneCode:
        """A living code. NotFound."""
        return await living_code(self._store, ticket, self._clock.now_ms())

    async def scan(self, customer: str, ticket: str) -> Scan:
        """Tells of it when they follow already; else following with the ticket tells of it."""
        code = await self.find(ticket)
        account = await self._store.accounts.account(code.account)
        if account is None or not account.active:
            raise NotFound("no such code, or it has expired")
        found = await self._store.followers.among(code.account, [customer])
        following = bool(found) and found[0].following
        if following:
            await self._store.audit.record(
                Fact(
                    "code_scanned",
                    customer,
                    code.account,
                    self._clock.now_ms(),
                    {"scene": code.scene, "ticket": ticket, "numeric": code.numeric},
                )
            )
        return Scan(code, following)

    async def _keep(self, entry: Entry, key: str, code: SceneCode, kept: Kept) -> SceneCode:
        if await self._store.shelf.count(entry.id, _PERMANENT) >= MAX_PERMANENT:
            raise TooLong(f"an account has at most {MAX_PERMANENT} permanent codes")
        name = Kept(entry.id, _PERMANENT, key, code.ticket, NEVER_MS)
        fact = Fact("code_made", entry.actor, entry.id, code.created_ms)
        try:
            await self._store.shelf.save([kept, name], facts=[fact])
        except VersionConflict:  # made at the same time by another
            found = await self._permanent(entry.id, key)
            if found is None:
                raise
            return found
        return code

    async def _permanent(self, account: str, key: str) -> SceneCode | None:
        named = await self._store.shelf.get(account, _PERMANENT, key)
        return await self._records.get(account, named.body) if named else None
