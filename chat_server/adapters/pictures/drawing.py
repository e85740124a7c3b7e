"""One picture in, a small copy and a clean one out: a program of its own, run by `reader.py`.

It comes from a stranger and is unpacked by C code, so the process has little memory, little
time and nothing to lose. Exit 0: JSON of width, height and the small copy's length, a line
end, that copy as JPEG, the picture without its notes. Anything else: no.
"""

from __future__ import annotations

import json
import resource
import sys
from io import BytesIO

from PIL import Image, ImageOps
from PIL.ExifTags import Base

from chat_server.adapters.pictures.notes import without_notes

SIDE = 480  # pixels of the copy's longer side
MAX_PIXELS = 50_000_000
_MEMORY = 1024 * 1024 * 1024  # bytes of addresses: 50 million pixels and what Python takes
_CPU_S = 10
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_WHITE = (255, 255, 255)


def draw(content: bytes) -> tuple[int, int, bytes, bytes]:
    """Width and height the right way up; a small copy, and the picture, without notes."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with Image.open(BytesIO(content), formats=_FORMATS) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        orientation = picture.getexif().get(Base.Orientation, 1)
        clean = without_notes(content, picture.format or "", orientation)
        turned = ImageOps.exif_transpose(picture)
        size = turned.size
        turned.thumbnail((SIDE, SIDE))
        flat = Image.new("RGB", turned.size, _WHITE)
        shown = turned.convert("RGBA")
        flat.paste(shown, mask=shown.getchannel("A"))
    copy = BytesIO()
    flat.save(copy, "JPEG", quality=80, optimize=True)
    return size[0], size[1], copy.getvalue(), clean


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    try:
        width, height, copy, clean = draw(sys.stdin.buffer.read())
    except Exception as exc:  # noqa: BLE001 - whatever it is, there is no picture
        sys.stderr.write(type(exc).__name__)
        return 1
    sys.stdout.buffer.write(json.dumps([width, height, len(copy)]).encode() + b"\n")
    sys.stdout.buffer.write(copy + clean)
    return 0


if __name__ == "__main__":
    sys.exit(main())
