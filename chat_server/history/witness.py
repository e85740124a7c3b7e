"""A witness: one client's history, read line by line into the evidence.

What can be decided by one client alone is decided here: the order on each connection, what a
page says of itself, positions that go back, a connection closed for slowness.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from chat_server.history import lines
from chat_server.history.evidence import Behind, Evidence, Name, Overtaken, Own, furthest
from chat_server.history.ranges import Ranges
from chat_server.history.verdict import At, Place

TIMED_OUT = 4408
SILENT_S = 60.0  # only who sent nothing for so long may be closed


class Unreadable(Exception):
    """What is there is no history."""


class _Told(msgspec.Struct, gc=False):
    """A position as this client was told it: in all, and before its last `sync`."""

    now: lines.Position
    before: lines.Position
    sync: int
    place: Place
    pushed: lines.Position | None = None  # on the present connection
    pushed_at: Place = (0, 0)


class Connection:
    """What is between `open` and `close`."""

    def __init__(self) -> None:
        self.last: dict[str, tuple[int, Place]] = {}  # the newest ack or event of each log
        self.back: dict[str, int] = {}  # where a `sync` that is not answered may go back to
        self.syncs = 0
        self.sends: dict[tuple[str, str], Place] = {}
        self.answered: set[tuple[str, str]] = set()
        self.acked: dict[str, list[tuple[Place, int, Name]]] = {}
        self.pages: dict[str, tuple[lines.HistoryLine, int, Place]] = {}
        self.moves: dict[str, tuple[lines.Position, Place]] = {}


class Witness:
    """`final` is whether the client came to the end; `held` what it had before it."""

    def __init__(self, evidence: Evidence, file: int, name: str) -> None:
        self.file, self.name = file, name
        self.user = self.device = ""
        self.connected = self.final = False
        self.present = False  # connected when all became quiet
        self.final_place: Place = (file, 0)
        self.seen: dict[str, Ranges] = {}  # events that were pushed or read
        self.held: dict[str, Ranges] = {}  # those before the end, with what was not asked for
        self.heard_first: dict[str, int] = {}
        self.first_seq: dict[str, int] = {}
        self.lagged: dict[str, Place] = {}
        self._evidence, self._docket = evidence, evidence.docket
        self._on = Connection()
        self._marks: dict[tuple[str, str], _Told] = {}
        self._syncs = 0
        self._put_before: set[Name] = set()
        self._spoke_at = 0.0
        self._top: dict[str, int] = {}  # the highest seq that was pushed, acked or read
        self._read: Mapping[type, Callable[[Any, Place], None]] = {
            lines.ClientLine: self._client,
            lines.OpenLine: self._open,
            lines.HelloLine: self._hello,
            lines.CloseLine: self._close,
            lines.SyncLine: self._sync,
            lines.SyncedLine: self._synced,
            lines.SendLine: self._send,
            lines.AckLine: self._ack,
            lines.RefusedLine: self._refused,
            lines.ErrorLine: self._error,
            lines.PushLine: self._push,
            lines.HistoryLine: self._history,
            lines.PageLine: self._page,
            lines.MoveLine: self._move,
            lines.MarksLine: self._mark,
            lines.LaggingLine: self._lagging,
            lines.FinalLine: self._final,
        }

    @property
    def client(self) -> str:
        return f"{self.user}/{self.device}"

    def read(self, line: lines.Line, number: int) -> None:
        if not self.user and not isinstance(line, lines.ClientLine):
            raise Unreadable(f"{self.name}:{number}: a history begins with a `client` line")
        self._read[type(line)](line, (self.file, number))

    def end(self) -> None:
        """There are no more lines."""
        self._settle_sends()
        if self.final:
            for conv, (move, place) in self._on.moves.items():
                self._ask_for(conv, move, place)

    # --- connections

    def _client(self, line: lines.ClientLine, place: Place) -> None:
        if line.format != lines.FORMAT:
            raise Unreadable(f"{self.name}:{place[1]}: format {line.format}, not {lines.FORMAT}")
        if self.user and (line.user, line.device) != (self.user, self.device):
            raise Unreadable(f"{self.name}:{place[1]}: another client's line")
        self._settle_sends()
        self.user, self.device = line.user, line.device
        self.connected = self.final = False
        self.held, self.heard_first, self.lagged = {}, {}, {}
        self._on = Connection()

    def _open(self, line: lines.OpenLine, _: Place) -> None:
        self._settle_sends()
        self._on = Connection()
        self._evidence.counts.connections += 1
        self._spoke_at = line.t
        for told in self._marks.values():
            told.pushed = None

    def _hello(self, _line: lines.HelloLine, _: Place) -> None:
        self.connected = True

    def _close(self, line: lines.CloseLine, place: Place) -> None:
        self._settle_sends()
        quiet = line.t - self._spoke_at
        if line.code == TIMED_OUT and self.connected and quiet < SILENT_S:
            self._docket.add(
                "I5",
                f"closed as silent {quiet:.1f} s after it had sent something",
                At(client=self.client),
                [place],
            )
        self.connected = False
        self._on = Connection()

    def _sync(self, line: lines.SyncLine, _: Place) -> None:
        self._spoke_at = line.t
        self._syncs += 1
        self._on.syncs += 1
        self._on.back.update(line.cursors)
        if not self.final:
            for conv, cursor in line.cursors.items():
                self._ranges(self.held, conv).extend(1, cursor)

    def _synced(self, line: lines.SyncedLine, place: Place) -> None:
        self._on.syncs -= 1
        if not self._on.syncs:
            self._on.back.clear()
        for mark in line.marks:
            self._evidence.counts.positions += 1
            told = self._marks.get((mark.conv, mark.user))
            if told is not None:
                floor = told.before if told.sync == self._syncs else told.now
                self._not_back(floor, mark, [told.place, place])
            self._take(mark, place)
            if self.final and mark.user == self.user:
                own = Own(self.client, mark.read, mark.delivered, place)
                self._evidence.final_own[mark.conv, mark.user].append(own)

    # --- sends

    def _send(self, line: lines.SendLine, place: Place) -> None:
        self._spoke_at = line.t
        self._evidence.counts.sends += 1
        self._evidence.put(self.file, self.user, line, place)
        if line.kind != "submit":  # a press goes its own way, past sends
            self._on.sends.setdefault((line.conv, line.mid), place)

    def _ack(self, line: lines.AckLine, place: Place) -> None:
        counts = self._evidence.counts
        counts.acks += 1
        counts.duplicates += line.dup
        name = line.conv, self.user, line.mid
        if name not in self._evidence.puts:
            at = At(line.conv, line.seq, self.client)
            self._docket.add("I1", f"{line.mid} was acked and never sent", at, [place])
        self._evidence.ack(self.client, self.user, line, place)
        self._hold(line.conv, line.seq)
        key = line.conv, line.mid
        twice = self._on.last.get(line.conv, (0, place))[0] == line.seq and key in self._on.answered
        self._on.answered.add(key)
        if line.dup or twice:  # sent again before it was acked, it is acked twice
            return
        self._in_order(line.conv, line.seq, place)
        sent_at = self._on.sends.get(key)
        if sent_at is not None and name not in self._put_before:
            self._on.acked.setdefault(line.conv, []).append((sent_at, line.seq, name))

    def _refused(self, line: lines.RefusedLine, place: Place) -> None:
        self._evidence.counts.refused += 1
        self._on.sends.pop((line.conv, line.mid), None)  # sent again, it is a new one
        put = self._evidence.puts.get((line.conv, self.user, line.mid))
        if put is None:
            return
        put.refusals += line.sure
        if line.code == "mid_reused" and not put.bodies:
            what = f"{line.mid} was refused as another body's, and had one body"
            at = At(line.conv, client=self.client)
            self._docket.add("I3", what, at, [put.place, place])

    def _settle_sends(self) -> None:
        """The connection ends: its sends must be numbered in their order."""
        for acked in self._on.acked.values():
            acked.sort()
            former = acked[0]
            for one in acked[1:]:
                if one[1] < former[1]:
                    places = [former[0], one[0]]
                    self._evidence.overtaken.append(
                        Overtaken(former[2], one[2], self.client, one[1], places)
                    )
                else:
                    former = one
        for conv, mid in self._on.sends:
            self._put_before.add((conv, self.user, mid))
        self._on.acked.clear()

    # --- events

    def _push(self, line: lines.PushLine, place: Place) -> None:
        self._evidence.counts.pushes += 1
        told = line.event
        self._in_order(line.conv, told.seq, place)
        self._evidence.event(line.conv, told, place, self.client, final=False)
        self._see(line.conv, told.seq)
        self._hold(line.conv, told.seq)

    def _history(self, line: lines.HistoryLine, place: Place) -> None:
        self._spoke_at = line.t
        self._on.pages[line.id] = line, self._top.get(line.conv, 0), place

    def _page(self, line: lines.PageLine, place: Place) -> None:
        counts, evidence = self._evidence.counts, self._evidence
        counts.pages += 1
        counts.paged_events += len(line.events)
        evidence.heads[line.conv] = max(evidence.heads[line.conv], line.head)
        self.first_seq[line.conv] = line.first_seq
        self._whole(line, place)
        for told in line.events:
            evidence.event(line.conv, told, place, self.client, final=self.final)
            self._see(line.conv, told.seq)
            self._hold(line.conv, told.seq)
        if self.final:
            covered = evidence.final_reads[line.conv]
            if line.events:
                covered.extend(line.events[0].seq, line.events[-1].seq)
            evidence.final_heads[line.conv] = max(evidence.final_heads.get(line.conv, 0), line.head)

    def _whole(self, line: lines.PageLine, place: Place) -> None:
        """I2: no hole in the page, nor before it, and no head behind what was seen."""
        asked, seen, asked_at = self._on.pages.pop(line.id, (None, 0, place))
        expected = None
        if asked is not None and asked.after is not None:
            expected = max(asked.after + 1, line.first_seq)
        for told in line.events:
            if expected is not None and told.seq != expected:
                self._hole(line, place, asked_at, f"a page has {told.seq} where {expected} belongs")
            expected = told.seq + 1
        if asked is not None and asked.after is not None and not line.more:
            last = line.events[-1].seq if line.events else max(asked.after, line.first_seq - 1)
            if last < line.head:
                self._hole(line, place, asked_at, f"a last page ends at {last} of {line.head}")
        if line.head < seen:
            places = [asked_at, place]
            self._evidence.behind.append(
                Behind(line.conv, self.user, self.client, line.head, seen, places)
            )

    def _hole(self, line: lines.PageLine, place: Place, asked_at: Place, what: str) -> None:
        places = [place] if asked_at == place else [asked_at, place]
        self._docket.add("I2", what, At(line.conv, line.head, self.client), places)

    def _in_order(self, conv: str, seq: int, place: Place) -> None:
        """I4: a `sync` may go back, once, to behind its cursor: that was asked for."""
        on = self._on
        last, last_at = on.last.get(conv, (0, place))
        if seq <= last and not (conv in on.back and seq > on.back.pop(conv)):
            what, at = f"{seq} came after {last} on one connection", At(conv, seq, self.client)
            self._docket.add("I4", what, at, [last_at, place])
        on.last[conv] = seq, place

    def _lagging(self, line: lines.LaggingLine, place: Place) -> None:
        self._evidence.counts.lagging += 1
        self.lagged[line.conv] = place

    # --- positions

    def _move(self, line: lines.MoveLine, place: Place) -> None:
        self._spoke_at = line.t
        if self.final:
            return
        asked = lines.Position(line.conv, self.user, line.read, max(line.read, line.delivered))
        former = self._on.moves.get(line.conv)
        self._on.moves[line.conv] = (furthest(former[0], asked) if former else asked), place

    def _error(self, _line: lines.ErrorLine, _: Place) -> None:
        self._on.moves.clear()

    def _ask_for(self, conv: str, move: lines.Position, place: Place) -> None:
        """It was put on a connection that lived to the end: it must be stored."""
        asked = self._evidence.asked
        former = asked.get((conv, self.user))
        asked[conv, self.user] = (furthest(former[0], move) if former else move), place

    def _mark(self, line: lines.MarksLine, place: Place) -> None:
        self._evidence.counts.positions += 1
        mark = line.mark
        told = self._marks.get((mark.conv, mark.user))
        if told is not None and told.pushed is not None:
            self._not_back(told.pushed, mark, [told.pushed_at, place])
        self._take(mark, place)
        told = self._marks[mark.conv, mark.user]
        told.pushed, told.pushed_at = mark, place

    def _take(self, mark: lines.Position, place: Place) -> None:
        self._evidence.position(mark, place)
        key = mark.conv, mark.user
        told = self._marks.get(key)
        if told is None:
            nothing = lines.Position(mark.conv, mark.user, 0, 0)
            self._marks[key] = _Told(mark, nothing, self._syncs, place)
            return
        if told.sync != self._syncs:
            told.before, told.sync = told.now, self._syncs
        further = furthest(told.now, mark)
        if further != told.now:
            told.now, told.place = further, place

    def _not_back(self, floor: lines.Position, mark: lines.Position, places: list[Place]) -> None:
        for kind, before, now in (
            ("read", floor.read, mark.read),
            ("delivered", floor.delivered, mark.delivered),
        ):
            if now < before:
                what = f"the {kind} position of {mark.user} went back from {before} to {now}"
                self._docket.add("I6", what, At(mark.conv, now, self.client), places)

    def _final(self, _: lines.FinalLine, place: Place) -> None:
        self.final, self.present, self.final_place = True, self.connected, place

    # --- what is held

    def _see(self, conv: str, seq: int) -> None:
        self._ranges(self.seen, conv).add(seq)

    def _hold(self, conv: str, seq: int) -> None:
        if seq > self._top.get(conv, 0):
            self._top[conv] = seq
        if not self.final:
            self.heard_first.setdefault(conv, seq)
            self._ranges(self.held, conv).add(seq)

    @staticmethod
    def _ranges(of: dict[str, Ranges], conv: str) -> Ranges:
        ranges = of.get(conv)
        if ranges is None:
            ranges = of[conv] = Ranges()
        return ranges
