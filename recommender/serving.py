"""The online path: one occasion in, one decision out, made once and written down.

Called by the house through the contract. Guardrails come first, then the eligible products,
then their ranking, all in one transaction of the log: two servers, or twenty repeats of one
trigger, make one decision and cannot pass the cap together. The event loop never waits for
the disk: a single thread owns the log, and another reads for the lists of items.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import (
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple, ParamSpec, TypeVar

import numpy as np
import structlog
from msgspec.structs import replace

from recommender.advice import Advice
from recommender.artefacts.shelf import Shelf
from recommender.candidates.window import Window, open_window
from recommender.contract import (
    Consents,
    Contribution,
    Event,
    Expected,
    FeedbackKind,
    Interest,
    ItemKind,
    ItemList,
    ItemsAsked,
    Likely,
    ModelCard,
    NextBest,
    Occasion,
    Readings,
    RecommenderError,
    Silence,
    Suggestion,
    TextTopic,
)
from recommender.exploration.policy import DOUBT, draw, shares
from recommender.features.columns import columns
from recommender.features.interests import interests
from recommender.features.log import Decision, EventLog, open_log, seen, telling
from recommender.features.taken import refuse, take
from recommender.features.words import usable
from recommender.guardrails.rules import WEEK, Rules, eligible, held_out, why_enough, why_not
from recommender.ranking import uplift
from recommender.ranking.artefact import to_serve
from recommender.ranking.model import Floats, LinearModel, log_odds, score
from recommender.ranking.monitors import REMEMBERED, readings

_log = structlog.get_logger()
_READ_EVERY: Final = timedelta(minutes=1)
_FEW: Final = 50  # customers scored without a pause
P = ParamSpec("P")
T = TypeVar("T")


class Ranked(NamedTuple):
    """One product's probability of interest, and what it consists of."""

    score: float
    spread: float  # of its log-odds, by what was learnt
    product: str
    reasons: tuple[Contribution, ...]
    model_version: str


class Desk:
    """What the recommender does, in the one thread that owns the log."""

    def __init__(
        self, log: EventLog, shelf: Shelf[LinearModel], rules: Rules, advice: Advice
    ) -> None:
        self._log, self._shelf, self._rules, self.advice = log, shelf, rules, advice

    def observe(self, events: Sequence[Event], now: datetime) -> None:
        known = [event for event in events if usable(event)]
        with self._log.transaction():
            self._log.add(known)
            take(self._log, known, now)

    def unwanted(self, customer: str, kind: ItemKind, item: str, at: datetime) -> None:
        refuse(self._log, customer, (kind, item), at)

    def suggest(self, occasion: Occasion) -> Suggestion | Silence:
        trigger = occasion.trigger
        if not usable(trigger):
            return Silence.NO_CONSENT  # and nothing is written about this customer
        with self._log.transaction():
            if self._log.forgotten_since(trigger.customer, trigger.occurred_at):
                return Silence.NO_CONSENT
            decision = self._log.decision(trigger.event_id)
            if decision is None:
                self._log.add([trigger])
                take(self._log, [trigger], occasion.now)
                decision = self._decide(occasion)
                self._log.record(decision)
        if decision.customer != trigger.customer:
            raise RecommenderError(f"trigger {trigger.event_id} belongs to another customer")
        return _answer(decision)

    def feedback(self, offer_id: str, kind: FeedbackKind, at: datetime) -> None:
        self._log.respond(offer_id, kind, at)

    def forget(self, customer: str, at: datetime) -> None:
        with self._log.transaction():
            self._log.forget(customer, at)
        self._log.fold()

    def interests(self, customer: str, consents: Consents, now: datetime) -> Sequence[Interest]:
        return interests(self._log, customer, consents, now)

    def readings(self, now: datetime) -> Readings:
        model = self._shelf.current()
        outcomes = self._log.recent(now - REMEMBERED, now)
        return readings(model.version if model else "", outcomes, now)

    def _decide(self, occasion: Occasion) -> Decision:
        trigger = occasion.trigger
        decision = Decision(
            trigger_id=trigger.event_id,
            trigger_at=trigger.occurred_at,
            customer=trigger.customer,
            decided_at=occasion.now,
            consent_snapshot_id=trigger.consents.snapshot_id,
            chat_content=trigger.consents.chat_content,
            account_data=trigger.consents.account_data,
        )
        outcome = self._silence(occasion) or self._drawn(occasion)
        if isinstance(outcome, Silence):
            return replace(decision, silence=outcome)
        drawn, chance = outcome
        decision = replace(
            decision,
            product=drawn.product,
            score=drawn.score,
            propensity=chance,
            model_version=drawn.model_version,
        )
        if held_out(self._rules, trigger.customer):  # what would have been offered is written down
            return replace(decision, silence=Silence.HOLD_OUT)
        return replace(
            decision,
            offer_id=_offer_id(trigger.event_id),
            reasons=drawn.reasons,
            expires_at=occasion.now + self._rules.offer_valid,
        )

    def _silence(self, occasion: Occasion) -> Silence | None:
        customer, now = occasion.trigger.customer, occasion.now
        return why_not(self._rules, occasion) or why_enough(
            self._rules, now, self._log.offered(customer, after=now - WEEK)
        )

    def _drawn(self, occasion: Occasion) -> tuple[Ranked, float] | Silence:
        """The product to offer, and the chance with which it was drawn: none is certain while
        the model is in doubt which of them is the best. The lot follows from the trigger.
        """
        allowed = self._allowed(occasion)
        if isinstance(allowed, Silence):
            return allowed
        lot = hashlib.sha256(f"lot:{occasion.trigger.event_id}".encode()).digest()
        random = np.random.default_rng(int.from_bytes(lot))
        odds = np.array([[log_odds(one.score) for one in allowed]])
        spread = np.array([[one.spread for one in allowed]])
        choice = draw(shares(odds, DOUBT * spread, self._rules.explore_evenly, random), random)
        return allowed[int(choice.arms[0])], float(choice.propensity[0])

    def _allowed(self, occasion: Occasion) -> list[Ranked] | Silence:
        model = self._shelf.current()
        if model is None:
            return Silence.NO_MODEL
        fitting = self._ranked(model, occasion.trigger)
        if not fitting:
            return Silence.NOTHING_FITS
        refused = self._log.refused(
            occasion.trigger.customer, after=occasion.now - self._rules.refusal
        )
        allowed = [ranked for ranked in fitting if ranked.product not in refused]
        return allowed or Silence.REFUSED_BEFORE

    def _ranked(self, model: LinearModel, trigger: Event) -> list[Ranked]:
        """The eligible products that reach the threshold, best first."""
        row = columns(self._log.history(trigger), seen(trigger))
        found = []
        for product, spread in zip(model.products, model.spread(row).tolist(), strict=True):
            if eligible(self._rules, product, trigger):
                reasons = model.explain(product, row)
                found.append(Ranked(score(reasons), spread, product, reasons, model.version))
        fitting = [ranked for ranked in found if ranked.score >= self._rules.minimum_score]
        return sorted(fitting, key=lambda ranked: (-ranked.score, ranked.product))


class Worker(NamedTuple):
    """A thread that owns what it works on."""

    thread: ThreadPoolExecutor

    async def run(self, what: str, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with telling(what):
            try:
                task = self.thread.submit(act, *args, **kwargs)
            except RuntimeError as exc:
                raise RecommenderError("the recommender is closed") from exc
            return await asyncio.wrap_future(task)


class ServedRecommender:
    """The contract, for an event loop: every call is one task of a thread."""

    def __init__(
        self,
        desk: Desk,
        window: Window,
        workers: tuple[Worker, Worker],
        now: Callable[[], datetime],
    ) -> None:
        self._desk, self._window, self._now = desk, window, now
        self._writer, self._reader = workers
        self._readings, self._read_at = Readings(), now() - 2 * _READ_EVERY

    async def observe(self, events: Sequence[Event]) -> None:
        await self._writer.run("take events", self._desk.observe, events, self._now())

    async def suggest(self, occasion: Occasion) -> Suggestion | Silence:
        answer = await self._writer.run("decide", self._desk.suggest, occasion)
        outcome = answer.product if isinstance(answer, Suggestion) else answer.value
        _log.info("offer_decided", trigger=occasion.trigger.event_id, outcome=outcome)
        return answer

    async def feedback(self, offer_id: str, kind: FeedbackKind, at: datetime) -> None:
        await self._writer.run("take feedback", self._desk.feedback, offer_id, kind, at)

    async def forget(self, customer: str, at: datetime) -> None:
        await self._writer.run("forget", self._desk.forget, customer, at)

    async def next_items(self, asked: ItemsAsked) -> ItemList:
        return await self._reader.run("be read", self._window.items, asked)

    async def unwanted(self, customer: str, kind: ItemKind, item: str, at: datetime) -> None:
        await self._writer.run("take a refusal", self._desk.unwanted, customer, kind, item, at)

    async def topics_of(self, text: str) -> Sequence[TextTopic]:
        return await self._reader.run("be read", self._window.topics, text)

    async def interests(
        self, customer: str, consents: Consents, now: datetime
    ) -> Sequence[Interest]:
        return await self._writer.run("be read", self._desk.interests, customer, consents, now)

    async def scores(
        self, customers: Mapping[str, Consents], product: str, at: datetime
    ) -> Mapping[str, float]:
        return {one.customer: one.score for one in await self.likely(customers, product, at)}

    async def next_best(
        self, customer: str, consents: Consents, now: datetime
    ) -> Sequence[NextBest]:
        return await self._writer.run(
            "be read", self._desk.advice.next_best, customer, consents, now
        )

    async def likely(
        self, customers: Mapping[str, Consents], product: str, at: datetime
    ) -> Sequence[Likely]:
        """A few at a time: whoever waits for an offer comes between."""
        asked, found = list(customers.items()), list[Likely]()
        for few in (dict(asked[start : start + _FEW]) for start in range(0, len(asked), _FEW)):
            found += await self._writer.run("score", self._desk.advice.likely, few, product, at)
        return found

    async def expected(
        self, customers: Mapping[str, Consents], product: str, at: datetime
    ) -> Expected:
        """A few at a time as well; they are put together at the end."""
        asked, tables = list(customers.items()), list[Floats]()
        for few in (dict(asked[start : start + _FEW]) for start in range(0, len(asked), _FEW)):
            tables += await self._writer.run("score", self._desk.advice.rows, few, product, at)
        sums = self._desk.advice.expected
        return await self._writer.run("score", sums, len(asked), tables, product)

    async def card(self) -> ModelCard:
        return await self._writer.run("be read", self._desk.advice.card)

    def readings(self) -> Readings:
        now = self._now()
        if abs(now - self._read_at) >= _READ_EVERY:
            self._read_at = now
            with suppress(RuntimeError):  # closing: the last ones stay
                self._writer.thread.submit(self._read, now)
        return self._readings

    def _read(self, now: datetime) -> None:
        try:
            self._readings = self._desk.readings(now)
        except (sqlite3.Error, RecommenderError) as exc:
            _log.error("readings_failed", reason=str(exc))


@asynccontextmanager
async def serve(
    directory: Path, *, now: Callable[[], datetime], rules: Rules
) -> AsyncIterator[ServedRecommender]:
    """Serve from the log and the models in the directory until the block ends."""
    with _thread("recommender") as writer, _thread("lists") as reader, _thread("models") as taker:
        async with _entered(writer.thread, _desk(directory, now, rules)) as desk:
            window = open_window(directory, now, taker.thread.submit)
            async with _entered(reader.thread, window) as opened:
                yield ServedRecommender(desk, opened, (writer, reader), now)


@contextmanager
def _desk(directory: Path, now: Callable[[], datetime], rules: Rules) -> Iterator[Desk]:
    with open_log(directory / "events.db") as log:
        shelf = Shelf(directory / "models", to_serve, now)
        effects = Shelf(directory / uplift.FOLDER, uplift.load, now)
        advice = Advice(log, (shelf, effects), directory / "models", rules)
        yield Desk(log, shelf, rules, advice)


@contextmanager
def _thread(name: str) -> Iterator[Worker]:
    with ThreadPoolExecutor(1, thread_name_prefix=name) as thread:
        yield Worker(thread)


@asynccontextmanager
async def _entered(thread: ThreadPoolExecutor, room: AbstractContextManager[T]) -> AsyncIterator[T]:
    """A room that is opened and closed by the thread that works in it."""
    loop = asyncio.get_running_loop()
    rooms = ExitStack()

    def enter() -> T:
        with telling("be opened"):
            return rooms.enter_context(room)

    try:
        yield await loop.run_in_executor(thread, enter)
    finally:
        await asyncio.shield(loop.run_in_executor(thread, rooms.close))


def _offer_id(trigger_id: str) -> str:
    return f"offer-{hashlib.sha256(trigger_id.encode()).hexdigest()[:24]}"


def _answer(decision: Decision) -> Suggestion | Silence:
    if decision.silence is not None:
        return decision.silence
    if decision.offer_id is None or decision.expires_at is None:
        raise RecommenderError(f"decision {decision.trigger_id} is neither offer nor silence")
    return Suggestion(
        offer_id=decision.offer_id,
        product=decision.product,
        score=decision.score,
        reasons=decision.reasons,
        consent_snapshot_id=decision.consent_snapshot_id,
        model_version=decision.model_version,
        expires_at=decision.expires_at,
        customer=decision.customer,
        propensity=1.0 if decision.propensity is None else decision.propensity,
    )
