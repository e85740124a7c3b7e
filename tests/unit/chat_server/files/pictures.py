"""Pictures and other files, made on the spot."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

PDF = b"%PDF-1.7\n" + b"%\xe2\xe3\xcf\xd3 statement\n" * 50
PROGRAM = b"MZ\x90\x00" + b"\0" * 100


def picture(width: int = 64, height: int = 48, kind: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), (200, 30, 40)).save(out, kind, **options)
    return out.getvalue()
