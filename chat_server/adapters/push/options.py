"""What an opener of a notifier gets beside its URL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec


class PushOptions(msgspec.Struct, frozen=True):
    keys: Path  # folder of the keys, which are made there once
    contact: str
    services: Sequence[str]
    loopback: bool = False
