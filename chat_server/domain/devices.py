"""What a device is called and where pushes reach it.

A browser says what it is in its user agent, and may say anything: the rule here is small,
only ever used for a name that a person recognises, and gives nothing where it is not sure.
Where a device stands is never guessed.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

MAX_NAME = 40

# The first that is found; of two that name the same browser, the rarer is asked first.
_BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows NT", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_PROGRAM = "elian-client/"


class DeviceKind(StrEnum):
    PHONE = "phone"
    TABLET = "tablet"
    DESK = "desk"
    PROGRAM = "program"
    UNKNOWN = ""


class DeviceMake(msgspec.Struct, frozen=True):
    kind: DeviceKind = DeviceKind.UNKNOWN
    browser: str = ""
    system: str = ""


def make_of(user_agent: str) -> DeviceMake:
    """What the user agent says of itself, as far as this rule knows it."""
    if user_agent.startswith(_PROGRAM):
        return DeviceMake(DeviceKind.PROGRAM)
    system = _first(_SYSTEMS, user_agent)
    return DeviceMake(_kind(system, user_agent), _first(_BROWSERS, user_agent), system)


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in table if mark in user_agent), "")


def _kind(system: str, user_agent: str) -> DeviceKind:
    if not system:
        return DeviceKind.UNKNOWN
    if system == "iPad":
        return DeviceKind.TABLET
    if "Mobi" in user_agent:
        return DeviceKind.PHONE
    return DeviceKind.TABLET if system in {"Android", "HarmonyOS"} else DeviceKind.DESK


class PushKind(StrEnum):
    """Who carries a push: the browser's own push service, or the bank's gateway to vendors."""

    WEB = "web"
    VENDOR = "vendor"


class PushAddress(msgspec.Struct, frozen=True):
    """Where pushes for one device go. `key` and `secret` are the browser's (RFC 8291).

    Of a vendor's device `endpoint` is the token that its vendor gave it.
    """

    kind: PushKind
    endpoint: str
    key: str = ""
    secret: str = ""

    def __repr__(self) -> str:
        return f"PushAddress(kind={self.kind.value!r})"  # whoever knows it can wake the device
