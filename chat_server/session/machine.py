"""The session: one connection's frames in, intents out.

Transport feeds it what the codec made of the bytes. It decides and does nothing: which
frame may come when, what is asked for, and when enough is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import assert_never

from chat_server.domain.bodies import Action, Edit, Reaction, Recall
from chat_server.domain.message import Refers
from chat_server.domain.own import Clear, Settle
from chat_server.session.intents import (
    Act,
    Begin,
    CatchUp,
    Echo,
    Hang,
    Intent,
    Join,
    Keep,
    ListMine,
    ListStarred,
    Move,
    Own,
    Point,
    Post,
    Press,
    Refuse,
    Request,
    Step,
    TurnPage,
    Type,
    WatchPeople,
)
from chat_server.wire import frames, own_frames, presence_frames
from chat_server.wire.close_codes import CloseCode

STRIKES = 20  # frames that made no sense before the connection is closed
EARLY = 200  # frames that may wait for the welcome


class _Phase(Enum):
    NEW = auto()
    JOINING = auto()
    LIVE = auto()
    CLOSED = auto()


class Session:
    def __init__(self) -> None:
        self._phase = _Phase.NEW
        self._early: list[frames.ClientFrame] = []
        self._strikes = 0

    @property
    def live(self) -> bool:
        return self._phase is _Phase.LIVE

    @property
    def greeted(self) -> bool:
        return self._phase is not _Phase.NEW

    def receive(self, frame: frames.ClientFrame) -> Sequence[Intent]:
        if self._phase is _Phase.LIVE:
            return (self._intent(frame),)
        if self._phase is _Phase.NEW:
            return (self._greeting(frame),)
        if self._phase is _Phase.JOINING:
            if len(self._early) >= EARLY:
                return self.hang(CloseCode.FLOODING, "too much before the welcome")
            self._early.append(frame)
        return ()

    def joined(self) -> Sequence[Intent]:
        """The device is let in: what it asked for early is done now, in order."""
        if self._phase is not _Phase.JOINING:
            return ()
        self._phase = _Phase.LIVE
        early, self._early = self._early, []
        return [self._intent(frame) for frame in early]

    def misread(self, message: str, request: str) -> Sequence[Intent]:
        """A frame that is none: told of, until it is too many."""
        if self._phase is _Phase.CLOSED:
            return ()
        if self._phase is _Phase.NEW:
            return self.hang(CloseCode.MALFORMED, message)
        self._strikes += 1
        if self._strikes >= STRIKES:
            return self.hang(CloseCode.FLOODING, "too many frames that are none")
        return (Refuse(message, request),)

    def hang(self, code: CloseCode, reason: str) -> Sequence[Intent]:
        """Close, once; nothing is heard after it."""
        if self._phase is _Phase.CLOSED:
            return ()
        self._phase = _Phase.CLOSED
        self._early = []
        return (Hang(code, reason),)

    def _greeting(self, frame: frames.ClientFrame) -> Intent:
        if not isinstance(frame, frames.Hello):
            self._phase = _Phase.CLOSED
            return Hang(CloseCode.TIMED_OUT, "the first frame must be hello")
        self._phase = _Phase.JOINING
        return Join(frame.token, frame.device, frame.id)

    def _intent(self, frame: frames.ClientFrame) -> Request | Refuse | Hang:  # noqa: C901, PLR0911, PLR0912 - a table
        match frame:
            case frames.Send():
                return Post(frame.conv, frame.mid, frame.body, frame.id, _refers(frame))
            case frames.EditMessage() | frames.RecallMessage() | frames.React():
                return Act(frame.conv, frame.mid, _action(frame), frame.id)
            case frames.Read():
                return Move(frame.conv, read=frame.seq)
            case frames.Delivered():
                return Move(frame.conv, delivered=frame.seq)
            case frames.Typing():
                return Type(frame.conv, frame.on)
            case frames.History():
                return self._page(frame)
            case frames.Sync():
                return CatchUp(frame.cursors, frame.id)
            case frames.Conversations():
                return ListMine(frame.after, frame.limit, frame.id)
            case frames.Submit():
                return Press(frame.conv, frame.mid, frame.seq, frame.action, frame.values, frame.id)
            case (
                own_frames.ChangeSettings()
                | own_frames.ClearHistory()
                | own_frames.WriteDraft()
                | own_frames.StarMessage()
                | own_frames.ListStars()
            ):
                return _own(frame)
            case presence_frames.Watch():
                return WatchPeople(frame.users, frame.id)
            case presence_frames.Appear():
                return Step(frame.state == "away")
            case frames.Ping():
                return Echo(frame.id)
            case frames.Hello():
                return self._again(frame.id)
            case _:
                assert_never(frame)

    def _page(self, frame: frames.History) -> TurnPage | Refuse | Hang:
        if (frame.after is None) == (frame.before is None):
            return self._strike("give exactly one of `after` and `before`", frame.id)
        return TurnPage(frame.conv, frame.after, frame.before, frame.limit, frame.id)

    def _again(self, request: str) -> Refuse | Hang:
        return self._strike("already greeted", request)

    def _strike(self, message: str, request: str) -> Refuse | Hang:
        self._strikes += 1
        if self._strikes < STRIKES:
            return Refuse(message, request)
        self._phase = _Phase.CLOSED
        return Hang(CloseCode.FLOODING, "too many frames that make no sense")


def _action(frame: frames.EditMessage | frames.RecallMessage | frames.React) -> Action:
    match frame:
        case frames.EditMessage():
            return Edit(frame.target, frame.body)
        case frames.RecallMessage():
            return Recall(frame.target)
        case frames.React():
            return Reaction(frame.target, frame.emoji)


def _own(frame: own_frames.OwnFrame) -> Own:
    match frame:
        case own_frames.ChangeSettings(conv, request, pinned, muted, marked, hidden):
            return Keep(conv, Settle(pinned, muted, marked, hidden), request)
        case own_frames.ClearHistory(conv, seq, request):
            return Keep(conv, Clear(seq), request)
        case own_frames.WriteDraft(conv, mid, text, reply_to, request):
            return Begin(conv, mid, text, reply_to, request)
        case own_frames.StarMessage(conv, seq, on, request):
            return Point(conv, seq, on, request)
        case own_frames.ListStars(request, before, conv, limit):
            return ListStarred(conv, before, limit, request)


def _refers(frame: frames.Send) -> Refers | None:
    if frame.reply_to or frame.mentions or frame.forwarded:
        return Refers(frame.reply_to, frame.mentions, frame.forwarded)
    return None
