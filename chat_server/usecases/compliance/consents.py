"""The three consent switches (bank-services §2.3, §4.2): all off until a customer says otherwise.

The ledger is append-only; what holds now is its last entry for a purpose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from chat_server.domain.errors import Forbidden, InvalidValue
from chat_server.domain.facts import Change, ConsentEntry, Fact, Purpose
from chat_server.domain.people import StaffRole
from chat_server.ports.clock import Clock
from chat_server.ports.store import AuditTrail, ConsentLedger, PeopleStore
from recommender.contract import Consents as Snapshot
from recommender.contract import Recommender

_HASH = re.compile(r"[0-9a-f]{64}")


class ConsentState(msgspec.Struct, frozen=True):
    """One switch as it stands; `changed_ms` is 0 if it was never touched."""

    purpose: Purpose
    granted: bool = False
    changed_ms: int = 0


class Consents:
    """Reads and turns the switches."""

    def __init__(self, ledger: ConsentLedger, people: PeopleStore, clock: Clock) -> None:
        self._ledger, self._people, self._clock = ledger, people, clock

    async def states(self, customer: str) -> Sequence[ConsentState]:
        """All three, always in the same order."""
        last = _last_by_purpose(await self._ledger.consents(customer))
        return [_state(purpose, last.get(purpose)) for purpose in Purpose]

    async def change(
        self, customer: str, purpose: Purpose, *, granted: bool, text_hash: str, channel: str
    ) -> ConsentState:
        """Turn one switch. Granting names the words shown; withdrawing needs none.

        What holds already, on the same words, is not written again.
        """
        await self._check(customer, granted=granted, text_hash=text_hash)
        last = _last_by_purpose(await self._ledger.consents(customer)).get(purpose)
        if (last is None and not granted) or _same(last, granted=granted, text_hash=text_hash):
            return _state(purpose, last)
        now = self._clock.now_ms()
        entry = ConsentEntry(0, customer, purpose, granted, text_hash, channel, now)
        detail = {"purpose": purpose.value, "granted": granted, "channel": channel}
        fact = Fact("consent_changed", customer, customer, now, detail)
        return _state(purpose, await self._ledger.record_consent(entry, fact))

    async def snapshot(self, customer: str) -> Snapshot:
        """What holds now, under the name of the ledger's last entry."""
        entries = await self._ledger.consents(customer)
        last = _last_by_purpose(entries)
        return Snapshot(
            snapshot_id=str(entries[-1].entry_id) if entries else "none",
            **{purpose.value: purpose in last and last[purpose].granted for purpose in Purpose},
        )

    async def _check(self, customer: str, *, granted: bool, text_hash: str) -> None:
        if not (_HASH.fullmatch(text_hash) or (text_hash == "" and not granted)):
            raise InvalidValue("text_hash: SHA-256, in hex, of the words that were shown")
        person = await self._people.person(customer)
        if person is None or person.role is not StaffRole.CUSTOMER:
            raise Forbidden("only customers have consents")


class ForgetWithdrawn:
    """Behind the outbox: a withdrawn consent makes the recommender drop what it derived.

    Once that is done, a fact says so: `derived_erased`, with how long it took.
    """

    def __init__(self, recommender: Recommender, audit: AuditTrail, clock: Clock) -> None:
        self._recommender, self._audit, self._clock = recommender, audit, clock

    async def on_change(self, change: Change) -> None:
        """Forget what was learnt up to the withdrawal; told of it twice, it forgets the same."""
        fact = change.fact
        if fact and fact.kind == "consent_changed" and not fact.detail.get("granted"):
            at = datetime.fromtimestamp(fact.at_ms / 1000, UTC)
            await self._recommender.forget(fact.subject, at)
            now = self._clock.now_ms()
            told: dict[str, str | int | bool] = {
                "purpose": fact.detail.get("purpose", ""),
                "after_s": max(0, now - fact.at_ms) // 1000,
            }
            await self._audit.record(Fact("derived_erased", "recommender", fact.subject, now, told))


def _last_by_purpose(entries: Sequence[ConsentEntry]) -> dict[Purpose, ConsentEntry]:
    return {entry.purpose: entry for entry in entries}


def _same(last: ConsentEntry | None, *, granted: bool, text_hash: str) -> bool:
    if last is None or last.granted is not granted:
        return False
    return not granted or last.text_hash == text_hash


def _state(purpose: Purpose, entry: ConsentEntry | None) -> ConsentState:
    return ConsentState(purpose, entry.granted, entry.at_ms) if entry else ConsentState(purpose)
