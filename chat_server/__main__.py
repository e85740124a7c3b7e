"""The `elian` command: its own verbs, and those of each neighbour."""

from __future__ import annotations

import sys

import typer

from bank_bridge.cli import app as bank
from bank_bridge.contract import BankError
from bots.cli import app as bots
from bots.cli import understand
from chat_server.commands import (
    account,
    bench,
    demo,
    learning,
    neighbours,
    people,
    search,
    sms,
    turns,
)
from chat_server.commands import bank as bank_verbs
from chat_server.commands.doctor import doctor
from chat_server.commands.history import check_history
from chat_server.commands.schema import export_schema
from chat_server.commands.serve import serve
from chat_server.commands.settings import settings
from chat_server.commands.topics import topics
from chat_server.domain.errors import ChatError, ConfigError
from recommender.cli import app as recommend
from recommender.contract import RecommenderError

app = typer.Typer(
    name="elian",
    help="Elian, the bank's messenger: serve it, look after it, ask it.",
    epilog="Start with: elian serve --demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(epilog="Example: elian serve --demo --data /tmp/elian --port 8090")(serve)
app.command(epilog="Example: elian doctor --data /srv/elian")(doctor)
app.command("check-history", epilog="Example: elian check-history /tmp/run --json")(check_history)
app.command()(settings)
app.command(epilog="Example: elian understand 给李娜转500块")(understand)
app.command("export-schema")(export_schema)
app.add_typer(account.app, name="account")
app.add_typer(bench.app, name="bench")
app.add_typer(demo.app, name="demo")
app.add_typer(people.app, name="user")
app.add_typer(search.app, name="search")
app.add_typer(sms.app, name="sms")
bank.command(epilog="Example: elian bank serve --data /srv/bank --port 8090")(bank_verbs.serve)
bank.command(epilog="Example: elian bank certify http://127.0.0.1:8090")(bank_verbs.certify)
app.add_typer(turns.app, name="turns")
bots.command(epilog="Example: elian bots train --data /srv/elian")(learning.train)
bots.add_typer(learning.models, name="models")
app.add_typer(bots, name="bots")
app.add_typer(bank, name="bank", callback=neighbours.books)
recommend.command(epilog="Example: elian recommend topics --data /srv/elian")(topics)
app.add_typer(recommend, name="recommend", callback=neighbours.learning)


def main() -> None:
    """Run one command; what cannot be done is said in a line, with exit code 1 or 2."""
    try:
        sys.exit(app(standalone_mode=False))
    except typer.TyperException as exc:  # the command line itself is wrong
        _refuse(exc.format_message(), exc.exit_code)
    except typer.Abort:
        _refuse("given up", 1)
    except (ConfigError, ChatError, BankError, RecommenderError) as exc:
        _refuse(str(exc) or type(exc).__name__, 1)
    except OSError as exc:
        _refuse(f"{exc.filename}: {exc.strerror}" if exc.filename else str(exc), 1)


def _refuse(why: str, exit_code: int) -> None:
    if why:  # without any words the help was shown
        typer.echo(f"elian: {why}", err=True)
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
