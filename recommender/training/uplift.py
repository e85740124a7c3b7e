"""How well a plan finds those whom an offer changes, on the file of a trial.

Called by `elian recommend evaluate --uplift`. All strategies and our planner learn from the same
folds and rank the rest. Beside the file's own figures stand those of a trial drawn by the seed,
of which the truth is known: what each plan gains there, as a share of what the best would.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from recommender.contract import RecommenderError
from recommender.training.table_file import Columns, Floats, read_table
from recommender.training.uplift_measures import (
    Mask,
    Trial,
    auuc,
    chosen,
    first,
    qini,
    share_of_oracle,
    uplift_at,
)
from recommender.training.uplift_strategies import STRATEGIES, Kind, floor, folds, plan
from recommender.training.uplift_truth import NAMES, draw

TREATMENT: Final = ("treatment", "treated", "treat", "w", "t")
OUTCOME: Final = ("outcome", "y", "response", "visit", "conversion", "converted", "target")
TRUTH: Final = ("true_uplift", "true_effect", "uplift", "effect", "tau", "ite", "cate")
SHARE: Final = ("treatment_share", "propensity", "treatment_propensity")
KNOWN_AFTERWARDS: Final = ("visit", "conversion", "spend", "exposure")
_CONTROL: Final = ("no ", "control", "no", "false", "untreated")
_GROUPS: Final = 20  # for standard errors, one left out at a time
_LEAST: Final = 50  # people of either arm
_SYNTHETIC: Final = 20_000


class Figures(msgspec.Struct, frozen=True):
    """Of one strategy, on people that it did not learn from; `_se` is a standard error."""

    qini: float
    qini_se: float
    auuc: float
    auuc_se: float
    uplift_30: float = msgspec.field(name="uplift@30%")
    uplift_30_se: float = msgspec.field(name="uplift@30%_se")
    treated_share: float  # how many it would treat within the budget
    share_of_oracle: float | None  # what it gains, where the truth is known


class Judged(msgspec.Struct, frozen=True):
    """All strategies on one trial; `ours` is the planner, which chose anew in each fold."""

    people: int
    treated: int
    outcome_rate: float
    chosen: tuple[str, ...]
    models: dict[str, Figures]


class Report(msgspec.Struct, frozen=True):
    protocol: str
    treatment: str
    outcome: str
    control: str
    columns: tuple[str, ...]
    dropped: tuple[str, ...]
    seed: int
    budget: float
    people: int
    treated: int
    outcome_rate: float
    chosen: tuple[str, ...]
    models: dict[str, Figures]
    synthetic_truth: Judged


PROTOCOL: Final = (
    "Three folds drawn by the seed; every strategy, and the planner, learns from two and ranks the "
    "third; ranks within folds are put together, ties by lot. The planner ('ours') chooses within "
    "what it learns from, on three folds of that, by the mean doubly robust effect of whom a "
    "strategy treats over budgets of 10 to 50 %: the mean of the learners, unless another is "
    "better by a standard error, or one without a model of uplift ('random', 'response_model') as "
    "good. qini: area between the Qini curve and a random ranking's line, a person. auuc: area "
    "under the uplift curve, a person. uplift@30%: difference of both arms' means among the first "
    "30 %. Standard errors by leaving out one of 20 groups at a time. share_of_oracle: true effect "
    "of whom the plan treats within the budget over that of the best plan. synthetic_truth: the "
    "same on a trial of 20,000 drawn by the seed."
)


def evaluate(
    path: Path,
    *,
    treatment: str | None = None,
    outcome: str | None = None,
    dropped: Sequence[str] = KNOWN_AFTERWARDS,
    budget: float = 0.3,
    seed: int,
) -> Report:
    """Judge all strategies on the file. RecommenderError: unreadable, or no trial."""
    if not 0 < budget <= 1:
        raise RecommenderError("a budget is a share of all people, above 0 and up to 1")
    table = read_table(path)
    by = treatment or _found(table, TREATMENT, "treatment")
    what = outcome or _found(table, OUTCOME, "outcome")
    special = {by, what} | {name for name in (*TRUTH, *SHARE) if name in table.names}
    leaving = tuple(name for name in table.names if name in dropped and name not in special)
    columns = table.without(frozenset({*special, *leaving}))
    if not columns.names:
        raise RecommenderError("no column is left to tell people apart by")
    trial, control = _trial(table, columns, by, what)
    with threadpool_limits(1):  # on a busy machine, threads that wait for each other cost more
        judged = _judge(trial, columns.of_words, budget, seed)
    return Report(
        protocol=PROTOCOL,
        treatment=by,
        outcome=what,
        control=control,
        columns=columns.names,
        dropped=leaving,
        seed=seed,
        budget=budget,
        people=judged.people,
        treated=judged.treated,
        outcome_rate=judged.outcome_rate,
        chosen=judged.chosen,
        models=judged.models,
        synthetic_truth=on_truth(_SYNTHETIC, budget=budget, seed=seed),
    )


def on_truth(people: int, *, budget: float, seed: int) -> Judged:
    """All strategies on a trial drawn by the seed, of which every true effect is known."""
    of_words = np.array([name == "segment" for name in NAMES])
    with threadpool_limits(1):
        return _judge(draw(people, seed), of_words, budget, seed)


def _found(table: Columns, usual: tuple[str, ...], what: str) -> str:
    for name in usual:
        if name in table.names:
            return name
    raise RecommenderError(
        f"the header names no {what} (one of {', '.join(usual)}): name it with --{what}"
    )


def _trial(table: Columns, columns: Columns, by: str, what: str) -> tuple[Trial, str]:
    arm, arms = table.one(by)
    outcome, answers = table.one(what)
    if np.isnan(arm).any() or np.isnan(outcome).any():
        raise RecommenderError(f"rows without a {by} or a {what}")
    if answers is not None:
        if len(answers) != 2:  # noqa: PLR2004 - no and yes, in that order of the alphabet
            raise RecommenderError(f"{what!r} is neither a number nor one of two words")
        outcome = (outcome == 1).astype(np.float64)
    if (outcome == outcome[0]).all():
        raise RecommenderError(f"{what!r} is the same for everybody: there is nothing to change")
    control, word = _control(arm, arms, by)
    treated = arm != control
    if min(int(treated.sum()), int((~treated).sum())) < _LEAST:
        raise RecommenderError(f"a trial needs {_LEAST} people with and without {by!r}")
    share = np.full(len(arm), treated.mean())
    for name in SHARE:
        if name in table.names:
            share, _ = table.one(name)
            if not ((share > 0) & (share < 1)).all():
                raise RecommenderError(f"column {name!r} holds what is no chance between 0 and 1")
    truth = next((table.one(name)[0] for name in TRUTH if name in table.names), None)
    if truth is not None and np.isnan(truth).any():
        raise RecommenderError("the true effect is missing in some rows")
    return Trial(columns.values, treated, outcome, share, truth), word


def _control(arm: Floats, arms: tuple[str, ...] | None, by: str) -> tuple[float, str]:
    """Who was left alone: zero, or the one word that says no; all others were treated."""
    if arms is None:
        if not set(np.unique(arm)) <= {0.0, 1.0}:
            raise RecommenderError(f"column {by!r} holds other numbers than 0 and 1")
        return 0.0, "0"
    no = [place for place, word in enumerate(arms) if word.lower().startswith(_CONTROL)]
    if len(no) != 1:
        raise RecommenderError(f"column {by!r} does not say who was left alone: {', '.join(arms)}")
    return float(no[0]), arms[no[0]]


def _judge(trial: Trial, of_words: Mask, budget: float, seed: int) -> Judged:
    yes_or_no = set(np.unique(trial.outcome)) <= {0.0, 1.0}
    kind = Kind(of_words, yes_or_no, seed)
    ranks = {name: np.zeros(len(trial.outcome)) for name in ("ours", *STRATEGIES)}
    picked = {name: np.zeros(len(trial.outcome), bool) for name in ranks}
    chose, random = [], np.random.default_rng(seed)
    for rows, check in folds(trial, seed):
        planned = plan(trial.take(rows), kind)
        chose.append(planned.best)
        for name in STRATEGIES:
            scores = planned.scores[name](trial.features[check])
            order = first(scores, random)
            place = np.empty(len(order))
            place[order] = np.linspace(1, 0, len(order))
            for taker in (name, "ours") if name == planned.best else (name,):
                ranks[taker][check] = place
                picked[taker][check] = chosen(order, scores, budget, floor(name))
    order_of = {name: first(rank, random) for name, rank in ranks.items()}
    return Judged(
        people=len(trial.outcome),
        treated=int(trial.treated.sum()),
        outcome_rate=float(trial.outcome.mean()),
        chosen=tuple(chose),
        models={
            name: _figures(order_of[name], picked[name], trial, budget, seed) for name in ranks
        },
    )


def _figures(
    order: NDArray[np.intp], picked: Mask, trial: Trial, budget: float, seed: int
) -> Figures:
    whole = _measures(order, trial)
    group = np.random.default_rng(seed).integers(_GROUPS, size=len(order))
    parts = np.array(
        [_measures(order[group[order] != without], trial) for without in range(_GROUPS)]
    )
    errors = np.sqrt((_GROUPS - 1) / _GROUPS * ((parts - parts.mean(0)) ** 2).sum(0))
    return Figures(
        qini=whole[0],
        qini_se=float(errors[0]),
        auuc=whole[1],
        auuc_se=float(errors[1]),
        uplift_30=whole[2],
        uplift_30_se=float(errors[2]),
        treated_share=float(picked.mean()),
        share_of_oracle=(
            None if trial.effect is None else share_of_oracle(picked, trial.effect, budget)
        ),
    )


def _measures(order: NDArray[np.intp], trial: Trial) -> tuple[float, float, float]:
    return qini(order, trial), auuc(order, trial), uplift_at(order, trial, 0.3)
