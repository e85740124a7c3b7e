"""Check a folder of histories: read each once, judge, and quote the lines that prove it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from chat_server.history.evidence import Evidence
from chat_server.history.judging import judge
from chat_server.history.lines import AckLine, Line, PageLine, PushLine
from chat_server.history.verdict import Docket, Place, Quoted, Shown, Verdict, Violation
from chat_server.history.witness import Unreadable, Witness

SUFFIX = "*.jsonl"
MOST_QUOTED = 400  # characters of a line
_decode = msgspec.json.Decoder(Line).decode


def check(folder: Path) -> Verdict:
    """Raises Unreadable for what is no folder of histories."""
    files = sorted(folder.glob(SUFFIX)) if folder.is_dir() else []
    if not files:
        raise Unreadable(f"{folder}: no histories ({SUFFIX}) are there")
    docket = Docket()
    evidence = Evidence(docket)
    witnesses = [_witness(evidence, number, file) for number, file in enumerate(files)]
    counts = evidence.counts
    judge(evidence, witnesses, docket)
    counts.clients = len({witness.client for witness in witnesses if witness.user})
    counts.finished = sum(witness.final for witness in witnesses)
    counts.conversations = sum(1 for head in evidence.heads.values() if head)
    counts.events = sum(map(len, evidence.logs.values()))
    shown = _Quotes(files).of(docket.kept)
    return Verdict(not docket.counted, counts, dict(docket.counted), shown)


def _witness(evidence: Evidence, number: int, file: Path) -> Witness:
    witness = Witness(evidence, number, file.name)
    for line_number, text, whole in _lines(file):
        try:
            line: Line = _decode(text)
        except msgspec.MsgspecError as exc:
            if not whole:  # its writer was killed in the middle of it
                evidence.counts.cut_lines += 1
                continue
            raise Unreadable(f"{file.name}:{line_number}: {exc}") from exc
        evidence.counts.lines += 1
        witness.read(line, line_number)
    witness.end()
    return witness


def _lines(file: Path) -> Iterator[tuple[int, bytes, bool]]:
    """Number, text, and whether the line has its end."""
    try:
        with file.open("rb") as lines:
            for number, text in enumerate(lines, start=1):
                yield number, text, text.endswith(b"\n")
    except OSError as exc:
        raise Unreadable(f"{file.name}: {exc.strerror}") from exc


class _Quotes:
    """Lines by their places; each file that has one is read once more."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files

    def of(self, violations: Sequence[Violation]) -> list[Shown]:
        wanted: dict[int, set[int]] = defaultdict(set)
        sought: dict[int, set[tuple[str, int]]] = defaultdict(set)
        for violation in violations:
            for file, line in violation.places:
                wanted[file].add(line)
            for one in violation.sought:
                sought[one.file].add((one.conv, one.seq))
        texts: dict[Place, str] = {}
        found: dict[tuple[int, str, int], list[Place]] = defaultdict(list)
        for file in wanted.keys() | sought.keys():
            for number, text, _ in _lines(self._files[file]):
                hits = sought[file] & _shows(text) if sought[file] else set()
                for conv, seq in hits:
                    found[file, conv, seq].append((file, number))
                if hits or number in wanted[file]:
                    texts[file, number] = _short(text)
        return [self._shown(violation, texts, found) for violation in violations]

    def _shown(
        self,
        violation: Violation,
        texts: dict[Place, str],
        found: dict[tuple[int, str, int], list[Place]],
    ) -> Shown:
        places = list(violation.places)
        for one in violation.sought:
            places += found[one.file, one.conv, one.seq]
        return Shown(
            violation.invariant,
            violation.what,
            violation.at.conv,
            violation.at.seq,
            violation.at.client,
            [
                Quoted(self._files[place[0]].name, place[1], texts[place])
                for place in dict.fromkeys(places)
                if place in texts
            ],
        )


def _shows(text: bytes) -> set[tuple[str, int]]:
    """The events of which a line tells."""
    try:
        line: Line = _decode(text)
    except msgspec.MsgspecError:
        return set()
    match line:
        case PushLine(conv=conv, event=told):
            return {(conv, told.seq)}
        case AckLine(conv=conv, seq=seq):
            return {(conv, seq)}
        case PageLine(conv=conv, events=events):
            return {(conv, told.seq) for told in events}
        case _:
            return set()


def _short(text: bytes) -> str:
    words = text.decode(errors="replace").rstrip("\n")
    return words if len(words) <= MOST_QUOTED else f"{words[:MOST_QUOTED]}…"
