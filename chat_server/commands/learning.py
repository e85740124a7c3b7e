"""`elian bots train` and `elian bots models`: what people labelled becomes a model.

Training takes a minute of a core, so it is a command of its own and not the server's; a
running server takes up what is promoted here within seconds.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from chat_server.commands.opening import in_rooms
from chat_server.commands.options import ConfigOption, DataOption, settings_of_existing

if TYPE_CHECKING:
    from bots.contract import Pupil
    from chat_server.bootstrap.rooms import Rooms
    from chat_server.domain.learning import InUse, Model, Share
    from chat_server.usecases.learning.models import BotModels, Serving

models = typer.Typer(help="Models of the bots' understanding.", no_args_is_help=True)
_ACTOR = "command_line"
_JUDGES = (
    ("parts", "cross-validation, without the labelled sentences and with them"),
    ("unseen", "sentences of ours that neither learnt, the model in use and the new one"),
    ("labelled", "labelled sentences that neither learnt, the model in use and the new one"),
)


def train(
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
) -> None:
    """Train on our sentences and on what was labelled, and compare with the model in use.

    The new model answers nobody before it is promoted. Nothing labelled yet: exit 1.
    """

    async def trained(rooms: Rooms) -> Model | None:
        from bots.open import teach  # noqa: PLC0415 - scikit-learn: a second
        from chat_server.usecases.learning.missed import MissedSentences  # noqa: PLC0415 - the like

        lesson = await MissedSentences(rooms.store, rooms.clock).lesson()
        if not lesson:
            return None
        models = _models(rooms)
        in_use = (await models.in_use()).version
        content, corpus = await models.content(in_use)
        taught = await asyncio.to_thread(teach, lesson, content, corpus)
        return await models.add(taught, in_use, _ACTOR)

    model = in_rooms(settings_of_existing(config, data=data), trained)
    if model is None:
        typer.echo("elian: nothing is labelled yet: see the console, Bots", err=True)
        raise typer.Exit(1)
    typer.echo(msgspec.json.encode(model).decode() if as_json else _report(model))


@models.callback()
def _models_of_bots() -> None:
    """Models of the bots' understanding."""


@models.command("list", epilog="Example: elian bots models list --data /srv/elian")
def listed(data: DataOption = None, config: ConfigOption = None) -> None:
    """List the trained models, and which one is in use (0: the shipped one)."""

    async def read(rooms: Rooms) -> Serving:
        return await _models(rooms).serving()

    found = in_rooms(settings_of_existing(config, data=data), read)
    for one in found.models:
        made = datetime.fromtimestamp(one.made_ms / 1000, UTC).astimezone()
        mark = "in use" if one.version == found.in_use.version else ""
        typer.echo(f"{one.version:>4}  {made:%Y-%m-%d %H:%M}  {one.labelled:>6} labelled  {mark}")
    typer.echo(f"{0:>4}  shipped{'  in use' if found.in_use.version == 0 else ''}")


@models.command(epilog="Example: elian bots models promote 3 --data /srv/elian")
def promote(
    version: Annotated[
        int, typer.Argument(min=1, help="As `elian bots models list` shows.")
    ],
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Let a trained model answer; a running server takes it up within seconds."""

    async def promoted(rooms: Rooms) -> InUse:
        return await _models(rooms).promote(_ACTOR, version, _pupil())

    to = in_rooms(settings_of_existing(config, data=data), promoted)
    typer.echo(f"model {to.version} is in use")


@models.command("rollback")
def roll_back(data: DataOption = None, config: ConfigOption = None) -> None:
    """Let the model answer that did before."""

    async def rolled_back(rooms: Rooms) -> InUse:
        return await _models(rooms).roll_back(_ACTOR, _pupil())

    to = in_rooms(settings_of_existing(config, data=data), rolled_back)
    typer.echo(f"model {to.version} is in use" if to.version else "the shipped model is in use")


def _pupil() -> Pupil:
    """Whom a model is tried on, before it is in use."""
    from bots.open import open_pupil  # noqa: PLC0415 - reads the shipped model in

    return open_pupil()


def _models(rooms: Rooms) -> BotModels:
    from chat_server.usecases.learning.models import (  # noqa: PLC0415 - loads the store's words
        BotModels,
    )

    key = rooms.settings.token_key.reveal().encode()
    return BotModels(rooms.store, rooms.blobs, rooms.clock, key)


def _report(model: Model) -> str:
    former = f"model {model.compared_with}" if model.compared_with else "the shipped model"
    lines = [
        f"model {model.version}: {model.learnt} sentences, {model.labelled} labelled",
        f"compared with {former}",
        f"{'':44}{'before':>9}{'after':>9}",
    ]
    for name, told in _JUDGES:
        before, after = model.before[name], model.after[name]
        lines.append(f"{told}: {after.sentences}")
        lines += _rows(before, after) if after.sentences else []
    lines += [
        f"  {intent}: {share:.0%} of its sentences lost" for intent, share in model.lost.items()
    ]
    lines.append(f"Nobody is answered by it yet: elian bots models promote {model.version}")
    return "\n".join(lines)


def _rows(before: Share, after: Share) -> list[str]:
    pairs = (
        ("  right", before.right, after.right),
        ("  right, of what was answered", before.answered_right, after.answered_right),
        ("  out of scope, refused", before.outside, after.outside),
    )
    return [f"{name:44}{old:>9.4f}{new:>9.4f}" for name, old, new in pairs]
