"""What customers do: their consents, the public accounts, articles and pictures."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_server.domain.accounts.articles import article_path
from chat_server.domain.accounts.directory import MAX_SEARCH
from chat_server.domain.facts import Purpose
from chat_server.domain.publishing import Story
from chat_server.transport.http import account_answers as shown
from chat_server.transport.http.routes.articles import attachments
from chat_server.transport.http.routing import UserAgent
from chat_server.transport.http.shapes import (
    AccountItem,
    ArticlePage,
    ConsentChange,
    ConsentItem,
    PageOpened,
)
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.compliance.consents import ConsentState
from chat_server.usecases.identity.tokens import Claims


async def consents(cases: UseCases, claims: Claims) -> list[ConsentItem]:
    """The three switches, as they stand."""
    return [_consent(state) for state in await cases.consents.states(claims.user)]


async def change_consent(
    cases: UseCases, claims: Claims, purpose: Purpose, body: ConsentChange
) -> ConsentItem:
    """Turn one switch; `text_hash` names the words that were shown."""
    state = await cases.consents.change(
        claims.user, purpose, granted=body.granted, text_hash=body.text_hash, channel="app"
    )
    return _consent(state)


async def directory(
    cases: UseCases, claims: Claims, search: Annotated[str, Meta(max_length=MAX_SEARCH)] = ""
) -> list[AccountItem]:
    """All public accounts; with `search` up to 50 in whose name or description it is found,
    verified ones first.
    """
    return [shown.account(view) for view in await cases.accounts.directory(claims.user, search)]


async def account(cases: UseCases, claims: Claims, agent: UserAgent, account: str) -> AccountItem:
    """One public account with the menu that is meant for you."""
    return shown.account(await cases.accounts.view(claims.user, account, system=agent))


async def follow(
    cases: UseCases,
    claims: Claims,
    account: str,
    ticket: Annotated[str, Meta(max_length=128)] = "",
) -> AccountItem:
    """Follow: joins the feed and opens the service conversation. `ticket`: the code scanned."""
    return shown.account(await cases.accounts.follow(claims.user, account, ticket))


async def open_page(
    cases: UseCases, claims: Claims, agent: UserAgent, account: str, body: PageOpened
) -> None:
    """You opened a page from the account's menu: the account is told."""
    await cases.accounts.open_page(claims.user, account, body.url, system=agent)


async def unfollow(cases: UseCases, claims: Claims, account: str) -> AccountItem:
    """Leave the feed; the service conversation stays."""
    return shown.account(await cases.accounts.unfollow(claims.user, account))


async def article(
    cases: UseCases, claims: Claims, broadcast: str, index: Annotated[int, Meta(ge=0)]
) -> ArticlePage:
    """An article's text: for followers once it is approved, and for the staff's desk."""
    view = await cases.read_article(claims.user, broadcast, index)
    story = view.article.story or Story("")
    shown = view.article.story and not view.preview
    return ArticlePage(
        account=view.account,
        account_name=view.account_name,
        title=view.article.title,
        digest=view.article.digest,
        paragraphs=view.article.paragraphs,
        cover=view.article.cover,
        published=view.published_ms,
        author=story.author,
        html=story.html,
        source=story.source,
        attachments=attachments(view.article),
        comments=view.comments.value,
        path=article_path(broadcast, index) if shown else "",
        preview=view.preview,
    )


def _consent(state: ConsentState) -> ConsentItem:
    return ConsentItem(state.purpose.value, state.granted, state.changed_ms)
