"""What a desk's staff and its waiting customers are told beside the log: a hint to look again.

Called by the fan-out. Nothing of it is stored: who was away asks over HTTP.
"""

from __future__ import annotations

from chat_server.delivery.roster import Roster
from chat_server.ports.bus import CaseMoved
from chat_server.wire.frames import DeskMoved, Waiting


def tell_case(roster: Roster, moved: CaseMoved) -> None:
    if moved.customer:
        waiting = Waiting(moved.conv, moved.case_id, moved.position, moved.estimate_s)
        for seat in roster.seats_of(moved.customer):
            seat.tell(waiting)
    for user in moved.staff:
        for seat in roster.seats_of(user):
            seat.tell(DeskMoved(moved.desk, moved.case_id))
