"""How much a partner may do: numbers that the real platform changes without notice.

`OPEN` is what this house grants unless told otherwise; `WECHAT` are the real platform's values,
as its documentation gave them in 2026, so that a partner's program meets them before it goes live.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from chat_server.domain.errors import ConfigError


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Counts are a day's (of Shanghai) unless they say otherwise; 0 of a call is no limit."""

    calls: int = 1_000_000  # of any one path that is not named below
    token_calls: int = 100_000
    template_calls: int = 10_000_000
    custom_calls: int = 10_000_000
    mass_calls: int = 100
    preview_calls: int = 10_000
    forced_tokens: int = 100
    forced_token_pause_s: int = 1
    quota_resets_month: int = 100
    mass_per_follower_month: int = 1_000
    reply_window_s: int = 48 * 3600
    replies_per_message: int = 100
    tap_window_s: int = 60
    replies_per_tap: int = 20
    token_s: int = 7200
    temporary_media_s: int = 3 * 86_400
    delivery_log_days: int = 7


OPEN = Limits()
WECHAT = Limits(
    calls=100_000,
    token_calls=2_000,
    template_calls=100_000,
    custom_calls=500_000,
    mass_calls=100,
    preview_calls=100,
    forced_tokens=20,
    forced_token_pause_s=30,
    quota_resets_month=10,
    mass_per_follower_month=4,
    replies_per_message=5,
    replies_per_tap=3,
)
PRESETS: Mapping[str, Limits] = {"open": OPEN, "wechat": WECHAT}


def limits_of(preset: str, changes: Iterable[str]) -> Limits:
    """A preset with single values changed, each as `name=number`. Raises ConfigError."""
    if preset not in PRESETS:
        raise ConfigError(f"platform_limits: {preset!r} is not one of {', '.join(PRESETS)}")
    values = dict[str, int]()
    for change in changes:
        name, _, number = change.partition("=")
        if name.strip() not in Limits.__struct_fields__:
            known = ", ".join(Limits.__struct_fields__)
            raise ConfigError(f"platform_quota: there is no {name.strip()!r}; there are {known}")
        if not number.strip().isdecimal():
            raise ConfigError(f"platform_quota: {name.strip()} needs a number, as in {name}=5")
        values[name.strip()] = int(number)
    return msgspec.structs.replace(PRESETS[preset], **values)


def calls_of(limits: Limits, path: str) -> int:
    """How often that path may be called in a day."""
    return own_paths(limits).get(path, limits.calls)


def own_paths(limits: Limits) -> Mapping[str, int]:
    """The paths that have a limit of their own."""
    return {
        "/cgi-bin/token": limits.token_calls,
        "/cgi-bin/stable_token": limits.token_calls,
        "/cgi-bin/message/template/send": limits.template_calls,
        "/cgi-bin/message/custom/send": limits.custom_calls,
        "/cgi-bin/message/mass/sendall": limits.mass_calls,
        "/cgi-bin/message/mass/send": limits.mass_calls,
        "/cgi-bin/message/mass/preview": limits.preview_calls,
    }
