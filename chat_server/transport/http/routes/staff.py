"""What staff do: their customers, broadcasts, pictures, the audit trail."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_server.domain.publishing import Article
from chat_server.transport.http.shapes import (
    Approval,
    AuditItem,
    BroadcastArticle,
    BroadcastDraft,
    BroadcastItem,
    CustomerItem,
    MediaStored,
    Rejection,
)
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims
from chat_server.usecases.public_accounts.broadcasts import BroadcastView
from chat_server.wire.primitives import MAX_SEQ


async def customers(cases: UseCases, claims: Claims) -> list[CustomerItem]:
    """A manager's own customers."""
    return [
        CustomerItem(each.user, each.name, each.branch, each.conv)
        for each in await cases.own_customers(claims.user)
    ]


async def broadcasts(cases: UseCases, claims: Claims, account: str) -> list[BroadcastItem]:
    """The newest broadcasts of an account."""
    return [broadcast_item(view) for view in await cases.broadcasts.list(claims.user, account)]


async def submit_broadcast(cases: UseCases, claims: Claims, body: BroadcastDraft) -> BroadcastItem:
    """Submit a broadcast for review."""
    articles = [
        Article(each.title, each.digest, each.paragraphs, each.cover) for each in body.articles
    ]
    return broadcast_item(await cases.broadcasts.submit(claims.user, body.account, articles))


async def approve_broadcast(
    cases: UseCases, claims: Claims, broadcast: str, body: Approval
) -> BroadcastItem:
    """Approve exactly the content that was read; it is sent to all followers."""
    return broadcast_item(await cases.broadcasts.approve(claims.user, broadcast, body.content_hash))


async def reject_broadcast(
    cases: UseCases, claims: Claims, broadcast: str, body: Rejection
) -> BroadcastItem:
    """Reject a broadcast, and say why."""
    return broadcast_item(await cases.broadcasts.reject(claims.user, broadcast, body.reason))


async def recall_broadcast(cases: UseCases, claims: Claims, broadcast: str) -> BroadcastItem:
    """Take a broadcast back from the feed, within 24 hours; its articles are gone with it."""
    return broadcast_item(await cases.broadcasts.recall(claims.user, broadcast))


async def store_media(cases: UseCases, claims: Claims, content: bytes) -> MediaStored:
    """Store a picture: PNG, JPEG or WebP, at most 2 MiB."""
    return MediaStored(await cases.media.put(claims.user, content))


async def audit(
    cases: UseCases,
    claims: Claims,
    before: Annotated[int, Meta(ge=0, le=MAX_SEQ)] = 0,
    subject: Annotated[str, Meta(max_length=128)] = "",
    kind: Annotated[str, Meta(max_length=64)] = "",
) -> list[AuditItem]:
    """A page of the audit trail, newest first: of a subject, of a kind, before a position."""
    page = await cases.audit(claims.user, subject=subject, kind=kind, before=before)
    return [
        AuditItem(
            position=told.position,
            kind=told.fact.kind,
            actor=told.fact.actor,
            actor_name=told.actor_name,
            subject=told.fact.subject,
            subject_name=told.subject_name,
            at=told.fact.at_ms,
            detail=told.fact.detail,
        )
        for told in page
    ]


def broadcast_item(view: BroadcastView) -> BroadcastItem:
    broadcast = view.broadcast
    return BroadcastItem(
        broadcast=broadcast.broadcast_id,
        account=broadcast.account,
        state=broadcast.state.value,
        articles=[
            BroadcastArticle(
                each.title, each.digest, each.paragraphs, each.cover, each.story is not None
            )
            for each in broadcast.articles
        ],
        content_hash=broadcast.content_hash,
        audience=view.audience,
        maker=broadcast.maker,
        maker_name=view.maker_name,
        submitted=broadcast.submitted_ms,
        reviewer=broadcast.reviewer,
        reviewer_name=view.reviewer_name,
        decided=broadcast.decided_ms,
        reason=broadcast.reason,
    )
