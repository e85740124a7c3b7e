"""Media: what was taken in, how far an upload is, and what the first bytes prove of a file.

A medium is named by the SHA-256 of its bytes. Its MIME type is found in the bytes and never
believed from a client.
"""

from __future__ import annotations

import re

import msgspec

MAX_MEDIUM = 100 * 1024 * 1024  # bytes
MAX_PICTURE = 2 * 1024 * 1024  # bytes of a cover
HEAD_BYTES = 4096  # as many are looked at
UNKNOWN = "application/octet-stream"
DIGEST = re.compile(r"[0-9a-f]{64}")


class Upload(msgspec.Struct, frozen=True):
    """A file on its way in. `digest` is there once it is finished."""

    upload_id: str
    user: str
    conv: str  # what it is meant for; who may not write there cannot upload for it
    name: str
    size: int
    sha256: str  # as the sender stated it; empty: not stated
    created_ms: int
    digest: str = ""


class Medium(msgspec.Struct, frozen=True):
    """What is known of a blob. `public` ones are covers that everybody may see.

    `touched_ms` is when somebody last took it in or sent it: what nobody used expires.
    """

    digest: str
    mime: str
    size: int
    touched_ms: int
    width: int = 0
    height: int = 0
    thumbnail: str = ""  # a digest
    public: bool = False


_EXECUTABLE = re.compile(
    rb"MZ|\x7fELF|#!(?!AMR)|\xca\xfe\xba\xbe|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|dex\n"
)
_KINDS = tuple(
    (re.compile(pattern, re.DOTALL), mime)
    for pattern, mime in (
        (rb"\x89PNG\r\n\x1a\n.{4}IHDR", "image/png"),
        (rb"\xff\xd8\xff[\xc0-\xfe]", "image/jpeg"),
        (rb"RIFF.{4}WEBPVP8[ LX]", "image/webp"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"RIFF.{4}WAVE", "audio/wav"),
        (rb"OggS", "audio/ogg"),
        (rb"#!AMR", "audio/amr"),
        (rb"ID3|\xff[\xfb\xf3\xf2]", "audio/mpeg"),
        (rb"\xff[\xf1\xf9]", "audio/aac"),
        (rb".{4}ftypM4A", "audio/mp4"),
        (rb".{4}ftypqt", "video/quicktime"),
        (rb".{4}ftyp(?:isom|iso[2-9]|mp4[12]|avc1|dash|M4V|3gp|MSNV)", "video/mp4"),
        (rb"\x1a\x45\xdf\xa3.{0,64}webm", "video/webm"),
        (rb"%PDF-", "application/pdf"),
        (rb"PK\x03\x04", "application/zip"),
    )
)
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
VIDEOS = frozenset({"video/mp4", "video/webm", "video/quicktime"})
# The containers of a recorder hold sound alone as well.
SOUNDS = frozenset(
    {
        "audio/wav",
        "audio/ogg",
        "audio/amr",
        "audio/mpeg",
        "audio/aac",
        "audio/mp4",
        "video/webm",
        "video/mp4",
    }
)


def sniff(head: bytes) -> str:
    """The MIME type that the first bytes prove; `UNKNOWN` for all that is only handed on."""
    return next((mime for pattern, mime in _KINDS if pattern.match(head)), UNKNOWN)


def is_executable(head: bytes) -> bool:
    """Whether a machine would run it: nobody sends a program by chat."""
    return _EXECUTABLE.match(head) is not None
