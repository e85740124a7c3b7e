"""The signing desk: says what a device is to sign, and carries the instruction out when it has.

Like codes: checking is done before the transaction, deciding inside it. A key that signed is
marked used in the commit that moves the money, so that one signature counts once.
"""

from __future__ import annotations

import asyncio
import sqlite3
from typing import NamedTuple

import structlog

from bank_bridge.contract import BankRefusal, Instruction, RefusalCode
from bank_bridge.contract import InstructionState as State
from bank_bridge.device_contract import DeviceKey, KeyState, Signing
from bank_bridge.instructions import key_rows, signatures
from bank_bridge.instructions.authorising import CodeDesk, release
from bank_bridge.instructions.clearing import ClearingDesk
from bank_bridge.instructions.customers import customer_facts
from bank_bridge.instructions.key_rows import NEW_KEY, KeyRow
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.records import Record, advance, find, find_current, illegal
from bank_bridge.instructions.signatures import Verdict
from bank_bridge.instructions.standing import check_unlocked, clear_failures, count_failure, locked
from bank_bridge.instructions.states import OPEN
from bank_bridge.ledger.database import to_us

_ALIVE = (KeyState.PENDING, KeyState.ACTIVE)

log = structlog.get_logger()


class _Proven(NamedTuple):
    """What was found out about a signature, and of which key as it then was."""

    row: KeyRow
    verdict: Verdict


class SigningDesk:
    """Keys that devices sign with."""

    def __init__(self, office: Office, codes: CodeDesk, clearing: ClearingDesk) -> None:
        self._office, self._codes, self._clearing = office, codes, clearing

    async def keys(self, customer: str) -> list[DeviceKey]:
        found = await self._office.books.read(lambda conn: key_rows.keys_of(conn, customer, _ALIVE))
        return [row.seen() for row in found]

    async def signing(self, instruction_id: str, customer: str) -> Signing:
        office, fresh = self._office, signatures.new_nonce()

        def operation(conn: sqlite3.Connection) -> Signing:
            at = to_us(office.now())
            record = find(conn, instruction_id, customer)
            if record.lapsed(at) or record.state is State.EXPIRED:
                raise BankRefusal(RefusalCode.EXPIRED, "out of time")
            if record.state is not State.REQUIRES_AUTH:
                raise illegal(record, State.AUTHORISED)
            facts = customer_facts(conn, customer)
            check_unlocked(facts, at)
            makes_key = record.kind == NEW_KEY
            device = None if makes_key else record.device
            keys = [row.key for row in key_rows.keys_of(conn, customer, device=device)]
            if not keys and not makes_key:
                text = "this device has no key to sign with"
                raise BankRefusal(RefusalCode.STRONGER_PROOF_NEEDED, text)
            conn.execute(
                "INSERT INTO signings VALUES (?, ?) ON CONFLICT DO NOTHING", (instruction_id, fresh)
            )
            return Signing(
                instruction_id=instruction_id,
                challenge=signatures.encoded(_challenge(conn, record)),
                site=signatures.site_of(office.rules.site),
                user=signatures.user_handle(customer),
                user_name=facts.name,
                keys=keys,
                makes_key=makes_key,
            )

        return await office.books.write(instruction_id, operation)

    async def authorise(
        self, instruction_id: str, customer: str, device: str, signature: str
    ) -> Instruction:
        books = self._office.books
        named = signatures.key_named(signature)

        def asked(conn: sqlite3.Connection) -> tuple[KeyRow | None, bytes]:
            record = find(conn, instruction_id, customer)
            rows = key_rows.keys_of(conn, customer, device=device)
            row = next((row for row in rows if row.key == named), None)
            return row, _challenge(conn, record) if record.device == device else b""

        row, challenge = await books.read(asked)
        proven = None
        if row is not None and challenge:
            seen = await asyncio.to_thread(
                signatures.verdict, signature, challenge, row, self._office.rules.site
            )
            proven = _Proven(row, seen)
        decided = await books.write(
            instruction_id, lambda conn: self._decide(conn, instruction_id, customer, proven)
        )
        if decided.payee_bank and decided.state is State.HELD:
            decided = await self._clearing.send(instruction_id, customer)
        return decided.seen()

    async def make(
        self, instruction_id: str, customer: str, device: str, code: str, attested: str
    ) -> Instruction:
        """Note the key that was made, then let the code decide whether it counts."""
        books, site = self._office.books, self._office.rules.site

        def asked(conn: sqlite3.Connection) -> tuple[Record, bytes]:
            record = find(conn, instruction_id, customer)
            return record, _challenge(conn, record)

        record, challenge = await books.read(asked)
        if record.kind != NEW_KEY:
            raise illegal(record, State.AUTHORISED)
        if record.state is State.REQUIRES_AUTH:
            made = None
            if challenge and record.device == device:
                made = await asyncio.to_thread(signatures.made_key, attested, challenge, site)
            if made is None or not await books.write(
                instruction_id, lambda conn: _attached(conn, instruction_id, made)
            ):
                raise BankRefusal(RefusalCode.INVALID_REQUEST, "this is no key of this device")
        return await self._codes.authorise(instruction_id, customer, device, code)

    async def revoke(self, customer: str, *, key: str = "", device: str = "") -> None:
        def operation(conn: sqlite3.Connection) -> int:
            return key_rows.revoke(conn, customer, key=key, device=device)

        if not await self._office.books.write(customer, operation) and key:
            raise BankRefusal(RefusalCode.NOT_FOUND, "no such key")

    def _decide(
        self,
        conn: sqlite3.Connection,
        instruction_id: str,
        customer: str,
        proven: _Proven | None,
    ) -> Record | BankRefusal:
        moment = self._office.now()
        at = to_us(moment)
        record = find_current(conn, instruction_id, customer, moment)
        if record.state not in OPEN:
            return record
        if record.state is not State.REQUIRES_AUTH or record.kind == NEW_KEY:
            raise illegal(record, State.AUTHORISED)
        facts = customer_facts(conn, customer)
        check_unlocked(facts, at)
        right = proven is not None and proven.verdict.right
        if proven and right and key_rows.used(conn, proven.row, proven.verdict.counter, at):
            clear_failures(conn, facts)
            return release(conn, record, self._office, moment)
        if proven and proven.verdict.copied:
            log.warning("device_key_copied", instruction=instruction_id, customer=customer)
            key_rows.revoke(conn, customer, key=proven.row.key)
        left = count_failure(conn, facts, at, self._office.rules)
        log.info("signature_refused", instruction=instruction_id)
        if left:
            return BankRefusal(RefusalCode.AUTH_FAILED, "not verified", attempts_left=left)
        advance(conn, record, [State.FAILED], at, failure=RefusalCode.AUTH_LOCKED)
        return locked(self._office.rules.lock_s * 10**6)


def _challenge(conn: sqlite3.Connection, record: Record) -> bytes:
    """Empty while nothing was asked to be signed."""
    row = conn.execute(
        "SELECT nonce FROM signings WHERE instruction_id = ?", (record.instruction_id,)
    ).fetchone()
    return b"" if row is None else signatures.challenge_of(record, row[0])


def _attached(
    conn: sqlite3.Connection, instruction_id: str, made: signatures.MadeKey | None
) -> bool:
    return made is not None and key_rows.attach(conn, instruction_id, *made)
