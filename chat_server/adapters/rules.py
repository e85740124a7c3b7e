"""What every store does alike, whatever it writes to: pure steps from record to record.

The adapters call these inside their own atomic commit; nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from chat_server.domain.conversation import Membership
from chat_server.domain.errors import InvalidValue, MidReused
from chat_server.domain.facts import Dialogue
from chat_server.domain.message import Appended, Draft, Event, Head


def next_event(draft: Draft, head: Head | Event) -> Event:
    """The event a draft becomes right after that head (or last event); time never runs back."""
    return Event(
        draft.conv,
        head.seq + 1,
        draft.mid,
        draft.sender,
        max(draft.at_ms, head.ts),
        draft.kind,
        head.n + draft.counts,
        draft.body,
        draft.key_id,
    )


def head_at(event: Event) -> Head:
    return Head(event.seq, event.n, event.ts)


def first_answer(event: Event, stored_hash: bytes, draft: Draft) -> Appended:
    """What a second append under the same name gets."""
    if stored_hash != draft.body_hash:
        raise MidReused
    return Appended(event, duplicate=True)


def advanced(membership: Membership, head: int, read: int, delivered: int) -> Membership | None:
    """The membership with its positions moved (not yet its version), or None if none moves."""
    if membership.left_seq is not None:
        return None
    new_read = max(membership.read, min(read, head))
    new_delivered = max(membership.delivered, min(delivered, head), new_read)
    if (new_read, new_delivered) == (membership.read, membership.delivered):
        return None
    return replace(membership, read=new_read, delivered=new_delivered)


def rejoined(former: Membership | None, membership: Membership) -> Membership:
    """A member (again): present, with positions that did not go back."""
    if former is None:
        return replace(membership, left_seq=None)
    return replace(
        membership,
        left_seq=None,
        read=max(former.read, membership.read),
        delivered=max(former.delivered, membership.delivered),
    )


def check_turn(dialogue: Dialogue, drafts: Iterable[Draft]) -> None:
    """A turn is said in its own conversation."""
    for draft in drafts:
        if draft.conv != dialogue.conv:
            raise InvalidValue(f"drafts: {draft.conv} is not the dialogue's {dialogue.conv}")


def place_cards(dialogue: Dialogue, appended: Iterable[Appended]) -> Dialogue:
    """Tell the open cards of this turn which seq they got."""
    seqs: Mapping[str, int] = {one.event.mid: one.event.seq for one in appended}
    cards = tuple(
        card if card.seq else replace(card, seq=seqs.get(card.card_id, 0))
        for card in dialogue.cards
    )
    return replace(dialogue, cards=cards)
