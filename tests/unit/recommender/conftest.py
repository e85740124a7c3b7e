"""A town of seeded customers, trained once a worker, and words to tell stories in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recommender.contract import Consents, Event, Occasion
from recommender.open import load_population, train

NOON = datetime(2025, 6, 3, 4, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Shanghai
ALL_ON = Consents("c-7", personalised_offers=True, chat_content=True, account_data=True)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


class Teller:
    """Makes events with the fields that a story does not care about filled in."""

    def __init__(self) -> None:
        self.told = 0

    def __call__(self, event_type="purchase", product="retail", band="100-499", **known) -> Event:
        self.told += 1
        at = known.get("at", NOON) - timedelta(days=known.get("days_ago", 0))
        return Event(
            event_id=known.get("event_id", f"e-{self.told}"),
            type=event_type,
            customer=known.get("customer", "zhangwei"),
            occurred_at=at,
            product=product,
            amount_band=band,
            channel="app",
            consents=known.get("consents", ALL_ON),
        )

    def occasion(self, *args, now: datetime | None = None, **known) -> Occasion:
        trigger = self(*args, **({"at": now} if now else {}) | known)
        return Occasion(trigger, now or trigger.occurred_at)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tell() -> Teller:
    return Teller()


@pytest.fixture(scope="session")
def trained_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("town")
    load_population(directory, customers=1500, seed=7, now=lambda: NOON)
    assert train(directory, now=lambda: NOON, seed=7).version
    return directory


@pytest.fixture
def town(trained_town: Path, tmp_path: Path) -> Path:
    """The trained directory, a copy for one test to do with as it likes."""
    return Path(shutil.copytree(trained_town, tmp_path / "town"))


@pytest.fixture
def model_only(trained_town: Path, tmp_path: Path) -> Path:
    """The trained model over an empty log."""
    shutil.copytree(trained_town / "models", tmp_path / "fresh" / "models")
    return tmp_path / "fresh"


@pytest.fixture
def url() -> Callable[[Path], str]:
    return lambda directory: f"model://{directory}"
