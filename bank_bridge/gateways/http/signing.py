"""Signatures of requests and replies: detached JWS with ES256 over everything that counts.

Both ends come in here. What is signed is a page of lines, never the JSON as somebody may
have printed it again: the hash of the very bytes that travel is one of them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

ALGORITHM = "ES256"
VERSION = "elian-bank-1"
SIGNATURE = "X-Signature"
TIMESTAMP = "X-Timestamp"  # seconds since 1970
NONCE = "X-Nonce"
REQUEST_ID = "X-Request-ID"
IDEMPOTENCY_KEY = "Idempotency-Key"  # percent-encoded, like the next
DEVICE = "X-Device-Binding"
_SIGNED_HEADERS = (TIMESTAMP, NONCE, REQUEST_ID, IDEMPOTENCY_KEY, DEVICE)


def request_page(method: str, target: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """`target` is path and query as sent."""
    lines = [VERSION, method, target, *(headers.get(name, "") for name in _SIGNED_HEADERS)]
    return _page(lines, body)


def reply_page(status: int, nonce: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Bound to the request by its nonce: no reply of another request will do."""
    lines = [VERSION, str(status), nonce, headers.get(TIMESTAMP, ""), headers.get(REQUEST_ID, "")]
    return _page(lines, body)


def _page(lines: list[str], body: bytes) -> bytes:
    return "\n".join([*lines, hashlib.sha256(body).hexdigest()]).encode()


def sign(page: bytes, key: ECKey) -> str:
    """`header..signature`: the page itself does not travel."""
    header = {"alg": ALGORITHM, "kid": key.thumbprint()}
    head, _, signature = jws.serialize_compact(header, page, key).split(".")
    return f"{head}..{signature}"


def is_signed(page: bytes, signature: str, key: ECKey) -> bool:
    """Whether exactly this page was signed by the owner of that public key."""
    head, between, tail = (*signature.split(".", 2), "", "")[:3]
    if between:
        return False
    payload = base64.urlsafe_b64encode(page).rstrip(b"=").decode()
    try:
        opened = jws.deserialize_compact(f"{head}.{payload}.{tail}", key, algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return False
    return bytes(opened.payload) == page
