"""Files as client libraries upload them: a multipart body, in every way that they write its names.

A filename may be missing, percent-encoded or after RFC 2231, and a part may say no type; a part
is bytes, whatever it says it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING
from urllib.parse import unquote

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from chat_server.platform.faults import NO_FILE, Refused

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_MOST_PARTS = 16


@dataclass(frozen=True)
class Part:
    content: bytes
    filename: str = ""

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")


def read_parts(body: bytes, content_type: str) -> Mapping[str, Part]:
    """By name. Raises Refused for what is no multipart body."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Refused(NO_FILE, "media data missing: the body is not multipart/form-data")
    reader = _Reader()
    try:
        parser = MultipartParser(boundary, reader.callbacks())
        parser.write(body)
        parser.finalize()
    except MultipartParseError as exc:
        raise Refused(NO_FILE, f"media data missing: {exc}") from exc
    return reader.parts


class _Reader:
    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}
        self._headers: dict[bytes, bytes] = {}
        self._field = self._value = b""
        self._content = bytearray()

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_part_data": self._more,
            "on_part_end": self._end,
            "on_header_field": self._name,
            "on_header_value": self._said,
            "on_header_end": self._header,
        }

    def _begin(self) -> None:
        self._headers, self._content = {}, bytearray()

    def _more(self, data: bytes, start: int, end: int) -> None:
        self._content += data[start:end]

    def _name(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _said(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _end(self) -> None:
        if len(self.parts) >= _MOST_PARTS:
            raise Refused(NO_FILE, f"too many parts: at most {_MOST_PARTS}")
        told = Message()  # knows RFC 2231, which the parser does not
        said = self._headers.get(b"content-disposition", b"form-data")
        told["content-disposition"] = said.decode(errors="replace")
        name = str(told.get_param("name", "", "content-disposition"))
        filename = unquote(told.get_filename(""))
        self.parts[name] = Part(bytes(self._content), filename.rpartition("/")[2])
