"""How far people have read: many moves, one statement to read and one to write."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat_server.adapters.rules import advanced
from chat_server.adapters.sqlite.log import Log
from chat_server.domain.conversation import Membership, Positions, Role

_READ = """
SELECT json_group_array(json_array(
  m.conv, m.user, m.left_seq, m.read, m.delivered,
  (SELECT max(version) FROM memberships WHERE user = m.user)
))
FROM json_each(?) AS j CROSS JOIN memberships AS m
  ON m.conv = j.value ->> 0 AND m.user = j.value ->> 1
"""
_WRITE = """
UPDATE memberships SET read = j.value ->> 2, delivered = j.value ->> 3, version = j.value ->> 4
FROM json_each(?) AS j
WHERE memberships.conv = j.value ->> 0 AND memberships.user = j.value ->> 1
"""

_decoder = msgspec.json.Decoder(list[tuple[str, str, int | None, int, int, int]])


class Move(msgspec.Struct, frozen=True):
    conv: str
    user: str
    read: int
    delivered: int


def advance_all(log: Log, moves: Sequence[Move]) -> list[Positions | None]:
    """Each move's own answer, as if they came one after the other; written once."""
    asked = list({(move.conv, move.user) for move in moves})
    (found,) = log.conn.execute(_READ, (msgspec.json.encode(asked).decode(),)).fetchone()
    places: dict[tuple[str, str], Membership] = {}
    versions: dict[str, int] = {}
    for conv, user, left_seq, read, delivered, version in _decoder.decode(found):
        places[conv, user] = Membership(
            conv, user, Role.MEMBER, left_seq=left_seq, read=read, delivered=delivered
        )
        versions[user] = version
    heads = log.heads({conv for conv, _ in places})
    moved: dict[tuple[str, str], Positions] = {}
    answers: list[Positions | None] = []
    for move in moves:
        place = places.get((move.conv, move.user))
        further = place and advanced(place, heads[move.conv].seq, move.read, move.delivered)
        if further is None:
            answers.append(None)
            continue
        places[move.conv, move.user] = further
        versions[move.user] += 1
        positions = Positions(
            move.conv, move.user, further.read, further.delivered, versions[move.user]
        )
        moved[move.conv, move.user] = positions
        answers.append(positions)
    if moved:
        rows = [(p.conv, p.user, p.read, p.delivered, p.version) for p in moved.values()]
        log.conn.execute(_WRITE, (msgspec.json.encode(rows).decode(),))
    return answers
