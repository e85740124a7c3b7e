"""People, their devices, the branch they belong to, and what staff may do."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from chat_server.domain.devices import PushAddress


class StaffRole(StrEnum):
    CUSTOMER = "customer"
    MANAGER = "manager"
    OPERATOR = "operator"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"
    AGENT = "agent"  # serves customers at a desk
    SUPERVISOR = "supervisor"  # of a desk


class Branch(msgspec.Struct, frozen=True):
    """An organisation unit of the bank; the head office has no parent."""

    branch_id: str
    name: str
    parent: str = ""


class Person(msgspec.Struct, frozen=True):
    """Someone who can log in. `phone` is for the bank and SMS, never shown or logged."""

    user: str
    name: str
    role: StaffRole
    branch: str
    password_hash: str
    language: str = "zh-CN"
    phone: str = ""
    unlimited: bool = False  # load-test users only: no rate limit


class DeviceSession(msgspec.Struct, frozen=True):
    """A device that is logged in. Only hashes of refresh tokens are kept.

    `previous_hash` is the refresh token before the newest: seeing it again means that one
    of the two was stolen, and ends the session. `kind`, `browser` and `system` are what the
    device said of itself at log-in; `name` is what the person calls it.
    """

    session_id: str
    user: str
    device: str
    refresh_hash: str
    created_ms: int
    refreshed_ms: int
    expires_ms: int
    previous_hash: str = ""
    revoked_ms: int | None = None
    kind: str = ""
    browser: str = ""
    system: str = ""
    name: str = ""
    seen_ms: int = 0  # last noted as connected; to the minute
    push: PushAddress | None = None

    def lives(self, now_ms: int) -> bool:
        return self.revoked_ms is None and self.expires_ms > now_ms

    @property
    def active_ms(self) -> int:
        """When it was last there, as far as is known."""
        return max(self.created_ms, self.refreshed_ms, self.seen_ms)


class Assignment(msgspec.Struct, frozen=True):
    """Who looks after a customer: one primary account manager, given by a branch."""

    customer: str
    manager: str
    branch: str
    since_ms: int
