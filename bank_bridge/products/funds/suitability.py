"""Whom a fund suits: the risk assessment, and the refusal that nothing goes round."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date

import msgspec

from bank_bridge.contract import BankRefusal, RefusalCode
from bank_bridge.fund_contract import RiskProfile, RiskQuestion
from bank_bridge.instructions.customers import customer_facts
from bank_bridge.instructions.office import Office
from bank_bridge.ledger.database import to_us
from bank_bridge.products.funds.figures import QUESTIONS, FundFigures, level_of


class SuitabilityCounter:
    """Every assessment is kept; the newest counts."""

    def __init__(self, office: Office, figures: FundFigures) -> None:
        self._office, self._figures = office, figures

    async def questions(self) -> Sequence[RiskQuestion]:
        return QUESTIONS

    async def assess(self, customer: str, answers: Sequence[int]) -> RiskProfile:
        fits = len(answers) == len(QUESTIONS) and all(
            0 <= answer < len(question.answers_zh)
            for answer, question in zip(answers, QUESTIONS, strict=True)
        )
        if not fits:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "one answer to each question")
        level, moment = level_of(answers), self._office.now()
        today = self._office.rules.local_date(moment)

        def operation(conn: sqlite3.Connection) -> RiskProfile:
            customer_facts(conn, customer)
            conn.execute(
                "INSERT INTO risk_profiles VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " level = excluded.level, answers = excluded.answers",
                (
                    customer,
                    to_us(moment),
                    today.isoformat(),
                    level,
                    msgspec.json.encode(answers).decode(),
                ),
            )
            return RiskProfile(level, today, today + self._figures.profile_life)

        return await self._office.books.write(customer, operation)

    async def profile(self, customer: str) -> RiskProfile | None:
        today = self._office.rules.local_date(self._office.now())
        return await self._office.books.read(
            lambda conn: profile_of(conn, customer, today, self._figures)
        )


def profile_of(
    conn: sqlite3.Connection, customer: str, today: date, figures: FundFigures
) -> RiskProfile | None:
    row = conn.execute(
        "SELECT level, assessed_on FROM risk_profiles WHERE customer = ?"
        " ORDER BY assessed_at DESC LIMIT 1",
        (customer,),
    ).fetchone()
    if row is None:
        return None
    assessed = date.fromisoformat(row[1])
    until = assessed + figures.profile_life
    return RiskProfile(row[0], assessed, until) if today <= until else None


def check_suits(
    conn: sqlite3.Connection, customer: str, risk: int, today: date, figures: FundFigures
) -> None:
    """Raises SUITABILITY_REFUSED."""
    profile = profile_of(conn, customer, today, figures)
    level = profile.level if profile else 0
    if risk > level:
        raise BankRefusal(
            RefusalCode.SUITABILITY_REFUSED, "more risk than can be borne", risk=risk, level=level
        )
