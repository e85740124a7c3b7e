"""Frames about who is there, and that contacts changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from chat_server.wire.primitives import Answer, Id, Named, Request

MOST_WATCHED = 200


class Watch(Request, frozen=True, tag="watch"):
    """Tell me who of these is there, now and at each change; replaces the former set.

    Those whom one may not see are left out, like those who do not exist.
    """

    users: Annotated[Sequence[Named], Meta(max_length=MOST_WATCHED)]
    id: Id = ""


class Appear(Request, frozen=True, tag="presence"):
    """Whether somebody is at this device; it counts as online until it says otherwise."""

    state: Literal["online", "away"]


class PresenceState(Answer, frozen=True, tag="presence"):
    """`last_seen`, to the minute, is of who is offline; without it, nobody knows or may know."""

    user: str
    state: str  # online, away, offline
    last_seen: int = 0


class ContactsMoved(Answer, frozen=True, tag="contacts_changed"):
    """One's contacts or requests are no longer what they were: read them again over HTTP."""
