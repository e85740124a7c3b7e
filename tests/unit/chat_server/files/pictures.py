"""Pictures and other files, made on the spot."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

PDF = b"%PDF-1.7\n" + b"%\xe2\xe3\xcf\xd3 statement\n" * 50
PROGRAM = b"MZ\x90\x00" + b"\0" * 100


def taken_at_home(orientation: int = 1) -> dict[str, object]:
    """What a camera, and a program after it, would have `picture` write beside the picture."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.ImageDescription] = "N39.9 E116.4"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSMapDatum] = "N39.9"
    return {"exif": exif, "xmp": b"<x:xmpmeta>N39.9</x:xmpmeta>"}


def picture(width: int = 64, height: int = 48, kind: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), (200, 30, 40)).save(out, kind, **options)
    return out.getvalue()
