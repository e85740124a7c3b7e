"""Where partners' backends may be, and how much partners may do: a room of the settings, read
with them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from chat_server.domain.reaching import ReachSettings


class PartnerSettings(ReachSettings, frozen=True, kw_only=True):
    public_url: Annotated[
        str,
        Meta(description="where the outside reaches this server, for links in callbacks"),
    ] = ""
    callback_hosts: Annotated[
        tuple[str, ...],
        Meta(
            description="hosts of partners' backends: host, host:port, *.below.one or *; in "
            "demonstration mode this machine, too"
        ),
    ] = ()
    callback_inside: Annotated[
        tuple[str, ...],
        Meta(description="private networks in which a backend may be, as 10.1.0.0/16"),
    ] = ()
    platform_limits: Annotated[
        Literal["open", "wechat"],
        Meta(description="what partners may do: this house's limits, or the real platform's"),
    ] = "open"
    platform_quota: Annotated[
        tuple[str, ...],
        Meta(description="single limits that differ from those, as custom_calls=5000"),
    ] = ()
