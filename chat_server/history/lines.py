"""The lines of a history: one JSON object each, in one file for each client.

`what` names the kind, `t` is the writer's own clock in seconds. A line of what a client does
is written before it is done, one of what it hears before it acts on it. Bodies are written as
digests: a history holds no words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

FORMAT = 1
EVERYBODY = "*"  # in `Told.went`: the group was dissolved

_canonical = msgspec.json.Encoder(order="sorted").encode


class Told(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event as it was pushed or read: [seq, mid, from, ts, n, kind, body, came, went].

    `body` is the digest of a message as it was written, and empty for one that was changed
    since or is not a message. `came` and `went` are whom an event of kind `member` names.
    """

    seq: int
    mid: str
    sender: str
    ts: int
    n: int
    kind: str
    body: str = ""
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()


class Position(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """[conv, user, read, delivered]."""

    conv: str
    user: str
    read: int
    delivered: int


class _Line(msgspec.Struct, frozen=True, tag_field="what", omit_defaults=True, gc=False):
    t: float


class ClientLine(_Line, frozen=True, tag="client", gc=False):
    """A program begins, as this device of this person. What an earlier one held is gone."""

    user: str
    device: str
    format: int = 0


class OpenLine(_Line, frozen=True, tag="open", gc=False):
    """A connection stands; what follows, up to `close`, is on it."""


class HelloLine(_Line, frozen=True, tag="hello", gc=False):
    """The `welcome` came."""


class CloseLine(_Line, frozen=True, tag="close", gc=False):
    """The connection ended; `code` is the server's own, or 0 when it said none."""

    code: int = 0
    reason: str = ""


class SyncLine(_Line, frozen=True, tag="sync", gc=False):
    """Up to these seqs nothing is asked for: held, or not wanted."""

    cursors: dict[str, int]


class SyncedLine(_Line, frozen=True, tag="synced", gc=False):
    marks: Sequence[Position] = ()


class SendLine(_Line, frozen=True, tag="send", gc=False):
    """Each time it is put on a connection. `kind`: message, edit, recall, reaction, submit."""

    conv: str
    mid: str
    kind: str = "message"
    body: str = ""  # digest; of messages only


class AckLine(_Line, frozen=True, tag="ack", gc=False):
    conv: str
    mid: str
    seq: int
    ts: int
    dup: bool = False
    body: str = ""  # digest, when the server told what it made of the body


class RefusedLine(_Line, frozen=True, tag="refused", gc=False):
    """An `error` that answers a send; `sure` when nothing was stored by it."""

    conv: str
    mid: str
    code: str
    sure: bool = True


class ErrorLine(_Line, frozen=True, tag="error", gc=False):
    """An `error` that answers no request: a position may not have been taken."""

    code: str


class PushLine(_Line, frozen=True, tag="push", gc=False):
    conv: str
    event: Told


class HistoryLine(_Line, frozen=True, tag="history", gc=False):
    """A page is asked for. `id` is the request's, unique on its connection."""

    conv: str
    id: str
    after: int | None = None
    before: int | None = None


class PageLine(_Line, frozen=True, tag="page", gc=False):
    conv: str
    id: str
    events: Sequence[Told]
    head: int
    first_seq: int
    more: bool = False


class MoveLine(_Line, frozen=True, tag="move", gc=False):
    """`read` or `delivered` is put on the connection."""

    conv: str
    read: int = 0
    delivered: int = 0


class MarksLine(_Line, frozen=True, tag="marks", gc=False):
    mark: Position


class LaggingLine(_Line, frozen=True, tag="lagging", gc=False):
    conv: str = ""  # empty: all of them


class FinalLine(_Line, frozen=True, tag="final", gc=False):
    """All is quiet: every client's sends were answered, and what was pushed has come. From
    here each client syncs once more and reads every conversation from its beginning.
    """


Line = (
    ClientLine
    | OpenLine
    | HelloLine
    | CloseLine
    | SyncLine
    | SyncedLine
    | SendLine
    | AckLine
    | RefusedLine
    | ErrorLine
    | PushLine
    | HistoryLine
    | PageLine
    | MoveLine
    | MarksLine
    | LaggingLine
    | FinalLine
)


def digest(body: bytes | bytearray | memoryview) -> str:
    """Of a message's JSON: the same for any spelling of it, and without what a server adds
    about other messages (`about`).
    """
    said = msgspec.json.decode(body)
    if isinstance(said, dict):
        said.pop("about", None)
    return hashlib.blake2b(_canonical(said), digest_size=8).hexdigest()
