"""Pages by offset and count, as lists of material and drafts have them."""

from __future__ import annotations

from chat_server.platform.api.call import Call
from chat_server.platform.faults import BAD_PARAMETER, Refused

_PAGE = 20


def paging(call: Call) -> tuple[int, int]:
    """Where to begin, and how many: 1 to 20."""
    offset, count = call.said("offset") or "0", call.said("count") or str(_PAGE)
    if not offset.isdecimal() or len(offset) > 6:  # noqa: PLR2004 - more is not kept
        raise Refused(BAD_PARAMETER, "invalid parameter: offset")
    if not count.isdecimal() or not 1 <= int(count[:4]) <= _PAGE:
        raise Refused(BAD_PARAMETER, f"invalid parameter: count, 1 to {_PAGE}")
    return int(offset), int(count)
