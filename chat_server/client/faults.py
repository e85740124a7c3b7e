"""What can go wrong at the client's side."""

from __future__ import annotations


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
    """Nobody answers there now."""


class Ended(ClientFault):
    """The client was closed, or the server ended this device's session for good."""
