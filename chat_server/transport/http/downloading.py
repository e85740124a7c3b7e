"""A medium as an answer: whole, in a range, or told to be the same as before.

Its bytes come from a stranger, so they are never run: of what browsers show only pictures,
sounds and videos are shown, everything else is handed over to be kept.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse

from chat_server.domain.media import PICTURES, SOUNDS, VIDEOS
from chat_server.usecases.files.downloads import OpenMedium

_SHOWN = PICTURES | SOUNDS | VIDEOS
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_PARTIAL, _UNCHANGED, _NO_RANGE = 206, 304, 416
_UNSAFE = re.compile(r"[^A-Za-z0-9._ -]|^\.+")
_LONGEST_NAME = 255


class NamedMedium:
    """What a handler gives: the medium, and the name under which it is kept."""

    def __init__(self, medium: OpenMedium, name: str) -> None:
        self.medium, self.name = medium, name


class NamedFile:
    """What a handler made itself, to be kept under a name; never shown, never remembered."""

    def __init__(self, content: bytes, mime: str, name: str) -> None:
        self.content, self.mime, self.name = content, mime, name


def hand_over(made: NamedFile) -> Response:
    headers = {
        "cache-control": "no-store",
        "content-disposition": _disposition(made.mime, made.name),
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(made.content, headers=headers, media_type=made.mime)


def download(found: NamedMedium, asked: Headers) -> Response:
    medium = found.medium.medium
    etag = f'"{medium.digest}"'
    headers = {
        "etag": etag,
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=31536000, immutable",
        "content-disposition": _disposition(medium.mime, found.name),
        "content-security-policy": "default-src 'none'; sandbox",
    }
    if etag in asked.get("if-none-match", ""):
        return Response(status_code=_UNCHANGED, headers=headers)
    start, end = 0, medium.size
    status = 200
    wanted = asked.get("range") if asked.get("if-range", etag) == etag else None
    part = _RANGE.fullmatch(wanted or "")
    if part and (part[1] or part[2]):  # other units and several ranges may be answered whole
        start, end = _bounds(part[1], part[2], medium.size)
        if start >= end:
            return Response(
                status_code=_NO_RANGE,
                headers={**headers, "content-range": f"bytes */{medium.size}"},
            )
        headers["content-range"] = f"bytes {start}-{end - 1}/{medium.size}"
        status = _PARTIAL
    headers["content-length"] = str(end - start)
    content = found.medium.read(start, end)
    return StreamingResponse(content, status, headers, media_type=medium.mime)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last so many
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size


def _disposition(mime: str, name: str) -> str:
    """RFC 6266: a plain name that any program takes, and the real one beside it."""
    kind = "inline" if mime in _SHOWN else "attachment"
    name = name.replace("\\", "/").rpartition("/")[2][:_LONGEST_NAME]
    name = "".join(letter for letter in name if letter.isprintable())
    if not name:
        return kind
    plain = _UNSAFE.sub("_", name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
