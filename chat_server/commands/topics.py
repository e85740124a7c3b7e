"""`elian recommend topics`: what articles and consented chat are about.

It is the house's command, not the recommender's: only the house can read the chat, and only for
the length of the fit. Prints words that several people used, never a sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from chat_server.commands.opening import in_house
from chat_server.commands.options import ConfigOption, DataOption, settings_of_existing
from recommender.contract import RecommenderError, TopicReport

if TYPE_CHECKING:
    from chat_server.bootstrap.house import House


def topics(
    data: DataOption = None,
    config: ConfigOption = None,
    seed: Annotated[int, typer.Option(help="Seed of the fit.", min=0)] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Learn topics from published articles and consented chat, and publish them."""

    async def learnt(house: House) -> TopicReport:
        return await house.learn_topics(seed=seed)

    try:
        report = in_house(settings_of_existing(config, data=data), learnt)
    except RecommenderError as exc:
        typer.echo(f"elian: no topics learnt: {exc}", err=True)
        raise typer.Exit(1) from exc
    if as_json:
        typer.echo(msgspec.json.encode(report))
        return
    typer.echo(
        f"Topics {report.version}: {report.articles} articles, {report.messages} messages"
        f" of {report.people} customers, {report.terms} terms, {report.kept:.0%} explained"
    )
    for topic in report.topics:
        typer.echo(f"  {topic.name}: {', '.join(topic.words)}")
