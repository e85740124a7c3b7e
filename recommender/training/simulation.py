"""A town that lives for some weeks with the recommender: every need known, every promise counted.

Called by `elian recommend simulate`. The recommender is opened as the house opens it, and is told
and asked as the house does it, by a clock that the simulation sets; it learns from its own log
each week, while it serves. The town is not kind: things are told twice and late, consent is
withdrawn with events still on their way, somebody's finger is stuck, clocks run ahead.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np

from recommender.contract import (
    Consents,
    Event,
    FeedbackKind,
    Occasion,
    Recommender,
    RecommenderError,
    Silence,
    Suggestion,
)
from recommender.features.columns import DAY_US
from recommender.features.log import Decision, from_us, open_log, to_us
from recommender.features.words import PRODUCTS, PURCHASE, READING_TYPES
from recommender.guardrails.rules import SHANGHAI, Rules, eligible
from recommender.training.needs import DISMISS_RATE, HABITS, Habit
from recommender.training.population import People, interest, load_population, people_of
from recommender.training.run import train
from recommender.training.simulation_audit import (
    Lift,
    Made,
    Regret,
    Violations,
    lift,
    regret,
    violations,
)

Opener = Callable[[Path, Callable[[], datetime], Rules], AbstractAsyncContextManager[Recommender]]

_START: Final = datetime(2025, 6, 2, tzinfo=SHANGHAI)
_PAST_CUSTOMERS: Final = 1500  # whose answers the first model learns from
_WITHOUT: Final = 0.15  # customers who never agreed to offers
_WITHDRAW: Final = 0.10  # of the others, who take it back halfway
_ANYHOW: Final = 0.25  # of the chance with an offer, without one
_TWICE: Final = 0.10  # of events and occasions, told again
_AHEAD: Final = 0.02  # of events, from a clock two hours ahead
_READERS_ASKED: Final = 0.2
_STUCK: Final = 2000  # readings of one customer in one hour
_STUCK_DAY: Final = 3
_HOUR_US: Final = DAY_US // 24
_MOST, _MOST_DAYS = 20_000, 366


class Report(msgspec.Struct, frozen=True, kw_only=True):
    protocol: str
    seed: int
    customers: int
    days: int
    events: int
    occasions: int
    answers: dict[str, int]  # how often an offer, and how often each silence
    held_out: int  # offers withheld
    explored: int  # offers that were not certain to be drawn
    repeated_alike: bool  # whether an occasion told twice got one answer
    models: int  # that served
    regret: Regret
    lift: Lift | None
    violations: Violations
    cap_violations: int
    consent_violations: int
    p50_ms: float
    p99_ms: float


PROTOCOL: Final = (
    "A town drawn by the seed, of customers whose needs no column shows, lives day by day "
    "through the recommender as the house opens it: its log, models, rules, hold-out, exploration. "
    "The first model learnt from another town's answers to offers drawn evenly; each week it "
    "learns anew from its own log, while it serves. 15 % never agreed to offers, 10 % of the rest "
    "withdraw halfway with events still on their way, 10 % of everything is told twice, one "
    "customer reads 2,000 articles in an hour, some clocks run ahead. Regret: the true chance of "
    "the best product that could have been offered less that of the one that was; popularity: "
    "always the product liked best on average. Lift: share taken of offers made less that of "
    "offers withheld from the hold-out, who take a quarter as often; 95 % interval by customer. "
    "Violations are counted from the answers by a reader that does not use the rules' code."
)


class Told(NamedTuple):
    """Something told at a moment, in microseconds; `asks` when it is an occasion."""

    told_at: int
    number: int
    event: Event
    customer: int
    asks: bool


class Town:
    """The truth about everybody, and what they agreed to when."""

    def __init__(self, customers: int, days: int, seed: int) -> None:
        self.random = np.random.default_rng([seed, 11])
        self.people: People = people_of(self.random, f"sim{seed}", customers)
        self.without = self.random.random(customers) < _WITHOUT
        self.leaves = ~self.without & (self.random.random(customers) < _WITHDRAW)
        self.left_us = to_us(_START) + days * DAY_US // 2
        self._told = 0
        trigger = Event("", "article_read", "", _START, "", "", "", Consents("none"))
        self.liked = {
            product: float(
                np.mean([interest(self.people, one, product, trigger) for one in range(customers)])
            )
            for product in PRODUCTS
        }

    def consents(self, customer: int, at: int) -> Consents:
        if self.without[customer] or (self.leaves[customer] and at >= self.left_us):
            return Consents("none")
        return self.people.consents[customer]

    def allows(self, customer: int, at: int, trigger: Event) -> bool:
        """Whether an offer then, for this, is covered: by the truth, not by what the event says."""
        given = self.consents(customer, at)
        return given.personalised_offers and (
            trigger.type in READING_TYPES or (trigger.type == PURCHASE and given.account_data)
        )

    def day(self, day: int) -> list[Told]:
        """What everybody does on a day, in the order in which it is told."""
        told: list[Told] = []
        first = to_us(_START) + day * DAY_US
        for habit in HABITS:
            expected = np.array(habit.monthly)[self.people.need] * self.people.activity / 30
            who = np.repeat(np.arange(len(expected)), self.random.poisson(expected))
            for customer in who.tolist():
                at = first + int(self.random.integers(6 * _HOUR_US, DAY_US))
                told += self._event(habit, customer, at)
        if day == _STUCK_DAY:
            reading = next(habit for habit in HABITS if habit.type == "article_read")
            at = first + 12 * _HOUR_US
            stuck = int((self.without | self.leaves).argmin())  # somebody who gets offers
            for _ in range(_STUCK):
                told += self._event(reading, stuck, at)[:1]
        if first <= self.left_us < first + DAY_US:
            told += self._on_their_way()
        return sorted(told, key=itemgetter(0, 1))

    def _event(self, habit: Habit, customer: int, at: int) -> list[Told]:
        """Told once or twice; some clocks run two hours ahead."""
        ahead = 2 * _HOUR_US if self.random.random() < _AHEAD else 0
        self._told += 1
        event = Event(
            event_id=f"{self.people.names[customer]}-{self._told}",
            type=habit.type,
            customer=self.people.names[customer],
            occurred_at=from_us(at + ahead),
            product=str(self.random.choice(habit.products)),
            amount_band=str(self.random.choice(habit.bands)),
            channel="app",
            consents=self.consents(customer, at),
        )
        asks = habit.type == PURCHASE or (
            habit.type in READING_TYPES and self.random.random() < _READERS_ASKED
        )
        told = [Told(at, self._told, event, customer, asks)]
        if self.random.random() < _TWICE:
            later = int(self.random.integers(0, 5 * _HOUR_US))
            told.append(told[0]._replace(told_at=at + later))
        return told

    def _on_their_way(self) -> list[Told]:
        """Purchases from before a withdrawal, with the consent of then, that come in after it."""
        buying = next(habit for habit in HABITS if habit.type == PURCHASE)
        late = []
        for customer in np.flatnonzero(self.leaves).tolist():
            first = self._event(buying, customer, self.left_us - _HOUR_US)[0]
            paid = msgspec.structs.replace(
                first.event, occurred_at=from_us(self.left_us - _HOUR_US), amount_band="500-1999"
            )
            late.append(first._replace(told_at=self.left_us + _HOUR_US, event=paid, asks=True))
        return late


class Asked(NamedTuple):
    """An occasion and its answer, with the truth of that moment."""

    told: Told
    answer: Suggestion | Silence
    chances: dict[str, float]  # of the products that could have been offered
    refused: frozenset[str]


class Life:
    """One run: the town on one side, the recommender on the other."""

    def __init__(self, town: Town, recommender: Recommender, rules: Rules) -> None:
        self._town, self._recommender, self._rules = town, recommender, rules
        self._dismissed: dict[str, dict[str, int]] = {}
        self._first: dict[str, Suggestion | Silence] = {}
        self.asked: list[Asked] = []
        self.not_permitted = 0
        self.alike = True
        self.events = self.occasions = 0
        self.took_ms: list[float] = []
        self.answers: dict[str, int] = {}

    async def tell(self, told: Told) -> None:
        """One event; on an occasion the recommender is asked, and the customer answers."""
        self.events += 1
        await self._recommender.observe([told.event])
        if not told.asks:
            return
        self.occasions += 1
        occasion = Occasion(told.event, from_us(told.told_at))
        start = time.perf_counter()
        answer = await self._recommender.suggest(occasion)
        self.took_ms.append((time.perf_counter() - start) * 1000)
        said = "offer" if isinstance(answer, Suggestion) else str(answer)
        self.answers[said] = self.answers.get(said, 0) + 1
        if isinstance(answer, Suggestion) and not self._town.allows(
            told.customer, told.told_at, told.event
        ):
            self.not_permitted += 1
        if told.event.event_id in self._first:
            self.alike &= answer == self._first[told.event.event_id] or bool(
                self._town.leaves[told.customer]
            )
            return
        self._first[told.event.event_id] = answer
        if isinstance(answer, Suggestion) or answer is Silence.HOLD_OUT:
            await self._answered(told, answer)

    async def leave(self) -> None:
        """All who withdraw do it now."""
        for customer in np.flatnonzero(self._town.leaves).tolist():
            await self._recommender.forget(
                self._town.people.names[customer], from_us(self._town.left_us)
            )

    async def _answered(self, told: Told, answer: Suggestion | Silence) -> None:
        trigger, people = told.event, self._town.people
        since = told.told_at - self._rules.refusal_days * DAY_US
        dismissed = self._dismissed.setdefault(trigger.customer, {})
        refused = frozenset(product for product, at in dismissed.items() if at > since)
        chances = {
            product: interest(people, told.customer, product, trigger)
            for product in PRODUCTS
            if eligible(self._rules, product, trigger) and product not in refused
        }
        self.asked.append(Asked(told, answer, chances, refused))
        if isinstance(answer, Silence):
            return
        at = from_us(told.told_at)
        await self._recommender.feedback(answer.offer_id, FeedbackKind.SHOWN, at)
        # The lots of one offer are its own, so that one answer more does not change all others.
        lots = np.random.default_rng([told.number, 3]).random(2)
        if lots[0] < interest(people, told.customer, answer.product, trigger):
            await self._recommender.feedback(answer.offer_id, FeedbackKind.INTERESTED, at)
        elif lots[1] < DISMISS_RATE:
            await self._recommender.feedback(answer.offer_id, FeedbackKind.DISMISSED, at)
            dismissed[answer.product] = told.told_at


def simulate(
    directory: Path, open_at: Opener, *, customers: int, days: int, seed: int, rules: Rules
) -> Report:
    """Live through the days in an empty directory. RecommenderError: it is not empty."""
    if not 1 <= customers <= _MOST or not 1 <= days <= _MOST_DAYS:
        raise RecommenderError(f"1 to {_MOST} customers, 1 to {_MOST_DAYS} days")
    if (directory / "events.db").exists():
        raise RecommenderError(f"{directory} holds a recommender already: simulate in a new one")
    town = Town(customers, days, seed)
    load_population(directory, customers=_PAST_CUSTOMERS, seed=seed, now=lambda: _START)
    train(directory, now=lambda: _START, seed=seed)
    life, models = asyncio.run(_live(town, directory, open_at, days, seed, rules))
    with open_log(directory / "events.db") as log:
        made = [_made(one, log.decision(one.told.event.event_id), town) for one in life.asked]
    broken = violations(made, rules)
    return Report(
        protocol=PROTOCOL,
        seed=seed,
        customers=customers,
        days=days,
        events=life.events,
        occasions=life.occasions,
        answers=dict(sorted(life.answers.items())),
        held_out=sum(one.withheld for one in made),
        explored=sum((one.propensity or 1.0) < 1 for one in made),
        repeated_alike=life.alike,
        models=models,
        regret=regret(made),
        lift=lift(made),
        violations=broken,
        cap_violations=broken.cap,
        consent_violations=life.not_permitted,
        p50_ms=float(np.percentile(life.took_ms, 50)) if life.took_ms else 0.0,
        p99_ms=float(np.percentile(life.took_ms, 99)) if life.took_ms else 0.0,
    )


async def _live(
    town: Town, directory: Path, open_at: Opener, days: int, seed: int, rules: Rules
) -> tuple[Life, int]:
    clock = [_START]
    versions = 1
    async with open_at(directory, lambda: clock[0], rules) as recommender:
        life, left = Life(town, recommender, rules), False
        for day in range(days):
            if day and day % 7 == 0:
                report = await asyncio.to_thread(train, directory, now=lambda: clock[0], seed=seed)
                versions += report.version is not None
            for told in town.day(day):
                if not left and told.told_at >= town.left_us:
                    await life.leave()
                    left = True
                clock[0] = max(clock[0], from_us(told.told_at))
                await life.tell(told)
    return life, versions


def _made(asked: Asked, decision: Decision | None, town: Town) -> Made:
    """What was offered or withheld, by the log, and the truth about it."""
    if decision is None:
        raise RecommenderError(f"no decision was written for {asked.told.event.event_id}")
    told, product = asked.told, decision.product
    trigger = told.event
    chance = interest(town.people, told.customer, product, trigger)
    withheld = asked.answer is Silence.HOLD_OUT
    liked = town.liked
    popular = max(asked.chances, key=lambda one: liked[one], default=product)
    lots = np.random.default_rng([told.number, 3]).random(2)
    return Made(
        customer=trigger.customer,
        at=from_us(told.told_at),
        product=product,
        exempt=trigger.type == PURCHASE,
        withheld=withheld,
        permitted=town.allows(told.customer, told.told_at, trigger),
        refused=product in asked.refused,
        propensity=decision.propensity,
        chance=chance,
        anyhow=_ANYHOW * chance,
        best=max(asked.chances.values(), default=chance),
        popular=asked.chances.get(popular, chance),
        even=float(np.mean(list(asked.chances.values()) or [chance])),
        taken=bool(lots[0] < (_ANYHOW if withheld else 1.0) * chance),
    )
