"""What is believed of each offer's reward, and how much of it is doubt: numbers only.

Called by the policy and by whoever keeps its state. For each arm a Bayesian linear regression on
the context (Bishop 2006, section 3.3): a precision matrix and a pull, to which every reward adds,
in any order and however late.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from recommender.contract import RecommenderError

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

_PRIOR: Final = 1.0  # precision of every weight before anything was seen
_LEAST_NOISE: Final = 0.05
_NOISE_SEEN: Final = 20.0  # rewards that the guess of the noise is worth


class Belief:
    """Of `arms` offers in a context of `width` numbers, the first of which should be 1."""

    def __init__(self, arms: int, width: int) -> None:
        if arms < 1 or width < 1:
            raise RecommenderError("a belief is about one arm and one number of context at least")
        self.precision: Floats = np.tile(np.eye(width) * _PRIOR, (arms, 1, 1))
        self.pull: Floats = np.zeros((arms, width))
        self.squares = 0.25 * _NOISE_SEEN  # a coin's variance, until there is more to go by
        self.seen = 0
        self._settle()

    @property
    def arms(self) -> int:
        return len(self.pull)

    @property
    def width(self) -> int:
        return int(self.pull.shape[1])

    def learn(self, contexts: Floats, arms: Places, rewards: Floats) -> None:
        """Add what came of past choices. RecommenderError, and no change: an infinite number."""
        contexts = self._checked(contexts)
        if not np.isfinite(rewards).all() or rewards.shape != (len(contexts),):
            raise RecommenderError("a reward is a finite number, one a choice")
        if arms.shape != rewards.shape or (arms < 0).any() or (arms >= self.arms).any():
            raise RecommenderError(f"an arm is one of {self.arms}, one a choice")
        off = rewards - np.einsum("nd,nd->n", contexts, self.mean[arms])
        self.squares += float((off**2).sum())
        self.seen += len(rewards)
        for arm in np.unique(arms):
            mine = contexts[arms == arm]
            self.precision[arm] += mine.T @ mine
            self.pull[arm] += mine.T @ rewards[arms == arm]
        self._settle()

    def foresee(self, contexts: Floats) -> tuple[Floats, Floats]:
        """Rows x arms: the expected reward, and the standard deviation of that belief."""
        contexts = self._checked(contexts)
        spread = np.einsum("nd,kde,ne->nk", contexts, self._covariance, contexts)
        return contexts @ self.mean.T, np.sqrt(np.maximum(spread, 0)) * self.noise

    def plain(self) -> dict[str, Floats]:
        """The state as arrays, for a signed file."""
        return {
            "precision": self.precision.copy(),
            "pull": self.pull.copy(),
            "noise": np.array([self.squares, float(self.seen)]),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Floats]) -> Self:
        """The belief of such arrays. RecommenderError: they are not what `plain` gave."""
        try:
            precision, pull, noise = plain["precision"], plain["pull"], plain["noise"]
            arms, width = pull.shape
            fits = precision.shape == (arms, width, width) and noise.shape == (2,)
        except (KeyError, ValueError) as exc:
            raise RecommenderError(f"this is no belief: {exc}") from exc
        numbers = (precision, pull, noise)
        if not fits or not all(one.dtype == np.float64 for one in numbers):
            raise RecommenderError("this is no belief: its arrays do not fit each other")
        if not all(np.isfinite(one).all() for one in numbers) or (noise < 0).any():
            raise RecommenderError("this is no belief: it holds what is no number")
        if not np.allclose(precision, precision.transpose(0, 2, 1)) or (
            np.linalg.eigvalsh(precision).min() <= 0
        ):
            raise RecommenderError("this is no belief: a precision is not positive")
        belief = cls(arms, width)
        belief.precision, belief.pull = precision.copy(), pull.copy()
        belief.squares, belief.seen = float(noise[0]), int(noise[1])
        belief._settle()
        return belief

    def _settle(self) -> None:
        self._covariance: Floats = np.asarray(np.linalg.inv(self.precision), np.float64)
        self.mean: Floats = np.einsum("kde,ke->kd", self._covariance, self.pull)
        self.noise = max(_LEAST_NOISE, math.sqrt(self.squares / (self.seen + _NOISE_SEEN)))

    def _checked(self, contexts: Floats) -> Floats:
        if contexts.ndim != 2 or contexts.shape[1] != self.width:  # noqa: PLR2004 - rows x numbers
            raise RecommenderError(f"a context has {self.width} numbers")
        if not np.isfinite(contexts).all():
            raise RecommenderError("a context holds what is no number")
        return contexts
