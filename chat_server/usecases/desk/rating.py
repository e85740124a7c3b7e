"""How the customer found it: 1 to 5 and a word, once for each case."""

from __future__ import annotations

from collections.abc import Mapping

from chat_server.domain.bodies import CardState
from chat_server.domain.desk.case import BEST_RATING, MAX_COMMENT, Case, rated
from chat_server.domain.desk.step import CaseStep
from chat_server.domain.errors import (
    AlreadyRated,
    CardNotOpen,
    InvalidValue,
    NotFound,
    TooLong,
    VersionConflict,
)
from chat_server.domain.facts import Fact
from chat_server.domain.message import Appended, Draft, Event, EventKind
from chat_server.ports.bus import Bus, CaseMoved
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.desk.change import ChangeCase, Detail
from chat_server.usecases.desk.floor import Floors
from chat_server.usecases.desk.words import RATE

_TRIES = 8


class RateCase:
    def __init__(
        self, store: Store, floors: Floors, change: ChangeCase, bus: Bus, clock: Clock
    ) -> None:
        self._store, self._floors, self._change = store, floors, change
        self._bus, self._clock = bus, clock

    async def __call__(self, customer: str, case_id: str, score: int, comment: str) -> None:
        """Raises NotFound, AlreadyRated, CaseClosed (not closed yet), InvalidValue, TooLong."""
        for _ in range(_TRIES):
            case = await self._store.cases.case(case_id)
            if case is None or case.customer != customer:
                raise NotFound("no such case")
            after = rated(case, *_fit(score, comment), now_ms=self._clock.now_ms())
            try:
                await self._commit(after, ())
            except VersionConflict:
                continue
            return
        raise VersionConflict("the case is being changed by many at once")

    async def asked(self, conv: str, card_seq: int) -> tuple[Case, Event] | None:
        """The case whose rating card stands there; None: it is another card."""
        event = await self._store.messages.event(conv, card_seq)
        if event is None or not event.mid.startswith("rating:"):
            return None
        case = await self._store.cases.case(event.mid.split(":")[1])
        if case is None or case.conv != conv:
            return None
        return case, event

    async def press(
        self, case: Case, card: Event, pressed: Draft, action: str, values: Mapping[str, str]
    ) -> Appended:
        """The press, the rating and the card's end in one commit: the comment is never lost."""
        if case.rating_card != card.mid or pressed.sender != case.customer:
            raise CardNotOpen
        score = action.removeprefix(RATE)
        fitted = _fit(int(score) if score.isdecimal() else 0, values.get("comment", ""))
        try:
            after = rated(case, *fitted, now_ms=self._clock.now_ms())
            done = CardState(card=card.seq, card_id=card.mid, state="done")
            end = self._change.draft(after, "rated", done, EventKind.CARD_STATE)
            events = await self._commit(after, (pressed, end))
        except (AlreadyRated, VersionConflict):
            raise CardNotOpen from None
        return Appended(events[0])

    async def _commit(self, after: Case, drafts: tuple[Draft, ...]) -> list[Event]:
        detail: Detail = {"desk": after.desk, "agent": after.agent, "rating": after.rating}
        fact = Fact("case_rated", after.customer, after.case_id, after.rated_ms, detail)
        events = await self._store.cases.commit(CaseStep(case=after, facts=[fact], drafts=drafts))
        floor = await self._floors.named(after.desk)
        self._bus.publish(CaseMoved(after.desk, floor.users, after.case_id))
        return list(events)


def _fit(score: int, comment: str) -> tuple[int, str]:
    if not 1 <= score <= BEST_RATING:
        raise InvalidValue(f"score: 1 to {BEST_RATING}")
    words = comment.strip()
    if len(words) > MAX_COMMENT:
        raise TooLong(f"comment: at most {MAX_COMMENT} characters")
    return score, words
