"""Every verb as its user meets it: helpful when asked, one clear line when it cannot."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from chat_server.__main__ import app
from tests.house import run_elian

LAZY = ("sklearn", "numpy", "starlette", "uvicorn", "argon2", "joserfc", "structlog", "motor")


def verbs(command: Any, name: str = "elian") -> Iterator[tuple[str, Any]]:
    """Each command by its full name; the children of a group after it."""
    yield name, command
    for child, each in getattr(command, "commands", {}).items():
        yield from verbs(each, f"{name} {child}")


VERBS = dict(verbs(get_command(app)))


def line_of(done: subprocess.CompletedProcess[str], code: int = 1) -> str:
    """What was said, which is one line on stderr and nothing else."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("elian: ")
    return line


def refused(*arguments: str, code: int = 1, settings: dict[str, str] | None = None) -> str:
    return line_of(run_elian(*arguments, settings=settings, check=False), code)


def test_the_verbs_that_were_promised_are_there() -> None:
    assert {
        "elian serve",
        "elian doctor",
        "elian settings",
        "elian understand",
        "elian export-schema",
        "elian demo load",
        "elian demo buy",
        "elian user add",
        "elian sms tail",
        "elian turns failed",
        "elian turns again",
        "elian bots understand",
        "elian bots figures",
        "elian bots rehearse",
        "elian bank audit",
        "elian bank resume",
        "elian recommend train",
    } <= VERBS.keys()


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_and_option_says_in_a_sentence_what_it_is(name: str) -> None:
    texts = [VERBS[name].help, *(each.help for each in VERBS[name].params if each.name != "help")]
    for text in texts:
        assert text
        assert re.match(r"[A-Z]", text), text
        assert text.endswith("."), text


def test_a_command_that_needs_little_imports_little() -> None:
    script = f"import sys, chat_server.__main__; print([m for m in {LAZY} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_without_a_verb_the_help_is_shown_and_nothing_else() -> None:
    done = run_elian(check=False)
    assert (done.returncode, done.stderr) == (2, "")
    assert "serve" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serv"], "No such command 'serv'"),
        (["serve", "--prot", "1"], "No such option"),
        (["demo", "buy", "zhangwei"], "Missing argument 'amount'"),
        (["user", "add", "x", "--password", "12345678", "--role", "king"], "'king' is not one of"),
        (["settings", "--config", "/no/such.toml"], "does not exist"),
        (["understand"], "not both"),
        (["understand", "查余额", "--batch", "-"], "not both"),
        (["understand", "--batch", "/no/such.txt"], "No such file"),
        (["export-schema", "--root", "/no/such"], "does not exist"),
    ],
)
def test_a_mistyped_command_is_told_in_one_line(arguments: list[str], words: str) -> None:
    assert words in refused(*arguments, code=2)


def test_serving_on_a_port_in_use_says_which(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused("serve", "--data", str(tmp_path), "--port", port)
    assert f"127.0.0.1:{port}" in said
    assert "in use" in said
    assert "--port" in said


def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert f"{tmp_path}/file" in refused("serve", "--data", str(tmp_path / "file"))


def test_a_demonstration_is_never_served_to_others(tmp_path: Path) -> None:
    said = refused("serve", "--demo", "--host", "0.0.0.0", "--data", str(tmp_path / "data"))  # noqa: S104 - refused
    assert "this machine only" in said
    assert "--host 127.0.0.1" in said
    assert not (tmp_path / "data").exists()


def test_two_workers_on_an_embedded_store_are_told_what_they_need(tmp_path: Path) -> None:
    said = refused("serve", "--workers", "2", "--data", str(tmp_path / "data"))
    assert "ELIAN_STORE_URL=mongodb://" in said
    assert "ELIAN_BUS_URL=redis://" in said


@pytest.mark.parametrize("variable", ["ELIAN_STORE_URL", "ELIAN_BUS_URL", "ELIAN_BANK_URL"])
def test_a_part_of_an_unknown_kind_is_told_with_those_that_are(
    variable: str, tmp_path: Path
) -> None:
    said = refused("serve", "--data", str(tmp_path), "--port", "0", settings={variable: "x://y"})
    assert "'x' is not one of" in said


@pytest.mark.parametrize(
    "verb",
    [["demo", "buy", "zhangwei", "5"], ["sms", "tail", "--no-follow"]],
    ids=["demo buy", "sms tail"],
)
def test_a_mistyped_data_folder_is_told_and_not_made(verb: list[str], tmp_path: Path) -> None:
    assert "no such data folder" in refused(*verb, "--data", str(tmp_path / "dta"))
    assert not (tmp_path / "dta").exists()


def test_there_are_no_books_and_no_events_where_there_is_nothing(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "dta")
    assert "cannot read the bank's file" in refused("bank", "audit", "--data", nowhere, code=2)
    assert "no event log" in refused("recommend", "train", "--data", nowhere)


@pytest.mark.parametrize("amount", ["0", "-5", "1.234", "abc", "1e3", "１２", "", "9" * 14])
def test_what_is_no_amount_is_not_bought_for(amount: str, tmp_path: Path) -> None:
    assert "amount" in refused("demo", "buy", "--data", str(tmp_path), "--", "zhangwei", amount)


def test_a_password_that_nobody_types_adds_nobody(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chat_server", "user", "add", "ann", "--data", str(tmp_path)],
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        start_new_session=True,  # without a terminal, from which it could be read
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.endswith("elian: given up\n")
    assert not list(tmp_path.iterdir())


def test_settings_tell_value_source_and_meaning_and_keep_secrets(tmp_path: Path) -> None:
    (tmp_path / "elian.toml").write_text('port = 9000\nquiet_from = "22:30"\n')
    table = run_elian(
        "settings",
        "--config",
        str(tmp_path / "elian.toml"),
        "--data",
        str(tmp_path / "data"),
        settings={
            "ELIAN_TOKEN_KEY": "geheim-" * 6,
            "ELIAN_STORE_URL": "mongodb://elian:geheim@db/elian",
            "ELIAN_PORT": "9001",
        },
    ).stdout
    lines = table.splitlines()
    shown = {
        name.split()[0]: (*name.split()[1:], meaning.partition("[")[2].rstrip("]"))
        for name, meaning in zip(lines[::2], lines[1::2], strict=True)
    }
    assert shown["ELIAN_PORT"] == ("9001", "ELIAN_PORT")
    assert shown["ELIAN_QUIET_FROM"] == ("22:30", str(tmp_path / "elian.toml"))
    assert shown["ELIAN_DATA"] == (str(tmp_path / "data"), "command line")
    assert shown["ELIAN_DEMO"] == ("false", "default")
    assert shown["ELIAN_STORE_URL"][0] == "mongodb://elian:***@db/elian"
    assert shown["ELIAN_TOKEN_KEY"][0] == "***"
    assert "geheim" not in table
    assert not (tmp_path / "data").exists()


def test_settings_name_what_is_wrong_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "elian.toml").write_text('prot = "x"\n')
    said = refused("settings", "--config", str(tmp_path / "elian.toml"))
    assert "did you mean port" in said


def test_a_sentence_is_understood_as_json() -> None:
    done = run_elian("understand", "给李娜转500块")
    understood = json.loads(done.stdout)
    assert understood["intent"] == "transfer"
    assert understood["slots"]["amount"] == "500"
    assert understood["slots"]["payee"] == "李娜"
    assert 0 < understood["confidence"] <= 1
    assert done.stderr == ""


def test_sentences_are_understood_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "said.txt").write_text("查余额\n\ntransfer ¥1,200.50 to 李娜\n", encoding="utf-8")
    from_file = run_elian("understand", "--batch", str(tmp_path / "said.txt")).stdout
    lines = [json.loads(line) for line in from_file.splitlines()]
    assert [line["intent"] for line in lines] == ["balance", "unknown", "transfer"]
    assert lines[2]["slots"]["amount"] == "1200.50"
    with (tmp_path / "said.txt").open() as said:
        piped = subprocess.run(
            [sys.executable, "-m", "chat_server", "understand", "--batch", "-"],
            stdin=said,
            check=True,
            capture_output=True,
            text=True,
        )
    assert piped.stdout == from_file


def test_sentences_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "said.txt").write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in refused("understand", "--batch", str(tmp_path / "said.txt"), code=2)


def test_exported_documents_are_what_the_check_then_finds_right(tmp_path: Path) -> None:
    stale = run_elian("export-schema", "--check", "--root", str(tmp_path), check=False)
    assert stale.returncode == 1
    assert "make docs" in stale.stderr
    run_elian("export-schema", "--root", str(tmp_path))
    run_elian("export-schema", "--check", "--root", str(tmp_path))
    assert (tmp_path / "docs" / "openapi.yaml").is_file()


def test_a_dead_letter_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    said = refused("turns", "again", "s:@service:nobody", "7", "--data", str(tmp_path))
    assert "no turn 7 of a customer in s:@service:nobody" in said
