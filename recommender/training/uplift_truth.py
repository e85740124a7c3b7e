"""A trial whose truth is known: drawn by a seed, so that a plan can be held against the best one.

Called by the uplift evaluation and by the command that writes such a file. Some people take
the offer anyway, some only when asked, some are put off; which of them somebody is follows from
columns that also say how much is bought anyhow, so whoever ranks by that is misled.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import numpy as np

from recommender.contract import RecommenderError
from recommender.training.uplift_measures import Trial

NAMES: Final = ("age", "balance", "visits", "tenure", "savings", "segment", "noise_1", "noise_2")
SEGMENTS: Final = ("mass", "affluent", "student", "business")
_LEAST, _MOST = 100, 1_000_000


def draw(rows: int, seed: int) -> Trial:
    """A trial of so many people, half of them treated; `segment` holds places in `SEGMENTS`."""
    if not _LEAST <= rows <= _MOST:
        raise RecommenderError(f"a trial has {_LEAST} to {_MOST} people")
    random = np.random.default_rng(seed)
    plain = random.normal(size=(rows, len(NAMES)))
    segment = random.choice(len(SEGMENTS), rows, p=(0.5, 0.2, 0.2, 0.1))
    plain[:, NAMES.index("segment")] = segment
    age, balance, visits, tenure, savings = plain[:, :5].T
    anyhow = 1 / (1 + np.exp(-(-1.4 + 0.8 * balance + 0.5 * tenure - 0.3 * (segment == 2))))  # noqa: PLR2004 - students
    effect = (
        0.05
        + 0.10 * np.tanh(1.2 * visits)
        - 0.06 * np.tanh(balance)
        + 0.05 * (segment == SEGMENTS.index("business"))
        - 0.05 * ((age > 1) & (savings > 0))
    )
    effect = np.clip(anyhow + effect, 0.01, 0.99) - anyhow
    treated = random.random(rows) < 0.5  # noqa: PLR2004 - half of them
    outcome = random.random(rows) < anyhow + effect * treated
    return Trial(plain, treated, outcome.astype(np.float64), np.full(rows, 0.5), effect)


def write(path: Path, rows: int, seed: int) -> None:
    """The trial as a file: its columns, treatment, outcome, and the true effect."""
    trial = draw(rows, seed)
    known = np.zeros(rows) if trial.effect is None else trial.effect
    place = NAMES.index("segment")
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow([*NAMES, "treatment", "outcome", "true_uplift"])
            for row, treated, outcome, effect in zip(
                trial.features, trial.treated, trial.outcome, known, strict=True
            ):
                cells: list[object] = [round(float(value), 6) for value in row]
                cells[place] = SEGMENTS[int(row[place])]
                out.writerow([*cells, int(treated), int(outcome), round(float(effect), 6)])
    except OSError as exc:
        raise RecommenderError(f"{path} cannot be written: {exc}") from exc
