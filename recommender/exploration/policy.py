"""Which arm to pull, with what chance: Thompson's sampling with the chance written down.

Called by whoever makes an offer. The chances come first, as shares of draws from the belief in
which each arm is best, mixed with a little of every arm; then the arm is drawn from exactly
those chances. So the logged propensity is the true one, not an estimate of it.
"""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

import numpy as np

from recommender.exploration.belief import Belief, Floats, Places

_DRAWS: Final = 200
FLOOR: Final = 0.01  # of all choices, drawn evenly, so that every arm keeps a chance
DOUBT: Final = 0.25  # of the belief's own spread: customers differ, and so explore by themselves


class Choices(NamedTuple):
    """One row a decision."""

    arms: Places
    propensity: Floats  # the chance with which that arm was drawn
    chances: Floats  # rows x arms, each row summing to one


class Policy(Protocol):
    """Contexts in, chances out; what is learnt may come late."""

    def chances(self, contexts: Floats, random: np.random.Generator) -> Floats: ...
    def learn(self, contexts: Floats, arms: Places, rewards: Floats) -> None: ...


class Thompson:
    """Pulls an arm as often as it is believed to be the best (Thompson 1933; Russo et al. 2018)."""

    def __init__(self, belief: Belief, *, floor: float = FLOOR, doubt: float = DOUBT) -> None:
        self.belief, self.floor, self.doubt = belief, floor, doubt

    def chances(self, contexts: Floats, random: np.random.Generator) -> Floats:
        mean, spread = self.belief.foresee(contexts)
        return shares(mean, self.doubt * spread, self.floor, random)

    def learn(self, contexts: Floats, arms: Places, rewards: Floats) -> None:
        self.belief.learn(contexts, arms, rewards)


def shares(mean: Floats, spread: Floats, floor: float, random: np.random.Generator) -> Floats:
    """Rows x arms: how often each arm is the best of draws from its belief, a little mixed in."""
    best = (random.standard_normal((_DRAWS, *mean.shape)) * spread + mean).argmax(2)
    often = np.stack([(best == arm).mean(0) for arm in range(mean.shape[1])], axis=1)
    mixed: Floats = (1 - floor) * often + floor / mean.shape[1]
    return mixed


class EpsilonGreedy:
    """The yardstick: the arm believed best, but for a share of choices drawn evenly."""

    def __init__(self, belief: Belief, *, epsilon: float = 0.1) -> None:
        self.belief, self.epsilon = belief, epsilon

    def chances(self, contexts: Floats, random: np.random.Generator) -> Floats:
        mean, _ = self.belief.foresee(contexts)
        best = (mean + 1e-9 * random.random(mean.shape)).argmax(1)
        mixed = np.full(mean.shape, self.epsilon / self.belief.arms)
        mixed[np.arange(len(best)), best] += 1 - self.epsilon
        return mixed

    def learn(self, contexts: Floats, arms: Places, rewards: Floats) -> None:
        self.belief.learn(contexts, arms, rewards)


def decide(policy: Policy, contexts: Floats, random: np.random.Generator) -> Choices:
    """One arm a row, and the chance with which it was drawn."""
    chances = policy.chances(contexts, random)
    return draw(chances, random)


def draw(chances: Floats, random: np.random.Generator) -> Choices:
    """An arm a row from these chances."""
    reach = chances.cumsum(1)
    arms = (random.random(len(chances))[:, None] * reach[:, -1:] >= reach[:, :-1]).sum(1)
    return Choices(arms, chances[np.arange(len(arms)), arms], chances)
