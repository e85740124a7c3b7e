"""`elian bots train` and `elian bots models`: what people labelled becomes a model.

Training takes a minute of a core, so it is a command of its own and not the server's; a
running server takes up what is promoted here within seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from chat_server.commands.opening import in_rooms
from chat_server.commands.options import ConfigOption, DataOption, settings_of_existing

if TYPE_CHECKING:
    from chat_server.bootstrap.rooms import Rooms
    from chat_server.domain.learning import InUse, Model, Share
    from chat_server.usecases.learning.models import Serving

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
        from chat_server.bootstrap import learning  # noqa: PLC0415 - the bots: a second

        return await learning.train(rooms, _ACTOR)

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
        from chat_server.bootstrap import learning  # noqa: PLC0415 - the bots: a second

        return await learning.serving(rooms)

    found = in_rooms(settings_of_existing(config, data=data), read)
    for one in found.models:
        made = datetime.fromtimestamp(one.made_ms / 1000, UTC).astimezone()
        mark = "in use" if one.version == found.in_use.version else ""
        typer.echo(f"{one.version:>4}  {made:%Y-%m-%d %H:%M}  {one.labelled:>6} labelled  {mark}")
    typer.echo(f"{0:>4}  shipped{'  in use' if found.in_use.version == 0 else ''}")


@models.command(epilog="Example: elian bots models promote 3 --data /srv/elian")
def promote(
    version: Annotated[int, typer.Argument(min=1, help="As `elian bots models list` shows.")],
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Let a trained model answer; a running server takes it up within seconds."""

    async def promoted(rooms: Rooms) -> InUse:
        from chat_server.bootstrap import learning  # noqa: PLC0415 - the bots: a second

        return await learning.promote(rooms, version, _ACTOR)

    to = in_rooms(settings_of_existing(config, data=data), promoted)
    typer.echo(f"model {to.version} is in use")


@models.command("rollback")
def roll_back(data: DataOption = None, config: ConfigOption = None) -> None:
    """Let the model answer that did before."""

    async def rolled_back(rooms: Rooms) -> InUse:
        from chat_server.bootstrap import learning  # noqa: PLC0415 - the bots: a second

        return await learning.roll_back(rooms, _ACTOR)

    to = in_rooms(settings_of_existing(config, data=data), rolled_back)
    typer.echo(f"model {to.version} is in use" if to.version else "the shipped model is in use")


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
