"""What another policy would have earned, from a log of choices and their chances.

Called before anything is promoted. Three estimates, each with a 95 % interval: IPS (Horvitz and
Thompson 1952), SNIPS (Swaminathan and Joachims 2015) and DR (Dudík et al. 2011). None is
right where the log never tried what the policy would do: the effective number of rows says so.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec
import numpy as np

from recommender.contract import RecommenderError
from recommender.exploration.belief import Belief, Floats, Places

_SURE: Final = 1.959963984540054  # standard errors either side of 95 %
_FOLDS: Final = 2


class Log(NamedTuple):
    """Past choices; one row each."""

    arms: Places
    rewards: Floats
    propensity: Floats  # the chance with which the arm was drawn


class Estimate(msgspec.Struct, frozen=True):
    """Of a policy's mean reward; the interval covers the truth 95 times in a hundred."""

    value: float
    low: float
    high: float

    def covers(self, truth: float) -> bool:
        return self.low <= truth <= self.high


def checked(log: Log, chances: Floats) -> Floats:
    """The weight of each row. RecommenderError: the log says what cannot be."""
    rows = len(log.arms)
    if rows < _FOLDS or chances.shape[0] != rows:
        raise RecommenderError("two logged choices at least, and the policy's chances for each")
    if not ((log.propensity > 0) & (log.propensity <= 1)).all():
        raise RecommenderError("a logged propensity is not above 0 and at most 1")
    if not np.isfinite(log.rewards).all():
        raise RecommenderError("a logged reward is no number")
    if (chances < 0).any() or not np.allclose(chances.sum(1), 1):
        raise RecommenderError("a policy's chances do not sum to one")
    weights: Floats = chances[np.arange(rows), log.arms] / log.propensity
    return weights


def ips(log: Log, chances: Floats) -> Estimate:
    return _around(checked(log, chances) * log.rewards)


def snips(log: Log, chances: Floats) -> Estimate:
    """The weights' own mean divided out; the interval is the ratio's, by the delta method."""
    weights = checked(log, chances)
    mean = weights.mean()
    if mean <= 0:
        raise RecommenderError("the log never tried what this policy would do")
    value = float((weights * log.rewards).mean() / mean)
    return _interval(value, weights * (log.rewards - value) / mean)


def doubly_robust(log: Log, chances: Floats, foreseen: Floats) -> Estimate:
    """What a model foresees (rows x arms, not learnt from the row itself), set right by the log."""
    weights = checked(log, chances)
    own = foreseen[np.arange(len(log.arms)), log.arms]
    return _around((chances * foreseen).sum(1) + weights * (log.rewards - own))


def effective_rows(log: Log, chances: Floats) -> float:
    """How many evenly weighed rows would tell as much (Kish 1965)."""
    weights = checked(log, chances)
    return float(weights.sum() ** 2 / max((weights**2).sum(), np.finfo(float).tiny))


def cross_fitted(log: Log, contexts: Floats, arms: int) -> Floats:
    """Rows x arms: the reward foreseen by a model that learnt from the other half of the log."""
    foreseen = np.zeros((len(log.arms), arms))
    part = np.arange(len(log.arms)) % _FOLDS
    for fold in range(_FOLDS):
        belief = Belief(arms, contexts.shape[1])
        belief.learn(contexts[part != fold], log.arms[part != fold], log.rewards[part != fold])
        foreseen[part == fold] = belief.foresee(contexts[part == fold])[0]
    return foreseen


def _around(parts: Floats) -> Estimate:
    value = float(parts.mean())
    return _interval(value, parts - value)


def _interval(value: float, off: Floats) -> Estimate:
    error = float(np.sqrt((off**2).sum() / (len(off) - 1) / len(off)))
    return Estimate(value, value - _SURE * error, value + _SURE * error)
