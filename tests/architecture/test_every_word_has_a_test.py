"""No word of the wire without a test that names it, over a real socket or real HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from chat_server.wire import frames
from chat_server.wire.close_codes import CloseCode
from chat_server.wire.error_table import FAULTS, INTERNAL

TESTS = Path(__file__).parents[1]
SAID = "".join(
    path.read_text(encoding="utf-8")
    for folder in ("integration", "unit/chat_server/http")
    for path in sorted((TESTS / folder).rglob("*.py"))
)
CODES = sorted({fault.code for fault in (*FAULTS.values(), INTERNAL)})
TAGS = sorted({kind.__struct_config__.tag for kind in get_args(frames.ClientFrame)})
TOLD = sorted({kind.__struct_config__.tag for kind in get_args(frames.ServerFrame)})


@pytest.mark.parametrize("code", CODES)
def test_every_error_code_is_met(code: str) -> None:
    assert f'"{code}"' in SAID


@pytest.mark.parametrize("tag", TAGS)
def test_every_frame_is_sent(tag: str) -> None:
    assert f'type="{tag}"' in SAID or f'"type": "{tag}"' in SAID


@pytest.mark.parametrize("tag", TOLD)
def test_every_frame_is_received(tag: str) -> None:
    assert f'"{tag}"' in SAID


@pytest.mark.parametrize("code", sorted(CloseCode))
def test_every_close_code_is_met(code: CloseCode) -> None:
    assert str(int(code)) in SAID
