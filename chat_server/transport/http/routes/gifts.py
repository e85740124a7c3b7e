"""Gifts of the chat: red packets and transfers to friends, looked at and taken."""

from __future__ import annotations

from chat_server.transport.http.gift_shapes import GiftItem, GiftShareItem
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.banking.gifts import GiftView
from chat_server.usecases.identity.tokens import Claims


async def gift(cases: UseCases, claims: Claims, gift: str) -> GiftItem:
    """A gift of a conversation that you are in: who took what, and whether you still may."""
    return _item(await cases.gifts.look(claims.user, gift), claims.user)


async def take_gift(cases: UseCases, claims: Claims, gift: str) -> GiftItem:
    """Take your share of it, once; too late or taken before, it is only looked at."""
    return _item(await cases.gifts.take(claims.user, gift), claims.user)


def _item(view: GiftView, user: str) -> GiftItem:
    gift = view.gift
    mine = next((share.amount.fen for share in gift.taken if share.taker == user), 0)
    most = max((share.amount.fen for share in gift.taken), default=0)
    complete = len(gift.taken) == gift.shares
    return GiftItem(
        gift=gift.gift,
        kind=gift.kind,
        sender=gift.sender,
        sender_name=view.names.get(gift.sender, gift.sender),
        greeting=gift.greeting,
        amount=gift.amount.fen,
        shares=gift.shares,
        random=gift.random,
        state=gift.state,
        expires_at=int(gift.expires_at.timestamp() * 1000),
        mine=mine,
        open=gift.state == "OPEN" and not mine and gift.taker in ("", user),
        taken=[
            GiftShareItem(
                user=share.taker,
                name=view.names.get(share.taker, share.taker),
                amount=share.amount.fen,
                at=int(share.taken_at.timestamp() * 1000),
                best=complete and gift.random and share.amount.fen == most,
            )
            for share in gift.taken
        ],
    )
