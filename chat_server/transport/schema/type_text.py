"""A JSON Schema's type in the words of TypeScript, for the generated file and for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

_WORDS = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def type_text(part: Any, refer: Callable[[str], str]) -> str:  # noqa: ANN401  any JSON
    """`refer` says how a reference to another schema is written."""
    if "$ref" in part:
        return refer(part["$ref"])
    if "enum" in part:
        return " | ".join(json.dumps(value) for value in part["enum"])
    if "anyOf" in part:
        return " | ".join(type_text(each, refer) for each in part["anyOf"])
    if part["type"] == "array":
        return _array(part, refer)
    if part["type"] == "object":
        values = part.get("additionalProperties")
        held = type_text(values, refer) if values else "unknown"
        return f"Readonly<Record<string, {held}>>"
    return _WORDS[part["type"]]


def _array(part: Any, refer: Callable[[str], str]) -> str:  # noqa: ANN401  any JSON
    if "prefixItems" in part:
        return f"readonly [{', '.join(type_text(each, refer) for each in part['prefixItems'])}]"
    return f"ReadonlyArray<{type_text(part['items'], refer)}>"
