"""`elian bank` and `elian recommend`: the neighbours' own verbs, told where our settings keep them.

They know no settings, so what `--data` means when it is not given is handed to them here.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import typer

from chat_server.settings import read_settings


def books(context: typer.Context) -> None:
    """The books of the embedded bank."""
    file = read_settings().bank_url.partition("://")[2]
    context.default_map = {verb: {"folder": file} for verb in ("audit", "resume")}


def learning(context: typer.Context) -> None:
    """The recommender: who might want what."""
    folder = unquote(urlsplit(read_settings().recommender_url).path)
    context.default_map = {"train": {"data": folder}}
