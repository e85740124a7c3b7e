"""What staff do: their customers, broadcasts, pictures, the audit trail."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_server.domain.publishing import Article
from chat_server.transport.http.shapes import (
    Approval,
    ArticleDraft,
    AuditItem,
    BroadcastDraft,
    BroadcastItem,
    CustomerItem,
    MediaStored,
    Rejection,
)
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims
from chat_server.usecases.public_accounts.broadcasts import BroadcastView


async def customers(cases: UseCases, claims: Claims) -> list[CustomerItem]:
    """A manager's own customers."""
    return [
        CustomerItem(each.user, each.name, each.branch, each.conv)
        for each in await cases.own_customers(claims.user)
    ]


async def broadcasts(cases: UseCases, claims: Claims, account: str) -> list[BroadcastItem]:
    """The newest broadcasts of an account."""
    return [_broadcast(view) for view in await cases.broadcasts.list(claims.user, account)]


async def submit_broadcast(cases: UseCases, claims: Claims, body: BroadcastDraft) -> BroadcastItem:
    """Submit a broadcast for review."""
    articles = [
        Article(each.title, each.digest, each.paragraphs, each.cover) for each in body.articles
    ]
    return _broadcast(await cases.broadcasts.submit(claims.user, body.account, articles))


async def approve_broadcast(
    cases: UseCases, claims: Claims, broadcast: str, body: Approval
) -> BroadcastItem:
    """Approve exactly the content that was read; it is sent to all followers."""
    return _broadcast(await cases.broadcasts.approve(claims.user, broadcast, body.content_hash))


async def reject_broadcast(
    cases: UseCases, claims: Claims, broadcast: str, body: Rejection
) -> BroadcastItem:
    """Reject a broadcast, and say why."""
    return _broadcast(await cases.broadcasts.reject(claims.user, broadcast, body.reason))


async def store_media(cases: UseCases, claims: Claims, content: bytes) -> MediaStored:
    """Store a picture: PNG, JPEG or WebP, at most 2 MiB."""
    return MediaStored(await cases.media.put(claims.user, content))


async def audit(
    cases: UseCases,
    claims: Claims,
    after: Annotated[int, Meta(ge=0)] = 0,
    subject: str | None = None,
) -> list[AuditItem]:
    """A page of the audit trail, oldest first, from behind position `after`."""
    page = await cases.audit(claims.user, subject=subject, after=after)
    return [
        AuditItem(
            position=change.position,
            kind=change.fact.kind,
            actor=change.fact.actor,
            subject=change.fact.subject,
            at=change.fact.at_ms,
            detail=change.fact.detail,
        )
        for change in page
        if change.fact
    ]


def _broadcast(view: BroadcastView) -> BroadcastItem:
    broadcast = view.broadcast
    return BroadcastItem(
        broadcast=broadcast.broadcast_id,
        account=broadcast.account,
        state=broadcast.state.value,
        articles=[
            ArticleDraft(each.title, each.digest, each.paragraphs, each.cover)
            for each in broadcast.articles
        ],
        content_hash=broadcast.content_hash,
        audience=view.audience,
        maker=broadcast.maker,
        submitted=broadcast.submitted_ms,
        reviewer=broadcast.reviewer,
        decided=broadcast.decided_ms,
        reason=broadcast.reason,
    )
