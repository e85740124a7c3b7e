"""What lies on the shelf: small records, by whose they are and their kind.

Public accounts keep here what is looked for by its name alone: how they answer, codes,
templates, notices. The compatible API keeps what only it has: ids, tickets, the media that
a partner uploaded, callbacks on their way.
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
