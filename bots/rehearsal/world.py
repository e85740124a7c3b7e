"""The time and the telephones of a rehearsal: both move only when they are told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

_FIRST_DAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass
class World:
    """A clock and the newest text that each phone got."""

    at: datetime = _FIRST_DAY
    texts: dict[str, str] = field(default_factory=dict)
    ids: int = 0

    def now(self) -> datetime:
        return self.at

    def pass_time(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    def new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids:08d}"

    async def send_sms(self, phone: str, text: str) -> None:
        self.texts[phone] = text

    def text_of(self, customer: str) -> str:
        """The newest text to the customer of that number, `customer17`."""
        return self.texts[f"1380000{int(customer.removeprefix('customer')):04d}"]
