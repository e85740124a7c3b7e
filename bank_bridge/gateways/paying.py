"""Files of payments for officers: brought and decided on, with a running server or without."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bank_bridge.documents.pain001 import read_payment_file, status_report
from bank_bridge.instructions.batches import BatchDesk
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.books import open_books
from bank_bridge.paper_contract import Batch


class BatchCounter:
    """One file of books and its batches desk."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._desk = BatchDesk(office)

    async def submit(self, customer: str, document: bytes, maker: str) -> Batch:
        """Keep a pain.001 document. Raises INVALID_REQUEST with what is wrong with it."""
        return await self._desk.submit_batch(customer, read_payment_file(document), maker)

    async def approve(self, batch_id: str, checker: str, content_hash: str) -> bytes:
        """Carry it out; what became of each payment, as pain.002."""
        paid = await self._desk.approve_batch(batch_id, checker, content_hash)
        original = batch_id.partition("/")[2]
        return status_report(f"R{original}"[:35], original, paid, self._office.now())

    async def reject(self, batch_id: str, checker: str, reason: str) -> Batch:
        return await self._desk.reject_batch(batch_id, checker, reason)


@asynccontextmanager
async def open_counter(
    path: Path, *, now: Callable[[], datetime], new_id: Callable[[], str]
) -> AsyncIterator[BatchCounter]:
    async with open_books(path, now) as books:
        yield BatchCounter(Office(books, now, new_id, Rules()))
