"""The memory store keeps the contract of the store."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.ports.store import Store
from tests.contracts import store_contract as contract


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store("memory://", clock=SystemClock()) as opened:
        yield opened


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
