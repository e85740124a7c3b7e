"""The states of a money command and the only moves between them (bank-services §1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bank_bridge.contract import InstructionState as State

TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.CREATED: frozenset({State.QUOTED, State.CANCELLED, State.EXPIRED}),
        State.QUOTED: frozenset({State.REQUIRES_CONFIRMATION, State.CANCELLED, State.EXPIRED}),
        State.REQUIRES_CONFIRMATION: frozenset(
            {State.REQUIRES_AUTH, State.CANCELLED, State.EXPIRED}
        ),
        State.REQUIRES_AUTH: frozenset(
            {State.AUTHORISED, State.FAILED, State.CANCELLED, State.EXPIRED}
        ),
        # FAILED from here: what was quoted can no longer be held, and nothing has moved.
        State.AUTHORISED: frozenset({State.REQUIRES_APPROVAL, State.HELD, State.FAILED}),
        State.REQUIRES_APPROVAL: frozenset({State.AUTHORISED}),
        State.HELD: frozenset({State.SUBMITTED, State.CANCELLED}),  # cancellable until sent (§2.4)
        State.SUBMITTED: frozenset({State.UNKNOWN, State.SUCCEEDED, State.FAILED}),
        State.UNKNOWN: frozenset({State.SUCCEEDED, State.FAILED}),
        State.SUCCEEDED: frozenset({State.PARTLY_REVERSED, State.REVERSED}),
        State.PARTLY_REVERSED: frozenset({State.REVERSED}),
        State.FAILED: frozenset(),
        State.CANCELLED: frozenset(),
        State.EXPIRED: frozenset(),
        State.REVERSED: frozenset(),
    }
)

OPEN = frozenset(state for state, moves in TRANSITIONS.items() if State.EXPIRED in moves)
"""Before anyone proved anything: may be cancelled, and runs out of time."""

FINISHED = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.EXPIRED})
"""The customer has an answer; only a reversal can follow."""
