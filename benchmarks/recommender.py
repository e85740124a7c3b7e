"""Lists of ten out of ten thousand things, for any of a million customers, on one core.

    python -m benchmarks.recommender [--customers 1000000] [--items 10000] [--asked 5000]

The recommender as the house opens it: an event loop, a log in SQLite, a model mapped from the
disk. A request checks the consents, reads the history and the refusals, scores every item, takes
the ten best and lists what each score consists of. Histories are drawn, half of them longer than
8 things and one in a hundred longer than 70; so are the model's numbers, on which speed does not
depend. Beside it, in turns with it, is what nobody can beat from numpy: the rows of the same
histories, weights known and nothing checked, through the same two matrices, and the ten best.
Budget: p50 2 ms, p99 5 ms; a new event in the list within 100 ms. Writes a table to `results/`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.candidates.item_model import Description, publish
from recommender.candidates.nearness import Built, Choice
from recommender.candidates.window import FOLDER
from recommender.contract import Consents, Event, ItemKind, ItemsAsked, Recommender
from recommender.features.log import open_log
from recommender.features.taken import NEWEST
from recommender.open import open_recommender

HERE = Path(__file__).parent
KIND = ItemKind.ARTICLE
ALL_ON = Consents("c-1", personalised_offers=True, chat_content=True, account_data=True)
BUDGET_MS = {"p50": 2.0, "p99": 5.0}
EVENTS = 200
Floats = NDArray[np.float32]


def histories(customers: int, items: int, seed: int) -> Iterator[tuple[int, list[int]]]:
    """Places of items, oldest first; the popular more often."""
    random = np.random.default_rng(seed)
    for first in range(0, customers, 10_000):
        many = np.minimum(random.lognormal(np.log(8), 0.93, 10_000).astype(int) + 1, 150)
        picks = (items * random.random(int(many.sum())) ** 2).astype(int).tolist()
        start = 0
        for at, count in enumerate(many.tolist()[: customers - first]):
            yield first + at, list(dict.fromkeys(picks[start : start + count]))
            start += count


def fill(directory: Path, customers: int, items: int, now: datetime) -> int:
    """A log with everybody's history; how many rows."""
    end = int(now.timestamp() * 1e6)
    rows = (
        (f"c{who:07}", KIND, f"i{item:05}", end - (len(taken) - age) * 60_000_000)
        for who, taken in histories(customers, items, 7)
        for age, item in sorted(enumerate(taken), key=lambda one: one[1])
    )
    with open_log(directory / "events.db") as log:
        log.connection.execute("PRAGMA synchronous = OFF")
        with log.transaction():
            log.connection.executemany("INSERT INTO taken VALUES (?, ?, ?, ?)", rows)
        log.fold()
        return int(log.connection.execute("SELECT count(*) FROM taken").fetchone()[0])


def log_size(directory: Path) -> int:
    return (directory / "events.db").stat().st_size


def learn(directory: Path, items: int, now: datetime) -> tuple[Floats, Floats]:
    """A model of drawn numbers, published as training does; its two matrices."""
    random = np.random.default_rng(7)
    similar, following = (random.random((items, items), np.float32) for _ in range(2))
    held = np.ones(items, np.float32)
    described = Description(
        kind=KIND,
        items=tuple(f"i{place:05}" for place in range(items)),
        choice=Choice(ridge=3, order=1, memory=10, novelty=0),
        trained_at=now,
    )
    publish(directory / FOLDER / KIND, described, Built(similar, following, held), held, b"{}")
    return similar, following


def bare(places: list[int], matrices: tuple[Floats, Floats]) -> NDArray[np.intp]:
    """The least that numpy can do for the same list."""
    known = np.array(places[-NEWEST:], np.intp)
    weights = np.full(len(known), 0.5, np.float32)
    scores = weights @ matrices[0][known] + weights @ matrices[1][known]
    return np.argpartition(-scores, 9)[:10]


async def ask(
    recommender: Recommender, chosen: list[tuple[int, list[int]]], matrices: tuple[Floats, Floats]
) -> dict[str, list[float]]:
    """Milliseconds of each request, ours and the limit's in turns."""
    took: dict[str, list[float]] = {"ours": [], "bare numpy": [], "ours, CPU": [], "new event": []}
    for who, places in chosen:
        start, cpu = time.perf_counter(), time.process_time()
        found = await recommender.next_items(ItemsAsked(f"c{who:07}", KIND, ALL_ON))
        took["ours"].append((time.perf_counter() - start) * 1000)
        took["ours, CPU"].append((time.process_time() - cpu) * 1000)
        if not found.personal or len(found.items) != 10:
            raise SystemExit(f"customer {who} was given no list of their own")
        start = time.perf_counter()
        bare(places, matrices)
        took["bare numpy"].append((time.perf_counter() - start) * 1000)
    for number, (who, _) in enumerate(chosen[:EVENTS]):
        asked = ItemsAsked(f"c{who:07}", KIND, ALL_ON)
        before = [one.item for one in (await recommender.next_items(asked)).items]
        now = datetime.now(UTC)
        start = time.perf_counter()
        await recommender.observe(
            [
                Event(
                    f"new-{number}",
                    "article_read",
                    asked.customer,
                    now,
                    "",
                    "",
                    "",
                    ALL_ON,
                    before[0],
                )
            ]
        )
        after = [one.item for one in (await recommender.next_items(asked)).items]
        took["new event"].append((time.perf_counter() - start) * 1000)
        if before[0] in after:
            raise SystemExit("a new event did not change the list")
    return took


def held(costs: list[float]) -> str:
    p50, p99 = np.percentile(costs, [50, 99])
    return "held" if p50 <= BUDGET_MS["p50"] and p99 <= BUDGET_MS["p99"] else "NOT held"


def table(took: dict[str, list[float]]) -> list[str]:
    lines = ["| | p50 ms | p99 ms | of bare numpy |", "|---|---|---|---|"]
    limit = np.percentile(took["bare numpy"], [50, 99])
    for name, costs in took.items():
        p50, p99 = np.percentile(costs, [50, 99])
        ratio = f"{p50 / limit[0]:.2f}, {p99 / limit[1]:.2f}" if name == "ours" else ""
        lines.append(f"| {name} | {p50:.2f} | {p99:.2f} | {ratio} |")
    return lines


async def measure(args: argparse.Namespace, directory: Path) -> list[str]:
    now = datetime.now(UTC)
    rows = fill(directory, args.customers, args.items, now)
    matrices = learn(directory, args.items, now)
    random = np.random.default_rng(9)
    wanted = set(
        random.choice(args.customers, min(args.asked, args.customers), replace=False).tolist()
    )
    chosen = [one for one in histories(args.customers, args.items, 7) if one[0] in wanted]
    chosen = [chosen[place] for place in random.permutation(len(chosen))]
    start = time.perf_counter()
    url = f"model://{directory}"
    async with open_recommender(url, now=lambda: datetime.now(UTC)) as recommender:
        opened_s = time.perf_counter() - start
        await ask(recommender, chosen[: len(chosen) // 10], matrices)  # once round, unmeasured
        took = await ask(recommender, chosen, matrices)
    verdicts = {name: held(took[name]) for name in ("ours", "ours, CPU")}
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    log_mb = log_size(directory) >> 20
    model_mb = 8 * args.items**2 >> 20
    counted = f"{args.customers} customers, {rows} things taken, {args.items} items"
    budget = f"Budget of p50 {BUDGET_MS['p50']} and p99 {BUDGET_MS['p99']} ms"
    return [
        f"{counted}, {len(chosen)} lists of 10; one core",
        "",
        *table(took),
        "",
        f"{budget}: {verdicts['ours']} by the clock, {verdicts['ours, CPU']} by the core's time.",
        f"Load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores. A new event is committed first.",
        f"The model: {model_mb} MB, mapped, shared by processes; the limit's copy as much again.",
        f"The process at its peak, drawing and copies included: {peak_mb} MB; log: {log_mb} MB.",
        f"Opened, digests and signature checked, in {opened_s:.1f} s.",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--asked", type=int, default=5_000)
    args = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix="elian-") as folder:
        lines = asyncio.run(measure(args, Path(folder)))
    print("\n".join(lines))
    results = HERE / "results" / f"recommender-{datetime.now(UTC):%Y%m%d-%H%M%S}.md"
    results.write_text("# Lists of the recommender\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
