"""How well a yes is foreseen, on a file of who was asked and what they said.

Called by `elian recommend evaluate --propensity`. Our model and a logistic regression on the
same columns predict the same rows, none of which they learnt from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from recommender.contract import RecommenderError
from recommender.ranking.monitors import calibration_error
from recommender.training.learners import Propensity, logistic
from recommender.training.table_file import Columns, Floats, read_table

KNOWN_AFTERWARDS: Final = ("duration",)  # a call's length is known when its outcome is
_YES: Final = frozenset({"yes", "y", "true", "1", "1.0", "positive", "buyer"})
_FOLDS: Final = 5
_LEAST: Final = 2 * _FOLDS  # of either answer


class Classifier(Protocol):
    def fit(self, X: Floats, y: NDArray[np.bool_]) -> Classifier: ...  # noqa: N803 - scikit-learn's name
    def predict_proba(self, X: Floats) -> Floats: ...  # noqa: N803 - scikit-learn's name


class Figures(msgspec.Struct, frozen=True):
    """Of one model on rows that it did not learn from."""

    roc_auc: float
    pr_auc: float  # average precision
    calibration_error: float  # mean gap of promised and seen rate, over ten equal bins
    log_loss: float
    fit_s: float  # one fold


class Gain(msgspec.Struct, frozen=True):
    """Of ours over the baseline, a row: log-loss saved, and how far chance could move it."""

    log_loss: float
    standard_error: float


class Report(msgspec.Struct, frozen=True):
    protocol: str
    rows: int
    target: str
    positive: str  # the answer that is foreseen
    positives: int
    columns: tuple[str, ...]
    dropped: tuple[str, ...]
    seed: int
    models: dict[str, Figures]
    gain: Gain


def evaluate(
    path: Path,
    *,
    target: str,
    dropped: Sequence[str] = KNOWN_AFTERWARDS,
    seed: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Report:
    """Judge both models on the file. RecommenderError: unreadable, or nothing to tell apart."""
    table = read_table(path)
    answers, positive = _answers(table, target)
    leaving = tuple(name for name in table.names if name in dropped and name != target)
    columns = table.without(frozenset({target, *leaving}))
    if not columns.names:
        raise RecommenderError("no column is left to learn from")
    of_words = columns.of_words
    makers: dict[str, Callable[[], Classifier]] = {
        "ours": lambda: Propensity(of_words=of_words, random_state=seed),
        "logistic_regression": lambda: logistic(of_words),
    }
    foreseen, models = {}, {}
    for name, make in makers.items():
        with threadpool_limits(1):  # on a busy machine, threads that wait for each other cost more
            foreseen[name], fit_s = _foresee(make, columns.values, answers, seed, clock)
        models[name] = _figures(foreseen[name], answers, fit_s)
    return Report(
        protocol=_protocol(leaving),
        rows=len(answers),
        target=target,
        positive=positive,
        positives=int(answers.sum()),
        columns=columns.names,
        dropped=leaving,
        seed=seed,
        models=models,
        gain=_gain(foreseen["ours"], foreseen["logistic_regression"], answers),
    )


def _protocol(left_out: tuple[str, ...]) -> str:
    without = (
        f"Without {', '.join(left_out)}: known only afterwards, so no honest model may use it. "
        if left_out
        else "With every column but the target. "
    )
    return without + (
        f"{_FOLDS} folds, stratified and drawn by the seed; each row is foreseen by models that "
        "learnt from the other folds, and the figures are over all rows. The baseline is a ridge "
        "logistic regression (C=1) on standardised numbers and one flag a word; ours stacks the "
        "same regression with two gradient boostings, weighed on folds within what it learns from. "
        "calibration_error: mean gap between promised and seen rate over ten equal bins."
    )


def _answers(table: Columns, target: str) -> tuple[NDArray[np.bool_], str]:
    """Which rows say yes: the answer that is a usual word for it, else the rarer one."""
    values, words = table.one(target)
    if np.isnan(values).any():
        raise RecommenderError(f"column {target!r} has rows without an answer")
    kinds, counts = np.unique(values, return_counts=True)
    if len(kinds) != 2:  # noqa: PLR2004 - yes and no
        raise RecommenderError(
            f"column {target!r} has {len(kinds)} different answers where it needs two: "
            "there is nothing to tell apart"
        )
    if counts.min() < _LEAST:
        raise RecommenderError(f"{counts.min()} rows of the rarer answer: {_LEAST} are needed")
    told = [words[int(kind)] if words else f"{kind:g}" for kind in kinds]
    usual = [place for place, word in enumerate(told) if word.lower() in _YES]
    yes = usual[0] if len(usual) == 1 else int(counts.argmin())
    return values == kinds[yes], told[yes]


def _foresee(
    make: Callable[[], Classifier],
    values: Floats,
    answers: NDArray[np.bool_],
    seed: int,
    clock: Callable[[], float],
) -> tuple[Floats, float]:
    foreseen, took = np.zeros(len(answers)), []
    for learn, check in StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(
        values, answers
    ):
        start = clock()
        fitted = make().fit(values[learn], answers[learn])
        took.append(clock() - start)
        foreseen[check] = fitted.predict_proba(values[check])[:, 1]
    return foreseen, float(np.mean(took))


def _figures(foreseen: Floats, answers: NDArray[np.bool_], fit_s: float) -> Figures:
    return Figures(
        roc_auc=float(roc_auc_score(answers, foreseen)),
        pr_auc=float(average_precision_score(answers, foreseen)),
        calibration_error=calibration_error(foreseen, answers.astype(np.float64)),
        log_loss=float(log_loss(answers, foreseen, labels=[False, True])),
        fit_s=fit_s,
    )


def _gain(ours: Floats, theirs: Floats, answers: NDArray[np.bool_]) -> Gain:
    least = np.finfo(np.float64).tiny
    right = [np.where(answers, one, 1 - one).clip(least) for one in (ours, theirs)]
    saved = np.log(right[0]) - np.log(right[1])
    return Gain(float(saved.mean()), float(saved.std(ddof=1) / np.sqrt(len(saved))))
