"""How well a ranking finds those whom an offer changes, from a trial drawn by lot.

Called by the uplift evaluation and by the planner's own choice. All take one score a row, higher
for whom to treat first; ties fall in an order drawn beforehand, never by row.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Trial(NamedTuple):
    """Who was treated, and what came of it; one row a person."""

    features: Floats  # rows x columns, NaN where nothing is known
    treated: Mask
    outcome: Floats
    share: Floats  # the chance with which each row was to be treated
    effect: Floats | None  # the true effect, where a generator knows it

    def take(self, rows: NDArray[np.intp]) -> Trial:
        return Trial(
            self.features[rows],
            self.treated[rows],
            self.outcome[rows],
            self.share[rows],
            None if self.effect is None else self.effect[rows],
        )


def first(scores: Floats, random: np.random.Generator) -> NDArray[np.intp]:
    """Rows from the highest score down, ties by lot."""
    lots = random.permutation(len(scores))
    return lots[np.argsort(-scores[lots], kind="stable")]


def qini(order: NDArray[np.intp], trial: Trial) -> float:
    """Area between the Qini curve and a random ranking's line, a person (Radcliffe 2007).

    The curve is the extra outcome among the first n, as if the untreated of them were as many
    as the treated, over the number of people.
    """
    treated, gained = trial.treated[order], trial.outcome[order]
    many, other = np.cumsum(treated), np.cumsum(~treated)
    with np.errstate(invalid="ignore", divide="ignore"):
        matched = np.where(other > 0, np.cumsum(gained * ~treated) * many / other, 0.0)
    curve = np.r_[0.0, np.cumsum(gained * treated) - matched] / len(order)
    line = curve[-1] * np.linspace(0, 1, len(curve))
    return float(np.trapezoid(curve - line, dx=1 / len(order)))


def auuc(order: NDArray[np.intp], trial: Trial) -> float:
    """Area under the uplift curve (Gutierrez and Gérardy 2017): the difference of both arms'
    means among the first n, times n, over the number of people.
    """
    treated, gained = trial.treated[order], trial.outcome[order]
    many, other = np.cumsum(treated), np.cumsum(~treated)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.cumsum(gained * treated) / many - np.cumsum(gained * ~treated) / other
    curve = np.where((many > 0) & (other > 0), apart, 0.0) * (many + other) / len(order)
    return float(np.trapezoid(np.r_[0.0, curve], dx=1 / len(order)))


def uplift_at(order: NDArray[np.intp], trial: Trial, share: float) -> float:
    """The difference of both arms' means among the first share of all."""
    best = order[: round(len(order) * share)]
    treated, gained = trial.treated[best], trial.outcome[best]
    if treated.all() or not treated.any():
        return float("nan")
    return float(gained[treated].mean() - gained[~treated].mean())


def chosen(order: NDArray[np.intp], scores: Floats, budget: float, floor: float | None) -> Mask:
    """Whom a plan treats: the first of the order within the budget, above the floor if any."""
    picked = np.zeros(len(scores), bool)
    picked[order[: round(len(scores) * budget)]] = True
    return picked if floor is None else picked & (scores > floor)


def share_of_oracle(picked: Mask, effect: Floats, budget: float) -> float:
    """What the plan gains, as a share of what the best plan of that size would."""
    best = np.sort(effect)[::-1][: round(len(effect) * budget)]
    most = best[best > 0].sum()
    return float(effect[picked].sum() / most) if most > 0 else float("nan")
