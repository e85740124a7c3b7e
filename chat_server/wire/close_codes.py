"""Why the server closes a socket."""

from __future__ import annotations

from enum import IntEnum


class CloseCode(IntEnum):
    """Codes of protocol §3. With RESTARTING and TRY_LATER the reason is `retry_after=3.2`."""

    PROTOCOL_ERROR = 1002
    TOO_BIG = 1009
    RESTARTING = 1012
    TRY_LATER = 1013
    MALFORMED = 4400
    NOT_AUTHENTICATED = 4401
    FORBIDDEN = 4403
    TIMED_OUT = 4408
    SESSION_REVOKED = 4409
    FLOODING = 4429
