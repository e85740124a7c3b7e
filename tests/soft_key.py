"""An authenticator of software: makes a WebAuthn key and signs with it, as a device would.

What a browser and a security key do together, after W3C Web Authentication Level 2, §6.1, §6.5
and §7; attestation "none". `site` is the host, `origin` the page that asked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


class SoftKey:
    """One key pair. `verified` false: nobody unlocked the device; `counter` can be turned back."""

    def __init__(self, site: str = "localhost", origin: str = "http://localhost:8080") -> None:
        self.site, self.origin = site, origin
        self.counter, self.verified = 0, True
        self._id = secrets.token_bytes(16)
        self._private = ec.generate_private_key(ec.SECP256R1())

    def register(self, challenge: str) -> str:
        """A registration, as `navigator.credentials.create` returns it."""
        public = self._private.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32), -3: public.y.to_bytes(32)}
        attested = bytes(16) + len(self._id).to_bytes(2) + self._id + cbor2.dumps(cose)
        data = self._authenticator_data(_ATTESTED) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client_data("webauthn.create", challenge)
        return self._credential(clientDataJSON=client, attestationObject=statement)

    def sign(self, challenge: str) -> str:
        """An assertion, as `navigator.credentials.get` returns it."""
        self.counter += 1
        data, client = self._authenticator_data(), self._client_data("webauthn.get", challenge)
        page = data + hashlib.sha256(client).digest()
        signature = self._private.sign(page, ec.ECDSA(hashes.SHA256()))
        return self._credential(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _authenticator_data(self, more: int = 0) -> bytes:
        flags = _PRESENT | (_VERIFIED if self.verified else 0) | more
        site = hashlib.sha256(self.site.encode()).digest()
        return site + bytes([flags]) + self.counter.to_bytes(4)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        facts = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(facts).encode()

    def _credential(self, **response: bytes) -> str:
        named = _encoded(self._id)
        return json.dumps(
            {
                "id": named,
                "rawId": named,
                "type": "public-key",
                "response": {name: _encoded(value) for name, value in response.items()},
            }
        )


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
