"""The evidence: what all clients together know of the logs, of names and of positions.

Each client's history is read into it, one line after another; two that contradict each other
are told of at once, and `judging.py` asks the rest when all is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from chat_server.history.lines import EVERYBODY, AckLine, Position, SendLine, Told
from chat_server.history.ranges import Ranges
from chat_server.history.verdict import At, Counts, Docket, Place

Name = tuple[str, str, str]  # conv, sender, mid: what a send is called for ever


class Known(msgspec.Struct, gc=False):
    """An event as somebody heard or read it first."""

    told: Told
    place: Place
    read_back: bool = False  # in a final reading


class Put(msgspec.Struct, gc=False):
    """All sends of one name."""

    body: str
    place: Place
    file: int
    action: bool = False  # its body is not comparable with the event's
    bodies: bool = False  # sent with several bodies: `mid_reused` is right then
    times: int = 0
    refusals: int = 0  # that were sure
    acked: bool = False
    shared: bool = False  # by several clients


class Acked(msgspec.Struct, gc=False):
    seq: int
    ts: int
    body: str
    place: Place
    client: str


class Overtaken(msgspec.Struct, frozen=True):
    """Two sends of one connection whose acks have the other order."""

    earlier: Name
    later: Name
    client: str
    seq: int
    places: Sequence[Place]


class Behind(msgspec.Struct, frozen=True):
    """A page whose head lies before what its reader had seen: right only for who has left."""

    conv: str
    user: str
    client: str
    head: int
    seen: int
    places: Sequence[Place]


class Own(msgspec.Struct, frozen=True):
    """One's own position, as a client was told it in the end."""

    client: str
    read: int
    delivered: int
    place: Place


class Passage(msgspec.Struct, frozen=True, order=True):
    """Somebody came or went by the event at `seq`."""

    seq: int
    came: bool


class Evidence:
    def __init__(self, docket: Docket) -> None:
        self.docket, self.counts = docket, Counts()
        self.logs: dict[str, dict[int, Known]] = defaultdict(dict)
        self.names: dict[Name, int] = {}
        self.puts: dict[Name, Put] = {}
        self.acks: dict[Name, Acked] = {}
        self.final_reads: dict[str, Ranges] = defaultdict(Ranges)
        self.final_heads: dict[str, int] = {}
        self.heads: dict[str, int] = defaultdict(int)  # the highest that anybody was told of
        self.overtaken: list[Overtaken] = []
        self.behind: list[Behind] = []
        self.told: dict[tuple[str, str], tuple[Position, Place]] = {}
        self.asked: dict[tuple[str, str], tuple[Position, Place]] = {}
        self.final_own: dict[tuple[str, str], list[Own]] = defaultdict(list)
        self.passages: dict[str, dict[str, list[Passage]]] = defaultdict(lambda: defaultdict(list))
        self.ends: dict[str, list[int]] = defaultdict(list)  # where everybody went

    # --- of the logs

    def event(self, conv: str, told: Told, place: Place, client: str, *, final: bool) -> None:
        known = self.logs[conv].get(told.seq)
        if known is None:
            self._learn(conv, told, place, client)
            known = self.logs[conv][told.seq]
        elif known.told != told:
            self._compare(conv, known, told, place, client, final=final)
        if final:
            known.read_back = True

    def _learn(self, conv: str, told: Told, place: Place, client: str) -> None:
        self.logs[conv][told.seq] = Known(told, place)
        self.heads[conv] = max(self.heads[conv], told.seq)
        self._named((conv, told.sender, told.mid), told.seq, place, client)
        for user in told.came:
            self.passages[conv][user].append(Passage(told.seq, came=True))
        for user in told.went:
            if user == EVERYBODY:
                self.ends[conv].append(told.seq)
            else:
                self.passages[conv][user].append(Passage(told.seq, came=False))
        self.counts.joined += len(told.came)
        self.counts.left += len(told.went)

    def _named(self, name: Name, seq: int, place: Place, client: str) -> None:
        conv, sender, mid = name
        former = self.names.setdefault(name, seq)
        if former != seq:
            known = self.logs[conv].get(former)
            what = f"{mid} of {sender} is stored twice, as {former} and as {seq}"
            places = [*([known.place] if known else []), place]
            self.docket.add("I3", what, At(conv, seq, client), places)

    def _compare(
        self, conv: str, known: Known, told: Told, place: Place, client: str, *, final: bool
    ) -> None:
        former, places = known.told, [known.place, place]
        at = At(conv, told.seq, client)
        if (former.sender, former.mid) != (told.sender, told.mid):
            self._named((conv, told.sender, told.mid), told.seq, place, client)
            if final != known.read_back:
                self.docket.add("I1", "another event has the seq of one that was told", at, places)
            else:
                self.docket.add("I3", "two events have one seq", at, places)
        elif (former.ts, former.n, former.kind) != (told.ts, told.n, told.kind):
            self.docket.add("I1", "an event changed its time, count or kind", at, places)
        elif former.body and told.body and former.body != told.body:
            self.docket.add("I1", "an event has another body than before", at, places)
        elif not told.body:
            return  # changed since: what was written may be known already
        if final or not (known.read_back or former.body):
            known.told, known.place = told, place

    # --- of sends

    def put(self, file: int, user: str, line: SendLine, place: Place) -> None:
        name = line.conv, user, line.mid
        put = self.puts.get(name)
        if put is None:
            put = self.puts[name] = Put(line.body, place, file, action=line.kind != "message")
        else:
            self.counts.resends += 1
        put.times += 1
        put.bodies = put.bodies or put.body != line.body
        put.shared = put.shared or put.file != file

    def ack(self, client: str, user: str, line: AckLine, place: Place) -> None:
        name = line.conv, user, line.mid
        put = self.puts.get(name)
        if put is not None:
            put.acked = True
        former = self.acks.get(name)
        self.heads[line.conv] = max(self.heads[line.conv], line.seq)
        if former is None:
            self.acks[name] = Acked(line.seq, line.ts, line.body, place, client)
            return
        places, at = [former.place, place], At(line.conv, line.seq, client)
        if former.seq != line.seq:
            what = f"{line.mid} was acked as {former.seq} and as {line.seq}"
            self.docket.add("I3", what, at, places)
        elif former.ts != line.ts:
            self.docket.add("I3", f"{line.mid} was acked with two times", at, places)
        elif line.body:
            former.body = line.body

    # --- of positions

    def position(self, mark: Position, place: Place) -> None:
        key = mark.conv, mark.user
        former = self.told.get(key)
        if former is None:
            self.told[key] = mark, place
        else:
            self.told[key] = (
                furthest(former[0], mark),
                place if mark.read > former[0].read else former[1],
            )


def furthest(one: Position, other: Position) -> Position:
    read, delivered = max(one.read, other.read), max(one.delivered, other.delivered)
    return Position(one.conv, one.user, read, delivered)
