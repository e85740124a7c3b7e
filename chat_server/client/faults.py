"""What can go wrong at the client's side."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Device(msgspec.Struct, frozen=True):
    """A device that one is logged in on, as it said of itself and as one calls it."""

    session: str
    device: str
    name: str
    kind: str
    browser: str
    system: str
    created: int
    active: int
    push: bool
    current: bool


class ClientFault(Exception):
    """Whatever this library raises."""


class Refused(ClientFault):
    """The server answered with an error; `code` is one of the error table's words."""

    def __init__(self, code: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.retry_after = code, message, retry_after


class LoginRefused(ClientFault):
    """Wrong name, password or refresh token."""


class Unreached(ClientFault):
    """Nobody answers there now; `retry_after` if somebody said when to come again."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Ended(ClientFault):
    """The client was closed, or the server ended this device's session for good."""


class TooManyDevices(LoginRefused, Ended):
    """On as many devices as one may have: log in with `instead_of` one of these sessions."""

    def __init__(self, message: str, devices: Sequence[Device] = ()) -> None:
        super().__init__(message)
        self.devices = devices
