"""Each limit that can be set stands in `docs/limits.md`."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_server.domain.pacing import LimitSettings

TABLE = (Path(__file__).parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LimitSettings.__struct_fields__)
def test_a_limit_is_in_the_table(name: str) -> None:
    assert f"ELIAN_{name.upper()}" in TABLE
