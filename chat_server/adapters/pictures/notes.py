"""A picture without what its camera, or a program, wrote beside it: places, times, names, previews.

The picture itself is copied as it is, bit by bit; only which way up it is stays said. It
comes from a stranger, so this runs in the process of `drawing.py`. Wrong lengths raise.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")  # what ends a scan's packed bits
_START_OF_SCAN, _END = 0xDA, 0xD9
_KEPT_APPS = {0xE0: b"", 0xE2: b"ICC_PROFILE\0", 0xEE: b""}  # JFIF, colours, Adobe's colours
_APPS = range(0xE0, 0xF0)
_COMMENT = 0xFE
_PNG_NOTES = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_NOTES = {b"EXIF", b"XMP "}
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04  # of a WebP's first chunk
_TURNED = range(2, 9)


def without_notes(content: bytes, kind: str, orientation: int) -> bytes:
    """`kind` as Pillow names it; of others nothing is taken away."""
    upright = _only(orientation) if orientation in _TURNED else b""
    match kind:
        case "JPEG":
            return b"".join(_jpeg(content, upright))
        case "PNG":
            return b"".join(_png(content, upright))
        case "WEBP":
            return _webp(content, upright)
        case _:
            return content


def _only(orientation: int) -> bytes:
    """An Exif block of one entry."""
    entry = b"\x01\x12\x00\x03\x00\x00\x00\x01" + orientation.to_bytes(2, "big") + b"\0\0"
    return b"MM\0*\0\0\0\x08\0\x01" + entry + b"\0\0\0\0"


def _jpeg(content: bytes, upright: bytes) -> Iterator[bytes]:
    yield content[:2]
    if upright:
        said = b"Exif\0\0" + upright
        yield b"\xff\xe1" + (len(said) + 2).to_bytes(2, "big") + said
    at = 2
    while True:
        marker = _MARKER.match(content, at)
        if marker is None:
            raise ValueError("no marker where one is due")
        sign, start = marker[1][0], marker.end()
        if sign == _END:  # what follows is no part of this picture
            yield b"\xff\xd9"
            return
        end = start + int.from_bytes(content[start : start + 2], "big")
        if end < start + 2 or end > len(content):
            raise ValueError("a segment beyond the end")
        if not _is_note(sign, content[start + 2 : end]):
            yield b"\xff" + marker[1] + content[start:end]
        at = end
        if sign == _START_OF_SCAN:
            after = _MARKER.search(content, end)
            at = after.start() if after else len(content)
            yield content[end:at]


def _is_note(sign: int, body: bytes) -> bool:
    if sign in _APPS:
        return sign not in _KEPT_APPS or not body.startswith(_KEPT_APPS[sign])
    return sign == _COMMENT


def _png(content: bytes, upright: bytes) -> Iterator[bytes]:
    yield content[:8]
    at = 8
    while True:
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        name = content[at + 4 : at + 8]
        if end > len(content):
            raise ValueError("a chunk beyond the end")
        if name not in _PNG_NOTES:
            yield content[at:end]
        if name == b"IHDR" and upright:
            named = b"eXIf" + upright
            check = zlib.crc32(named).to_bytes(4, "big")
            yield len(upright).to_bytes(4, "big") + named + check
        if name == b"IEND":
            return
        at = end


def _webp(content: bytes, upright: bytes) -> bytes:
    end = min(8 + int.from_bytes(content[4:8], "little"), len(content))
    kept, at = [], 12
    while at + 8 <= end:
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        following = at + 8 + size + size % 2
        if at + 8 + size > end:
            raise ValueError("a chunk beyond the end")
        chunk = content[at:following]
        if name == b"VP8X":
            flags = chunk[8] & ~(_EXIF_FLAG | _XMP_FLAG) | (_EXIF_FLAG if upright else 0)
            chunk = chunk[:8] + bytes([flags]) + chunk[9:]
        if name not in _WEBP_NOTES:
            kept.append(chunk)
        at = following
    if upright and kept and kept[0].startswith(b"VP8X"):
        kept.append(b"EXIF" + len(upright).to_bytes(4, "little") + upright)
    whole = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(whole).to_bytes(4, "little") + whole
