"""`elian user`: who can log in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from chat_server.commands.opening import in_rooms
from chat_server.commands.options import ConfigOption, DataOption, settings_for
from chat_server.domain.errors import AlreadyExists, InvalidValue
from chat_server.domain.people import StaffRole

if TYPE_CHECKING:
    from chat_server.bootstrap.rooms import Rooms

app = typer.Typer(help="People who can log in.", no_args_is_help=True)


@app.callback()
def user() -> None:
    """People who can log in."""


@app.command(epilog="Example: elian user add chenjie --name 陈洁 --manager wangfang")
def add(
    name: Annotated[str, typer.Argument(metavar="USER", help="Log-in name, lower case.")],
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            help="Asked for when it is not given.",
        ),
    ],
    display: Annotated[str, typer.Option("--name", help="The name that others see.")] = "",
    role: Annotated[StaffRole, typer.Option(help="What they may do.")] = StaffRole.CUSTOMER,
    branch: Annotated[str, typer.Option(help="The branch they belong to.")] = "head",
    phone: Annotated[str, typer.Option(help="For SMS; 5 to 15 digits.")] = "",
    manager: Annotated[str, typer.Option(help="A customer's account manager.")] = "",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Add somebody; a running server knows them at once."""
    from chat_server.usecases.identity.people import NewPerson  # noqa: PLC0415 - loads argon2

    new = NewPerson(
        user=name,
        name=display or name,
        password=password,
        role=role.value,
        branch=branch,
        phone=phone,
    )

    async def added(rooms: Rooms) -> None:
        if manager:  # looked at first, so that nobody is added by half
            await _check_manager(rooms, role, manager)
        try:
            await rooms.add_person(new, actor="command_line")
        except AlreadyExists:
            raise AlreadyExists(f"there is somebody called {name!r} already") from None
        if manager:
            await rooms.assign_manager(name, manager, actor="command_line")

    in_rooms(settings_for(config, data=data), added)
    typer.echo(f"{name} can log in as {role}")


async def _check_manager(rooms: Rooms, role: StaffRole, manager: str) -> None:
    if role is not StaffRole.CUSTOMER:
        raise InvalidValue("only customers have an account manager")
    serving = await rooms.store.people.person(manager)
    if serving is None or serving.role is not StaffRole.MANAGER:
        raise InvalidValue(f"{manager!r} is not an account manager")
