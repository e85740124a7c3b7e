"""What customers do: their consents, the public accounts, articles and pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from chat_server.domain.facts import Purpose
from chat_server.domain.publishing import MenuButton
from chat_server.transport.http.shapes import (
    AccountItem,
    ArticlePage,
    ConsentChange,
    ConsentItem,
    MenuItem,
)
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.compliance.consents import ConsentState
from chat_server.usecases.identity.tokens import Claims
from chat_server.usecases.public_accounts.follow import AccountView


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


async def directory(cases: UseCases, claims: Claims) -> list[AccountItem]:
    """All public accounts."""
    return [_account(view) for view in await cases.accounts.directory(claims.user)]


async def account(cases: UseCases, claims: Claims, account: str) -> AccountItem:
    """One public account with its menu."""
    return _account(await cases.accounts.view(claims.user, account))


async def follow(cases: UseCases, claims: Claims, account: str) -> AccountItem:
    """Follow: joins the feed and opens the service conversation."""
    return _account(await cases.accounts.follow(claims.user, account))


async def unfollow(cases: UseCases, claims: Claims, account: str) -> AccountItem:
    """Leave the feed; the service conversation stays."""
    return _account(await cases.accounts.unfollow(claims.user, account))


async def article(
    cases: UseCases, claims: Claims, broadcast: str, index: Annotated[int, Meta(ge=0)]
) -> ArticlePage:
    """An article's text: for followers once it is approved, and for the staff's desk."""
    view = await cases.read_article(claims.user, broadcast, index)
    return ArticlePage(
        account=view.account,
        account_name=view.account_name,
        title=view.article.title,
        digest=view.article.digest,
        paragraphs=view.article.paragraphs,
        cover=view.article.cover,
        published=view.published_ms,
    )


def _consent(state: ConsentState) -> ConsentItem:
    return ConsentItem(state.purpose.value, state.granted, state.changed_ms)


def _account(view: AccountView) -> AccountItem:
    return AccountItem(
        account=view.account.account,
        name=view.account.name,
        description=view.account.description,
        verified=view.account.verified,
        following=view.following,
        followers=view.followers,
        service=view.service,
        feed=view.feed,
        menu=_menu(view.account.menu),
    )


def _menu(buttons: Iterable[MenuButton]) -> list[MenuItem]:
    return [MenuItem(each.title, each.key, _menu(each.children)) for each in buttons]
