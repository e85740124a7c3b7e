"""How well exploring pays, and whether its estimates hold: in a world drawn by the seed.

Called by `elian recommend evaluate --bandit`. There every customer's true chance of taking each
offer is known, so regret and the truth that an interval should cover are known as well. What
comes of an offer is heard a day later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec
import numpy as np

from recommender.exploration.belief import Belief, Floats
from recommender.exploration.estimates import (
    Estimate,
    Log,
    cross_fitted,
    doubly_robust,
    ips,
    snips,
)
from recommender.exploration.policy import EpsilonGreedy, Policy, Thompson, decide, draw

_ARMS, _WIDTH = 6, 6
_DAYS, _A_DAY = 60, 200
_WORLDS: Final = 10
_LOGS: Final = 1000
_ROWS: Final = 10_000  # of each log
_TOWN: Final = 20_000  # customers of whom each log is a sample, and the truth the mean
_LOG_FLOOR: Final = 0.2  # of the policy that wrote the logs, drawn evenly


class Regret(msgspec.Struct, frozen=True):
    """Of one policy: reward lost against the best offer for everybody, means over worlds."""

    regret: float  # over the whole time
    regret_se: float
    last_fifth: float  # of the choices, a choice
    mean_reward: float


class Coverage(msgspec.Struct, frozen=True):
    """Of one estimate's 95 % intervals over many logs of one policy."""

    coverage: float
    coverage_se: float
    bias: float
    width: float


class Report(msgspec.Struct, frozen=True):
    protocol: str
    seed: int
    models: dict[str, Regret]
    regret_of_epsilon_greedy: float  # ours as a share of it
    worst_world: float
    logs: int
    truth: float
    intervals: dict[str, Coverage]


PROTOCOL: Final = (
    f"{_WORLDS} worlds of {_ARMS} offers drawn by the seed; in each {_DAYS} days of {_A_DAY} "
    "customers, described by five numbers, take an offer with a logistic chance. What comes of a "
    "day's offers is heard at the end of the next day. All policies see the same customers. Regret "
    "is the true chance of the best offer less that of the one made, summed. ours: Thompson "
    "sampling with 1 % drawn evenly, epsilon_greedy: 10 % drawn evenly, both on the same Bayesian "
    "linear regressions; greedy: never explores; uniform: only explores. "
    f"intervals: {_LOGS} logs of {_ROWS:,} choices, each with its logged propensity, by a "
    f"policy that learnt for two days, {_LOG_FLOOR:.0%} drawn evenly; from each log the value of "
    "another policy, learnt for ten days, is estimated; coverage is the share of 95 % intervals "
    "that hold its true value."
)


class World(NamedTuple):
    weights: Floats  # arms x numbers of context

    def customers(self, many: int, random: np.random.Generator) -> Floats:
        return np.column_stack([np.ones(many), random.normal(size=(many, _WIDTH - 1))])

    def chances(self, contexts: Floats) -> Floats:
        taken: Floats = 1 / (1 + np.exp(-contexts @ self.weights.T))
        return taken


def evaluate(seed: int, *, worlds: int = _WORLDS, logs: int = _LOGS, days: int = _DAYS) -> Report:
    """Regret over the worlds, and the coverage of intervals in the first."""
    makers: dict[str, Callable[[], Policy]] = {
        "ours": lambda: Thompson(Belief(_ARMS, _WIDTH)),
        "epsilon_greedy": lambda: EpsilonGreedy(Belief(_ARMS, _WIDTH)),
        "greedy": lambda: EpsilonGreedy(Belief(_ARMS, _WIDTH), epsilon=0.0),
        "uniform": lambda: EpsilonGreedy(Belief(_ARMS, _WIDTH), epsilon=1.0),
    }
    lived = {
        name: [_live(make(), seed + number, days) for number in range(worlds)]
        for name, make in makers.items()
    }
    lost = {name: np.array([one[0] for one in many]) for name, many in lived.items()}
    truth, intervals = _coverage(seed, logs)
    return Report(
        protocol=PROTOCOL,
        seed=seed,
        models={name: _regret(many) for name, many in lived.items()},
        regret_of_epsilon_greedy=float(lost["ours"].sum() / lost["epsilon_greedy"].sum()),
        worst_world=float((lost["ours"] / lost["epsilon_greedy"]).max()),
        logs=logs,
        truth=truth,
        intervals=intervals,
    )


def world(seed: int) -> World:
    random = np.random.default_rng([seed, 1])
    weights = random.normal(0, 0.8, (_ARMS, _WIDTH))
    weights[:, 0] = random.normal(-1.5, 0.4, _ARMS)
    return World(weights)


def _live(policy: Policy, seed: int, days: int) -> tuple[float, float, float]:
    """Regret, that of the last fifth a choice, and the mean reward."""
    around = world(seed)
    people, chance = np.random.default_rng([seed, 2]), np.random.default_rng([seed, 3])
    lost, earned, waiting = [], [], None
    for _ in range(days):
        contexts = around.customers(_A_DAY, people)
        true = around.chances(contexts)
        luck = people.random(_A_DAY)
        arms = decide(policy, contexts, chance).arms
        got = true[np.arange(_A_DAY), arms]
        rewards = (luck < got).astype(np.float64)
        lost.append(true.max(1) - got)
        earned.append(rewards)
        if waiting is not None:
            policy.learn(*waiting)
        waiting = contexts, arms, rewards
    every = np.concatenate(lost)
    return (
        float(every.sum()),
        float(every[-len(every) // 5 :].mean()),
        float(np.concatenate(earned).mean()),
    )


def _regret(lived: list[tuple[float, float, float]]) -> Regret:
    regret, last, reward = np.array(lived).T
    error = regret.std(ddof=1) / np.sqrt(len(regret)) if len(regret) > 1 else np.nan
    return Regret(float(regret.mean()), float(error), float(last.mean()), float(reward.mean()))


def _learnt(around: World, days: int, random: np.random.Generator) -> Thompson:
    policy = Thompson(Belief(_ARMS, _WIDTH))
    for _ in range(days):
        contexts = around.customers(_A_DAY, random)
        arms = decide(policy, contexts, random).arms
        true = around.chances(contexts)[np.arange(_A_DAY), arms]
        policy.learn(contexts, arms, (random.random(_A_DAY) < true).astype(np.float64))
    return policy


def _coverage(seed: int, logs: int) -> tuple[float, dict[str, Coverage]]:
    around, random = world(seed), np.random.default_rng([seed, 4])
    logging, other = _learnt(around, 2, random), _learnt(around, 10, random)
    logging.floor = _LOG_FLOOR
    promoted = EpsilonGreedy(other.belief, epsilon=0.05)
    people = around.customers(_TOWN, random)
    true, chances = around.chances(people), promoted.chances(people, random)
    logged = np.vstack([logging.chances(part, random) for part in np.split(people, _TOWN // 2000)])
    truth = float((chances * true).sum(1).mean())
    made: dict[str, list[Estimate]] = {"ips": [], "snips": [], "dr": []}
    for _ in range(logs):
        who = random.integers(_TOWN, size=_ROWS)
        choices = draw(logged[who], random)
        rewards = (random.random(_ROWS) < true[who, choices.arms]).astype(np.float64)
        log = Log(choices.arms, rewards, choices.propensity)
        made["ips"].append(ips(log, chances[who]))
        made["snips"].append(snips(log, chances[who]))
        foreseen = cross_fitted(log, people[who], _ARMS)
        made["dr"].append(doubly_robust(log, chances[who], foreseen))
    return truth, {name: _held(many, truth) for name, many in made.items()}


def _held(made: list[Estimate], truth: float) -> Coverage:
    share = float(np.mean([one.covers(truth) for one in made]))
    return Coverage(
        coverage=share,
        coverage_se=float(np.sqrt(share * (1 - share) / len(made))),
        bias=float(np.mean([one.value for one in made]) - truth),
        width=float(np.mean([one.high - one.low for one in made])),
    )
