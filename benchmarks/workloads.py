"""Each workload: ours, its limit in the same run, and the ratios that count."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.filling import fill_feed, fill_log, fill_webs, written
from benchmarks.generator import memory_kb
from benchmarks.serving import Served, bare, house, prepare
from benchmarks.turns import Opening, in_turn, middle, paired

Found = dict[str, Any]
Beside = Mapping[str, Callable[[Path, Path], AbstractContextManager[Served]]]  # peers
PAIRS, MEMBERS = 100, 1000
IDLE = 5_000
FOLLOWERS, ONLINE = 1_000_000, 2_000
STORM, EACH, LOGGED = 5_000, 20, 4  # devices, conversations of each, messages in each
SMALL, LARGE = 10_000, 10_000_000
ROW_BYTES = 1_000  # on the disk, with its indexes twice over
FILL_S = 420.0  # fewer messages, if they take longer
CALIBRATE_S = 3.0


def ratio(ours: Found, limit: Found, key: str) -> float:
    return round(ours[key] / limit[key], 2)


def compared(slices: dict[str, list[Found]], ratios: dict[str, tuple[str, str, str]]) -> Found:
    """`ratios`: each one's name, whose figure, by whose, and which."""
    found: Found = {"ours": middle(slices["ours"]), "limit": middle(slices["limit"])}
    found["ratios"] = {
        name: paired(slices[whose], slices[by], key) for name, (whose, by, key) in ratios.items()
    }
    for peer in slices.keys() - {"ours", "limit"}:
        found.setdefault("peers", {})[peer] = middle(slices[peer])
        found["ratios"][f"of_{peer}"] = paired(slices["ours"], slices[peer], "per_s")
        by_cpu = paired(slices[peer], slices["ours"], "server_us")
        found["ratios"][f"of_{peer}_by_cpu"] = by_cpu
    return found


def talking(
    folder: Path, seconds: float, rate: float = 0.0, beside: Beside | None = None
) -> dict[str, list[Found]]:
    """W1 or, at a rate, W4: against the durable limit."""
    data = folder / "pairs"
    folder.mkdir(exist_ok=True)
    prepared = prepare(data, users=2 * PAIRS, pairs=PAIRS)
    servers = {"limit": lambda: bare(prepared), "ours": lambda: house(data, prepared)}
    servers |= opened(beside, folder, prepared)
    return in_turn(servers, "w1", "--rate", str(rate), seconds=seconds)


def opened(beside: Beside | None, folder: Path, prepared: Path) -> dict[str, Opening]:
    return {name: partial(peer, folder, prepared) for name, peer in (beside or {}).items()}


def w1(folder: Path, seconds: float, beside: Beside | None = None) -> Found:
    return compared(
        talking(folder, seconds, beside=beside),
        {
            "of_limit": ("ours", "limit", "per_s"),
            "of_limit_by_cpu": ("limit", "ours", "server_us"),
        },
    )


def w4(folder: Path, seconds: float, beside: Beside | None = None) -> Found:
    del beside
    rate = middle(talking(folder / "full", CALIBRATE_S)["ours"])["per_s"] / 4
    found = compared(
        talking(folder, 2 * seconds, rate),  # latencies scatter more
        {"p50": ("ours", "limit", "p50_ms"), "p99": ("ours", "limit", "p99_ms")},
    )
    return {"rate": rate} | found


def w2(folder: Path, seconds: float, beside: Beside | None = None) -> Found:
    data = folder / "group"
    prepared = prepare(data, users=MEMBERS, group=MEMBERS)
    servers = {
        "limit": lambda: bare(prepared, durable=False),
        "ours": lambda: house(data, prepared),
    } | opened(beside, folder, prepared)
    return compared(
        in_turn(servers, "w2", seconds=seconds, slice_s=2.0),
        {
            "of_limit": ("ours", "limit", "per_s"),
            "of_limit_by_cpu": ("limit", "ours", "server_us"),
            "last_member_p99": ("ours", "limit", "p99_ms"),
        },
    )


def w3(folder: Path, seconds: float, beside: Beside | None = None) -> Found:
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
    found: Found = {
        "ours": ours,
        "limit": limit,
        "ratios": {"of_limit": ratio(ours, limit, "kb_per_connection")},
        "must": {"kb_per_connection": 20},
    }
    for name, opening in opened(beside, folder, prepared).items():
        with opening() as server:
            found.setdefault("peers", {})[name] = theirs = weigh(server)
            found["ratios"][f"of_{name}"] = ratio(ours, theirs, "kb_per_connection")
    return found


def w5(folder: Path, seconds: float, beside: Beside | None = None) -> Found:
    del beside
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


def w6(folder: Path, seconds: float, beside: Beside | None = None) -> Found:
    del beside
    data = folder / "storm"
    prepared = prepare(data, users=STORM + 4, pairs=2)
    fill_webs(data, prepared, STORM, EACH, LOGGED)
    with house(data, prepared) as server:
        ours = server.load("w6", seconds)
    return {"ours": ours, "limit": {}, "ratios": {}, "must": {"caught_up_s": 15}}


def w7(folder: Path, seconds: float, beside: Beside | None = None) -> Found:
    """`limit` is the small store."""
    del beside
    servers: dict[str, Opening] = {}
    fillings = {}
    room = shutil.disk_usage(folder).free // ROW_BYTES
    for name, messages in (("limit", SMALL), ("ours", min(LARGE, room))):
        data = folder / name
        prepared = prepare(data, users=2 * PAIRS, pairs=PAIRS)
        fillings[name] = asdict(fill_log(data, prepared, messages, FILL_S))
        servers[name] = partial(house, data, prepared)
    pages = in_turn(servers, "w7", seconds=seconds)
    sends = in_turn(servers, "w1", seconds=seconds)
    ratios = {}
    for figure, slices in (("sends", sends), ("pages", pages)):
        ratios[figure] = paired(slices["ours"], slices["limit"], "per_s")
        ratios[f"{figure}_by_cpu"] = paired(slices["limit"], slices["ours"], "server_us")
    large, small = (
        fillings[name] | {"sends": middle(sends[name]), "pages": middle(pages[name])}
        for name in ("ours", "limit")
    )
    return {"ours": large, "limit": small, "ratios": ratios}


WORKLOADS: dict[str, Callable[[Path, float, Beside | None], Found]] = {
    "W1": w1, "W2": w2, "W3": w3, "W4": w4, "W5": w5, "W6": w6, "W7": w7,
}  # fmt: skip


def carriages(folder: Path, seconds: float, beside: Beside | None = None) -> Found:
    """Ways to carry the socket, in memory: see docs/adr/0002."""
    del beside
    prepared = prepare(folder / "pairs", users=2 * PAIRS, pairs=PAIRS)
    found: Found = {}
    for way in ("picows", "uvicorn-picows", "uvicorn-sansio"):
        with bare(prepared, "--carriage", way, durable=False) as server:
            found[way] = server.load("w1", seconds)
    return {"ours": found["uvicorn-picows"], "limit": found["picows"], "ratios": {}, **found}
