"""Judging: what only all histories together can tell, once they are read.

I1 of every ack by the final readings, I2 and I5 of every client by what it held when all was
quiet, I3 of names, I6 of where positions ended, I7 of who saw what after they had left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from chat_server.history.evidence import Acked, Evidence, Known, Name, Own, Passage
from chat_server.history.ranges import Ranges
from chat_server.history.verdict import At, Docket, Place, Sought
from chat_server.history.witness import Witness

_ALL = ""  # how a `lagging` for every conversation is kept


def judge(evidence: Evidence, witnesses: Sequence[Witness], docket: Docket) -> None:
    case = _Case(evidence, docket)
    case.acked_events_are_there()
    case.logs_are_whole()
    case.pages_are_new()
    case.sends_are_answered(witnesses)
    case.sends_are_ordered()
    for witness in witnesses:
        case.nothing_was_missed(witness)
        case.nothing_leaked(witness)
    case.positions_converged()


class _Case:
    def __init__(self, evidence: Evidence, docket: Docket) -> None:
        self._evidence, self._docket = evidence, docket

    # --- I1, I3

    def acked_events_are_there(self) -> None:
        evidence = self._evidence
        for name, acked in evidence.acks.items():
            evidence.counts.acked_events += 1
            known = evidence.logs[name[0]].get(acked.seq)
            if known is not None:
                self._says_what_was_sent(name, acked, known)
            if known is None or not known.read_back:
                self._not_read_back(name, acked)

    def _not_read_back(self, name: Name, acked: Acked) -> None:
        """It is lost, unless no final reading was there to see it."""
        conv, user, mid = name
        head = self._evidence.final_heads.get(conv)
        if head is not None and (acked.seq > head or acked.seq in self._evidence.final_reads[conv]):
            what = f"{mid} of {user} was acked, and is not in the log of {head}"
            self._docket.add("I1", what, At(conv, acked.seq, acked.client), [acked.place])
        else:
            self._evidence.counts.unread_acks += 1

    def _says_what_was_sent(self, name: Name, acked: Acked, known: Known) -> None:
        conv, user, mid = name
        told, put = known.told, self._evidence.puts.get(name)
        at = At(conv, acked.seq, acked.client)
        places = [*([put.place] if put else []), acked.place, known.place]
        sent = acked.body or (put.body if put is not None and not put.action else "")
        if (told.sender, told.mid) != (user, mid):
            what = f"{mid} of {user} was acked, and {told.mid} of {told.sender} has its seq"
            self._docket.add("I1", what, at, places)
        elif told.ts != acked.ts:
            self._docket.add("I1", f"{mid} was acked with another time", at, places)
        elif sent and told.body and sent != told.body:
            self._docket.add("I1", f"{mid} was acked, and has another body", at, places)

    def sends_are_answered(self, witnesses: Sequence[Witness]) -> None:
        for (conv, user, mid), put in self._evidence.puts.items():
            witness = witnesses[put.file]
            stored = self._evidence.names.get((conv, user, mid))
            if put.acked or put.shared or not witness.present:
                continue
            if not put.refusals:
                what, at = f"{mid} was sent and never answered", At(conv, client=witness.client)
                self._docket.add("I3", what, at, [put.place])
            elif put.refusals >= put.times and stored is not None:
                places = [put.place, self._evidence.logs[conv][stored].place]
                what = f"{mid} was refused each time, and is stored"
                self._docket.add("I3", what, At(conv, stored, witness.client), places)

    # --- I2, I5

    def logs_are_whole(self) -> None:
        """Time and the count of messages never run back along a log."""
        for conv, log in self._evidence.logs.items():
            for one, other in pairwise(sorted(log)):
                former, known = log[one], log[other]
                counted = known.told.n - former.told.n
                if known.told.ts < former.told.ts or not 0 <= counted <= other - one:
                    what = f"time or count runs wrong from {one} to {other}"
                    self._docket.add("I2", what, At(conv, other), [former.place, known.place])

    def pages_are_new(self) -> None:
        for one in self._evidence.behind:
            if self._gone(one.conv, one.user, 0) is None:
                what = f"a page knows {one.head}, and {one.seen} was seen before it was asked for"
                self._docket.add("I2", what, At(one.conv, one.head, one.client), one.places)

    def nothing_was_missed(self, witness: Witness) -> None:
        """What came by itself, when all was quiet, is all that may be read."""
        if not witness.present:
            return
        for conv in sorted(witness.held.keys() | self._present_in(witness.user)):
            first, last = self._duty(witness, conv)
            held = witness.held.get(conv)
            missed = (held or Ranges()).missing(first, last)
            for begin, end in missed:
                self._missed(witness, conv, begin, end)

    def _present_in(self, user: str) -> set[str]:
        """Where this person came in by an event, and is still."""
        found = set()
        for conv, users in self._evidence.passages.items():
            came = max((each.seq for each in users.get(user, ()) if each.came), default=0)
            if came and self._gone(conv, user, came) is None:
                found.add(conv)
        return found

    def _duty(self, witness: Witness, conv: str) -> tuple[int, int]:
        """From where to where this client has to hold the log."""
        passages = self._evidence.passages[conv].get(witness.user, ())
        joined = max((each.seq for each in passages if each.came), default=0)
        gone = self._gone(conv, witness.user, joined)
        first = joined or witness.heard_first.get(conv, 1)
        if gone is not None:  # it may never have heard of that group at all
            first = max(first, witness.heard_first.get(conv, gone + 1))
        last = self._evidence.heads[conv] if gone is None else gone
        return max(first, witness.first_seq.get(conv, 1)), last

    def _missed(self, witness: Witness, conv: str, begin: int, end: int) -> None:
        lagged = witness.lagged.get(conv) or witness.lagged.get(_ALL)
        told = self._evidence.logs[conv].get(begin)
        places = [*([told.place] if told else []), *([lagged] if lagged else [])]
        which = f"{begin}" if begin == end else f"{begin} to {end}"
        what = "was told that it lags" if lagged else "was connected"
        self._docket.add(
            "I5" if lagged else "I2",
            f"{what}, and never got {which}",
            At(conv, begin, witness.client),
            [*places, witness.final_place],
        )

    # --- I4

    def sends_are_ordered(self) -> None:
        evidence = self._evidence
        for one in evidence.overtaken:
            names = (one.earlier, one.later)
            if not any(evidence.puts[name].shared for name in names):
                what = f"{one.later[2]} was sent after {one.earlier[2]}, and numbered before it"
                places = [*one.places, *(evidence.acks[name].place for name in names)]
                self._docket.add("I4", what, At(one.later[0], one.seq, one.client), places)

    # --- I6

    def positions_converged(self) -> None:
        evidence = self._evidence
        for (conv, user), (mark, place) in evidence.told.items():
            head = evidence.heads[conv]
            if max(mark.read, mark.delivered) > head:
                what = f"{user}'s position {mark.read}/{mark.delivered} is beyond the head {head}"
                self._docket.add("I6", what, At(conv, head), [place])
        for key, owns in evidence.final_own.items():
            for kind in ("read", "delivered"):
                self._converged(key, owns, kind)

    def _converged(self, key: tuple[str, str], owns: Sequence[Own], kind: str) -> None:
        (conv, user), evidence = key, self._evidence
        ends = sorted({getattr(own, kind) for own in owns})
        at, places = At(conv, ends[0], owns[0].client), [own.place for own in owns]
        if len(ends) > 1:
            what = f"{user}'s devices end with {kind} positions {ends}"
            self._docket.add("I6", what, at, places)
        if (told := evidence.told.get(key)) is not None and ends[0] < getattr(told[0], kind):
            what = f"{user}'s {kind} position was {getattr(told[0], kind)}, and ends at {ends[0]}"
            self._docket.add("I6", what, at, [told[1], *places])
        asked = evidence.asked.get(key)
        if asked is None or evidence.passages[conv].get(user) or evidence.ends[conv]:
            return  # who leaves meanwhile moves nothing
        wanted = min(getattr(asked[0], kind), evidence.heads[conv])
        if ends[0] < wanted:
            what = f"{user} moved the {kind} position to {wanted}, and it ends at {ends[0]}"
            self._docket.add("I6", what, at, [asked[1], *places])

    # --- I7

    def nothing_leaked(self, witness: Witness) -> None:
        for conv, seen in witness.seen.items():
            for first, last in self._outside(conv, witness.user):
                for begin, end in seen:
                    leaked = max(begin, first)
                    if leaked <= min(end, last):
                        what = f"{witness.user} had left by {first - 1}, and got {leaked}"
                        sought = [Sought(witness.file, conv, leaked)]
                        at = At(conv, leaked, witness.client)
                        self._docket.add("I7", what, at, self._told_at(conv, first - 1), sought)

    def _told_at(self, conv: str, seq: int) -> list[Place]:
        known = self._evidence.logs[conv].get(seq)
        return [known.place] if known else []

    def _outside(self, conv: str, user: str) -> Iterator[tuple[int, int]]:
        """Where this person was not: from right after each leaving to before the next coming.

        Up to the first event that nobody knows, for that may be a coming.
        """
        passages = list(self._evidence.passages[conv].get(user, ()))
        passages += [Passage(seq, came=False) for seq in self._evidence.ends[conv]]
        log = self._evidence.logs[conv]
        comings = sorted(each.seq for each in passages if each.came)
        for left in sorted(each.seq for each in passages if not each.came):
            until = next((seq for seq in comings if seq > left), None)
            last = left
            while last + 1 in log and last + 1 != until:
                last += 1
            if last > left:
                yield left + 1, last

    def _gone(self, conv: str, user: str, joined: int) -> int | None:
        """Where they left last, or nowhere."""
        left = [each.seq for each in self._evidence.passages[conv].get(user, ()) if not each.came]
        later = [seq for seq in (*left, *self._evidence.ends[conv]) if seq > joined]
        return min(later, default=None)
