"""QR codes as pictures."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import zxingcpp
from PIL import Image

_SCALE = 8  # pixels of one module


def draw_code(text: str) -> bytes:
    """PNG of a QR code that says that."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn = BytesIO()
    Image.fromarray(np.asarray(code.to_image(scale=_SCALE))).save(drawn, "PNG")
    return drawn.getvalue()
