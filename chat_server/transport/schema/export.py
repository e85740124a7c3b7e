"""Write the documents into the repository, and tell which of them no longer say the truth."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from chat_server.transport.schema.asyncapi import asyncapi
from chat_server.transport.schema.openapi import openapi
from chat_server.transport.schema.typescript import typescript
from chat_server.transport.schema.yaml_text import to_yaml


def documents() -> Mapping[str, str]:
    """Every generated file: its place below the repository's root, and its whole text."""
    return {
        "docs/openapi.yaml": to_yaml(openapi()),
        "docs/asyncapi.yaml": to_yaml(asyncapi()),
        "web/src/shared/wire/generated.ts": typescript(),
    }


def export_schemas(root: Path) -> list[str]:
    """Write what changed below `root`; returns the places that were written."""
    stale = drift(root)
    for place in stale:
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(documents()[place], encoding="utf-8")
    return stale


def drift(root: Path) -> list[str]:
    """Places whose file is missing or differs from what the code says; empty when all is true."""
    return [place for place, text in documents().items() if _read(root / place) != text]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
