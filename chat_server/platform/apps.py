"""An application: what a partner's programs show and sign with, for one public account."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence
from enum import StrEnum

import msgspec


class Mode(StrEnum):
    """What a callback carries: plain fields, both, or the encrypted text alone."""

    PLAIN = "plain"
    MIXED = "mixed"
    AES = "aes"


class App(msgspec.Struct, frozen=True, kw_only=True):
    """`secret_hash` is SHA-256 of the secret, which is 128 random bits and told once.

    `verified` is the callback URL that last answered its echo; no other is called.
    """

    appid: str
    account: str
    original_id: str  # `gh_` and 12 hex digits: what callbacks call the account
    secret_hash: str
    token: str
    aes_key: str
    former_aes_key: str = ""  # still good for replies while the key changes
    callback: str = ""
    mode: Mode = Mode.PLAIN
    verified: str = ""
    timeout_ms: int = 5000
    web_hosts: Sequence[str] = ()  # of pages that customers may be sent back to
    callers: Sequence[str] = ()  # networks from which tokens may be asked for; none: anywhere

    def knows(self, secret: str) -> bool:
        return secrets.compare_digest(hash_secret(secret), self.secret_hash)


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_app(account: str, *, callback: str, mode: Mode) -> tuple[App, str]:
    """The application and its secret."""
    secret = secrets.token_hex(16)
    app = App(
        appid=f"wx{secrets.token_hex(8)}",
        account=account,
        original_id=f"gh_{secrets.token_hex(6)}",
        secret_hash=hash_secret(secret),
        token=secrets.token_hex(16),
        aes_key=new_aes_key(),
        callback=callback,
        mode=mode,
    )
    return app, secret


def new_aes_key() -> str:
    """EncodingAESKey: base64 of 32 random bytes without its last `=`; 43 characters."""
    return base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")


DEFAULT_MENU = 1  # the number of the menu of all, to partners; the others are counted from 2


def ticket_told(ticket: str) -> str:
    """The native ticket in letters that need no escaping in a URL."""
    return base64.urlsafe_b64encode(ticket.encode()).decode().rstrip("=")


def ticket_heard(told: str) -> str:
    """The native ticket again; empty for what is none."""
    try:
        return base64.urlsafe_b64decode(f"{told}{'=' * (-len(told) % 4)}").decode()
    except (binascii.Error, ValueError):
        return ""


def new_name(now_ms: int, length: int = 32) -> str:
    """A fresh id of `[A-Za-z0-9_-]` that sorts by when it was made."""
    return f"{now_ms:011x}{secrets.token_urlsafe(length)[:length]}"
