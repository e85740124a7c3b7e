"""The reader: decides I1 to I4 from what the clients wrote down and what the store holds.

It sees the journals of the client library, one a device, and the logs of the store after
the server is gone. It trusts nobody, and answers with the promises that were broken.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.domain.message import Event

Line = Mapping[str, Any]  # one line of a journal, as the device wrote it
Journal = Sequence[Line]
Logs = Mapping[str, Sequence[Event]]


def read_journal(path: Path) -> Journal:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def read_logs(url: str, convs: Iterable[str]) -> Logs:
    """Whole logs, through the store's port."""
    logs: dict[str, list[Event]] = {}
    async with open_store(url, clock=SystemClock()) as store:
        for conv in convs:
            log = logs[conv] = []
            while page := await store.messages.events(conv, after=_last(log), limit=500):
                log += page
    return logs


def conversations_in(journals: Sequence[Journal]) -> set[str]:
    named = {line["conv"] for journal in journals for line in journal if "conv" in line}
    synced = {conv for j in journals for line in j for conv in line.get("cursors", ())}
    return named | synced


def broken_promises(journals: Sequence[Journal], logs: Logs) -> list[str]:
    """Empty when all were kept. Every device must have listened from each log's beginning."""
    return [
        *(fault for journal in journals for fault in _not_durable(journal, logs)),
        *_holes(logs),
        *(fault for journal in journals for fault in _missed(journal, logs)),
        *_doubled(journals, logs),
        *(fault for journal in journals for fault in _out_of_order(journal)),
    ]


def _not_durable(journal: Journal, logs: Logs) -> Iterator[str]:
    """I1: what was acked is in the store with that seq and that body; so is what was heard."""
    sent = {(line["conv"], line["mid"]): line for line in journal if line["what"] == "send"}
    for line in journal:
        if line["what"] == "ack":
            event = _event(logs, line["conv"], line["seq"])
            asked = sent.get((line["conv"], line["mid"]))
            if event is None:
                yield f"I1 acked and lost: {line}"
            elif asked is None:
                yield f"I1 acked and never sent: {line}"
            elif (event.sender, event.mid) != (line["user"], line["mid"]):
                yield f"I1 acked, and another event has its seq: {line} {event}"
            elif not _says(event, asked):
                yield f"I1 acked with another body: {asked} {event}"
    for conv, seq, mid, sender in _heard(journal):
        event = _event(logs, conv, seq)
        if event is None or (event.mid, event.sender) != (mid, sender):
            yield f"I1 told and not stored: {conv} {seq} {mid} by {sender}"


def _holes(logs: Logs) -> Iterator[str]:
    """I2: 1, 2, 3 … in the store, and time does not run backwards."""
    for conv, log in logs.items():
        if (seqs := [event.seq for event in log]) != list(range(1, len(log) + 1)):
            yield f"I2 the log of {conv} is not 1 to {len(log)}: {seqs}"
        if any(one.ts > other.ts for one, other in pairwise(log)):
            yield f"I2 time runs backwards in {conv}"


def _missed(journal: Journal, logs: Logs) -> Iterator[str]:
    """I2: the device holds everything up to the head."""
    held: dict[str, set[int]] = defaultdict(set)
    for line in journal:
        if line["what"] == "ack":
            held[line["conv"]].add(line["seq"])
    for conv, seq, _, _ in _heard(journal):
        held[conv].add(seq)
    for conv in conversations_in([journal]):
        if missing := sorted({event.seq for event in logs[conv]} - held[conv]):
            device = f"{journal[0]['user']}/{journal[0]['device']}"
            yield f"I2 {device} never got of {conv}: {missing}"


def _doubled(journals: Sequence[Journal], logs: Logs) -> Iterator[str]:
    """I3: one event for each name, one seq for all its acks, an answer for all that was sent."""
    for conv, log in logs.items():
        names = Counter((event.sender, event.mid) for event in log)
        for name, times in names.items():
            if times > 1:
                yield f"I3 stored {times} times: {conv} {name}"
    acked: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    sent: set[tuple[str, str, str]] = set()
    for line in (line for journal in journals for line in journal):
        if line["what"] == "ack":
            acked[line["conv"], line["user"], line["mid"]].add(line["seq"])
        elif line["what"] == "send":
            sent.add((line["conv"], line["user"], line["mid"]))
    for named, seqs in acked.items():
        if len(seqs) > 1:
            yield f"I3 one send acked with several seqs: {named} {sorted(seqs)}"
    for named in sorted(sent - acked.keys()):
        yield f"I3 sent again and again and never acked: {named}"


def _out_of_order(journal: Journal) -> Iterator[str]:
    """I4: on each connection, in order as sent, and in the log's order as heard."""
    for connection in _connections(journal):
        yield from _overtaken(connection)
        yield from _going_back(connection)


def _overtaken(connection: Journal) -> Iterator[str]:
    firsts: dict[tuple[str | None, str | None], int] = {
        (line["conv"], line["mid"]): line["seq"]
        for line in connection
        if line["what"] == "ack" and not line["dup"]
    }
    last: dict[str, int] = {}
    for line in connection:
        name = (line.get("conv"), line.get("mid"))
        if line["what"] == "send" and name in firsts:
            seq = firsts.pop(name)  # sent once more, it gets the first answer again
            if seq < last.get(line["conv"], 0):
                yield f"I4 sent later and numbered earlier: {line} got {seq}"
            last[line["conv"]] = seq


def _going_back(connection: Journal) -> Iterator[str]:
    """A `sync` may go back, once, to right after its cursor: that was asked for."""
    last: dict[str, int] = {}
    asked: dict[str, int] = {}
    for line in connection:
        if line["what"] == "sync":
            asked.update(line["cursors"])
        elif line["what"] == "push" or (line["what"] == "ack" and not line["dup"]):
            conv, seq = line["conv"], line["seq"]
            if seq <= last.get(conv, 0) and seq != asked.pop(conv, -1) + 1:
                yield f"I4 heard {seq} after {last[conv]}: {line}"
            last[conv] = seq


def _connections(journal: Journal) -> Iterator[Journal]:
    begins = [i for i, line in enumerate(journal) if line["what"] == "connect"]
    for begin, end in zip(begins, [*begins[1:], len(journal)], strict=True):
        yield journal[begin:end]


def _heard(journal: Journal) -> Iterator[tuple[str, int, str, str]]:
    for line in journal:
        if line["what"] == "push":
            yield line["conv"], line["seq"], line["mid"], line["from"]
        elif line["what"] == "page":
            for seq, mid, sender in line["events"]:
                yield line["conv"], seq, mid, sender


def _event(logs: Logs, conv: str, seq: int) -> Event | None:
    return next((event for event in logs.get(conv, ())[seq - 1 : seq] if event.seq == seq), None)


def _says(event: Event, asked: Line) -> bool:
    body = json.loads(event.body)
    if "action" in asked:
        return bool(body.get("action") == asked["action"])
    return bool(body == asked["body"])


def _last(log: Sequence[Event]) -> int:
    return log[-1].seq if log else 0
