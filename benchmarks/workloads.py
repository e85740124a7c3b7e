"""Each workload: ours, its limit in the same run, and the ratios that count."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.filling import fill_feed, fill_log, fill_webs, written
from benchmarks.generator import memory_kb
from benchmarks.serving import Served, bare, house, prepare

Found = dict[str, Any]
PAIRS, MEMBERS = 100, 1000
IDLE = 5_000
FOLLOWERS, ONLINE = 1_000_000, 2_000
STORM, EACH, LOGGED = 5_000, 20, 4  # devices, conversations of each, messages in each
LARGE, FILL_S = 10_000_000, 120.0  # as many as the time allows
ROUNDS = 2  # ours and the limit in turn; the medians count


def middle(runs: list[Found]) -> Found:
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def ratio(ours: Found, limit: Found, key: str) -> float:
    return round(ours[key] / limit[key], 2)


def talk(
    folder: Path, seconds: float, rate: float = 0.0, rounds: int = ROUNDS
) -> tuple[Found, Found]:
    """W1 or, at a rate, W4: against the durable limit."""
    data = folder / "pairs"
    prepared = prepare(data, users=2 * PAIRS, pairs=PAIRS)
    paced = ["--rate", str(rate)]
    ours, limit = [], []
    for _ in range(rounds):
        with bare(prepared) as server:
            limit.append(server.load("w1", seconds, *paced))
        with house(data, prepared) as server:
            ours.append(server.load("w1", seconds, *paced))
    return middle(ours), middle(limit)


def w1(folder: Path, seconds: float) -> Found:
    ours, limit = talk(folder, seconds)
    return {
        "ours": ours,
        "limit": limit,
        "ratios": {
            "of_limit": ratio(ours, limit, "per_s"),
            "of_limit_by_cpu": ratio(limit, ours, "server_us"),
        },
    }


def w4(folder: Path, seconds: float) -> Found:
    rate = talk(folder, seconds, rounds=1)[0]["per_s"] / 4
    ours, limit = talk(folder, seconds, rate)
    return {
        "rate": rate,
        "ours": ours,
        "limit": limit,
        "ratios": {"p50": ratio(ours, limit, "p50_ms"), "p99": ratio(ours, limit, "p99_ms")},
    }


def w2(folder: Path, seconds: float) -> Found:
    data = folder / "group"
    prepared = prepare(data, users=MEMBERS, group=MEMBERS)
    ours, limit = [], []
    for _ in range(ROUNDS):
        with bare(prepared, durable=False) as server:
            limit.append(server.load("w2", seconds))
        with house(data, prepared) as server:
            ours.append(server.load("w2", seconds))
    mine, bound = middle(ours), middle(limit)
    return {
        "ours": mine,
        "limit": bound,
        "ratios": {
            "of_limit": ratio(mine, bound, "per_s"),
            "of_limit_by_cpu": ratio(bound, mine, "server_us"),
            "last_member_p99": ratio(mine, bound, "p99_ms"),
        },
    }


def w3(folder: Path, seconds: float) -> Found:
    """Connected, greeted, caught up once with a cursor, and silent."""
    data = folder / "idle"
    prepared = prepare(data, users=IDLE, pairs=IDLE // 2)

    def weigh(server: Served) -> Found:
        before = memory_kb(server.pid)
        found = server.load("w3", seconds)
        after = found.pop("memory_kb")
        return found | {"kb_per_connection": round((after - before) / IDLE, 1)}

    with bare(prepared, durable=False) as server:
        limit = weigh(server)
    with house(data, prepared) as server:
        ours = weigh(server)
    return {
        "ours": ours,
        "limit": limit,
        "ratios": {"of_limit": ratio(ours, limit, "kb_per_connection")},
        "must": {"kb_per_connection": 20},
    }


def w5(folder: Path, seconds: float) -> Found:
    data = folder / "feed"
    prepared = prepare(data, users=ONLINE + 1)
    conv = fill_feed(data, prepared, FOLLOWERS)
    before = written(data)
    with house(data, prepared) as server:
        ours = server.load("w5", seconds)
        after = written(data)
    writes = {table: after[table] - before[table] for table in after}
    told = ours | {"followers": FOLLOWERS, "online": ONLINE, "conv": conv, "rows_written": writes}
    return {
        "ours": told,
        "limit": {},
        "ratios": {"rows_per_broadcast": sum(writes.values()) / ours["broadcasts"]},
        "must": {"max_ms": 300},
    }


def w6(folder: Path, seconds: float) -> Found:
    data = folder / "storm"
    prepared = prepare(data, users=STORM + 4, pairs=2)
    fill_webs(data, prepared, STORM, EACH, LOGGED)
    with house(data, prepared) as server:
        ours = server.load("w6", seconds)
    return {"ours": ours, "limit": {}, "ratios": {}, "must": {"caught_up_s": 15}}


def w7(folder: Path, seconds: float) -> Found:
    found: Found = {}
    for name, messages in (("small", 10_000), ("large", LARGE)):
        data = folder / name
        prepared = prepare(data, users=2 * PAIRS, pairs=PAIRS)
        filling = fill_log(data, prepared, messages, FILL_S)
        with house(data, prepared) as server:
            pages = server.load("w7", seconds)
            sends = server.load("w1", seconds)
        found[name] = {"messages": filling.messages, "fill_s": filling.seconds}
        found[name] |= {"sends": sends, "pages": pages}
    small, large = found["small"], found["large"]
    return {
        "ours": large,
        "limit": small,
        "ratios": {
            "sends": ratio(large["sends"], small["sends"], "per_s"),
            "sends_by_cpu": ratio(small["sends"], large["sends"], "server_us"),
            "pages": ratio(large["pages"], small["pages"], "per_s"),
            "pages_by_cpu": ratio(small["pages"], large["pages"], "server_us"),
        },
    }


WORKLOADS: dict[str, Callable[[Path, float], Found]] = {
    "W1": w1, "W2": w2, "W3": w3, "W4": w4, "W5": w5, "W6": w6, "W7": w7,
}  # fmt: skip


def carriages(folder: Path, seconds: float) -> Found:
    """Ways to carry the socket, in memory: see docs/adr/0002."""
    prepared = prepare(folder / "pairs", users=2 * PAIRS, pairs=PAIRS)
    found: Found = {}
    for way in ("picows", "uvicorn-picows", "uvicorn-sansio"):
        with bare(prepared, "--carriage", way, durable=False) as server:
            found[way] = server.load("w1", seconds)
    return {"ours": found["uvicorn-picows"], "limit": found["picows"], "ratios": {}, **found}
