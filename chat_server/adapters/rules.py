"""What every store does alike, whatever it writes to: pure steps from record to record.

The adapters call these inside their own atomic commit; nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from chat_server.domain.contacts import Tie
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import InvalidValue, MidReused, VersionConflict
from chat_server.domain.facts import Dialogue
from chat_server.domain.groups import GroupChange
from chat_server.domain.ids import direct_conversation
from chat_server.domain.media import Medium
from chat_server.domain.message import Appended, Draft, Event, Head
from chat_server.domain.own import carried_over


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
        carried_over(former, membership),
        left_seq=None,
        read=max(former.read, membership.read),
        delivered=max(former.delivered, membership.delivered),
    )


def placed(change: GroupChange, former: Mapping[str, Membership], seq: int) -> Sequence[Membership]:
    """The memberships that the change leaves behind; `seq` is its event's."""
    conv = change.conversation.conv
    kept: dict[str, Membership] = {}
    for place in change.joining:
        arrived = Membership(conv, place.user, place.role, seq, read=seq, delivered=seq)
        was = former.get(place.user)
        silenced = place.silenced or (was is not None and was.silenced)  # leaving does not end it
        kept[place.user] = replace(carried_over(was, arrived), silenced=silenced)
    for place in change.places:
        was = kept.get(place.user) or former.get(place.user)
        if was is not None and was.left_seq is None:
            kept[place.user] = replace(was, role=place.role, silenced=place.silenced)
    for user in change.leaving:
        was = kept.get(user) or former.get(user)
        if was is not None and was.left_seq is None:
            kept[user] = replace(was, left_seq=seq, role=Role.MEMBER)
    return list(kept.values())


def check_change(change: GroupChange, stored: Conversation | None) -> None:
    """Whether the change is made of what is stored; raises VersionConflict."""
    if (stored.revision if stored else 0) != change.conversation.revision - 1:
        raise VersionConflict(change.conversation.conv)
    if change.draft is None and (change.joining or change.leaving):
        raise InvalidValue("whoever joins or leaves does so with an event")


def check_tie(tie: Tie, stored: Tie | None) -> None:
    """Whether the tie is made of what is stored; raises VersionConflict."""
    if (stored.revision if stored else 0) != tie.revision - 1:
        raise VersionConflict("the tie was changed meanwhile")


def opened_direct(tie: Tie) -> tuple[Conversation, Sequence[Membership]]:
    """The direct conversation of two who may talk now."""
    conv = direct_conversation(tie.one, tie.other)
    members = [Membership(conv, user, Role.MEMBER) for user in (tie.one, tie.other)]
    return Conversation(conv, ConversationKind.DIRECT), members


def merged(former: Medium | None, medium: Medium) -> Medium:
    """What is known of a medium that is put again: time and publicity never go back."""
    if former is None:
        return medium
    return replace(
        medium,
        touched_ms=max(former.touched_ms, medium.touched_ms),
        public=former.public or medium.public,
        thumbnail=medium.thumbnail or former.thumbnail,
        width=medium.width or former.width,
        height=medium.height or former.height,
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
