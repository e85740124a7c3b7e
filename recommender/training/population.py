"""A seeded population, so that a fresh house has something to learn from.

Called when demonstration data is loaded. Its customers have needs that no column shows:
what they do and what they answer both follow from the need, with chance in between, and
only the doing and the answers reach the log. Offers were drawn evenly from the eligible
products, within the frequency cap. Nothing here knows the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.contract import Consents, Event, FeedbackKind, RecommenderError
from recommender.features.columns import DAY_US
from recommender.features.log import Decision, EventLog, from_us, open_log, telling, to_us
from recommender.features.taken import take
from recommender.features.words import PRODUCTS, PURCHASE, TOPICS, usable
from recommender.guardrails.rules import SHANGHAI, Rules, eligible
from recommender.ranking.model import Floats, probability
from recommender.training.needs import (
    BASE_INTEREST,
    DISMISS_RATE,
    HABITS,
    INTEREST,
    NEEDS,
    PERSONAL_SPREAD,
    SHARE_ACCOUNT_DATA,
    SHARE_CHAT_CONTENT,
    SHARE_PURCHASE_TRIGGERS,
    SHARES,
    TRIGGERS,
    pull,
)

Ints = NDArray[np.int64]

_MOST_CUSTOMERS: Final = 100_000
_DAYS: Final = 240
_OFFER_WEEKS: Final = 8
_OFFERS_EACH: Final = 4
_HOUR_US: Final = DAY_US // 24
_RULES: Final = Rules()


class People(NamedTuple):
    names: list[str]
    need: Ints
    activity: Floats
    personal: Floats  # customers x products
    consents: list[Consents]


def load_population(
    directory: Path, *, customers: int = 5000, seed: int, now: Callable[[], datetime]
) -> None:
    """Write the population into the log, all or nothing; the same population again is nothing."""
    if not 1 <= customers <= _MOST_CUSTOMERS:
        raise RecommenderError(f"a population has 1 to {_MOST_CUSTOMERS} customers")
    population, loaded_at = f"s{seed}n{customers}", now()
    with open_log(directory / "events.db") as log, telling("take the population"):
        if _loaded(log, population):
            return
        rng = np.random.default_rng(seed)
        people = people_of(rng, population, customers)
        first_us = to_us(midnight(loaded_at) - timedelta(days=_DAYS))
        habitual = [
            event
            for number in range(len(HABITS))
            for event in _habitual(rng, people, number, first_us)
        ]
        offers = list(_offers(rng, people, first_us))
        habitual.sort(key=attrgetter("customer", "occurred_at"))  # as the log lies: twice as fast
        with log.transaction():
            if _loaded(log, population):
                return
            consented = [event for event in habitual if usable(event)]
            log.add(consented)
            take(log, consented, now())
            for trigger, decision, answers in offers:
                log.add([trigger])
                log.record(decision)
                for kind, at in answers:
                    log.respond(decision.offer_id or "", kind, at)
            log.connection.execute(
                "INSERT INTO loaded VALUES (?, ?)", (population, to_us(loaded_at))
            )


def _loaded(log: EventLog, population: str) -> bool:
    rows = log.connection.execute("SELECT 1 FROM loaded WHERE population = ?", (population,))
    return rows.fetchone() is not None


def midnight(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)


def people_of(rng: np.random.Generator, population: str, customers: int) -> People:
    return People(
        [f"{population}-{number:05d}" for number in range(customers)],
        rng.choice(len(NEEDS), customers, p=SHARES),
        rng.lognormal(-0.125, 0.5, customers),
        rng.normal(0, PERSONAL_SPREAD, (customers, len(PRODUCTS))),
        [
            Consents(population, True, chat, money)  # noqa: FBT003 - the first consent of three
            for chat, money in (
                rng.random((customers, 2)) < (SHARE_CHAT_CONTENT, SHARE_ACCOUNT_DATA)
            ).tolist()
        ],
    )


def _habitual(
    rng: np.random.Generator, people: People, place: int, first_us: int
) -> Iterator[Event]:
    """Everything that the habit at this place led to, in the months of the population."""
    habit = HABITS[place]
    expected = np.array(habit.monthly)[people.need] * people.activity * (_DAYS / 30)
    who = np.repeat(np.arange(len(expected)), rng.poisson(expected))
    products = rng.choice(habit.products, len(who))
    bands = rng.choice(habit.bands, len(who))
    times = times_of(rng, first_us, rng.integers(0, _DAYS, len(who)))
    for number, (customer, at, product, band) in enumerate(
        zip(who.tolist(), times.tolist(), products.tolist(), bands.tolist(), strict=True)
    ):
        yield Event(
            f"{people.names[customer]}-{place}-{number}",
            habit.type,
            people.names[customer],
            from_us(at),
            product,
            band,
            "app",
            people.consents[customer],
        )


def times_of(rng: np.random.Generator, first_us: int, days: Ints) -> Ints:
    """A moment of each day, between eight and twenty-one o'clock."""
    times: Ints = first_us + days * DAY_US + rng.integers(8 * _HOUR_US, 21 * _HOUR_US, days.shape)
    return times


def _offers(
    rng: np.random.Generator, people: People, first_us: int
) -> Iterator[tuple[Event, Decision, list[tuple[FeedbackKind, datetime]]]]:
    """Offers in the last weeks, at most one a week each: the trigger, the offer, the answers."""
    customers = len(people.names)
    weeks = np.argsort(rng.random((customers, _OFFER_WEEKS)), axis=1)[:, :_OFFERS_EACH]
    days = _DAYS - 7 * (weeks + 1) + rng.integers(0, 6, weeks.shape)
    times = times_of(rng, first_us, days)
    for customer, row in enumerate(times.tolist()):
        for number, at in enumerate(sorted(row)):
            trigger = trigger_of(rng, people, customer, number, at)
            candidates = [p for p in PRODUCTS if eligible(_RULES, p, trigger)]
            product = candidates[rng.integers(len(candidates))]
            offered_at = from_us(at)
            decision = Decision(
                trigger_id=trigger.event_id,
                trigger_at=offered_at,
                customer=trigger.customer,
                decided_at=offered_at,
                consent_snapshot_id=trigger.consents.snapshot_id,
                chat_content=trigger.consents.chat_content,
                account_data=trigger.consents.account_data,
                offer_id=f"offer-{trigger.event_id}",
                product=product,
                score=1 / len(candidates),
                propensity=1 / len(candidates),
                model_version="drawn-evenly",
                expires_at=offered_at + _RULES.offer_valid,
            )
            yield trigger, decision, _answers(rng, people, customer, trigger, decision)


def trigger_of(
    rng: np.random.Generator, people: People, customer: int, number: int, at: int
) -> Event:
    need = int(people.need[customer])
    if people.consents[customer].account_data and rng.random() < SHARE_PURCHASE_TRIGGERS:
        pick = int(np.searchsorted(np.cumsum([t.shares[need] for t in TRIGGERS]), rng.random()))
        places, bands = TRIGGERS[pick].products, TRIGGERS[pick].bands
        kind, product = PURCHASE, places[rng.integers(len(places))]
        band = bands[rng.integers(len(bands))]
    else:
        kind, product, band = "article_read", TOPICS[rng.integers(len(TOPICS))], ""
    name = people.names[customer]
    return Event(
        f"{name}-t-{number}",
        kind,
        name,
        from_us(at),
        product,
        band,
        "app",
        people.consents[customer],
    )


def interest(people: People, customer: int, product: str, trigger: Event) -> float:
    """The true chance that this customer wants the product on this occasion."""
    place = PRODUCTS.index(product)
    return probability(
        BASE_INTEREST
        + INTEREST[people.need[customer]][place]
        + float(people.personal[customer, place])
        + pull(product, trigger)
    )


def _answers(
    rng: np.random.Generator, people: People, customer: int, trigger: Event, decision: Decision
) -> list[tuple[FeedbackKind, datetime]]:
    shown = (FeedbackKind.SHOWN, decision.decided_at)
    later = decision.decided_at + timedelta(seconds=float(rng.uniform(5, 86_400)))
    if rng.random() < interest(people, customer, decision.product, trigger):
        return [shown, (FeedbackKind.INTERESTED, later)]
    if rng.random() < DISMISS_RATE:
        return [shown, (FeedbackKind.DISMISSED, later)]
    return [shown]
