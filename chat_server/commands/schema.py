"""`elian export-schema`: the documents and types that are made from the code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def export_schema(
    root: Annotated[
        Path,
        typer.Option(metavar="DIR", help="The checkout to write into.", exists=True),
    ] = Path(),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say what differs, with exit code 1.")
    ] = False,
) -> None:
    """Write docs/openapi.yaml, docs/asyncapi.yaml and the web app's wire types from the code."""
    from chat_server.transport.schema.export import (  # noqa: PLC0415 - brings every route
        drift,
        export_schemas,
    )

    if not check:
        export_schemas(root)
        return
    stale = drift(root)
    for path in stale:
        typer.echo(f"elian: {path} is not what the code says; run `make docs`", err=True)
    raise typer.Exit(1 if stale else 0)
