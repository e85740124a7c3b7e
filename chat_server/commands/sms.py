"""`elian sms`: the demonstration's phone, in a terminal."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_sms_inbox
from chat_server.commands.options import ConfigOption, DataOption, settings_for
from chat_server.ports.notify import SmsInbox, SmsMessage

app = typer.Typer(help="Texts that the bank sent, in the demonstration.", no_args_is_help=True)


@app.callback()
def sms() -> None:
    """Texts that the bank sent, in the demonstration."""


@app.command()
def tail(
    phone: Annotated[str | None, typer.Option(help="Only this number.")] = None,
    last: Annotated[int, typer.Option(help="How many earlier ones first.", min=0)] = 10,
    follow: Annotated[bool, typer.Option(help="Go on as they come.")] = True,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Show texts as they are sent."""
    settings = settings_for(config, data=data, demo=True)
    inbox = open_sms_inbox(settings.sms_url, clock=SystemClock())
    try:
        asyncio.run(_tail(inbox, phone, last, follow=follow))
    except KeyboardInterrupt:
        raise typer.Exit from None


async def _tail(inbox: SmsInbox, phone: str | None, last: int, *, follow: bool) -> None:
    for message in await inbox.messages(phone, last) if last else ():
        _show(message)
    if not follow:
        return
    async for message in inbox.follow():
        if phone in {None, message.phone}:
            _show(message)


def _show(message: SmsMessage) -> None:
    at = datetime.fromtimestamp(message.at_ms / 1000, UTC).astimezone()
    typer.echo(f"{at:%H:%M:%S}  {message.phone}  {message.text}")
