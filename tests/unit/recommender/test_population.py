"""The seeded population: written once, whole or not at all, and within the rules itself."""

import sqlite3
import subprocess
import sys
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from time import process_time

import pytest

from recommender.contract import RecommenderError
from recommender.features.log import from_us
from recommender.features.words import MONEY_TYPES
from recommender.guardrails.rules import SHANGHAI
from recommender.open import load_population

LOADER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from recommender.open import load_population
print("begun", flush=True)
load_population(Path(sys.argv[1]), seed=7, now=lambda: datetime(2025, 6, 3, 4, tzinfo=UTC))
"""
TABLES = ("events", "decisions", "feedback", "loaded")


def query(directory, sql):
    connection = sqlite3.connect(directory / "events.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def counts(directory):
    return [query(directory, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]  # noqa: S608 - our tables


def test_five_thousand_customers_load_in_seconds_and_only_once(tmp_path, clock):
    started = process_time()
    load_population(tmp_path, seed=7, now=clock)
    assert process_time() - started < 10
    first = counts(tmp_path)
    assert query(tmp_path, "SELECT count(DISTINCT customer) FROM decisions") == [(5000,)]
    clock.at += timedelta(days=9)
    load_population(tmp_path, seed=7, now=clock)
    assert counts(tmp_path) == first


def test_another_seed_is_another_population_beside_the_first(tmp_path, clock):
    load_population(tmp_path, customers=10, seed=1, now=clock)
    one = counts(tmp_path)
    load_population(tmp_path, customers=10, seed=2, now=clock)
    assert counts(tmp_path)[1] == 2 * one[1]


def test_the_seeded_offers_keep_the_frequency_cap(trained_town):
    offered = defaultdict(list)
    for customer, at in query(trained_town, "SELECT customer, decided_at FROM decisions"):
        offered[customer].append(from_us(at))
    for times in offered.values():
        times.sort()
        assert all(
            a.astimezone(SHANGHAI).date() < b.astimezone(SHANGHAI).date()
            for a, b in pairwise(times)
        )
        assert all(d - a >= timedelta(days=7) for a, d in zip(times, times[3:], strict=False))


def test_who_keeps_the_account_private_has_no_money_events(trained_town):
    private = "SELECT customer FROM decisions WHERE NOT account_data"
    types = query(trained_town, f"SELECT DISTINCT type FROM events WHERE customer IN ({private})")  # noqa: S608 - our own query
    assert types
    assert not {event_type for (event_type,) in types} & MONEY_TYPES


def test_nothing_lies_in_the_future(trained_town, clock):
    ((newest,),) = query(trained_town, "SELECT max(occurred_at) FROM events")
    assert from_us(newest) <= clock.at


@pytest.mark.parametrize("customers", [0, -1, 10**9])
def test_a_population_of_no_sensible_size_is_refused(tmp_path, clock, customers):
    with pytest.raises(RecommenderError):
        load_population(tmp_path, customers=customers, seed=7, now=clock)


@pytest.mark.crash
@pytest.mark.parametrize("after_s", [1.0, 1.5, 2.0])
def test_a_load_killed_halfway_is_all_or_nothing_and_can_be_repeated(tmp_path, clock, after_s):
    loader = subprocess.Popen([sys.executable, "-c", LOADER, str(tmp_path)], stdout=subprocess.PIPE)
    loader.stdout.readline()
    with pytest.raises(subprocess.TimeoutExpired):
        loader.wait(0.1)
    try:
        loader.wait(after_s)
    except subprocess.TimeoutExpired:
        loader.kill()
    loader.communicate()
    load_population(tmp_path, seed=7, now=clock)
    events, decisions, feedback, loaded = counts(tmp_path)
    assert (decisions, loaded) == (20_000, 1)
    assert events > 100_000
    assert feedback > 20_000
