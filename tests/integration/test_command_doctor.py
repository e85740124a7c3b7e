"""`elian doctor` finds what is wrong, says what to do, and leaves everything as it was."""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.house import copy_of, free_port, loaded_data, run_elian

__all__ = ["loaded_data"]


@pytest.fixture
def web_dist(tmp_path: Path) -> Path:
    (tmp_path / "dist").mkdir()
    for page in ("index.html", "console.html"):
        (tmp_path / "dist" / page).write_text("<title>Elian</title>")
    return tmp_path / "dist"


@pytest.fixture
def settings(web_dist: Path) -> dict[str, str]:
    return {"ELIAN_WEB_DIST": str(web_dist), "ELIAN_PORT": str(free_port())}


@pytest.fixture
def broken(loaded_data: Path, tmp_path: Path) -> Iterator[Path]:
    return copy_of(loaded_data, tmp_path / "broken")


def ill(data: Path, settings: Mapping[str, str], *, code: int = 1) -> dict[str, str]:
    """What is not well, with the advice."""
    done = run_elian("doctor", "--json", "--data", str(data), settings=settings, check=False)
    assert (done.returncode, done.stderr) == (code, "")
    return {each["what"]: each["advice"] for each in json.loads(done.stdout) if not each["well"]}


def only(found: Mapping[str, str]) -> tuple[str, str]:
    (finding,) = found.items()
    return finding


def test_a_loaded_folder_is_well(loaded_data: Path, settings: dict[str, str]) -> None:
    done = run_elian("doctor", "--data", str(loaded_data), settings=settings)
    assert done.stderr == ""
    assert all(line.startswith("ok  ") for line in done.stdout.splitlines())
    for part in ("Python", "web app", str(loaded_data), "port", "store", "bus", "bank", "bots"):
        assert part in done.stdout


def test_what_is_wrong_around_a_folder_is_told_before_the_folder_is_made(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    data = tmp_path / "later" / "data"
    settings["ELIAN_WEB_DIST"] = str(tmp_path / "none")
    with socket.create_server(("127.0.0.1", int(settings["ELIAN_PORT"]))):
        web, port = ill(data, settings).items()
    assert "lacks index.html and console.html" in web[0]
    assert "make setup" in web[1]
    assert settings["ELIAN_PORT"] in port[0]
    assert "--port" in port[1]
    assert not data.parent.exists()


def test_a_file_in_the_folders_place_is_told(tmp_path: Path, settings: dict[str, str]) -> None:
    (tmp_path / "data").write_text("not a folder")
    done = run_elian("doctor", "--data", str(tmp_path / "data"), settings=settings, check=False)
    assert done.returncode == 1
    assert "is not a folder; name another by --data" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("variable", "url"),
    [
        ("ELIAN_STORE_URL", "mongodb://u:geheim@127.0.0.1:1/elian?timeoutMS=1000"),
        ("ELIAN_BUS_URL", "redis://:geheim@127.0.0.1:1/0"),
    ],
)
def test_a_server_that_does_not_answer_is_told_without_its_password(
    variable: str, url: str, tmp_path: Path, settings: dict[str, str]
) -> None:
    what, advice = only(ill(tmp_path / "data", settings | {variable: url}))
    assert "127.0.0.1:1" in what
    assert variable in advice
    assert "geheim" not in what + advice


def test_a_damaged_model_is_told_and_healed_by_training(
    broken: Path, settings: dict[str, str]
) -> None:
    for weights in broken.glob("recommender/models/*/weights.npz"):
        weights.write_bytes(b"damaged")
    what, advice = only(ill(broken, settings))
    assert what == "recommender"
    assert "weights.npz" in advice
    run_elian("recommend", "train", "--data", str(broken))
    assert ill(broken, settings, code=0) == {}


@pytest.mark.parametrize(
    ("file", "part", "words"),
    [
        ("bank.db", "bank", "backup"),
        ("recommender/events.db", "recommender", "backup"),
        ("chat.db", "house", "chat.db"),
    ],
)
def test_a_damaged_file_is_told_by_its_part_and_nothing_starts_on_it(
    file: str, part: str, words: str, broken: Path, settings: dict[str, str]
) -> None:
    (broken / file).write_bytes(secrets.token_bytes(8192))
    what, advice = only(ill(broken, settings))
    assert what == part
    assert words in advice
    served = run_elian("serve", "--data", str(broken), "--port", "0", check=False)
    assert served.returncode == 1
    (line,) = served.stderr.splitlines()
    assert line.startswith("elian: ")
