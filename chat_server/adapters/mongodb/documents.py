"""Records as documents and back. A document may hold more than its record: keys, positions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from chat_server.adapters.mongodb.driver import Document

T = TypeVar("T")


def document(record: msgspec.Struct, **more: object) -> Document:
    """The record's fields, and `more` beside them."""
    fields: Document = _filled(msgspec.to_builtins(record, builtin_types=(bytes,)))
    return {**fields, **more}


def _filled(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    """Without its empty sequences: read back, each is again its record's default."""
    if isinstance(value, dict):
        return {key: _filled(part) for key, part in value.items() if part not in ([], ())}
    return [_filled(part) for part in value] if isinstance(value, list | tuple) else value


def record(found: Document, kind: type[T]) -> T:
    return msgspec.convert(found, kind)


def record_or_none(found: Document | None, kind: type[T]) -> T | None:
    return None if found is None else record(found, kind)


def records(found: Iterable[Document], kind: type[T]) -> list[T]:
    return [record(one, kind) for one in found]
