"""A bank's front desk with a group in it."""

from __future__ import annotations

import msgspec
import pytest

from chat_server.domain.conversation import Conversation
from chat_server.domain.message import Event
from chat_server.usecases.groups.open import Groups
from tests.front_desk import FrontDesk, desk

__all__ = ["desk"]


class Club:
    """王芳's group of her two customers, and what its log tells."""

    def __init__(self, desk: FrontDesk, made: Conversation) -> None:
        self.desk, self.made, self.conv = desk, made, made.conv
        self.groups: Groups = desk.cases.groups

    async def told(self) -> list[tuple[str, str, list[str]]]:
        events = await self.desk.store.messages.events(self.conv, after=0, limit=100)
        return [told_by(event) for event in events]

    async def present(self) -> dict[str, str]:
        members = await self.desk.store.conversations.members(self.conv)
        return {member.user: str(member.role) for member in members}

    async def state(self) -> Conversation:
        found = await self.desk.store.conversations.conversation(self.conv)
        assert found
        return found


def told_by(event: Event) -> tuple[str, str, list[str]]:
    body = msgspec.json.decode(event.body)
    return body["what"], body["who"], body.get("whom", [])


@pytest.fixture
async def club(desk: FrontDesk) -> Club:
    await desk.assign("lina", "wangfang", actor="test")
    made = await desk.cases.groups.create("wangfang", " 周五  理财 ", ["zhangwei", "lina"])
    return Club(desk, made)
