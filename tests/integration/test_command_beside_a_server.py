"""Commands on the data folder of a running server, which sees at once what they did."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import sys
import urllib.error
import urllib.request
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_sms
from chat_server.client.client import Client
from chat_server.domain.ids import direct_conversation
from tests.house import ServedHouse, copy_of, loaded_data, run_elian

__all__ = ["loaded_data"]


@pytest.fixture(scope="module")
def house(loaded_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHouse]:
    """One server for all tests of this file: each has people of its own or only looks."""
    served = ServedHouse(copy_of(loaded_data, tmp_path_factory.mktemp("served") / "data"))
    served.start()
    yield served
    served.stop()


def refused(house: ServedHouse, *arguments: str, code: int = 1) -> str:
    done = run_elian(*arguments, "--data", str(house.data), check=False)
    assert done.returncode == code, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("elian: ")
    return line


def log_in(house: ServedHouse, user: str, password: str) -> int:
    request = urllib.request.Request(
        f"{house.url}/v1/login",
        json.dumps({"user": user, "password": password, "device": "test"}).encode(),
        {"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code


def test_loading_again_changes_nothing(house: ServedHouse) -> None:
    with closing(sqlite3.connect(house.data / "bank.db")) as conn:
        count = "SELECT count(*) FROM journal"
        before = conn.execute(count).fetchone()
        assert house.elian("demo", "load") == f"was loaded before in {house.data}\n"
        assert conn.execute(count).fetchone() == before
    assert "loading the demonstration" not in house.log.read_text()


def test_somebody_who_was_added_logs_in_at_once(house: ServedHouse) -> None:
    assert log_in(house, "chenjie", "a good password") == 401
    said = house.elian("user", "add", "chenjie", "--password", "a good password", "--name", "陈洁")
    assert said == "chenjie can log in as customer\n"
    assert log_in(house, "chenjie", "a good password") == 200
    again = refused(house, "user", "add", "chenjie", "--password", "another password")
    assert "already" in again
    assert log_in(house, "chenjie", "another password") == 401


async def test_a_new_customer_writes_to_the_manager_who_is_already_there(
    house: ServedHouse,
) -> None:
    password, conv = "a good password", direct_conversation("liuyang", "wangfang")
    async with (
        Client(house.url, "wangfang", "demo-wangfang", "desk") as wangfang,
        asyncio.timeout(30),
    ):
        add = ("user", "add", "liuyang", "--password", password, "--manager", "wangfang")
        await asyncio.to_thread(house.elian, *add)
        async with Client(house.url, "liuyang", password, "phone") as liuyang:
            await liuyang.send(conv, "您好")
            event = await anext(aiter(wangfang.events()))
    assert (event.conv, event.from_) == (conv, "liuyang")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--manager", "lina"], "'lina' is not an account manager"),
        (["--manager", "nobody"], "'nobody' is not an account manager"),
        (["--manager", "wangfang", "--role", "operator"], "only customers"),
        (["--phone", "12"], "phone"),
        (["--branch", "Not A Branch"], "branch"),
    ],
)
def test_nobody_is_added_by_half(house: ServedHouse, options: list[str], words: str) -> None:
    said = refused(house, "user", "add", "half", "--password", "a good password", *options)
    assert words in said
    assert log_in(house, "half", "a good password") == 401


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody", "5"], "NOT_FOUND"),
        (["lina", "9999999"], "INSUFFICIENT_FUNDS"),
        (["lina", "5", "--category", "spying"], "retail"),
    ],
)
def test_a_purchase_that_the_bank_refuses_is_told(
    house: ServedHouse, arguments: list[str], words: str
) -> None:
    said = refused(house, "demo", "buy", *arguments)
    assert "the bank refused" in said
    assert words in said


async def test_a_purchase_brings_an_offer_of_the_model_that_was_just_trained(
    house: ServedHouse,
) -> None:
    report = json.loads(await asyncio.to_thread(house.elian, "recommend", "train", "--json"))
    assert report["customers"] >= 5_000
    async with Client(house.url, "zhangwei", "demo-zhangwei", "phone") as zhangwei:
        said = await asyncio.to_thread(house.elian, "demo", "buy", "zhangwei", "328.00")
        assert said.startswith("zhangwei bought for 328.00 yuan, reference ")
        events = zhangwei.events()
        async with asyncio.timeout(20):
            notice, offer = await anext(events), await anext(events)
    assert (notice.conv, offer.conv) == ("s:@service:zhangwei", "s:@service:zhangwei")
    assert "328.00" in bytes(notice.body).decode()
    assert '"card_id":"offer:' in bytes(offer.body).decode()
    assert f"version={report['version']}" in house.log.read_text()


async def test_texts_are_shown_as_they_are_sent(house: ServedHouse) -> None:
    command = ["-m", "chat_server", "sms", "tail", "--data", str(house.data)]
    phone = open_sms(f"file://{house.data}/sms.jsonl", clock=SystemClock())
    heeding = ["env", "--default-signal=INT"]  # whoever runs the tests in the background ignores it
    command = [*heeding, sys.executable, *command, "--phone", "13800000009"]
    tail = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    assert tail.stdout is not None
    assert tail.stderr is not None
    async with asyncio.timeout(20):
        assert await tail.stderr.readline() == b"no texts so far\n"
        await phone.send("13800000008", "一")
        await phone.send("13800000009", "二")
        line = (await tail.stdout.readline()).decode()
        tail.send_signal(signal.SIGINT)
        assert await tail.wait() == 130
        assert await tail.stderr.read() == b""
    assert line.split()[1:] == ["13800000009", "二"]
    earlier = run_elian(
        "sms", "tail", "--no-follow", "--phone", "13800000008", "--data", str(house.data)
    )
    assert earlier.stdout.split()[1:] == ["13800000008", "一"]


def test_the_doctor_knows_the_server(house: ServedHouse) -> None:
    done = run_elian(
        "doctor", "--data", str(house.data), settings={"ELIAN_PORT": str(house.port)}, check=False
    )
    assert f"ok    port 127.0.0.1:{house.port} is served by Elian" in done.stdout


def test_the_books_are_audited_where_the_settings_say(house: ServedHouse) -> None:
    report = json.loads(house.elian("bank", "audit", "--json"))
    assert (report["violations"], report["writes_stopped"]) == ([], None)
    by_folder = run_elian("bank", "audit", settings={"ELIAN_DATA": str(house.data)})
    by_url = run_elian(
        "bank", "audit", settings={"ELIAN_BANK_URL": f"embedded://{house.data}/bank.db"}
    )
    for done in (by_folder, by_url):
        assert "the books are right" in done.stdout


def test_wrong_books_are_told_with_exit_code_1(loaded_data: Path, tmp_path: Path) -> None:
    data = copy_of(loaded_data, tmp_path / "data")
    with closing(sqlite3.connect(data / "bank.db")) as conn, conn:
        conn.execute("UPDATE accounts SET credits_posted = credits_posted + 1")
    done = run_elian("bank", "audit", "--data", str(data), check=False)
    assert done.returncode == 1
    assert "FAULT L3" in done.stdout


def test_texts_that_went_to_real_phones_are_not_shown(house: ServedHouse) -> None:
    done = run_elian(
        *("sms", "tail", "--no-follow", "--data", str(house.data)),
        settings={"ELIAN_SMS_URL": "log://"},
        check=False,
    )
    assert done.returncode == 1
    assert "'log' is not one of file://" in done.stderr
