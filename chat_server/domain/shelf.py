"""What lies on the shelf: small records of the open platform, by whose they are and their kind.

The native platform's facts are not here; here is what only the compatible API has: ids,
tickets, the media that a partner uploaded, callbacks on their way.
"""

from __future__ import annotations

import msgspec


class Kept(msgspec.Struct, frozen=True):
    """One record. `name` is unique within its owner and kind; `body` is JSON.

    `version` is 1 when it is new and one more with each change.
    """

    owner: str
    kind: str
    name: str
    body: str
    at_ms: int
    version: int = 1
