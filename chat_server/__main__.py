"""The `elian` command: its own verbs, and those of each neighbour."""

from __future__ import annotations

import sys

import typer

from bank_bridge.cli import app as bank
from bank_bridge.contract import BankError
from bots.cli import understand
from chat_server.commands import demo, people, sms
from chat_server.commands.doctor import doctor
from chat_server.commands.schema import export_schema
from chat_server.commands.serve import serve
from chat_server.commands.settings import settings
from chat_server.domain.errors import ChatError, ConfigError
from recommender.cli import app as recommend
from recommender.contract import RecommenderError

app = typer.Typer(
    name="elian",
    help="Elian, the bank's messenger: serve it, look after it, ask it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command()(doctor)
app.command()(settings)
app.command()(understand)
app.command("export-schema")(export_schema)
app.add_typer(demo.app, name="demo")
app.add_typer(people.app, name="user")
app.add_typer(sms.app, name="sms")
app.add_typer(bank, name="bank")
app.add_typer(recommend, name="recommend")


def main() -> None:
    """Run one command; what cannot be done is said in a line, with exit code 1."""
    try:
        app()
    except (ConfigError, ChatError, BankError, RecommenderError) as exc:
        typer.echo(f"elian: {str(exc) or type(exc).__name__}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
