"""`elian export-schema`: the documents and types that are made from the code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chat_server.transport.schema.export import drift, export_schemas


def export_schema(
    root: Annotated[Path, typer.Option(help="The checkout to write into.")] = Path(),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say what differs.")
    ] = False,
) -> None:
    """Write docs/openapi.yaml, docs/asyncapi.yaml and the web app's wire types."""
    if not check:
        export_schemas(root)
        return
    stale = drift(root)
    for path in stale:
        typer.echo(f"{path} is not what the code says; run `make docs`", err=True)
    raise typer.Exit(1 if stale else 0)
