"""`elian user`: who can log in."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from chat_server.bootstrap import open_rooms
from chat_server.commands.options import ConfigOption, DataOption, settings_for
from chat_server.domain.people import StaffRole
from chat_server.settings import Settings
from chat_server.usecases.identity.people import NewPerson

app = typer.Typer(help="People who can log in.", no_args_is_help=True)


@app.callback()
def user() -> None:
    """People who can log in."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="USER", help="Log-in name, lower case.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    display: Annotated[str, typer.Option("--name", help="The name others see.")] = "",
    role: Annotated[StaffRole, typer.Option()] = StaffRole.CUSTOMER,
    branch: Annotated[str, typer.Option(help="The branch they belong to.")] = "head",
    phone: Annotated[str, typer.Option(help="For SMS codes; digits.")] = "",
    manager: Annotated[str, typer.Option(help="A customer's account manager.")] = "",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Add somebody; a running server knows them at once."""
    new = NewPerson(
        user=name,
        name=display or name,
        password=password,
        role=role.value,
        branch=branch,
        phone=phone,
    )
    asyncio.run(_add(settings_for(config, data=data), new, manager))
    typer.echo(f"{name} can log in as {role}")


async def _add(settings: Settings, new: NewPerson, manager: str) -> None:
    async with open_rooms(settings) as rooms:
        await rooms.add_person(new, actor="command_line")
        if manager:
            await rooms.assign_manager(new.user, manager, actor="command_line")
