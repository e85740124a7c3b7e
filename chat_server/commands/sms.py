"""`elian sms`: the demonstration's phone, in a terminal."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_sms_inbox
from chat_server.commands.options import ConfigOption, DataOption, settings_of_existing
from chat_server.ports.notify import SmsInbox, SmsMessage

app = typer.Typer(help="Texts that the bank sent, in the demonstration.", no_args_is_help=True)


@app.callback()
def sms() -> None:
    """Texts that the bank sent, in the demonstration."""


@app.command(epilog="Example: elian sms tail --phone 13800000001 --last 1 --no-follow")
def tail(
    phone: Annotated[str | None, typer.Option(help="Only this number.")] = None,
    last: Annotated[int, typer.Option(help="How many earlier ones first.", min=0)] = 10,
    follow: Annotated[bool, typer.Option(help="Go on as they come, until Ctrl-C.")] = True,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Show texts as they are sent. Real SMS are never shown: only demonstration mode keeps them."""
    settings = settings_of_existing(config, data=data, demo=True, host="127.0.0.1")
    inbox = open_sms_inbox(settings.sms_url, clock=SystemClock())
    asyncio.run(_tail(inbox, phone, last, follow=follow))


async def _tail(inbox: SmsInbox, phone: str | None, last: int, *, follow: bool) -> None:
    coming = inbox.follow()  # begun first, so that nothing falls between the two
    earlier = await inbox.messages(phone, last)
    for message in earlier:
        _show(message)
    if not earlier and last:
        typer.echo("no texts so far", err=True)
    if not follow:
        return
    async for message in coming:
        if phone in {None, message.phone} and message not in earlier:
            _show(message)


def _show(message: SmsMessage) -> None:
    at = datetime.fromtimestamp(message.at_ms / 1000, UTC).astimezone()
    typer.echo(f"{at:%H:%M:%S}  {message.phone}  {message.text}")
