"""Who may work on a public account, and on what of it; every step of the desk begins here."""

from __future__ import annotations

import msgspec

from chat_server.domain.errors import Forbidden, NotFound
from chat_server.domain.people import StaffRole
from chat_server.domain.publishing import AccountRole, Capability, PublicAccount
from chat_server.ports.store import PeopleStore, PublicAccountStore

READERS = frozenset({StaffRole.OPERATOR, StaffRole.REVIEWER, StaffRole.ADMINISTRATOR})


class Entry(msgspec.Struct, frozen=True):
    """An account, and who was let in to work on it: a member of staff, or a partner's program."""

    account: PublicAccount
    actor: str

    @property
    def id(self) -> str:
        return self.account.account


class Entries:
    def __init__(self, accounts: PublicAccountStore, people: PeopleStore) -> None:
        self._accounts, self._people = accounts, people

    async def operator(
        self, user: str, account: str, capability: Capability | None = None, *, owner: bool = False
    ) -> Entry:
        """An operator on the account's staff, or any where it has none. Forbidden, NotFound.

        With `owner`, an owner of it, or an administrator.
        """
        person = await self._people.person(user)
        found = await self._found(account)
        role = found.role_of(user)
        if person is None:
            raise Forbidden("nobody by that name")
        if owner and person.role is StaffRole.ADMINISTRATOR:
            return Entry(found, user)
        if person.role is not StaffRole.OPERATOR or (found.staff and role is None):
            raise Forbidden("not on this account's staff")
        if owner and role is not AccountRole.OWNER:
            raise Forbidden("only for the account's owner")
        return self._checked(Entry(found, user), capability)

    async def reader(self, user: str, account: str) -> Entry:
        """Whoever of the staff may look: operators as above, reviewers, administrators."""
        person = await self._people.person(user)
        if person is None or person.role not in READERS:
            raise Forbidden("only for the staff of public accounts")
        if person.role is StaffRole.OPERATOR:
            return await self.operator(user, account)
        return Entry(await self._found(account), user)

    async def partner(
        self, account: str, actor: str, capability: Capability | None = None
    ) -> Entry:
        """A partner's program, whose credentials somebody else has checked."""
        found = await self._found(account)
        if not found.active:
            raise Forbidden(f"this account is {found.state}")
        return self._checked(Entry(found, actor), capability)

    def _checked(self, entry: Entry, capability: Capability | None) -> Entry:
        if capability is not None and capability not in entry.account.capabilities:
            raise Forbidden(f"this account has no capability {capability}")
        return entry

    async def _found(self, account: str) -> PublicAccount:
        found = await self._accounts.account(account)
        if found is None:
            raise NotFound("no such public account")
        return found
