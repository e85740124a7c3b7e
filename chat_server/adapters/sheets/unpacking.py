"""A CSV or XLSX file in, its rows of text out: a program of its own, run by `reader.py`.

A workbook is packed and may unfold to anything, so the process has little memory, little time
and nothing to lose. Exit 0: JSON of the rows, the first `MOST_ROWS` and one that says there
are more. Anything else: no.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
from io import BytesIO, StringIO
from itertools import islice

from python_calamine import CalamineWorkbook

from chat_server.domain.accounts.listing import MOST_ROWS

_MEMORY = 1024 * 1024 * 1024  # bytes of addresses
_CPU_S = 10
_MOST_COLUMNS = 50
_LONGEST_CELL = 200  # what is longer is cut, and is no customer either way
_ENCODINGS = ("utf-8-sig", "gb18030")  # the second is what office programs in China write
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PACKED = b"PK\x03\x04"


def unpack(content: bytes) -> list[list[str]]:
    """The first sheet of a workbook, or a CSV file with commas, semicolons or tabs."""
    if content.startswith(_PACKED):
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        found = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        return [[_text(cell) for cell in row] for row in found[: MOST_ROWS + 1]]
    text = _decoded(content)
    if "\0" in text:
        raise ValueError("no text")
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    rows = csv.reader(StringIO(text, newline=""), delimiter=mark)
    return list(islice(rows, MOST_ROWS + 1))


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF_16_MARKS):
        return content.decode("utf-16")
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("no text")


def _text(cell: object) -> str:
    """A number as it was typed: workbooks keep `10086` as 10086.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    try:
        rows = unpack(sys.stdin.buffer.read())
    except BaseException as exc:  # noqa: BLE001 - a panic of the parser is no Exception
        sys.stderr.write(type(exc).__name__)
        return 1
    cut = [[cell[:_LONGEST_CELL] for cell in row[:_MOST_COLUMNS]] for row in rows]
    sys.stdout.write(json.dumps(cut))
    return 0


if __name__ == "__main__":
    sys.exit(main())
