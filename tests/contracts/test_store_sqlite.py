"""The SQLite store keeps the contract of the store, also between processes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.ports.store import Store
from tests.contracts import store_contract as contract


@pytest.fixture
def open_again(tmp_path: Path) -> Callable[[], AbstractAsyncContextManager[Store]]:
    return lambda: open_store(f"sqlite:///{tmp_path}/data/chat.db", clock=SystemClock())


@pytest.fixture
async def store(
    open_again: Callable[[], AbstractAsyncContextManager[Store]],
) -> AsyncIterator[Store]:
    async with open_again() as opened:
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


class TestShared(contract.SharedContract): ...


class TestSharedDesks(contract.SharedDesksContract): ...


class TestSharedForms(contract.SharedFormsContract): ...
