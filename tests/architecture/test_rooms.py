"""The house stands as drawn: imports run one way, every room says why it exists."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from chat_server.domain import errors
from chat_server.wire.error_table import FAULTS

ROOT = Path(__file__).parents[2]
PACKAGES = ("chat_server", "bots", "recommender", "bank_bridge")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LONGEST = 400


def test_imports_run_the_way_a_message_runs() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_room_says_why_it_exists_and_is_no_longer_than_a_room(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "the first docstring says why the room exists"
    assert text.count("\n") <= LONGEST
    if path.name == "__init__.py":
        assert len(tree.body) == 1, "an __init__.py holds its docstring and nothing else"


def test_every_error_of_the_domain_has_its_word_once() -> None:
    kinds = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.ChatError)
    } - {errors.ChatError}
    assert kinds == set(FAULTS)
    codes = [fault.code for fault in FAULTS.values()]
    assert len(codes) == len(set(codes))


def test_only_the_front_doors_touch_the_clock_and_the_environment() -> None:
    for path in MODULES:
        relative = path.relative_to(ROOT)
        if relative.parts[1] in {"adapters", "settings.py", "bootstrap"} or path.name == "cli.py":
            continue
        for banned in ("os.environ", "os.getenv", "datetime.now(", "time.time(", "uuid4("):
            assert banned not in path.read_text("utf-8"), f"{relative} uses {banned}"
