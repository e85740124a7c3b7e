"""Off-the-shelf learners on a mixed table, put together once for all evaluations.

Called by the propensity and uplift evaluations. A table's words are held as places in a list
(`table_file.Columns`); words that a learner never saw say nothing to it, as missing cells do.
"""

from __future__ import annotations

from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, SplineTransformer, StandardScaler
from sklearn.utils import Tags
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_WORDS: Final = 200  # of one column that a boosting tells apart; the rest are rare
_FOLDS: Final = 4
_SMALLEST: Final = 1e-6


def logistic(of_words: Mask, *, strength: float = 1.0) -> Pipeline:
    """The baseline: standardised numbers, one flag a word, ridge."""
    return make_pipeline(_flat(of_words), LogisticRegression(C=strength, max_iter=1000))


def ridge(of_words: Mask) -> Pipeline:
    """The same columns for a number, the strength chosen by leaving one out."""
    return make_pipeline(_flat(of_words), RidgeCV(np.logspace(-1, 5, 13)))


def smooth(of_words: Mask) -> Pipeline:
    """A curve for each number instead of a line, for a number: many effects level off."""
    bend = SplineTransformer(n_knots=6, degree=2, knots="quantile", extrapolation="constant")
    return make_pipeline(_flat(of_words, bend), StandardScaler(), RidgeCV(np.logspace(0, 5, 11)))


def boosted(of_words: Mask, *, seed: int, **known: float) -> Pipeline:
    """Small trees, many of them, slowly: for a yes or no."""
    return make_pipeline(
        _narrow(of_words), HistGradientBoostingClassifier(**_habits(of_words, seed, known))
    )


def boosted_number(of_words: Mask, *, seed: int, **known: float) -> Pipeline:
    """Small trees, many of them, slowly: for a number."""
    return make_pipeline(
        _narrow(of_words), HistGradientBoostingRegressor(**_habits(of_words, seed, known))
    )


class Propensity(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """The probability of a yes: a regression and two boostings, weighed by what each foresaw.

    Each member predicts rows that it did not learn from; a logistic regression on those
    log-odds then says how far to trust whom (stacking: Wolpert 1992). So the sum is calibrated,
    and where the world is linear little but the regression is left.

    Parameters
    ----------
    of_words
        Which columns hold places of words; None for none.
    random_state
        Seed of folds and trees.

    """

    def __init__(self, *, of_words: Mask | None = None, random_state: int = 7) -> None:
        self.of_words = of_words
        self.random_state = random_state

    def fit(self, X: Floats, y: NDArray[np.generic]) -> Self:  # noqa: N803 - scikit-learn's names
        """Learn from all rows. ValueError: not two answers, or an infinite number."""
        X, y = validate_data(self, X, y, ensure_all_finite="allow-nan")  # noqa: N806
        if type_of_target(y) != "binary":
            raise ValueError(f"Only binary classification is supported, not {type_of_target(y)}")
        self.classes_, answers = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:  # noqa: PLR2004 - yes and no
            raise ValueError("there is one class only: nothing to tell apart")
        members = self._members(X.shape[1])
        folds = min(_FOLDS, int(np.bincount(answers).min()))
        self.members_ = [clone(member).fit(X, answers) for member in members]
        self.weights_ = None
        if folds > 1:
            foreseen = np.zeros((len(answers), len(members)))
            cut = StratifiedKFold(folds, shuffle=True, random_state=self.random_state)
            for learn, check in cut.split(X, answers):
                for place, member in enumerate(members):
                    fitted = clone(member).fit(X[learn], answers[learn])
                    foreseen[check, place] = _log_odds(fitted.predict_proba(X[check])[:, 1])
            self.weights_ = LogisticRegression(C=1.0).fit(foreseen, answers)
        return self

    def predict_proba(self, X: Floats) -> Floats:  # noqa: N803 - scikit-learn's name
        """Rows to the probabilities of the two answers, in the order of `classes_`."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, ensure_all_finite="allow-nan")  # noqa: N806
        foreseen = np.column_stack(
            [_log_odds(member.predict_proba(X)[:, 1]) for member in self.members_]
        )
        if self.weights_ is None:
            odds = foreseen.mean(1)
            yes = 0.5 * (1 + np.tanh(odds / 2))
        else:
            yes = self.weights_.predict_proba(foreseen)[:, 1]
        return np.column_stack([1 - yes, yes])

    def predict(self, X: Floats) -> NDArray[np.generic]:  # noqa: N803 - scikit-learn's name
        """The likelier answer of each row."""
        likelier: NDArray[np.generic] = self.classes_[self.predict_proba(X).argmax(1)]
        return likelier

    def _members(self, width: int) -> list[Pipeline]:
        words = np.zeros(width, bool) if self.of_words is None else np.asarray(self.of_words)
        seed = self.random_state
        return [
            logistic(words),
            boosted(words, seed=seed, max_leaf_nodes=8),
            boosted(words, seed=seed + 1, max_leaf_nodes=24, max_features=0.5),
        ]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags


def _log_odds(yes: Floats) -> Floats:
    kept = np.clip(yes, _SMALLEST, 1 - _SMALLEST)
    odds: Floats = np.log(kept / (1 - kept))
    return odds


def _flat(of_words: Mask, *further: SplineTransformer) -> ColumnTransformer:
    number = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), *further
    )
    word = make_pipeline(
        SimpleImputer(strategy="constant", fill_value=-1.0),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False, max_categories=_WORDS),
    )
    return ColumnTransformer(
        [("numbers", number, np.flatnonzero(~of_words)), ("words", word, np.flatnonzero(of_words))]
    )


def _narrow(of_words: Mask) -> ColumnTransformer:
    """Words beyond what a boosting can tell apart become none; numbers stay. Numbers come first."""
    return ColumnTransformer(
        [
            ("numbers", "passthrough", np.flatnonzero(~of_words)),
            ("words", _Frequent(_WORDS), np.flatnonzero(of_words)),
        ]
    )


class _Frequent(BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Words as their place by frequency; the rare, the unseen and the missing are all NaN."""

    def __init__(self, most: int = _WORDS) -> None:
        self.most = most

    def fit(self, X: Floats, y: object = None) -> Self:  # noqa: N803, ARG002 - scikit-learn's names
        self.places_ = []
        for column in X.T:
            words, counts = np.unique(column[~np.isnan(column)], return_counts=True)
            self.places_.append(words[np.argsort(-counts, kind="stable")][: self.most])
        return self

    def transform(self, X: Floats) -> Floats:  # noqa: N803 - scikit-learn's name
        known = np.full(X.shape, np.nan)
        for place, words in enumerate(self.places_):
            rows, ranks = np.nonzero(X[:, place][:, None] == words[None])
            known[rows, place] = ranks
        return known


def _habits(of_words: Mask, seed: int, known: dict[str, float]) -> dict[str, object]:
    count = int(of_words.sum())
    first = len(of_words) - count
    usual: dict[str, object] = {
        "learning_rate": 0.05,
        "max_iter": 150,
        "max_leaf_nodes": 8,
        "min_samples_leaf": 40,
        "l2_regularization": 5.0,
        "early_stopping": False,
        "categorical_features": list(range(first, first + count)) or None,
        "random_state": seed,
    }
    return {**usual, **known}
