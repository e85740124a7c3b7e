"""The MongoDB store keeps the contract of the store: on the server that comes with the tests,
on a real one when `ELIAN_TEST_MONGO_URL` names it, and with PyMongo's own async driver.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from functools import partial
from urllib.parse import urlsplit

import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.mongodb.driver import connect_pymongo
from chat_server.adapters.mongodb.store import open_store
from chat_server.ports.store import Store
from tests.contracts import store_contract as contract
from tests.contracts.store_contract_shared import OpenAgain

CLOCK = SystemClock()
SERVERS = ["mongo_url", *(["real_mongo_url"] if os.environ.get("ELIAN_TEST_MONGO_URL") else [])]


@pytest.fixture(params=SERVERS)
async def database_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A database of its own for each test."""
    name = f"test-{uuid.uuid4().hex}"
    server = urlsplit(request.getfixturevalue(request.param))
    yield server._replace(path=f"/{name}").geturl()
    if request.param == "real_mongo_url":  # the other one is removed with its folder
        async with connect_pymongo(server.geturl(), {}) as client:
            await client.drop_database(name)


@pytest.fixture
def open_again(database_url: str) -> OpenAgain:
    return partial(open_store, database_url, clock=CLOCK)


@pytest.fixture
async def store(open_again: OpenAgain) -> AsyncIterator[Store]:
    async with open_again() as opened:
        yield opened


class WithPymongo:
    @pytest.fixture
    def open_again(self, database_url: str) -> OpenAgain:
        return partial(open_store, database_url, clock=CLOCK, connect=connect_pymongo)


class TestMessages(contract.MessagesContract): ...


class TestChanges(contract.ChangesContract): ...


class TestConversations(contract.ConversationsContract): ...


class TestContacts(contract.ContactsContract): ...


class TestSightings(contract.SightingsContract): ...


class TestDesks(contract.DesksContract): ...


class TestGroups(contract.GroupsContract): ...


class TestOwn(contract.OwnContract): ...


class TestFollowers(contract.FollowersContract): ...


class TestRecipients(contract.RecipientsContract): ...


class TestShelf(contract.ShelfContract): ...


class TestCatchingUp(contract.CatchingUpContract): ...


class TestPeople(contract.PeopleContract): ...


class TestDevices(contract.DevicesContract): ...


class TestMoreDevices(contract.MoreDevicesContract): ...


class TestPushes(contract.PushesContract): ...


class TestAccounts(contract.AccountsContract): ...


class TestConsents(contract.ConsentsContract): ...


class TestDialogues(contract.DialoguesContract): ...


class TestForms(contract.FormsContract): ...


class TestAudit(contract.AuditContract): ...


class TestTrail(contract.TrailContract): ...


class TestUploads(contract.UploadsContract): ...


class TestMedia(contract.MediaContract): ...


class TestLogMachine(contract.LogMachineContract): ...


class TestShared(contract.SharedContract): ...


class TestSharedDesks(contract.SharedDesksContract): ...


class TestSharedForms(contract.SharedFormsContract): ...


class TestMessagesWithPymongo(WithPymongo, contract.MessagesContract): ...


class TestChangesWithPymongo(WithPymongo, contract.ChangesContract): ...


class TestDialoguesWithPymongo(WithPymongo, contract.DialoguesContract): ...


class TestSharedWithPymongo(WithPymongo, contract.SharedContract): ...
