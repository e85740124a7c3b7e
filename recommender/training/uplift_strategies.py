"""Ways to say whom an offer changes, and the planner that chooses among them.

Called by the uplift evaluation. Two of the ways have no model of uplift at all: that is often
enough, and where it is, the planner must find it out and use it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from recommender.training.learners import boosted, boosted_number, logistic, ridge, smooth
from recommender.training.uplift_measures import Floats, Mask, Trial, chosen, first

_FOLDS: Final = 3
_LEAST: Final = 0.02  # a chance of treatment is kept off zero and one by this
_FAST: Final = {"learning_rate": 0.1, "max_iter": 60}  # a plan takes a hundred fits
_SIZES: Final = (0.1, 0.2, 0.3, 0.4, 0.5)  # budgets over which a strategy is judged


class Learner(Protocol):
    def fit(self, X: Floats, y: Floats) -> Learner: ...  # noqa: N803 - scikit-learn's name


class Kind(NamedTuple):
    """The columns and the kind of outcome, which decide the learners."""

    of_words: Mask
    yes_or_no: bool
    seed: int

    def outcome(self, *, linear: bool) -> Learner:
        """A learner of the outcome itself."""
        if not self.yes_or_no:
            return self.effect(linear=linear)
        learner: Learner = (
            logistic(self.of_words) if linear else boosted(self.of_words, seed=self.seed, **_FAST)
        )
        return learner

    def effect(self, *, linear: bool) -> Learner:
        """A learner of a difference of outcomes."""
        learner: Learner = (
            ridge(self.of_words)
            if linear
            else boosted_number(
                self.of_words, seed=self.seed, min_samples_leaf=200, max_leaf_nodes=6, **_FAST
            )
        )
        return learner


Score = Callable[[Floats], Floats]

# The strategies; the first two have no model of uplift. A learner's score is an effect, so below
# zero nobody is worth treating; the others' scores only rank.
NO_MODEL: Final = ("random", "response_model")
LEARNERS: Final = (
    "t_learner",
    "t_learner_linear",
    "dr_learner",
    "dr_learner_linear",
    "dr_learner_smooth",
)
_USUAL: Final = "mean_of_learners"
STRATEGIES: Final = (*NO_MODEL, *LEARNERS, _USUAL)


class Plan(NamedTuple):
    """Every strategy learnt from all of a trial, and the one that gained most within it."""

    best: str
    scores: Mapping[str, Score]
    gained: Mapping[str, float]  # a person, by doubly robust effects, over several budgets


def floor(strategy: str) -> float | None:
    """The score at which treating somebody gains nothing, where the score says so."""
    return None if strategy in NO_MODEL else 0.0


def expected(fitted: Learner, features: Floats) -> Floats:
    """A probability of a yes, or a mean."""
    if hasattr(fitted, "predict_proba"):
        yes: Floats = fitted.predict_proba(features)[:, 1]
        return yes
    mean: Floats = fitted.predict(features)  # type: ignore[attr-defined] # one of the two is there
    return mean


def doubly_robust(trial: Trial, kind: Kind) -> Floats:
    """Each row's effect, noisy and unbiased (Kennedy 2023): both arms' outcomes as foreseen by
    models that did not see the row, set right by what did happen over its chance.
    """
    foreseen = np.zeros((len(trial.outcome), 2))
    for learn, check in folds(trial, kind.seed):
        for arm in (0, 1):
            rows = learn[trial.treated[learn] == bool(arm)]
            foreseen[check, arm] = np.mean(
                [
                    expected(_fitted(kind, trial, rows, linear=linear), trial.features[check])
                    for linear in (True, False)
                ],
                axis=0,
            )
    off = trial.outcome - foreseen[np.arange(len(foreseen)), trial.treated.astype(int)]
    chance = np.clip(trial.share, _LEAST, 1 - _LEAST)
    set_right = np.where(trial.treated, off / chance, -off / (1 - chance))
    effects: Floats = foreseen[:, 1] - foreseen[:, 0] + set_right
    return effects


def folds(trial: Trial, seed: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Parts in which both arms, and a yes-or-no's answers, are as frequent as in the whole."""
    kinds = trial.treated * 2 + (trial.outcome > 0)
    if np.unique(kinds, return_counts=True)[1].min() < _FOLDS:
        kinds = trial.treated * 1
    cut = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    return list(cut.split(kinds, kinds))


def _fitted(kind: Kind, trial: Trial, rows: NDArray[np.intp], *, linear: bool) -> Learner:
    outcome = trial.outcome[rows]
    if (outcome == outcome[0]).all():
        return _Always(float(outcome[0]))
    return kind.outcome(linear=linear).fit(trial.features[rows], outcome)


class _Always:
    """Foresees what always happened."""

    def __init__(self, outcome: float) -> None:
        self._outcome = outcome

    def fit(self, X: Floats, y: Floats) -> Learner:  # noqa: N803, ARG002 - scikit-learn's name
        return self

    def predict(self, X: Floats) -> Floats:  # noqa: N803 - scikit-learn's name
        return np.full(len(X), self._outcome)


def learn(trial: Trial, effects: Floats, kind: Kind) -> dict[str, Score]:
    """All strategies, learnt from the trial and the doubly robust effects of its rows."""
    random = np.random.default_rng(kind.seed)
    arms = {
        (arm, linear): _fitted(kind, trial, np.flatnonzero(trial.treated == arm), linear=linear)
        for arm in (False, True)
        for linear in (False, True)
    }
    finals = {
        linear: kind.effect(linear=linear).fit(trial.features, effects) for linear in (False, True)
    }

    curve = smooth(kind.of_words).fit(trial.features, effects)

    def apart(features: Floats, *, linear: bool) -> Floats:
        treated, other = (expected(arms[arm, linear], features) for arm in (True, False))
        return treated - other

    scores: dict[str, Score] = {
        "random": lambda features: random.random(len(features)),
        "response_model": lambda features: expected(arms[True, False], features),
        "t_learner": lambda features: apart(features, linear=False),
        "t_learner_linear": lambda features: apart(features, linear=True),
        "dr_learner": lambda features: expected(finals[False], features),
        "dr_learner_linear": lambda features: expected(finals[True], features),
        "dr_learner_smooth": lambda features: expected(curve, features),
    }
    together = [scores[name] for name in LEARNERS]
    scores[_USUAL] = lambda features: np.mean([score(features) for score in together], axis=0)
    return scores


def plan(trial: Trial, kind: Kind) -> Plan:
    """Every strategy learnt from the trial, and the best of them on folds within it.

    What a strategy gains is the doubly robust effect of whom it treats, over several budgets. That
    is noisy, and the mean of the learners seldom far off: another learner must beat it by a
    standard error. A strategy without a model of uplift need only be as good.
    """
    effects = doubly_robust(trial, kind)
    gained = {name: np.zeros(len(effects)) for name in STRATEGIES}
    random = np.random.default_rng(kind.seed)
    for rows, check in folds(trial, kind.seed + 1):
        for name, score in learn(trial.take(rows), effects[rows], kind).items():
            scores = score(trial.features[check])
            order = first(scores, random)
            picked = [chosen(order, scores, size, floor(name)) for size in _SIZES]
            gained[name][check] = effects[check] * np.mean(picked, axis=0)
    return Plan(
        _best(gained),
        learn(trial, effects, kind),
        {name: float(rows.mean()) for name, rows in gained.items()},
    )


def _best(gained: Mapping[str, Floats]) -> str:
    best, lead = _USUAL, 0.0
    for name in STRATEGIES:
        more = gained[name] - gained[_USUAL]
        needed = 0.0 if name in NO_MODEL else float(more.std() / np.sqrt(len(more)))
        if name != _USUAL and more.mean() >= max(needed, lead):
            best, lead = name, float(more.mean())
    return best
