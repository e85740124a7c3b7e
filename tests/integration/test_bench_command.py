"""What a load generator from outside gets, and can do with it beside a running server."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from chat_server.client.client import Client
from tests.house import ServedHouse, run_elian


def prepare(data: Path, out: Path, *sizes: str, check: bool = True) -> Any:
    return run_elian(
        "bench", "prepare", "--data", str(data), "--out", str(out), *sizes, check=check
    )


def read(out: Path) -> dict[str, Any]:
    return json.loads(out.read_text())


def connected(house: ServedHouse, loader: dict[str, str]) -> Client:
    given = {"token": loader["token"], "from_start": True}
    return Client(house.url, loader["user"], device=loader["device"], **given)


async def first(count: int, client: Client) -> list[int]:
    seqs: list[int] = []
    async for event in client.events():
        seqs.append(event.seq)
        if len(seqs) == count:
            break
    return seqs


def test_users_pairs_and_group_are_named_in_the_file(tmp_path):
    out = tmp_path / "load.json"
    prepare(tmp_path / "data", out, "--users", "9", "--pairs", "4", "--group", "3")
    found = read(out)
    assert [user["user"] for user in found["users"]] == [f"u{n}" for n in range(9)]
    assert {frozenset(user) for user in found["users"]} == {frozenset({"user", "token", "device"})}
    assert [pair[:2] for pair in found["pairs"]] == [[f"u{n}", f"u{n + 4}"] for n in range(4)]
    assert found["group"]["members"] == ["u0", "u1", "u2"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_preparing_again_keeps_earlier_tokens_and_conversations(tmp_path):
    sizes = ("--users", "4", "--pairs", "2", "--group", "2")
    for name in ("first", "second"):
        prepare(tmp_path / "data", tmp_path / name, *sizes)
    first, second = read(tmp_path / "first"), read(tmp_path / "second")
    assert (first["pairs"], first["group"]) == (second["pairs"], second["group"])


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        (("--users", "3", "--pairs", "2"), "2 pairs need 4 users"),
        (("--users", "3", "--pairs", "1", "--group", "4"), "--group"),
        (("--users", "0"), "--users"),
    ],
)
def test_numbers_that_do_not_fit_are_refused_and_nothing_is_made(tmp_path, sizes, said):
    done = prepare(tmp_path / "data", tmp_path / "out", *sizes, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


def test_somebody_elses_name_is_not_taken_over(tmp_path):
    person = ("u0", "--password", "not-a-load-test", "--data", str(tmp_path / "data"))
    run_elian("user", "add", *person)
    done = prepare(tmp_path / "data", tmp_path / "out", "--users", "2", "--pairs", "1", check=False)
    assert done.returncode == 1
    assert "u0 is somebody else" in done.stderr


async def test_prepared_beside_a_running_server_they_talk_faster_than_anybody_may(tmp_path):
    house = ServedHouse(tmp_path / "data", demo=False)
    await asyncio.to_thread(house.start)
    out = tmp_path / "load.json"
    try:
        await asyncio.to_thread(
            prepare, house.data, out, "--users", "4", "--pairs", "2", "--group", "3"
        )
        found = read(out)
        writer, listener = found["users"][0], found["users"][1]
        group = found["group"]["conv"]
        async with connected(house, writer) as one, connected(house, listener) as other:
            sends = [one.send(group, f"text {n}", f"m{n}") for n in range(500)]
            acks = await asyncio.gather(*sends)
            async with asyncio.timeout(30):
                heard = await first(len(acks), other)
        assert sorted(ack.seq for ack in acks) == heard == list(range(1, 501))
    finally:
        await asyncio.to_thread(house.stop)
