"""A linear model of interest, whose every score is the sum of what it lists.

Called by serving and by the evaluation in training. It holds plain arrays; learning
them and keeping them on disk happen elsewhere.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from recommender.contract import Contribution

BASELINE = "baseline"  # what the product earns from a customer of whom nothing is known
_SURE = 36.0  # beyond these log-odds a float has no more probabilities
_MOST = 100.0  # a hundred of anything is as good as ten thousand

Floats = NDArray[np.float64]


def scaled(columns: Floats) -> Floats:
    """Counts on the scale on which the model is linear; zero stays zero."""
    return np.log1p(np.minimum(columns, _MOST))


def probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds)) if log_odds > 0 else 1 - 1 / (1 + math.exp(log_odds))


def log_odds(chance: float) -> float:
    return math.log(chance / (1 - chance)) if 0 < chance < 1 else math.copysign(_SURE, chance - 0.5)


class LinearModel(msgspec.Struct, frozen=True, kw_only=True):
    """Per product an intercept and one weight per feature, in log-odds."""

    version: str
    products: tuple[str, ...]
    features: tuple[str, ...]
    weights: Floats  # products x features
    intercepts: Floats
    doubt: Floats | None = None  # products x (1 + features) twice: covariance of what was learnt

    def log_odds(self, columns: Floats) -> Floats:
        """Rows of columns to rows of log-odds, one for each product."""
        return scaled(columns) @ self.weights.T + self.intercepts

    def spread(self, columns: Floats) -> Floats:
        """The standard deviation of each product's log-odds for one row, by what was learnt."""
        if self.doubt is None:
            return np.zeros(len(self.products))
        row = np.concatenate([[1.0], scaled(columns)])
        variance = np.einsum("i,kij,j->k", row, self.doubt, row)
        return np.asarray(np.sqrt(np.maximum(variance, 0)), dtype=np.float64)

    def explain(self, product: str, columns: Floats) -> tuple[Contribution, ...]:
        """All that the log-odds consist of, largest first; they sum to it exactly.

        A feature of value zero contributes nothing and is left out.
        """
        row = self.products.index(product)
        parts = self.weights[row] * scaled(columns)
        contributions = [
            Contribution(name, float(value), float(part))
            for name, value, part in zip(self.features, columns, parts, strict=True)
            if value
        ]
        contributions.append(Contribution(BASELINE, 1.0, float(self.intercepts[row])))
        return tuple(sorted(contributions, key=lambda part: (-part.weight, part.feature)))


def score(reasons: tuple[Contribution, ...]) -> float:
    """The probability of interest that the contributions add up to."""
    return probability(math.fsum(reason.weight for reason in reasons))
