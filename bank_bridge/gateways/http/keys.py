"""The keys of a line between house and bank, as a folder of PEM files.

`elian bank keys` and a first `elian bank serve` make them. Each end keeps its own private
key and the other's public one; the TLS files are there for a line that leaves the machine.
"""

from __future__ import annotations

import os
import ssl
from enum import StrEnum
from pathlib import Path

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from bank_bridge.contract import BankError

PRIVATE = 0o600


class End(StrEnum):
    """Of the line: who calls, and who answers."""

    HOUSE = "house"
    BANK = "bank"

    @property
    def other(self) -> End:
        return End.BANK if self is End.HOUSE else End.HOUSE


class LineKeys(msgspec.Struct, frozen=True):
    """What one end needs to speak and to believe."""

    own: ECKey
    peer: ECKey


def load_keys(folder: Path, end: End) -> LineKeys:
    """Raises BankError naming the file that is missing or no key."""
    return LineKeys(_key(folder / f"{end}.pem"), _key(folder / f"{end.other}.pub.pem"))


def make_keys(folder: Path) -> bool:
    """Both ends' keys, where there are none yet; false when they were there.

    The bank's private key comes last, so that a folder that has it is complete.
    """
    if (folder / f"{End.BANK}.pem").exists():
        return False
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for end in End:
        key = ECKey.generate_key("P-256")
        _keep(folder / f"{end}.pub.pem", key.as_pem(private=False))
        _keep(folder / f"{end}.pem", key.as_pem(private=True))
    return True


def tls_context(folder: Path, end: End) -> ssl.SSLContext:
    """TLS 1.2 or newer with certificates on both sides: `ca.pem`, and `<end>-tls.pem` for ours.

    The latter holds the certificate and its private key. Raises BankError.
    """
    purpose = ssl.Purpose.SERVER_AUTH if end is End.HOUSE else ssl.Purpose.CLIENT_AUTH
    try:
        context = ssl.create_default_context(purpose, cafile=folder / "ca.pem")
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(folder / f"{end}-tls.pem")
    except OSError as exc:
        raise BankError(
            f"{folder}: TLS needs ca.pem and {end}-tls.pem (certificate and key): {exc}"
        ) from exc
    return context


def _key(path: Path) -> ECKey:
    try:
        key = ECKey.import_key(path.read_bytes())
    except OSError as exc:
        raise BankError(
            f"{path}: cannot be read: {exc.strerror}; `elian bank keys` makes it"
        ) from exc
    except (JoseError, ValueError) as exc:
        raise BankError(f"{path}: is not a key in PEM") from exc
    if key.curve_name != "P-256":
        raise BankError(f"{path}: is not a P-256 key")
    return key


def _keep(path: Path, pem: bytes) -> None:
    """Whole or not at all; nobody else may read it at any moment."""
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
