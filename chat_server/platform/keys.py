"""Ids and tokens that are made with the house's key: the same everywhere, and nobody's guess.

Access tokens are signed, not stored: any number of one account's are good at once, in every
process. An openid is the same for ever for one customer of one account, and tells neither.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode

from chat_server.platform.apps import App
from chat_server.platform.faults import BAD_CREDENTIAL, BAD_TOKEN, NO_TOKEN, OLD_TOKEN, Refused

_TOKEN = re.compile(
    r"([0-9]{2,3})_(wx[0-9a-f]{16})([0-9a-f]{10})([A-Za-z0-9_-]{16})([A-Za-z0-9_-]{32})"
)
_VERSION = "88"
_MAC_BYTES = 24
OPENID = re.compile(r"[A-Za-z0-9_-]{28}")


class Keys:
    """`key` is the house's; what is made here is bound to its purpose."""

    def __init__(self, key: bytes) -> None:
        self._tokens = _derived(key, b"platform token")
        self._openids = _derived(key, b"platform openid")

    def access_token(self, app: App, expires_s: int) -> str:
        """Good until then, or until the application's secret changes."""
        nonce = secrets.token_urlsafe(12)
        return f"{_VERSION}_{app.appid}{expires_s:010x}{nonce}{self._mac(app, expires_s, nonce)}"

    @staticmethod
    def appid_of(token: str) -> str:
        """Whose it says it is. Raises Refused for what is no token."""
        if not token:
            raise Refused(NO_TOKEN, "access_token missing")
        found = _TOKEN.fullmatch(token)
        if found is None:
            code = BAD_CREDENTIAL if token.isascii() and token.isprintable() else BAD_TOKEN
            raise Refused(code, "invalid credential, access_token is invalid or not latest")
        return found[2]

    def check(self, app: App, token: str, now_s: int) -> None:
        """Raises Refused unless it is this application's and still good."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            raise Refused(BAD_CREDENTIAL, "access_token is invalid")
        expires_s = int(found[3], 16)
        if not hmac.compare_digest(found[5], self._mac(app, expires_s, found[4])):
            raise Refused(BAD_CREDENTIAL, "access_token is invalid or not latest")
        if expires_s <= now_s:
            raise Refused(OLD_TOKEN, "access_token expired")

    def openid(self, account: str, customer: str) -> str:
        """28 characters, `o` first."""
        return f"o{self._id(f'{account} {customer}')}"

    def unionid(self, customer: str) -> str:
        """The same for every account of the house."""
        return f"u{self._id(customer)}"

    def stamp(self, of: str) -> str:
        """What proves that this house made a link to that."""
        digest = hmac.digest(self._openids, f"link {of}".encode(), "sha256")[:18]
        return urlsafe_b64encode(digest).decode()

    def _id(self, of: str) -> str:
        digest = hmac.digest(self._openids, of.encode(), "sha256")[:20]
        return urlsafe_b64encode(digest).decode().rstrip("=")

    def _mac(self, app: App, expires_s: int, nonce: str) -> str:
        said = f"{app.appid} {app.secret_hash} {expires_s} {nonce}".encode()
        return urlsafe_b64encode(hmac.digest(self._tokens, said, "sha256")[:_MAC_BYTES]).decode()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hashlib.blake2b(purpose, key=key[:64]).digest()
