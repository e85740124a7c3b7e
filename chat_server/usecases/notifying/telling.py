"""Knocks that are due: told to the devices of whoever still has not got it.

Everything is looked at now, not when it was said: whether they may still read it, have it
by now, muted it, sleep, and whether it was taken back. What one of their devices took is
not pushed to the others, as everywhere a live device is the person being there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from msgspec.structs import replace

from chat_server.domain.devices import PushKind
from chat_server.domain.notifying import Knock, Wishes
from chat_server.domain.people import DeviceSession
from chat_server.ports.clock import Clock
from chat_server.ports.notify import Carriage, Notifier, PushNote, PushOutcome
from chat_server.ports.store import Store
from chat_server.usecases.notifying.words import Wording
from chat_server.usecases.rounds import in_rounds

log = structlog.get_logger()

LOOK_S = 1.0
LEASE_S = 60.0
TRIES = 10  # with doubling pauses from 5 s: about 40 minutes
_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 900.0


class TellDevices:
    """At most `rate` pushes' worth of knocks a second."""

    def __init__(
        self,
        store: Store,
        carriers: Mapping[PushKind, Notifier],
        wording: Wording,
        clock: Clock,
        *,
        after_s: float,
        life_s: float,
        rate: int,
    ) -> None:
        self._store, self._carriers, self._wording = store, carriers, wording
        self._clock, self._rate = clock, rate
        self._after_ms, self._life_ms = round(after_s * 1000), round(life_s * 1000)

    async def run(self) -> None:
        """Until cancelled. What fails is due again after its lease."""
        await in_rounds(self.step, self._clock, every_s=LOOK_S, failed="telling_waits")

    async def step(self) -> int:
        """Tell of what is due; how many knocks that were."""
        lease_ms = round(LEASE_S * 1000)
        taken = await self._store.pushes.take(self._clock.now_ms(), lease_ms, self._rate)
        await asyncio.gather(*(self._tell_kept(knock) for knock in taken))
        return len(taken)

    async def _tell_kept(self, knock: Knock) -> None:
        """A store that is away leaves it to the lease; what fails for itself does not for ever."""
        try:
            after = await self.tell(knock)
        except Exception:
            log.exception("telling_failed", conversation=knock.conv)
            after = self._after(knock, _told(knock), [PushOutcome(Carriage.LATER)])
        try:
            await self._store.pushes.settle(knock, after)
        except Exception:
            log.exception("telling_not_settled", conversation=knock.conv)

    async def tell(self, knock: Knock) -> Knock:
        """What is to become of it, after telling of it if that is due."""
        done = _told(knock)
        membership = await self._store.conversations.membership(knock.conv, knock.user)
        if membership is None or membership.left_seq is not None:
            return done
        has = max(membership.read, membership.delivered, membership.first_seq - 1)
        if has >= knock.seq or (membership.muted and not knock.mention):
            return done
        if has >= knock.first:  # they are there: the rest gets its time as well
            return replace(knock, first=has + 1, due_ms=self._clock.now_ms() + self._after_ms)
        return await self._tell_absent(knock, done)

    async def _tell_absent(self, knock: Knock, done: Knock) -> Knock:
        now_ms = self._clock.now_ms()
        wishes = (await self._store.pushes.wishes([knock.user])).get(knock.user)
        wishes = wishes or Wishes(knock.user)
        quiet_end_ms = wishes.quiet_end_ms(now_ms)
        if quiet_end_ms is not None and not knock.urgent:
            return replace(knock, due_ms=quiet_end_ms)
        devices = await self._store.devices.subscribed([knock.user])
        note = await self._wording.note(knock, wishes, oldest_ms=now_ms - self._life_ms)
        if note is None:
            return done
        kept = replace(note, life_s=self._life_ms // 1000)
        outcomes = await asyncio.gather(*(self._push(device, kept) for device in devices))
        return self._after(knock, done, outcomes)

    async def _push(self, device: DeviceSession, note: PushNote) -> PushOutcome:
        address = device.push
        if address is None:
            return PushOutcome(Carriage.GONE)
        outcome = await self._carriers[address.kind].push(address, note)
        if outcome.carriage is Carriage.GONE:
            await self._store.devices.unsubscribe(device.session_id, address.endpoint)
        log.info("push", session=device.session_id, outcome=outcome.carriage.value)
        return outcome

    def _after(self, knock: Knock, done: Knock, outcomes: list[PushOutcome]) -> Knock:
        later = [each.after_s for each in outcomes if each.carriage is Carriage.LATER]
        if not later or knock.tries + 1 >= TRIES:
            return done
        pause_s = min(_FIRST_PAUSE_S * 2**knock.tries, _LONGEST_PAUSE_S)
        due_ms = self._clock.now_ms() + round(max(pause_s, *later) * 1000)
        return replace(knock, due_ms=due_ms, tries=knock.tries + 1)


def _told(knock: Knock) -> Knock:
    return replace(knock, sent=knock.seq, due_ms=None, mention=False, urgent=False, tries=0)
