"""Whether a simulated house kept its promises, and what its offers changed.

Called by the simulation. It reads the answers that customers got and the truth about them; of
the rules it knows the numbers only, and counts by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
import numpy as np

from recommender.guardrails.rules import SHANGHAI, WEEK, Rules

_SURE: Final = 1.959963984540054  # standard errors either side of 95 %


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """An offer that was made, or withheld from the hold-out, and the truth about it."""

    customer: str
    at: datetime
    product: str
    exempt: bool  # whether its trigger may come in quiet hours
    withheld: bool
    permitted: bool  # whether the customer's consent covered it then
    refused: bool  # whether the customer had dismissed the product within the rule's days
    propensity: float | None
    chance: float  # the true chance of taking it
    anyhow: float  # and without being asked
    best: float  # the chance of the best product that could have been offered
    popular: float  # of the product that is liked best on average, of those
    even: float  # the mean over those
    taken: bool


class Violations(msgspec.Struct, frozen=True):
    cap: int
    consent: int
    quiet_hours: int
    refused_before: int
    no_propensity: int


class Lift(msgspec.Struct, frozen=True):
    """Share taken of offers made, less that of offers withheld; 95 %, by customer."""

    offered: float
    held_out: float
    value: float
    low: float
    high: float
    truth: float  # the mean true effect of the offers made


class Regret(msgspec.Struct, frozen=True):
    """True chance of the best product less that of the one offered, a mean over offers."""

    ours: float
    popularity: float
    random: float


def violations(made: Sequence[Made], rules: Rules) -> Violations:
    """Counted over offers that customers saw."""
    shown = [one for one in made if not one.withheld]
    by_customer: dict[str, list[datetime]] = {}
    for one in sorted(shown, key=lambda one: one.at):
        by_customer.setdefault(one.customer, []).append(one.at)
    return Violations(
        cap=sum(_over(times, rules) for times in by_customer.values()),
        consent=sum(not one.permitted for one in shown),
        quiet_hours=sum(not one.exempt and _quiet(one.at, rules) for one in shown),
        refused_before=sum(one.refused for one in shown),
        no_propensity=sum(not one.propensity for one in made),
    )


def lift(made: Sequence[Made]) -> Lift | None:
    """None while there is nobody on either side."""
    sides = [[one for one in made if one.withheld is withheld] for withheld in (False, True)]
    if not all(sides):
        return None
    (offered, one_error), (held_out, other_error) = map(_share, sides)
    value, error = offered - held_out, _SURE * math.hypot(one_error, other_error)
    truth = float(np.mean([one.chance - one.anyhow for one in sides[0]]))
    return Lift(offered, held_out, value, value - error, value + error, truth)


def regret(made: Sequence[Made]) -> Regret:
    shown = [one for one in made if not one.withheld]
    lost = [(one.best - one.chance, one.best - one.popular, one.best - one.even) for one in shown]
    return Regret(*(float(mean) for mean in np.mean(lost or [(0.0, 0.0, 0.0)], axis=0)))


def _over(times: list[datetime], rules: Rules) -> int:
    """Offers beyond a cap: later ones of a day, and those that close a week too full."""
    days = [at.astimezone(SHANGHAI).date() for at in times]
    a_day = sum(days.count(day) > rules.per_day for day in set(days))
    a_week = sum(
        last - first < WEEK for first, last in zip(times, times[rules.per_week :], strict=False)
    )
    return a_day + a_week


def _quiet(at: datetime, rules: Rules) -> bool:
    moment = at.astimezone(SHANGHAI).time()
    start, end = rules.quiet_from, rules.quiet_until
    return start <= moment < end if start <= end else moment >= start or moment < end


def _share(made: list[Made]) -> tuple[float, float]:
    """Share taken and its standard error, where one customer's offers hang together."""
    share = sum(one.taken for one in made) / len(made)
    off: dict[str, float] = {}
    for one in made:
        off[one.customer] = off.get(one.customer, 0.0) + one.taken - share
    people = len(off)
    scale = people / (people - 1) if people > 1 else 1.0
    return share, math.sqrt(scale * sum(value**2 for value in off.values())) / len(made)
