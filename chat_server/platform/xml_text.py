"""The small XML that callbacks and their replies are made of.

Strings go into CDATA and numbers stand bare, as the platform writes them; a sequence is one
element after the other. What comes back was
written by a partner's program: no document type is read, so no entity can be declared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

Value = str | int | float | Mapping[str, "Value"] | Sequence[Mapping[str, "Value"]]
Fields = Mapping[str, Value]
Read = dict[str, "str | Read | list[Read]"]

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # not XML at all
_DEEPEST = 8


class BadXml(Exception):
    """Not an XML document of this kind."""


def write(fields: Fields, tag: str = "xml") -> str:
    inner = "".join(_element(name, value) for name, value in fields.items())
    return f"<{tag}>{inner}</{tag}>"


def _element(name: str, value: Value) -> str:
    if isinstance(value, str):
        text = _UNWRITABLE.sub("", value).replace("]]>", "]]]]><![CDATA[>")
        return f"<{name}><![CDATA[{text}]]></{name}>"
    if isinstance(value, int | float):
        return f"<{name}>{value}</{name}>"
    if isinstance(value, Mapping):
        return write(value, name)
    return "".join(write(each, name) for each in value)


def read(content: bytes) -> Read:
    """The fields of one `<xml>`; an element with `<item>` children is a list. Raises BadXml."""
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as exc:
        raise BadXml("not UTF-8") from exc
    if "<!DOCTYPE" in text.upper():
        raise BadXml("a document type is not read")
    try:
        root = ET.fromstring(text)  # noqa: S314 - without a document type it has no entities
    except ET.ParseError as exc:
        raise BadXml(f"not XML: {exc}") from exc
    if root.tag != "xml":
        raise BadXml("the document is not <xml>")
    return _children(root, 0)


def _children(parent: ET.Element, depth: int) -> Read:
    if depth > _DEEPEST:
        raise BadXml("too deep")
    found: Read = {}
    for child in parent:
        if not len(child):
            found[child.tag] = (child.text or "").strip()
        elif all(each.tag == "item" for each in child):
            found[child.tag] = [_children(each, depth + 1) for each in child]
        else:
            found[child.tag] = _children(child, depth + 1)
    return found


def text_of(fields: Read, *path: str) -> str:
    """The text at that path; empty where there is none."""
    here: object = fields
    for name in path:
        here = here.get(name, "") if isinstance(here, dict) else ""
    return here if isinstance(here, str) else ""
