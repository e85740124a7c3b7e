"""Forms: what became of messages that were edited, recalled or reacted to.

The log keeps every event as it was appended. A form is kept beside it for each message that
was acted on, and says how it reads now; stores keep it in the commit of the action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from chat_server.domain.bodies import Action, Edit, Reaction, Recall, Recalled
from chat_server.domain.errors import MessageRecalled, TooLong
from chat_server.domain.message import Event, EventKind

MOST_REACTIONS = 1000  # people on one message; a form is rewritten as a whole
RECALLED = msgspec.json.encode(Recalled())

_encode = msgspec.json.Encoder().encode
_decode_edit = msgspec.json.Decoder(Edit).decode


class Form(msgspec.Struct, frozen=True):
    """How the message at `seq` reads since the event at `changed_seq`."""

    conv: str
    seq: int
    changed_seq: int = 0
    body: bytes = b""  # empty: as it was written
    recalled: bool = False
    reactions: tuple[tuple[str, str], ...] = ()  # (user, emoji), in the order of their coming


def acted(form: Form, action: Action, user: str) -> tuple[Form, Action]:
    """The form after the action, and the action as it came out.

    Raises MessageRecalled, and TooLong when no more reactions fit.
    """
    if form.recalled:
        raise MessageRecalled
    match action:
        case Edit(body=body):
            return replace(form, body=_encode(body)), action
        case Recall():
            return replace(form, body=b"", recalled=True, reactions=()), action
        case Reaction(target=target, emoji=emoji):
            was = dict(form.reactions).get(user, "")
            others = tuple(one for one in form.reactions if one[0] != user)
            if emoji and len(others) >= MOST_REACTIONS:
                raise TooLong("the message holds no more reactions")
            now = (*others, (user, emoji)) if emoji else others
            return replace(form, reactions=now), msgspec.convert(
                {"type": "reaction", "target": target, "emoji": emoji, "was": was}, Reaction
            )


def asked_about(events: Sequence[Event]) -> list[int]:
    """The messages whose forms decide how these events may be shown."""
    return [_edited_by(e) if e.kind is EventKind.EDIT else e.seq for e in events if _has_words(e)]


def current(event: Event, forms: Mapping[int, Form], left_seq: int | None) -> Event:
    """The event as it reads now, for one who has read on to `left_seq` if they left."""
    shown = without_recalled(event, forms)
    form = forms.get(event.seq) if shown is event else None
    if form is None or not form.body or not seen_by(form, left_seq):
        return shown
    return replace(event, body=form.body)


def without_recalled(event: Event, forms: Mapping[int, Form]) -> Event:
    """The event as it was appended, unless its message was recalled since."""
    if not forms or not _has_words(event):
        return event
    form = forms.get(_edited_by(event) if event.kind is EventKind.EDIT else event.seq)
    return replace(event, body=RECALLED) if form is not None and form.recalled else event


def seen_by(form: Form, left_seq: int | None) -> bool:
    """Whether the last change came before they left; a recall withholds from them all the same."""
    return left_seq is None or form.changed_seq <= left_seq


def _edited_by(event: Event) -> int:
    return _decode_edit(event.body).target


def _has_words(event: Event) -> bool:
    return event.kind is EventKind.MESSAGE or event.kind is EventKind.EDIT
