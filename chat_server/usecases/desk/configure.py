"""Set a desk up: the whole of it by an administrator, its canned replies by a supervisor too."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from chat_server.domain.desk.replies import CannedReply, fit_reply
from chat_server.domain.desk.settings import Desk, checked
from chat_server.domain.errors import InvalidValue, NotFound, VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.people import StaffRole
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.desk.change import ChangeCase
from chat_server.usecases.desk.floor import Floors

_TRIES = 8
_SERVING = frozenset({StaffRole.AGENT, StaffRole.SUPERVISOR})


class ConfigureDesk:
    def __init__(self, store: Store, floors: Floors, change: ChangeCase, clock: Clock) -> None:
        self._store, self._floors = store, floors
        self._change, self._clock = change, clock

    async def __call__(self, actor: str, desk: Desk) -> Desk:
        """Put the desk; its canned replies stay. Raises InvalidValue, VersionConflict.

        `version` is the one that was read, 0 for a new desk.
        """
        if await self._store.accounts.account(desk.account) is None:
            raise InvalidValue("account: no such public account")
        users = [each.user for each in desk.staff]
        people = {each.user: each for each in await self._store.people.people(users)}
        for each in desk.staff:
            person = people.get(each.user)
            if person is None or person.role not in _SERVING:
                raise InvalidValue(f"staff: {each.user!r} is nobody who serves customers")
        former = next(
            (each for each in await self._store.desks.desks() if each.desk == desk.desk), None
        )
        replies = former.replies if former else desk.replies
        after = checked(replace(desk, replies=replies, version=desk.version + 1))
        await self._put(actor, after, "desk_changed")
        return after

    async def read(self, user: str, desk: str, *, administrator: bool) -> Desk:
        if administrator:
            return (await self._floors.named(desk)).desk
        return (await self._floors.supervised(user, desk)).desk

    async def put_reply(
        self, actor: str, desk: str, reply: CannedReply, *, administrator: bool
    ) -> Sequence[CannedReply]:
        """Add or replace a canned reply; all of them, as they are then."""
        fitted = fit_reply(reply)

        def change(replies: Sequence[CannedReply]) -> Sequence[CannedReply]:
            others = [each for each in replies if each.reply != fitted.reply]
            return sorted([*others, fitted], key=lambda each: each.shortcut)

        return await self._replies(actor, desk, change, administrator=administrator)

    async def drop_reply(self, actor: str, desk: str, reply: str, *, administrator: bool) -> None:
        def change(replies: Sequence[CannedReply]) -> Sequence[CannedReply]:
            if all(each.reply != reply for each in replies):
                raise NotFound("no such reply")
            return [each for each in replies if each.reply != reply]

        await self._replies(actor, desk, change, administrator=administrator)

    async def _replies(
        self,
        actor: str,
        desk: str,
        change: Callable[[Sequence[CannedReply]], Sequence[CannedReply]],
        *,
        administrator: bool,
    ) -> Sequence[CannedReply]:
        for _ in range(_TRIES):
            found = await self.read(actor, desk, administrator=administrator)
            changed = replace(
                found, replies=tuple(change(found.replies)), version=found.version + 1
            )
            try:
                await self._put(actor, checked(changed), "desk_replies_changed")
            except VersionConflict:
                continue
            return changed.replies
        raise VersionConflict("the desk is being changed by many at once")

    async def _put(self, actor: str, desk: Desk, kind: str) -> None:
        fact = Fact(kind, actor, desk.desk, self._clock.now_ms(), {"version": desk.version})
        await self._store.desks.put_desk(desk, fact)
        await self._change.tell(self._floors.of(desk))
