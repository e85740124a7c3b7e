"""The store: the log of every conversation, and the records around it.

Every mutating method is one atomic, durable commit; facts passed along are in it.
Methods raise `StoreUnavailable` when the outcome is not certain, and never half-apply.
A method is a coroutine, except `append`, whose order of calls is a promise.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from chat_server.domain.bodies import Action
from chat_server.domain.conversation import Conversation, Membership, Positions
from chat_server.domain.devices import PushAddress
from chat_server.domain.facts import Change, ConsentEntry, Dialogue, Fact, Purpose
from chat_server.domain.forms import Form
from chat_server.domain.groups import GroupChange, JoinRequest
from chat_server.domain.message import Appended, Draft, Event, Head
from chat_server.domain.people import Assignment, Branch, DeviceSession, Person
from chat_server.domain.publishing import Broadcast, PublicAccount
from chat_server.ports.contacts import ContactStore, SightingStore
from chat_server.ports.desk import CaseStore, DeskStore
from chat_server.ports.followers import FollowerStore
from chat_server.ports.media import MediaStore, UploadStore
from chat_server.ports.own import OwnStore
from chat_server.ports.push import PushStore
from chat_server.ports.recipients import RecipientLedger
from chat_server.ports.shelf import Shelf


class MessageStore(Protocol):
    """The logs. Gapless `seq` from 1 for each conversation, visible in order."""

    def append(self, draft: Draft) -> Future[Appended]:
        """Give the draft its conversation's next seq; resolves once that is durable.

        Two calls for one conversation get their seqs in the order of the calls. The same
        (conv, sender, mid) again resolves to the first event with `duplicate`; with another
        `body_hash` the future raises MidReused. The future raises Overloaded at once, before
        anything is written, when the writer's queue is full.
        """

    async def head(self, conv: str) -> Head:
        """Where the log stands; an unknown conversation stands at 0."""

    async def heads(self, convs: Iterable[str]) -> Mapping[str, Head]:
        """Heads of many conversations at once; unknown ones stand at 0."""

    async def events(
        self, conv: str, *, after: int | None = None, before: int | None = None, limit: int
    ) -> Sequence[Event]:
        """Up to `limit` events, ascending by seq: those right after `after`, or right
        before `before` (exactly one of the two is given).
        """

    async def events_after(
        self, cursors: Mapping[str, int], limit: int
    ) -> Mapping[str, Sequence[Event]]:
        """Of many conversations at once: up to `limit` of each right after its cursor.

        Those in which nothing came are left out.
        """

    async def event(self, conv: str, seq: int) -> Event | None:
        """One event, if it exists."""

    async def find(self, conv: str, sender: str, mid: str) -> Event | None:
        """The event of that name, if it exists."""

    async def spoke(self, people: Mapping[str, str], since_ms: int) -> set[str]:
        """Those of the conversations in which that person sent a message since that time."""

    async def act(self, draft: Draft, action: Action) -> Appended:
        """Append an action on a message and change that message's form, in one commit.

        Names as in `append`: the first answer comes back before anything is looked at. The
        event's body is the action as `forms.acted` gives it; what that raises, this raises.
        """

    async def forms(self, conv: str, seqs: Iterable[int]) -> Mapping[int, Form]:
        """The forms of those of the messages that were acted on, by seq."""


class ChangeFeed(Protocol):
    """Everything that was committed, in one order, for what runs behind the outbox."""

    async def changes(self, after: int, limit: int, *, only: str = "") -> Sequence[Change]:
        """At most `limit` changes with position > `after`, ascending. What was returned
        once is returned again for the same `after`; no later commit appears before it.
        Within a conversation, positions ascend with seq. With `only`, just the events of
        conversations whose id begins with it; for `s:` that costs nothing for the others.
        """

    async def newest_position(self) -> int:
        """The last position that `changes` would show now; 0 of an empty store."""

    async def cursor(self, consumer: str) -> int:
        """How far that consumer has come; 0 at first."""

    async def advance_cursor(self, consumer: str, position: int) -> None:
        """Move that consumer on; never back."""


class ConversationStore(Protocol):
    """Conversations, memberships and positions."""

    async def open_conversation(
        self, conversation: Conversation, members: Sequence[Membership], fact: Fact
    ) -> bool:
        """Create the conversation with these members; False, changing nothing, if it is there."""

    async def conversation(self, conv: str) -> Conversation | None: ...

    async def membership(self, conv: str, user: str) -> Membership | None: ...

    async def members(self, conv: str) -> Sequence[Membership]:
        """All present members. For a feed this can be a million: ask `memberships` instead."""

    async def members_of(self, convs: Iterable[str]) -> Mapping[str, Sequence[Membership]]:
        """As `members`, of many conversations at once; those without any are left out."""

    async def memberships(
        self, user: str, *, after_version: int = 0, limit: int = 500
    ) -> Sequence[Membership]:
        """The person's memberships with a version above `after_version`, by version."""

    async def join(self, membership: Membership, fact: Fact) -> Membership:
        """Add or re-add a member (a follower); already present: unchanged."""

    async def leave(self, conv: str, user: str, fact: Fact) -> Membership | None:
        """Set `left_seq` to the head at this commit; None if they were not there."""

    async def advance(
        self, conv: str, user: str, *, read: int = 0, delivered: int = 0
    ) -> Positions | None:
        """Move positions forward, clamped to the head; reading implies delivery.
        None when nothing moved or they are not a member.
        """


class GroupStore(Protocol):
    """Groups: their changes, each with its event in the log, and who waits to be let in."""

    async def change(self, change: GroupChange) -> Event | None:
        """Store the group's new state and places and append the draft, in one commit.

        `first_seq` and both positions of who joins, and `left_seq` of who leaves, are the
        event's. A join request of somebody who joins is gone. VersionConflict, changing
        nothing, unless `revision` is one above the stored one (0: no such group yet).
        """

    async def page(self, conv: str, *, after: str, limit: int) -> Sequence[Membership]:
        """Present members whose id comes after `after`, by id."""

    async def among(self, conv: str, users: Iterable[str]) -> Sequence[Membership]:
        """Those of `users` who are or were members, by id."""

    async def ask_to_join(self, request: JoinRequest, fact: Fact) -> bool:
        """False, changing nothing, if they have asked already."""

    async def requests(self, conv: str, limit: int) -> Sequence[JoinRequest]:
        """Who waits, oldest first."""

    async def request(self, conv: str, user: str) -> JoinRequest | None: ...

    async def drop_request(self, conv: str, user: str, fact: Fact) -> bool:
        """False if there is none."""


class PeopleStore(Protocol):
    """Who can log in, on which devices, in which branch, looked after by whom."""

    async def add_person(self, person: Person, fact: Fact) -> None:
        """Raises AlreadyExists."""

    async def person(self, user: str) -> Person | None: ...

    async def people(self, users: Iterable[str]) -> Sequence[Person]: ...

    async def set_language(self, user: str, language: str, fact: Fact) -> None:
        """Nobody, or somebody whose language it is already: nothing changes."""

    async def add_branch(self, branch: Branch, fact: Fact) -> None:
        """The same again changes nothing."""

    async def branches(self) -> Sequence[Branch]:
        """All of them, by id."""

    async def assign(self, assignment: Assignment, fact: Fact) -> None:
        """Make this the customer's primary account manager, from now on."""

    async def assignment(self, customer: str) -> Assignment | None: ...

    async def assigned_to(self, manager: str) -> Sequence[Assignment]: ...


class DeviceStore(Protocol):
    """Logged-in devices; at most one live session for each (user, device)."""

    async def start_session(
        self, session: DeviceSession, fact: Fact, *, limit: int = 0, instead_of: str = ""
    ) -> str | None:
        """Store it; a former session of the same user and device is revoked in the same
        commit, and its id returned. So is the session `instead_of`, if it is this person's.

        Raises TooManyDevices, changing nothing, when the person then had more than `limit`
        live sessions (0: no limit), however many log in at once.
        """

    async def session(self, session_id: str) -> DeviceSession | None: ...

    async def sessions(self, user: str) -> Sequence[DeviceSession]:
        """Live sessions, newest first."""

    async def rotate(
        self, session_id: str, *, expected_hash: str, new_hash: str, at_ms: int, expires_ms: int
    ) -> bool:
        """Replace the refresh hash if it still is the expected one and the session lives."""

    async def revoke(self, session_id: str, at_ms: int, fact: Fact) -> bool:
        """False if it was revoked before. Its push address goes with it."""

    async def rename(self, session_id: str, name: str) -> bool:
        """False if it does not live."""

    async def seen(self, session_ids: Sequence[str], at_ms: int) -> Sequence[str]:
        """Note that these were connected at that time; those of them that no longer live."""

    async def subscribe(self, session_id: str, address: PushAddress) -> bool:
        """Reach the device there from now on, and no other; False if it does not live."""

    async def unsubscribe(self, session_id: str, endpoint: str = "") -> bool:
        """No longer reach it, or only if it was reached at `endpoint`; False if it was not."""

    async def subscribed(self, users: Iterable[str]) -> Sequence[DeviceSession]:
        """Their live sessions that can be reached by a push, oldest first."""

    async def anyone_subscribed(self) -> bool: ...


class PublicAccountStore(Protocol):
    """Public accounts and broadcasts."""

    async def put_account(self, account: PublicAccount, fact: Fact) -> None: ...

    async def change_account(
        self, former: PublicAccount | None, account: PublicAccount, fact: Fact
    ) -> None:
        """VersionConflict unless `former` is what is stored (None: nothing by that name)."""

    async def account(self, account: str) -> PublicAccount | None: ...

    async def accounts(self) -> Sequence[PublicAccount]: ...

    async def follower_count(self, account: str) -> int:
        """Present followers of the account's feed."""

    async def save_broadcast(self, broadcast: Broadcast, fact: Fact) -> None:
        """Insert when `version` is 1, else replace the row of version - 1; VersionConflict."""

    async def broadcast(self, broadcast_id: str) -> Broadcast | None: ...

    async def broadcasts(self, account: str, limit: int) -> Sequence[Broadcast]:
        """Newest first."""


class ConsentLedger(Protocol):
    """Append-only: what a customer allowed, when, on which words."""

    async def record_consent(self, entry: ConsentEntry, fact: Fact) -> ConsentEntry:
        """Append (its `entry_id` is given here)."""

    async def consents(self, customer: str) -> Sequence[ConsentEntry]:
        """All entries of this customer, oldest first."""

    async def consenting(self, customers: Iterable[str], purpose: Purpose) -> set[str]:
        """Those of them whose last entry of that purpose grants it."""


class DialogueStore(Protocol):
    """Bots' dialogues, committed together with the replies they led to."""

    async def dialogue(self, conv: str) -> Dialogue | None: ...

    async def commit_turn(
        self, dialogue: Dialogue, drafts: Sequence[Draft], facts: Sequence[Fact]
    ) -> Sequence[Appended]:
        """Store the dialogue if `dialogue.version` is one above the stored one (0: none yet),
        and append the drafts (all of its conversation), in one commit. VersionConflict
        otherwise, changing nothing. A draft that is there already comes back as duplicate.
        An `OpenCard` whose `seq` is 0 gets the seq of the draft whose mid is its card_id.
        """

    async def due_dialogues(self, now_ms: int, limit: int) -> Sequence[Dialogue]:
        """Those whose `wake_ms` has come, earliest first."""

    async def secret_cards(self, customer: str, now_ms: int) -> bool:
        """Whether this customer has an open card with a secret input, anywhere."""


class AuditTrail(Protocol):
    """Who did what."""

    async def record(self, fact: Fact) -> None:
        """Append a fact that belongs to no other change (a refused log-in, a view)."""

    async def facts(
        self, *, subject: str | None = None, after: int = 0, limit: int = 100
    ) -> Sequence[Change]:
        """Facts by position, ascending; of one subject if given."""

    async def newest(
        self, *, before: int = 0, subject: str = "", kind: str = "", limit: int = 100
    ) -> Sequence[Change]:
        """Facts by position, descending: those before a position, of a subject, of a kind."""


class Store(Protocol):
    """The whole store, as its opener yields it; use cases ask for the narrow port they need."""

    messages: MessageStore
    changes: ChangeFeed
    conversations: ConversationStore
    groups: GroupStore
    own: OwnStore
    people: PeopleStore
    contacts: ContactStore
    sightings: SightingStore
    devices: DeviceStore
    accounts: PublicAccountStore
    followers: FollowerStore
    recipients: RecipientLedger
    consents: ConsentLedger
    dialogues: DialogueStore
    audit: AuditTrail
    desks: DeskStore
    cases: CaseStore
    uploads: UploadStore
    media: MediaStore
    pushes: PushStore
    shelf: Shelf

    async def ping(self) -> None:
        """Raise StoreUnavailable unless a read works now."""

    def watch(self, ring: Ring) -> None:
        """Call `ring` (on the event loop) after commits by this process with what was
        appended, in seq order for each conversation, before the append futures resolve.
        """


class Ring(Protocol):
    def __call__(self, appended: Sequence[Event], /) -> None: ...
