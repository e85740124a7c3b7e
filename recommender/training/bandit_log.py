"""What other policies would have earned, from a file of logged choices.

Called by `elian recommend evaluate --bandit --log`. The Open Bandit sample is such a file (Saito
et al. 2020, arXiv 2008.07146), and so is any table of an item, a click and the chance with which
the item was drawn.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from recommender.contract import RecommenderError
from recommender.exploration.belief import Floats
from recommender.exploration.estimates import (
    Estimate,
    Log,
    doubly_robust,
    effective_rows,
    ips,
    snips,
)
from recommender.training.table_file import Columns, read_table

_ARM: Final = ("item_id", "action", "arm", "offer", "item")
_REWARD: Final = ("click", "reward", "outcome")
_CHANCE: Final = ("propensity_score", "propensity", "pscore", "action_prob")
_TELLING: Final = 200  # rewarded choices below which policies cannot be told apart
_DOUBT: Final = 100.0  # choices that the mean of all arms is worth, for each arm


class Valued(msgspec.Struct, frozen=True):
    """A policy's mean reward, estimated three ways from the log's second half."""

    ips: Estimate
    snips: Estimate
    dr: Estimate
    effective_rows: float


class Report(msgspec.Struct, frozen=True):
    protocol: str
    rows: int
    arms: int
    rewarded: int
    mean_reward: float  # of the policy that wrote the log
    models: dict[str, Valued]
    warning: str | None


PROTOCOL: Final = (
    "The log's first half, by its own order, teaches; its second half judges. uniform: every arm "
    "alike; learnt: in proportion to the squared rate of reward in the first half, shrunk to the "
    "mean of all arms. ips, snips and dr with 95 % intervals, by the logged propensities; dr's "
    "model is the first half's shrunk rate of each arm."
)


def evaluate(path: Path) -> Report:
    """Judge policies on the log. RecommenderError: unreadable, or no such columns."""
    table = read_table(path)
    arm, reward, chance = (_found(table, usual) for usual in (_ARM, _REWARD, _CHANCE))
    if np.isnan(arm).any() or np.isnan(reward).any() or np.isnan(chance).any():
        raise RecommenderError("the log has rows without an item, a reward or a propensity")
    names, arms = np.unique(arm, return_inverse=True)
    half = len(arms) // 2
    rates = _rates(arms[:half], reward[:half], len(names))
    log = Log(arms[half:], reward[half:], chance[half:])
    policies = {
        "uniform": np.full(len(names), 1 / len(names)),
        "learnt": rates**2 / (rates**2).sum()
        if rates.any()
        else np.full(len(rates), 1 / len(rates)),
    }
    rewarded = int((reward > 0).sum())
    return Report(
        protocol=PROTOCOL,
        rows=len(arms),
        arms=len(names),
        rewarded=rewarded,
        mean_reward=float(reward.mean()),
        models={name: _valued(log, chances, rates) for name, chances in policies.items()},
        warning=(
            f"{rewarded} rewarded choices cannot tell policies apart: this tests the estimators"
            if rewarded < _TELLING
            else None
        ),
    )


def _found(table: Columns, usual: tuple[str, ...]) -> Floats:
    for name in usual:
        if name in table.names:
            values, words = table.one(name)
            if words is not None and usual is not _ARM:
                raise RecommenderError(f"column {name!r} does not hold numbers")
            return values
    raise RecommenderError(f"the header names none of {', '.join(usual)}")


def _rates(arms: np.ndarray[tuple[int], np.dtype[np.intp]], reward: Floats, many: int) -> Floats:
    overall = reward.mean() if len(reward) else 0.0
    tried, earned = np.bincount(arms, minlength=many), np.bincount(arms, reward, minlength=many)
    rates: Floats = np.maximum(earned + overall * _DOUBT, 0.0) / (tried + _DOUBT)
    return rates


def _valued(log: Log, chances: Floats, rates: Floats) -> Valued:
    every = np.tile(chances, (len(log.arms), 1))
    return Valued(
        ips=ips(log, every),
        snips=snips(log, every),
        dr=doubly_robust(log, every, np.tile(rates, (len(log.arms), 1))),
        effective_rows=effective_rows(log, every),
    )
