"""The MongoDB store keeps the contract of the store, with either driver; and what is its own:
other processes beside it, a server that dies, and a set-up that could not keep the promises.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from functools import partial

import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.mongodb.store import open_store
from chat_server.ports.store import Store
from tests.contracts import store_contract as contract
from tests.contracts.store_contract_shared import OpenAgain

CLOCK = SystemClock()


@pytest.fixture
def database_url(mongo_url: str) -> str:
    return f"{mongo_url}/test-{uuid.uuid4().hex}"


@pytest.fixture
def open_again(database_url: str) -> OpenAgain:
    return partial(open_store, database_url, clock=CLOCK)


@pytest.fixture
async def store(open_again: OpenAgain) -> AsyncIterator[Store]:
    async with open_again() as opened:
        yield opened


class TestMessages(contract.MessagesContract): ...


class TestChanges(contract.ChangesContract): ...


class TestConversations(contract.ConversationsContract): ...


class TestPeople(contract.PeopleContract): ...


class TestDevices(contract.DevicesContract): ...


class TestAccounts(contract.AccountsContract): ...


class TestConsents(contract.ConsentsContract): ...


class TestDialogues(contract.DialoguesContract): ...


class TestAudit(contract.AuditContract): ...


class TestLogMachine(contract.LogMachineContract): ...


class TestShared(contract.SharedContract): ...
