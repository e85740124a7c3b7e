"""`elian recommend simulate`: a town lives with the recommender, and every promise is counted."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

import msgspec
import pytest
from typer.testing import CliRunner

from recommender.cli import app
from recommender.guardrails.rules import SHANGHAI, Rules
from recommender.training import simulation
from recommender.training.simulation_audit import Made, lift, regret, violations

NOON = datetime(2025, 6, 3, 12, tzinfo=SHANGHAI)


def _made(at=NOON, **known) -> Made:
    plain = {
        "customer": "lina",
        "product": "fund",
        "exempt": True,
        "withheld": False,
        "permitted": True,
        "refused": False,
        "propensity": 0.9,
        "chance": 0.4,
        "anyhow": 0.1,
        "best": 0.5,
        "popular": 0.3,
        "even": 0.2,
        "taken": False,
    }
    return Made(at=at, **(plain | known))


@pytest.fixture
def lived(tmp_path, monkeypatch):
    monkeypatch.setattr(simulation, "_PAST_CUSTOMERS", 500)
    monkeypatch.setattr(simulation, "_STUCK", 60)
    asked = ["simulate", "--customers", "120", "--days", "9", "--data", str(tmp_path / "town")]
    ran = CliRunner().invoke(app, [*asked, "--json"])
    assert ran.exit_code == 0, ran.stderr
    again = CliRunner().invoke(app, asked)
    assert again.exit_code == 1
    assert "already" in again.stderr
    return msgspec.json.decode(ran.stdout), tmp_path / "town"


def test_a_town_lives_and_no_promise_is_broken(lived):
    report, folder = lived
    assert report["cap_violations"] == report["consent_violations"] == 0
    assert set(report["violations"].values()) == {0}
    assert report["repeated_alike"]
    assert report["answers"]["offer"] > 20
    assert report["answers"]["no_consent"] > 0
    assert report["regret"]["ours"] < report["regret"]["random"]
    connection = sqlite3.connect(folder / "events.db")
    offers, without = connection.execute(
        "SELECT count(*), sum(propensity IS NULL OR propensity <= 0) FROM decisions"
        " WHERE offer_id IS NOT NULL OR silence = 'hold_out'"
    ).fetchone()
    connection.close()
    assert offers > 0
    assert without == 0


def test_the_auditor_sees_what_is_wrong():
    rules = Rules()
    late = NOON.replace(hour=23)
    days = [NOON + timedelta(days=day) for day in range(4)]
    assert violations([_made(), _made(NOON + timedelta(hours=1))], rules).cap == 1
    assert violations([_made(at) for at in days], rules).cap == 1
    assert violations([_made(at) for at in days[:3]], rules).cap == 0
    assert violations([_made(days[0]), _made(days[0], customer="wei")], rules).cap == 0
    assert violations([_made(permitted=False)], rules).consent == 1
    assert (
        violations([_made(late, exempt=False), _made(late, customer="b")], rules).quiet_hours == 1
    )
    assert violations([_made(refused=True)], rules).refused_before == 1
    assert violations([_made(propensity=None)], rules).no_propensity == 1
    assert violations([_made(permitted=False, withheld=True)], rules).consent == 0


def test_lift_is_what_offers_add_to_what_happens_anyhow():
    offered = [_made(customer=f"a{n}", taken=n % 2 == 0) for n in range(400)]
    withheld = [_made(customer=f"b{n}", taken=n % 4 == 0, withheld=True) for n in range(400)]
    found = lift(offered + withheld)
    assert found.value == pytest.approx(0.25)
    assert found.low < 0.25 < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 * (0.5 / 20) * 1.32, rel=0.05)
    assert found.truth == pytest.approx(0.3)
    assert lift(offered) is None


def test_regret_is_against_the_best_that_could_have_been_offered():
    lost = regret([_made(), _made(withheld=True, chance=0.0)])
    assert (lost.ours, lost.popularity, lost.random) == pytest.approx((0.1, 0.2, 0.3))
    assert regret([]).ours == 0


@pytest.mark.parametrize("asked", [["--customers", "0"], ["--days", "9999"]])
def test_a_town_of_nobody_or_without_end_is_refused(asked):
    assert CliRunner().invoke(app, ["simulate", *asked]).exit_code != 0
