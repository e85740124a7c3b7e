"""Keys of pushes, made once and kept: a browser subscribes to one, so it must not change."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from py_vapid import Vapid02

from chat_server.domain.errors import ConfigError


def vapid_key(folder: Path) -> Vapid02:
    """The key pair by which push services know this server (RFC 8292)."""

    def fresh() -> bytes:
        made = Vapid02()
        made.generate_keys()
        pem: bytes = made.private_pem()
        return pem

    path = folder / "vapid.pem"
    try:
        return Vapid02.from_pem(_kept(path, fresh))
    except ValueError as exc:
        raise ConfigError(
            f"{path}: is not a key; restore it, or remove it for a fresh one"
        ) from exc


def gateway_key(folder: Path) -> bytes:
    """What signs requests to the vendors' gateway, which has a copy."""
    return _kept(folder / "vendor-push.key", lambda: secrets.token_hex(32).encode()).strip()


def _kept(path: Path, fresh: Callable[[], bytes]) -> bytes:
    """What is in the file. Made whole or not at all; the first of several processes wins."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = path.with_suffix(f".{secrets.token_hex(4)}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(fresh())
                    file.flush()
                    os.fsync(file.fileno())
                with suppress(FileExistsError):
                    os.link(draft, path)
            finally:
                draft.unlink()
        return path.read_bytes()
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read or made: {exc.strerror}") from exc
