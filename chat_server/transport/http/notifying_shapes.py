"""How being told offline is asked for over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Hour = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^$")]


class NotificationWishes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Quiet hours are `HH:MM` in `zone`, an IANA time zone; both empty: none.

    They hold back all but notices of money and security, until they end.
    """

    hide_content: bool = True
    quiet_from: Hour = ""
    quiet_until: Hour = ""
    zone: Annotated[str, Meta(min_length=1, max_length=64)] = "Asia/Shanghai"


class NotificationState(msgspec.Struct, frozen=True):
    """`public_key` is the `applicationServerKey` to subscribe with; empty: browsers are not told.

    `subscribed`: this device is told when it is not connected.
    """

    wishes: NotificationWishes
    subscribed: bool
    public_key: str


class PushSubscription(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where this device is reached: of a browser what its `PushSubscription` says, of a phone
    (`vendor`) the token that its vendor gave it, as `endpoint` alone.
    """

    endpoint: Annotated[str, Meta(min_length=1, max_length=1024)]
    kind: Literal["web", "vendor"] = "web"
    key: Annotated[str, Meta(max_length=128)] = ""  # p256dh
    secret: Annotated[str, Meta(max_length=64)] = ""  # auth
