"""The store's suite. An adapter's test file inherits every class in here:

    class TestMongoMessages(MessagesContract): ...

and brings these fixtures:

- `store`: an empty `Store`, open, closed afterwards;
- `open_again` (durable adapters only, for `SharedContract`): a callable that gives a context
  manager with one more `Store` on the same data as `store`, as another process would have it.

What the port leaves open, the suite settles: a call that changes nothing writes no fact;
`memberships` include those that were left, `members` do not; lists without a named order are
sorted by their key; a limit below 1 gives nothing.
"""

from __future__ import annotations

from tests.contracts.store_contract_catching_up import CatchingUpContract
from tests.contracts.store_contract_contacts import ContactsContract, SightingsContract
from tests.contracts.store_contract_desk import DesksContract, SharedDesksContract
from tests.contracts.store_contract_devices import MoreDevicesContract, PushesContract
from tests.contracts.store_contract_followers import FollowersContract
from tests.contracts.store_contract_forms import FormsContract, SharedFormsContract
from tests.contracts.store_contract_groups import GroupsContract
from tests.contracts.store_contract_log import (
    ChangesContract,
    ConversationsContract,
    MessagesContract,
)
from tests.contracts.store_contract_machine import LogMachineContract
from tests.contracts.store_contract_media import MediaContract, UploadsContract
from tests.contracts.store_contract_own import OwnContract
from tests.contracts.store_contract_recipients import RecipientsContract
from tests.contracts.store_contract_records import (
    AccountsContract,
    AuditContract,
    ConsentsContract,
    DevicesContract,
    DialoguesContract,
    PeopleContract,
)
from tests.contracts.store_contract_shared import SharedContract
from tests.contracts.store_contract_shelf import ShelfContract
from tests.contracts.store_contract_trail import TrailContract

__all__ = [
    "AccountsContract",
    "AuditContract",
    "CatchingUpContract",
    "ChangesContract",
    "ConsentsContract",
    "ContactsContract",
    "ConversationsContract",
    "DesksContract",
    "DevicesContract",
    "DialoguesContract",
    "FollowersContract",
    "FormsContract",
    "GroupsContract",
    "LogMachineContract",
    "MediaContract",
    "MessagesContract",
    "MoreDevicesContract",
    "OwnContract",
    "PeopleContract",
    "PushesContract",
    "RecipientsContract",
    "SharedContract",
    "SharedDesksContract",
    "SharedFormsContract",
    "ShelfContract",
    "SightingsContract",
    "TrailContract",
    "UploadsContract",
]
