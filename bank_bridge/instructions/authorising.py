"""The code desk: sends the code of an instruction, and carries it out on the right one.

Hashing is done before the transaction, deciding inside it: however many guesses arrive at
once, each is counted or refused in turn, and a right code is spent in the commit that
moves the money.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

import structlog

from bank_bridge.contract import BankRefusal, Challenge, Instruction, RefusalCode, SmsSender
from bank_bridge.contract import InstructionState as State
from bank_bridge.instructions import codes
from bank_bridge.instructions.challenges import (
    StoredChallenge,
    add,
    allow_resend,
    check_may_send,
    newest,
    spend,
)
from bank_bridge.instructions.clearing import ClearingDesk, depart
from bank_bridge.instructions.customers import CustomerFacts, customer_facts
from bank_bridge.instructions.execution import carry_out
from bank_bridge.instructions.levels import Level
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.records import Record, advance, find, find_current, illegal
from bank_bridge.instructions.standing import check_unlocked, clear_failures, count_failure, locked
from bank_bridge.instructions.states import OPEN
from bank_bridge.ledger.database import to_us

log = structlog.get_logger()


class CodeDesk:
    """SMS codes, and what they allow."""

    def __init__(self, office: Office, send_sms: SmsSender, clearing: ClearingDesk) -> None:
        self._office, self._clearing = office, clearing
        self._send_sms = send_sms

    async def challenge(self, instruction_id: str, customer: str) -> Challenge:
        office = self._office

        def admitted(conn: sqlite3.Connection) -> tuple[Record, CustomerFacts, int]:
            return self._admit(conn, instruction_id, customer)

        record, _, _ = await office.books.read(admitted)  # refuse before the slow hash
        code, salt = codes.new_code(), codes.new_salt()
        code_hash = await codes.hash_code(code, salt, record, record.device, office.rules)

        def operation(conn: sqlite3.Connection) -> StoredChallenge:
            _, facts, at = admitted(conn)
            return add(
                conn,
                StoredChallenge(
                    challenge_id=0,  # the row gives it
                    instruction_id=instruction_id,
                    version=record.version,
                    phone=facts.phone,
                    salt=salt,
                    code_hash=code_hash,
                    sent_at=at,
                    expires_at=min(at + office.rules.code_life_s * 10**6, record.expires_at),
                    resend_at=at + office.rules.resend_after_s * 10**6,
                    attempts_left=office.rules.code_attempts,
                ),
            )

        stored = await office.books.write(instruction_id, operation)
        return (await self._send(record, stored, code)).seen()

    async def current_challenge(self, instruction_id: str, customer: str) -> Challenge | None:
        def query(conn: sqlite3.Connection) -> Challenge | None:
            record = find(conn, instruction_id, customer)
            at = to_us(self._office.now())
            under_way = newest(conn, instruction_id)
            if record.state is not State.REQUIRES_AUTH or under_way is None:
                return None
            if at < customer_facts(conn, customer).locked_until or not under_way.usable(at):
                return None
            return under_way.seen()

        return await self._office.books.read(query)

    async def authorise(
        self, instruction_id: str, customer: str, device: str, code: str
    ) -> Instruction:
        books = self._office.books
        record, under_way = await books.read(
            lambda conn: (find(conn, instruction_id, customer), newest(conn, instruction_id))
        )
        proven: StoredChallenge | None = None
        if under_way is not None and under_way.usable(to_us(self._office.now())):
            right = await codes.is_right(
                code, under_way.salt, under_way.code_hash, record, device, self._office.rules
            )
            proven = under_way if right else None
        decided = await books.write(
            instruction_id, lambda conn: self._decide(conn, instruction_id, customer, proven)
        )
        if decided.payee_bank and decided.state is State.HELD:
            decided = await self._clearing.send(instruction_id, customer)
        return decided.seen()

    def _decide(
        self,
        conn: sqlite3.Connection,
        instruction_id: str,
        customer: str,
        proven: StoredChallenge | None,
    ) -> Record | BankRefusal:
        """Take the guess into account; `proven` is the challenge whose code was typed."""
        moment = self._office.now()
        at = to_us(moment)
        record = find_current(conn, instruction_id, customer, moment)
        if record.state not in OPEN:
            return record
        if record.state is not State.REQUIRES_AUTH:
            raise illegal(record, State.AUTHORISED)
        if record.level == Level.A3:
            raise BankRefusal(RefusalCode.STRONGER_PROOF_NEEDED, "a code is not enough for it")
        facts = customer_facts(conn, customer)
        check_unlocked(facts, at)
        under_way = newest(conn, instruction_id)
        if under_way is None or not under_way.usable(at):
            raise _wrong(0)
        if proven is None or proven.challenge_id != under_way.challenge_id:
            return self._refuse(conn, record, facts, under_way, moment)
        spend(conn, under_way, 0)
        clear_failures(conn, facts)
        return release(conn, record, self._office, moment)

    def _refuse(
        self,
        conn: sqlite3.Connection,
        record: Record,
        facts: CustomerFacts,
        under_way: StoredChallenge,
        moment: datetime,
    ) -> BankRefusal:
        at = to_us(moment)
        spend(conn, under_way, under_way.attempts_left - 1)
        left = count_failure(conn, facts, at, self._office.rules)
        log.info("code_refused", instruction=record.instruction_id)
        if left:
            return _wrong(min(left, under_way.attempts_left - 1))
        advance(conn, record, [State.FAILED], at, failure=RefusalCode.AUTH_LOCKED)
        return locked(self._office.rules.lock_s * 10**6)

    def _admit(
        self, conn: sqlite3.Connection, instruction_id: str, customer: str
    ) -> tuple[Record, CustomerFacts, int]:
        """The instruction that a code may be sent for now, and to whom."""
        at = to_us(self._office.now())
        record = find(conn, instruction_id, customer)
        if record.lapsed(at) or record.state is State.EXPIRED:
            raise BankRefusal(RefusalCode.EXPIRED, "out of time")
        if record.state is not State.REQUIRES_AUTH:
            raise illegal(record, State.AUTHORISED)
        if record.level == Level.A3:
            raise BankRefusal(RefusalCode.STRONGER_PROOF_NEEDED, "a code is not enough for it")
        facts = customer_facts(conn, customer)
        check_unlocked(facts, at)
        check_may_send(conn, instruction_id, facts.phone, at, self._office.rules)
        return record, facts, at

    async def _send(self, record: Record, stored: StoredChallenge, code: str) -> StoredChallenge:
        """Hand the code to the SMS sender, after the commit that stores its hash."""
        try:
            await self._send_sms(stored.phone, codes.sms_text(record, code, self._office.rules))
        except Exception:  # noqa: BLE001 - whatever a sender raises, the customer may ask again
            # No trace: a sender's error may quote the text.
            log.error("sms_not_sent", instruction=record.instruction_id)  # noqa: TRY400
            return await self._office.books.write(
                record.instruction_id,
                lambda conn: allow_resend(conn, stored, to_us(self._office.now())),
            )
        return stored


def release(conn: sqlite3.Connection, record: Record, office: Office, moment: datetime) -> Record:
    """What was just proven is carried out; to another bank it leaves after the commit."""
    if record.payee_bank:
        return depart(conn, record, office, moment)
    return carry_out(conn, record, office, moment, "in_bank_transfer")


def _wrong(attempts_left: int) -> BankRefusal:
    """One text for wrong, late, used or bound elsewhere."""
    return BankRefusal(RefusalCode.AUTH_FAILED, "not verified", attempts_left=attempts_left)
