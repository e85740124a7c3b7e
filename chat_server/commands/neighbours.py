"""`elian bank` and `elian recommend`: the neighbours' own verbs, told where our settings keep them.

They know no settings, so what `--data` means when it is not given is handed to them here.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import typer

from chat_server.settings import read_settings


def books(context: typer.Context) -> None:
    """The books of the embedded bank."""
    settings = read_settings()
    scheme, _, where = settings.bank_url.partition("://")
    file = where.partition("?")[0] if scheme == "embedded" else str(settings.data)
    verbs = (
        *("audit", "verify-chain", "eod", "resume"),
        *("statement", "submit", "approve", "reject"),
    )
    context.default_map = {verb: {"folder": file} for verb in verbs}
    context.default_map["clearing"] = {verb: {"folder": file} for verb in ("days", "reconcile")}
    branch = (
        *("grant-key", "open-account", "confirm-in-person"),
        *("frozen", "unfreeze", "approve-unfreeze"),
    )
    context.default_map["branch"] = {verb: {"folder": file} for verb in branch}
    context.default_map["keys"] = {"folder": str(settings.bank_keys)}


def learning(context: typer.Context) -> None:
    """The recommender: who might want what."""
    folder = unquote(urlsplit(read_settings().recommender_url).path)
    models = {verb: {"data": folder} for verb in ("list", "promote", "rollback")}
    context.default_map = {"train": {"data": folder}, "models": models}
