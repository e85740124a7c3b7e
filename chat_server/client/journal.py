"""The journal: what this device said and heard, as a history that others can check.

Links hand every frame over: before it is put on the socket, and before anybody acts on what
came. The lines are those of `history/lines.py`; each is whole in the file once written.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import BinaryIO

import msgspec

from chat_server.domain.groups import passage_of
from chat_server.domain.message import Event, EventKind
from chat_server.history import lines
from chat_server.wire import frames

UNCERTAIN = {"store_unavailable", "internal"}  # perhaps stored: the same mid again finds out
_RECALLED = b'{"type":"recalled"'
_encode = msgspec.json.Encoder().encode


class Journal:
    """Without a path nothing is written."""

    def __init__(self, path: Path | None, user: str, device: str) -> None:
        self._file: BinaryIO | None = None
        self._asked: dict[str, tuple[str, str]] = {}  # sends by their request, on this link
        if path is not None:
            self._file = path.open("ab", buffering=0)
            self._write(lines.ClientLine(_now(), user, device, lines.FORMAT))

    def opened(self) -> None:
        self._asked.clear()
        self._write(lines.OpenLine(_now()))

    def closed(self, code: int, reason: str) -> None:
        self._write(lines.CloseLine(_now(), code, reason))

    def final(self) -> None:
        """Everybody's sends were answered, and what was pushed has come."""
        self._write(lines.FinalLine(_now()))

    def said(self, frame: frames.ClientFrame) -> None:  # noqa: C901 - a table
        if self._file is None:
            return
        match frame:
            case frames.Send():
                self._asks(frame, "message", lines.digest(_encode(frame.body)))
            case frames.EditMessage():
                self._asks(frame, "edit")
            case frames.RecallMessage():
                self._asks(frame, "recall")
            case frames.React():
                self._asks(frame, "reaction")
            case frames.Submit():
                self._asks(frame, "submit")
            case frames.Sync(cursors=cursors):
                self._write(lines.SyncLine(_now(), cursors))
            case frames.History(conv=conv, id=request, after=after, before=before):
                self._write(lines.HistoryLine(_now(), conv, request, after, before))
            case frames.Read(conv=conv, seq=seq):
                self._write(lines.MoveLine(_now(), conv, read=seq))
            case frames.Delivered(conv=conv, seq=seq):
                self._write(lines.MoveLine(_now(), conv, delivered=seq))
            case _:
                pass

    def heard(self, frame: frames.ServerFrame) -> None:
        if self._file is None:
            return
        match frame:
            case frames.Event(conv=conv):
                self._write(lines.PushLine(_now(), conv, _told(frame)))
            case frames.Ack(conv=conv, mid=mid, seq=seq, ts=ts, id=request, duplicate=dup):
                self._asked.pop(request, None)
                changed = "" if frame.body is msgspec.UNSET else lines.digest(bytes(frame.body))
                self._write(lines.AckLine(_now(), conv, mid, seq, ts, dup, changed))
            case frames.Error(code=code, id=request):
                self._refused(code, request)
            case frames.Events(conv=conv, id=request):
                told = [_told(event) for event in frame.events]
                head, first, more = frame.head, frame.first_seq, frame.more
                self._write(lines.PageLine(_now(), conv, request, told, head, first, more))
            case frames.Marks(conv=conv, user=user, read=read, delivered=delivered):
                mark = lines.Position(conv, user, read, delivered)
                self._write(lines.MarksLine(_now(), mark))
            case frames.Synced(marks=marks):
                told_marks = [lines.Position(m.conv, m.user, m.read, m.delivered) for m in marks]
                self._write(lines.SyncedLine(_now(), told_marks))
            case frames.Lagging(conv=conv):
                self._write(lines.LaggingLine(_now(), conv))
            case frames.Welcome():
                self._write(lines.HelloLine(_now()))
            case _:
                pass

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _asks(
        self,
        frame: frames.Send
        | frames.EditMessage
        | frames.RecallMessage
        | frames.React
        | frames.Submit,
        kind: str,
        body: str = "",
    ) -> None:
        self._asked[frame.id] = frame.conv, frame.mid
        self._write(lines.SendLine(_now(), frame.conv, frame.mid, kind, body))

    def _refused(self, code: str, request: str) -> None:
        if not request:
            self._write(lines.ErrorLine(_now(), code))
        elif (asked := self._asked.pop(request, None)) is not None:
            sure = code not in UNCERTAIN
            self._write(lines.RefusedLine(_now(), *asked, code, sure))

    def _write(self, line: lines.Line) -> None:
        if self._file is not None:
            self._file.write(_encode(line) + b"\n")


def _now() -> float:
    return time.monotonic()


def _told(event: frames.Event) -> lines.Told:
    body = ""
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    raw = bytes(event.body)
    if event.kind == EventKind.MESSAGE and not event.changed_seq and not raw.startswith(_RECALLED):
        body = lines.digest(raw)
    elif event.kind == EventKind.MEMBER:
        kind = EventKind.MEMBER
        passage = passage_of(
            Event(event.conv, event.seq, event.mid, event.from_, event.ts, kind, event.n, raw)
        )
        came = tuple(passage.coming)
        went = (lines.EVERYBODY,) if passage.ended else tuple(passage.going)
    return lines.Told(
        event.seq, event.mid, event.from_, event.ts, event.n, event.kind, body, came, went
    )
