"""On how many devices somebody is, and how those are reached offline: a room of the settings,
read with them.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_server.domain.pacing import LimitSettings

KNOWN_SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
    "web.push.apple.com",
    "*.push.apple.com",
)


class ReachSettings(LimitSettings, frozen=True, kw_only=True):
    devices_per_person: Annotated[
        int, Meta(description="devices that one person may be logged in on", ge=1, le=100)
    ] = 5
    push_url: Annotated[
        str, Meta(description="who carries pushes to browsers: webpush:// or none://")
    ] = "webpush://"
    vendor_push_url: Annotated[
        str,
        Meta(description="the bank's own gateway to phone vendors: https://host/path, or none"),
    ] = "none://"
    push_contact: Annotated[
        str, Meta(description="whom a push service may write to: mailto: or https:")
    ] = "mailto:push@example.com"
    push_services: Annotated[
        tuple[str, ...], Meta(description="hosts of push services that may be asked")
    ] = KNOWN_SERVICES
    push_after_s: Annotated[
        int,
        Meta(description="a push follows when no device took a message for so long", ge=1, le=600),
    ] = 5
    push_life_s: Annotated[
        int, Meta(description="how long a push service keeps one", ge=60, le=28 * 86_400)
    ] = 86_400
    push_loopback: Annotated[
        bool, Meta(description="for tests: a push service on this machine, without https")
    ] = False
    push_rate: Annotated[int, Meta(description="pushes a second of one process", ge=1)] = 50
