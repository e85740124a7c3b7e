"""What all frames are made of: bounded words and numbers, and how strictly each side reads."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

MAX_ID = 64
Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID)]
Mid = Annotated[str, Meta(min_length=1, max_length=64)]
Conv = Annotated[str, Meta(min_length=1, max_length=128)]
Named = Annotated[str, Meta(min_length=1, max_length=64)]
MAX_SEQ = 2**53 - 1  # what a number of JavaScript holds exactly
Seq = Annotated[int, Meta(ge=0, le=MAX_SEQ)]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From a client."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """From the server."""
