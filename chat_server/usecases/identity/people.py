"""Adding people and branches, and what one person may know of another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chat_server.domain.errors import InvalidValue, NotAuthenticated, TooLong
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation, is_account, is_person_id
from chat_server.domain.people import Branch, Person, StaffRole
from chat_server.ports.clock import Clock
from chat_server.ports.store import ConversationStore, PeopleStore, PublicAccountStore
from chat_server.usecases.identity.passwords import Passwords

MIN_PASSWORD, MAX_PASSWORD = 8, 256
MAX_NAME = 64
MAX_CARDS = 100  # people asked for at once
LANGUAGES = ("zh-CN", "en")
SERVING = frozenset({StaffRole.AGENT, StaffRole.SUPERVISOR})
_PHONE = re.compile(r"\+?[0-9]{5,15}")
_BRANCH = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}")


class NewPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Who is to be added; `role` and `language` as words, as somebody typed them."""

    user: str
    name: str
    password: str
    role: str = StaffRole.CUSTOMER.value
    branch: str
    phone: str = ""
    language: str = "zh-CN"
    unlimited: bool = False

    def __repr__(self) -> str:
        return f"NewPerson(user={self.user!r}, role={self.role!r})"


class AddPerson:
    """Makes somebody who can log in. AlreadyExists if the name is taken."""

    def __init__(self, people: PeopleStore, passwords: Passwords, clock: Clock) -> None:
        self._people, self._passwords, self._clock = people, passwords, clock

    async def __call__(self, new: NewPerson, *, actor: str) -> Person:
        role = _check(new)
        person = Person(
            user=new.user,
            name=new.name.strip(),
            role=role,
            branch=new.branch,
            password_hash=await self._passwords.hash(new.password),
            language=new.language,
            phone=new.phone,
            unlimited=new.unlimited,
        )
        detail = {"role": role.value, "branch": new.branch}
        fact = Fact("user_added", actor, new.user, self._clock.now_ms(), detail)
        await self._people.add_person(person, fact)
        return person


class AddBranch:
    """Adds an organisation unit; the same again changes nothing."""

    def __init__(self, people: PeopleStore, clock: Clock) -> None:
        self._people, self._clock = people, clock

    async def __call__(self, branch: Branch, *, actor: str) -> None:
        if not _BRANCH.fullmatch(branch.branch_id):
            raise InvalidValue("branch: lower-case letters, digits, `_ . -`, 1 to 32 of them")
        if not 0 < len(branch.name.strip()) <= MAX_NAME:
            raise InvalidValue(f"branch name: 1 to {MAX_NAME} characters")
        fact = Fact(
            "branch_added",
            actor,
            branch.branch_id,
            self._clock.now_ms(),
            {"parent": branch.parent},
        )
        await self._people.add_branch(branch, fact)


class Card(msgspec.Struct, frozen=True):
    """What may be known of another person or account. The server alone gives the badge."""

    user: str
    name: str
    badge: str = ""


class People:
    """Reads people: oneself whole, others as cards, if one shares a conversation with them."""

    def __init__(
        self,
        people: PeopleStore,
        conversations: ConversationStore,
        accounts: PublicAccountStore,
        clock: Clock,
    ) -> None:
        self._people, self._conversations, self._accounts = people, conversations, accounts
        self._clock = clock

    async def me(self, user: str) -> Person:
        person = await self._people.person(user)
        if person is None:
            raise NotAuthenticated("this person is no longer here")
        return person

    async def choose_language(self, user: str, language: str) -> None:
        if language not in LANGUAGES:
            raise InvalidValue(f"language: one of {', '.join(LANGUAGES)}")
        fact = Fact("language_chosen", user, user, self._clock.now_ms(), {"language": language})
        await self._people.set_language(user, language, fact)

    async def branch_name(self, branch_id: str) -> str:
        """What a screen calls the branch; its id where nobody named it."""
        return branch_names(await self._people.branches()).get(branch_id, branch_id)

    async def cards(self, viewer: str, users: Iterable[str]) -> Sequence[Card]:
        """Those of `users` whom the viewer may know, in the order asked; others are left out."""
        wanted = list(dict.fromkeys(users))
        if len(wanted) > MAX_CARDS:
            raise TooLong(f"at most {MAX_CARDS} people at once")
        visible = {user for user in wanted if await self._shares(viewer, user)}
        people = await self._people.people(filter(is_person_id, wanted))
        found = {
            person.user: person
            for person in people
            if person.user in visible or person.role in SERVING  # whom anybody may meet at a desk
        }
        cards = [
            await self._account_card(user) if is_account(user) else card_of(found[user])
            for user in wanted
            if is_account(user) or user in found
        ]
        return [card for card in cards if card]

    async def _shares(self, viewer: str, user: str) -> bool:
        if not is_person_id(user):
            return False
        if user == viewer:
            return True
        conv = direct_conversation(viewer, user)
        return await self._conversations.membership(conv, viewer) is not None

    async def _account_card(self, account: str) -> Card | None:
        found = await self._accounts.account(account)
        if found is None:
            return None
        return Card(account, found.name, "verified" if found.verified else "")


def branch_names(branches: Iterable[Branch]) -> Mapping[str, str]:
    return {branch.branch_id: branch.name for branch in branches}


def card_of(person: Person) -> Card:
    return Card(person.user, person.name, "manager" if person.role is StaffRole.MANAGER else "")


def _check(new: NewPerson) -> StaffRole:
    if not is_person_id(new.user):
        raise InvalidValue("user: lower-case letters, digits, `_ . -`, 1 to 32 of them")
    if not 0 < len(new.name.strip()) <= MAX_NAME:
        raise InvalidValue(f"name: 1 to {MAX_NAME} characters")
    if not MIN_PASSWORD <= len(new.password) <= MAX_PASSWORD:
        raise InvalidValue(f"password: {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    if not _BRANCH.fullmatch(new.branch):
        raise InvalidValue("branch: lower-case letters, digits, `_ . -`, 1 to 32 of them")
    if new.phone and not _PHONE.fullmatch(new.phone):
        raise InvalidValue("phone: 5 to 15 digits, with or without a leading +")
    if new.language not in LANGUAGES:
        raise InvalidValue(f"language: one of {', '.join(LANGUAGES)}")
    try:
        return StaffRole(new.role)
    except ValueError:
        raise InvalidValue(f"role: one of {', '.join(StaffRole)}") from None
