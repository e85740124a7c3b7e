"""What answers about gifts look like. Amounts are integer fen, times milliseconds."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class GiftShareItem(msgspec.Struct, frozen=True):
    """`best`: the greatest share, told once all are taken."""

    user: str
    name: str
    amount: int
    at: int
    best: bool


class GiftItem(msgspec.Struct, frozen=True):
    """`open`: whether the asker may still take; `mine`: what they took, or 0."""

    gift: str
    kind: str  # red_packet or p2p
    sender: str
    sender_name: str
    greeting: str
    amount: int
    shares: int
    random: bool
    state: str  # OPEN, TAKEN, RETURNED
    expires_at: int
    mine: int
    open: bool
    taken: Sequence[GiftShareItem]
