"""Presence: who is there, told to those who watch and to nobody else.

Transport says who comes, goes and steps away; the bus says the same of other nodes. People
are offline only after a few seconds, so that a blip is none. What other nodes tell is asked
for again and again while somebody watches, and forgotten when it is not repeated: so a
crashed node's people go offline, and a lost signal is made good. Stores nothing but, now and
then, when people were last there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping

import structlog

from chat_server.delivery.roster import Roster
from chat_server.delivery.seat import Seat
from chat_server.domain.contacts import Presence
from chat_server.ports.bus import Bus, ContactsChanged, PresenceAsked, PresenceTold, Signal
from chat_server.ports.clock import Clock
from chat_server.ports.contacts import SightingStore
from chat_server.wire.presence_frames import ContactsMoved, PresenceState

log = structlog.get_logger()

See = Callable[[str, Collection[str]], Awaitable[frozenset[str]]]

TICK_S = 0.25
LINGER_S = 5.0  # between the last connection's end and being offline
ANSWER_S = 0.25  # in which other nodes have answered, before somebody is said to be offline
ASK_S = 10.0
FORGET_S = 25.0  # without being told again; a crashed node's people are offline by then
CHECK_S = 300.0  # how long a watch is good before it is asked again who may be seen
SEEN_S = 300.0  # how coarse it is kept when somebody is there, for when the process dies
CHUNK = 500
_MINUTE_MS = 60_000
_OFFLINE = Presence.OFFLINE
_RANK = {Presence.OFFLINE: 0, Presence.AWAY: 1, Presence.ONLINE: 2}


class _Here:
    """Somebody who is connected to this node, or was a moment ago."""

    __slots__ = ("leaving_at", "left_ms", "seats", "told")

    def __init__(self) -> None:
        self.seats: dict[Seat, bool] = {}  # and whether nobody is at the device
        self.leaving_at: float | None = None
        self.left_ms = 0
        self.told = _OFFLINE  # what everybody was told last

    @property
    def state(self) -> Presence:
        if not self.seats:
            return _OFFLINE if self.leaving_at is None else self.told
        return Presence.AWAY if all(self.seats.values()) else Presence.ONLINE


class _Watch:
    """What one seat asked to be told of, and what it was told last of each it may see."""

    __slots__ = ("checked_at", "owed", "told", "wanted")

    def __init__(self, wanted: frozenset[str], checked_at: float) -> None:
        self.wanted = wanted
        self.checked_at = checked_at
        self.told: dict[str, Presence | None] = {}
        self.owed: dict[str, float] = {}  # to be told, and from when on


class PresenceDesk:
    """`run` must be running; `on_signal` is to be subscribed. `see` says whom one may see."""

    def __init__(
        self,
        roster: Roster,
        bus: Bus,
        sightings: SightingStore,
        see: See,
        clock: Clock,
        *,
        monotonic: Callable[[], float],
        node: str,
    ) -> None:
        self._roster, self._bus, self._sightings, self._see = roster, bus, sightings, see
        self._clock, self._monotonic, self._node = clock, monotonic, node
        self._here: dict[str, _Here] = {}
        self._leaving: dict[str, None] = {}
        self._watches: dict[Seat, _Watch] = {}
        self._watchers: dict[str, dict[Seat, None]] = {}  # of those as well who may not be seen
        self._elsewhere: dict[str, dict[str, tuple[Presence, float]]] = {}  # user, node
        self._seen: dict[str, int] = {}  # last there, to be stored
        self._doubted: dict[Seat, None] = {}
        self._doubts = 0
        self._owing: dict[Seat, None] = {}  # whose watch owes something
        self._ask_at = self._seen_at = monotonic()

    # --- from transport

    def came(self, seat: Seat) -> None:
        here = self._here.get(seat.user)
        if here is None:
            here = self._here[seat.user] = _Here()
        here.seats[seat] = False
        here.leaving_at = None
        self._leaving.pop(seat.user, None)
        self._changed(seat.user, here)

    def stepped(self, seat: Seat, *, away: bool) -> None:
        here = self._here.get(seat.user)
        if here is not None and seat in here.seats:
            here.seats[seat] = away
            self._changed(seat.user, here)

    def left(self, seat: Seat) -> None:
        """Again changes nothing."""
        self._drop_watch(seat)
        here = self._here.get(seat.user)
        if here is None or seat not in here.seats:
            return
        del here.seats[seat]
        if not here.seats:
            here.leaving_at = self._monotonic() + LINGER_S
            here.left_ms = self._clock.now_ms()
            self._leaving[seat.user] = None
        self._changed(seat.user, here)

    async def watch(self, seat: Seat, wanted: Collection[str]) -> None:
        """From now on the seat is told of these, as far as it may see them, and of no others."""
        before = self._doubts
        visible = await self._see(seat.user, wanted)
        if seat.gone:
            return
        self._begin(seat, wanted, visible, {})
        if before != self._doubts:  # what was read may be old already
            self._doubted[seat] = None

    # --- from the bus

    def on_signal(self, signal: Signal) -> None:
        match signal:
            case PresenceTold(node, states, at_ms) if node != self._node:
                self._hear(node, states, at_ms)
            case PresenceAsked(node, users) if node != self._node:
                self._answer(users)
            case ContactsChanged(users):
                self._doubt(users)

    def _hear(self, node: str, states: Mapping[str, Presence], at_ms: int) -> None:
        now = self._monotonic()
        for user, state in states.items():
            if user not in self._watchers:
                continue
            if state is _OFFLINE:
                self._elsewhere.get(user, {}).pop(node, None)
            else:
                self._elsewhere.setdefault(user, {})[node] = (state, now)
            self._tell_watchers(user, at_ms)

    def _answer(self, users: Iterable[str]) -> None:
        states = {user: self._here[user].state for user in users if user in self._here}
        if states:
            self._bus.publish(PresenceTold(self._node, states, self._clock.now_ms()))

    def _doubt(self, users: Iterable[str]) -> None:
        """Their devices are told to look; who watches whom is asked again."""
        self._doubts += 1
        for user in users:
            for seat in self._roster.seats_of(user):
                seat.tell(ContactsMoved())
                if seat in self._watches:
                    self._doubted[seat] = None
            self._doubted |= self._watchers.get(user, {})

    # --- what runs behind

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._clock.sleep(TICK_S)
            try:
                await self.tick()
            except Exception:
                log.exception("presence_failed")
                await self._clock.sleep(1.0)

    async def tick(self) -> None:
        now = self._monotonic()
        self._part(now)
        await self._recheck()
        await self._tell_owed(now)
        if now >= self._ask_at:
            self._ask_at = now + ASK_S
            self._forget(now)
            self._doubt_old(now)
            self._ask(self._watchers)
        if now >= self._seen_at:
            self._seen_at = now + SEEN_S
            at_ms = self._clock.now_ms()
            self._seen |= {user: at_ms for user, here in self._here.items() if here.seats}
        await self.store_seen()

    async def store_seen(self) -> None:
        """Tried again with the next ones if the store is not there."""
        while self._seen:
            part = dict(list(self._seen.items())[:CHUNK])
            await self._sightings.note_seen(part)
            for user, at_ms in part.items():
                if self._seen.get(user) == at_ms:
                    del self._seen[user]

    async def close(self) -> None:
        """The process ends: everybody here is seen for the last time."""
        at_ms = self._clock.now_ms()
        self._seen |= {
            user: at_ms if here.seats else here.left_ms for user, here in self._here.items()
        }
        await self.store_seen()

    def _part(self, now: float) -> None:
        for user in list(self._leaving):
            here = self._here[user]
            if here.leaving_at is not None and here.leaving_at <= now:
                here.leaving_at = None
                del self._leaving[user]
                del self._here[user]
                self._seen[user] = here.left_ms
                self._changed(user, here)

    async def _recheck(self) -> None:
        """Whom those may still see of whom that is in doubt."""
        for seat in list(self._doubted)[:CHUNK]:
            del self._doubted[seat]  # before it is asked: meanwhile it may be in doubt again
            watch = self._watches.get(seat)
            if watch is None:
                continue
            try:
                visible = await self._see(seat.user, watch.wanted)
            except BaseException:
                self._doubted[seat] = None
                raise
            if self._watches.get(seat) is watch:
                self._hide(seat, watch.told.keys() - visible)
                self._begin(seat, watch.wanted, visible, watch.told)

    def _doubt_old(self, now: float) -> None:
        for seat, watch in self._watches.items():
            if now - watch.checked_at >= CHECK_S:
                self._doubted[seat] = None

    async def _tell_owed(self, now: float) -> None:
        due = []
        for seat in list(self._owing):
            watch = self._watches.get(seat)
            if watch is None or not watch.owed:
                del self._owing[seat]
            else:
                due += [(seat, watch, user) for user, at in watch.owed.items() if at <= now]
        if not due:
            return
        seen = await self._sightings.last_seen({user for _, _, user in due})
        for seat, watch, user in due:
            if self._watches.get(seat) is watch and user in watch.owed:
                del watch.owed[user]
                self._tell(seat, watch, user, self._state(user), seen.get(user, 0))

    def _ask(self, users: Iterable[str]) -> None:
        asked = list(users)
        for start in range(0, len(asked), CHUNK):
            self._bus.publish(PresenceAsked(self._node, asked[start : start + CHUNK]))

    def _forget(self, now: float) -> None:
        for user, nodes in list(self._elsewhere.items()):
            for node, (_, heard_at) in list(nodes.items()):
                if now - heard_at >= FORGET_S:
                    del nodes[node]
                    self._tell_watchers(user, self._clock.now_ms() - round(FORGET_S * 1000))
            if not nodes:
                del self._elsewhere[user]

    # --- telling

    def _begin(
        self,
        seat: Seat,
        wanted: Collection[str],
        visible: Collection[str],
        told: Mapping[str, Presence | None],
    ) -> None:
        """Who is there is told at once; who is not, once other nodes have had their say."""
        now = self._monotonic()
        watch = _Watch(frozenset(wanted), now)
        watch.told = {user: told.get(user) for user in visible}
        for user in wanted:  # before the former watch goes, which may be the only one
            self._watchers.setdefault(user, {})[seat] = None
        self._drop_watch(seat, keep=watch.wanted)
        self._watches[seat] = watch
        self._ask(user for user in visible if user not in self._here and told.get(user) is None)
        for user in visible:
            state = self._state(user)
            if state is _OFFLINE and watch.told[user] is None:
                self._owe(seat, watch, user, now + ANSWER_S)
            else:
                self._tell(seat, watch, user, state, self._clock.now_ms())

    def _hide(self, seat: Seat, users: Iterable[str]) -> None:
        """Who may not be seen any longer looks as if they had gone, whatever they do."""
        for user in users:
            frame = PresenceState(user=user, state=_OFFLINE.value)
            seat.answer(seat.dialect.pack(frame))

    def _owe(self, seat: Seat, watch: _Watch, user: str, at: float) -> None:
        watch.owed[user] = at
        self._owing[seat] = None

    def _drop_watch(self, seat: Seat, keep: Collection[str] = ()) -> None:
        watch = self._watches.pop(seat, None)
        for user in watch.wanted.difference(keep) if watch else ():
            watchers = self._watchers[user]
            watchers.pop(seat, None)
            if not watchers:
                del self._watchers[user]
                self._elsewhere.pop(user, None)

    def _state(self, user: str) -> Presence:
        here = self._here.get(user)
        states = [state for state, _ in self._elsewhere.get(user, {}).values()]
        return max([here.state if here else _OFFLINE, *states], key=_RANK.__getitem__)

    def _changed(self, user: str, here: _Here) -> None:
        """At this node; other nodes are told, and those here who watch."""
        if here.state is here.told:
            return
        here.told = here.state
        at_ms = here.left_ms if here.told is _OFFLINE else self._clock.now_ms()
        self._bus.publish(PresenceTold(self._node, {user: here.told}, at_ms))
        self._tell_watchers(user, at_ms)

    def _tell_watchers(self, user: str, at_ms: int) -> None:
        state = self._state(user)
        for seat in self._watchers.get(user, ()):
            if user in (watch := self._watches[seat]).told:
                self._tell(seat, watch, user, state, at_ms)

    def _tell(self, seat: Seat, watch: _Watch, user: str, state: Presence, at_ms: int) -> None:
        """A device that is behind is told later, and then what is true then."""
        if watch.told.get(user) is state:
            watch.owed.pop(user, None)
            return
        last_seen = at_ms // _MINUTE_MS * _MINUTE_MS if state is _OFFLINE else 0
        if seat.tell(PresenceState(user=user, state=state.value, last_seen=last_seen)):
            watch.told[user] = state
            watch.owed.pop(user, None)
        else:
            self._owe(seat, watch, user, self._monotonic() + 1.0)
