"""Signatures and encryption of callbacks, as the platform's libraries do them.

AES-256-CBC over 16 random bytes, the length, the XML and the appid, padded to 32 bytes; the IV
is the key's beginning. Source: the platform's "message encryption" scheme.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32
_RANDOM = 16
_LENGTH = 4
_IV = 16


class BadSeal(Exception):
    """What came was not encrypted or signed with this account's keys."""


def signature(*parts: str) -> str:
    """Hex SHA-1 of the parts, sorted as strings and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - the protocol's own


class Crypter:
    """`aes_key` is the EncodingAESKey; `appid` is the trailer of what it encrypts."""

    def __init__(self, appid: str, aes_key: str) -> None:
        self._appid = appid.encode()
        key = base64.b64decode(f"{aes_key}=")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:_IV]))

    def encrypt(self, xml: str) -> str:
        content = xml.encode()
        plain = os.urandom(_RANDOM) + struct.pack(">I", len(content)) + content + self._appid
        pad = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher.encryptor()
        sealed = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def decrypt(self, text: str) -> str:
        """Raises BadSeal."""
        try:
            sealed = base64.b64decode("".join(text.split()), validate=True)
            decryptor = self._cipher.decryptor()
            plain = decryptor.update(sealed) + decryptor.finalize()
        except (binascii.Error, ValueError) as exc:
            raise BadSeal("Encrypt: not base64 of whole blocks") from exc
        pad = plain[-1] if plain else 0
        if not 1 <= pad <= _BLOCK or plain[-pad:] != bytes([pad]) * pad:
            raise BadSeal("Encrypt: wrong padding, so another key")
        body = plain[_RANDOM:-pad]
        (length,) = struct.unpack(">I", body[:_LENGTH]) if len(body) >= _LENGTH else (len(body),)
        content, trailer = body[_LENGTH : _LENGTH + length], body[_LENGTH + length :]
        if len(content) != length or trailer != self._appid:
            raise BadSeal("Encrypt: the appid at its end is another")
        try:
            return content.decode()
        except UnicodeDecodeError as exc:
            raise BadSeal("Encrypt: not UTF-8") from exc
