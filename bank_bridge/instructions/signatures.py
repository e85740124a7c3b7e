"""What a device signs, and whether it did: WebAuthn over the canonical instruction (§1.7).

The signing desk comes in here. The challenge is a hash of every term of the instruction, of
the device and of a nonce, so that a signature for one amount, payee or device is none for
another. Nothing is stored or decided here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException

from bank_bridge.instructions.key_rows import KeyRow
from bank_bridge.instructions.records import Record
from bank_bridge.ledger.accounts import CURRENCY

_FORM = "elian-sign-1"
_HERE = re.compile(r"http://localhost(:[0-9]{1,5})?")  # any port of this very machine
_ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_LONGEST = 16_384
# What the library lets through of input that is no WebAuthn at all.
_NOT_RIGHT = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


class MadeKey(NamedTuple):
    """A key that a device has just made."""

    key: str
    public_key: bytes
    counter: int


class Verdict(NamedTuple):
    """Whether the key's owner signed; `copied`: its counter says that there are two of it."""

    right: bool
    counter: int = 0
    copied: bool = False


WRONG = Verdict(right=False)


def new_nonce() -> bytes:
    return secrets.token_bytes(16)


def challenge_of(record: Record, nonce: bytes) -> bytes:
    """SHA-256 over everything the signature stands for."""
    terms = (
        _FORM,
        record.instruction_id,
        record.version,
        record.kind,
        record.amount,
        CURRENCY,
        record.payer_account,
        record.payee_account,
        record.payee_name,
        record.payee_bank,
        record.customer,
        record.device,
        nonce.hex(),
    )
    return hashlib.sha256(msgspec.json.encode(terms)).digest()


def user_handle(customer: str) -> str:
    """What an authenticator knows its user by: never a name."""
    return encoded(hashlib.sha256(f"{_FORM}:{customer}".encode()).digest())


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def site_of(address: str) -> str:
    """The host that keys are bound to."""
    return urlsplit(address).hostname or "localhost"


def made_key(attested: str, challenge: bytes, site: str) -> MadeKey | None:
    """The key in a registration, or None if that is not right."""
    if len(attested) > _LONGEST:
        return None
    try:
        made = verify_registration_response(
            credential=attested,
            expected_challenge=challenge,
            expected_rp_id=site_of(site),
            expected_origin=_origin(attested, site),
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    except _NOT_RIGHT:
        return None
    return MadeKey(encoded(made.credential_id), made.credential_public_key, made.sign_count)


def key_named(signature: str) -> str:
    """Which key an assertion says that it is of; empty: it says nothing."""
    if len(signature) > _LONGEST:
        return ""
    try:
        named = json.loads(signature)["id"]
    except _NOT_RIGHT:
        return ""
    return named if isinstance(named, str) else ""


def verdict(signature: str, challenge: bytes, row: KeyRow, site: str) -> Verdict:
    """Whether this key has signed this challenge, with its user verified by the device."""

    def checked(counter: int) -> Verdict:
        try:
            signed = verify_authentication_response(
                credential=signature,
                expected_challenge=challenge,
                expected_rp_id=site_of(site),
                expected_origin=_origin(signature, site),
                credential_public_key=row.public_key,
                credential_current_sign_count=counter,
                require_user_verification=True,
            )
        except _NOT_RIGHT:
            return WRONG
        return Verdict(right=True, counter=signed.new_sign_count)

    fresh = checked(row.counter)
    if fresh.right or row.counter == 0:
        return fresh
    return Verdict(right=False, copied=checked(0).right)


def _origin(credential: str, site: str) -> str:
    """The one page that may have asked; on this machine, at whatever port it is served."""
    if site_of(site) != "localhost":
        parts = urlsplit(site)
        return f"{parts.scheme}://{parts.netloc}"
    try:
        seen = json.loads(credential)["response"]["clientDataJSON"]
        origin = json.loads(base64.urlsafe_b64decode(seen + "=="))["origin"]
    except _NOT_RIGHT:
        return site
    return origin if isinstance(origin, str) and _HERE.fullmatch(origin) else site
