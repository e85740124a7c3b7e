"""People, public accounts, consents and dialogues, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from chat_server.adapters.memory.conversations import MemoryConversationStore
from chat_server.adapters.memory.log import MemoryLog
from chat_server.adapters.rules import check_turn, place_cards
from chat_server.domain.conversation import Role
from chat_server.domain.errors import AlreadyExists, VersionConflict
from chat_server.domain.facts import ConsentEntry, Dialogue, Fact, Purpose
from chat_server.domain.ids import feed_conversation
from chat_server.domain.message import Appended, Draft
from chat_server.domain.people import Assignment, Branch, Person
from chat_server.domain.publishing import Broadcast, PublicAccount


class MemoryPeopleStore:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._people: dict[str, Person] = {}
        self._branches: dict[str, Branch] = {}
        self._assignments: dict[str, Assignment] = {}

    async def add_person(self, person: Person, fact: Fact) -> None:
        if person.user in self._people:
            raise AlreadyExists(person.user)
        self._people[person.user] = person
        self._log.note(fact)

    async def person(self, user: str) -> Person | None:
        return self._people.get(user)

    async def people(self, users: Iterable[str]) -> Sequence[Person]:
        return [self._people[user] for user in sorted(set(users)) if user in self._people]

    async def set_language(self, user: str, language: str, fact: Fact) -> None:
        person = self._people.get(user)
        if person is not None and person.language != language:
            self._people[user] = replace(person, language=language)
            self._log.note(fact)

    def everyone(self) -> Sequence[Person]:
        return [self._people[user] for user in sorted(self._people)]

    async def add_branch(self, branch: Branch, fact: Fact) -> None:
        former = self._branches.setdefault(branch.branch_id, branch)
        if former is branch:
            self._log.note(fact)
        elif former != branch:
            raise AlreadyExists(branch.branch_id)

    async def branches(self) -> Sequence[Branch]:
        return [self._branches[branch_id] for branch_id in sorted(self._branches)]

    async def assign(self, assignment: Assignment, fact: Fact) -> None:
        self._assignments[assignment.customer] = assignment
        self._log.note(fact)

    async def assignment(self, customer: str) -> Assignment | None:
        return self._assignments.get(customer)

    async def assigned_to(self, manager: str) -> Sequence[Assignment]:
        return [one for _, one in sorted(self._assignments.items()) if one.manager == manager]


class MemoryPublicAccountStore:
    def __init__(self, log: MemoryLog, conversations: MemoryConversationStore) -> None:
        self._log = log
        self._conversations = conversations
        self._accounts: dict[str, PublicAccount] = {}
        self._broadcasts: dict[str, Broadcast] = {}

    async def put_account(self, account: PublicAccount, fact: Fact) -> None:
        self._accounts[account.account] = account
        self._log.note(fact)

    async def change_account(
        self, former: PublicAccount | None, account: PublicAccount, fact: Fact
    ) -> None:
        if self._accounts.get(account.account) != former:
            raise VersionConflict(account.account)
        await self.put_account(account, fact)

    async def account(self, account: str) -> PublicAccount | None:
        return self._accounts.get(account)

    async def accounts(self) -> Sequence[PublicAccount]:
        return [one for _, one in sorted(self._accounts.items())]

    async def follower_count(self, account: str) -> int:
        members = await self._conversations.members(feed_conversation(account))
        return sum(member.role is Role.FOLLOWER for member in members)

    async def save_broadcast(self, broadcast: Broadcast, fact: Fact) -> None:
        former = self._broadcasts.get(broadcast.broadcast_id)
        if (former.version if former else 0) != broadcast.version - 1:
            raise VersionConflict(broadcast.broadcast_id)
        self._broadcasts[broadcast.broadcast_id] = broadcast
        self._log.note(fact)

    async def broadcast(self, broadcast_id: str) -> Broadcast | None:
        return self._broadcasts.get(broadcast_id)

    async def broadcasts(self, account: str, limit: int) -> Sequence[Broadcast]:
        found = [one for one in self._broadcasts.values() if one.account == account]
        found.sort(key=lambda one: (one.submitted_ms, one.broadcast_id), reverse=True)
        return found[: max(limit, 0)]


class MemoryConsentLedger:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._entries: list[ConsentEntry] = []

    async def record_consent(self, entry: ConsentEntry, fact: Fact) -> ConsentEntry:
        kept = replace(entry, entry_id=len(self._entries) + 1)
        self._entries.append(kept)
        self._log.note(fact)
        return kept

    async def consents(self, customer: str) -> Sequence[ConsentEntry]:
        return [entry for entry in self._entries if entry.customer == customer]

    async def consenting(self, customers: Iterable[str], purpose: Purpose) -> set[str]:
        wanted = set(customers)
        of_it = [each for each in self._entries if each.purpose is purpose]
        last = {each.customer: each.granted for each in of_it if each.customer in wanted}
        return {customer for customer, granted in last.items() if granted}


class MemoryDialogueStore:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._dialogues: dict[str, Dialogue] = {}

    async def dialogue(self, conv: str) -> Dialogue | None:
        return self._dialogues.get(conv)

    async def commit_turn(
        self, dialogue: Dialogue, drafts: Sequence[Draft], facts: Sequence[Fact]
    ) -> Sequence[Appended]:
        check_turn(dialogue, drafts)
        former = self._dialogues.get(dialogue.conv)
        if (former.version if former else 0) != dialogue.version - 1:
            raise VersionConflict(dialogue.conv)
        self._log.check(drafts)
        appended = [self._log.write(draft) for draft in drafts]
        self._dialogues[dialogue.conv] = place_cards(dialogue, appended)
        for fact in facts:
            self._log.note(fact)
        self._log.ring()
        return appended

    async def due_dialogues(self, now_ms: int, limit: int) -> Sequence[Dialogue]:
        due = [
            (one.wake_ms, one.conv, one)
            for one in self._dialogues.values()
            if one.wake_ms is not None and one.wake_ms <= now_ms
        ]
        return [one for _, _, one in sorted(due, key=lambda d: d[:2])][: max(limit, 0)]

    async def secret_cards(self, customer: str, now_ms: int) -> bool:
        return any(
            card.secret
            and card.customer == customer
            and (card.expires_ms is None or card.expires_ms > now_ms)
            for dialogue in self._dialogues.values()
            for card in dialogue.cards
        )
