"""People, their devices, the branch they belong to, and what staff may do."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class StaffRole(StrEnum):
    CUSTOMER = "customer"
    MANAGER = "manager"
    OPERATOR = "operator"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


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
    of the two was stolen, and ends the session.
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


class Assignment(msgspec.Struct, frozen=True):
    """Who looks after a customer: one primary account manager, given by a branch."""

    customer: str
    manager: str
    branch: str
    since_ms: int
