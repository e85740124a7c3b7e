"""An account's standing: applied for, reviewed by another, active, suspended; badge and staff.

The badge is given by an administrator and is in no request of an operator.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import (
    AlreadyDecided,
    AlreadyExists,
    Forbidden,
    FourEyes,
    InvalidValue,
    NotFound,
    TooLong,
)
from chat_server.domain.facts import Fact
from chat_server.domain.ids import feed_conversation
from chat_server.domain.people import StaffRole
from chat_server.domain.publishing import (
    AccountKind,
    AccountRole,
    AccountStaff,
    AccountState,
    Capability,
    PublicAccount,
)
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.entry import READERS, Entry
from chat_server.usecases.public_accounts.register import check_account

MAX_DESCRIPTION = 120
MAX_NAME = 30
MAX_STAFF = 50
_OPERATOR = frozenset({StaffRole.OPERATOR})
_REVIEWER = frozenset({StaffRole.REVIEWER})
_ADMINISTRATOR = frozenset({StaffRole.ADMINISTRATOR})


class AccountOffice:
    """Each step is one commit of the account as it then is, and its fact."""

    def __init__(self, store: Store, clock: Clock, bots: Sequence[str] = ("bank",)) -> None:
        self._store, self._clock, self._bots = store, clock, bots

    async def listed(self, viewer: str) -> Sequence[PublicAccount]:
        """All of them in any state, by id: of an operator, those on which they work."""
        role = await self._require(viewer, READERS)
        found = sorted(await self._store.accounts.accounts(), key=lambda each: each.account)
        if role is not StaffRole.OPERATOR:
            return found
        return [each for each in found if not each.staff or each.role_of(viewer)]

    async def apply(
        self, applicant: str, account: str, name: str, kind: AccountKind, description: str
    ) -> PublicAccount:
        """Ask for a new account, whose owner one will be. A rejected one is asked for again."""
        await self._require(applicant, _OPERATOR)
        check_account(account, name)
        _check_words(name, description)
        former = await self._store.accounts.account(account)
        again = former is not None and former.state is AccountState.REJECTED
        if former is not None and not (again and former.applicant == applicant):
            raise AlreadyExists("account: there is one by that id")
        new = PublicAccount(
            account,
            name.strip(),
            description.strip(),
            verified=False,
            kind=kind,
            state=AccountState.APPLIED,
            applicant=applicant,
            staff=(AccountStaff(applicant, AccountRole.OWNER),),
        )
        await self._put(former, new, applicant, "account_applied")
        return new

    async def approve(self, reviewer: str, account: str) -> PublicAccount:
        former = await self._for_review(reviewer, account)
        now = self._clock.now_ms()
        feed = feed_conversation(account)
        await self._store.conversations.open_conversation(
            Conversation(feed, ConversationKind.FEED, account),
            [Membership(feed, account, Role.PUBLISHER)],
            Fact("conversation_opened", reviewer, feed, now, {"kind": "feed"}),
        )
        active = replace(former, state=AccountState.ACTIVE, reason="")
        return await self._put(former, active, reviewer, "account_approved")

    async def reject(self, reviewer: str, account: str, reason: str) -> PublicAccount:
        former = await self._for_review(reviewer, account)
        rejected = replace(former, state=AccountState.REJECTED, reason=_reason(reason))
        return await self._put(former, rejected, reviewer, "account_rejected")

    async def suspend(self, administrator: str, account: str, reason: str) -> PublicAccount:
        """It says nothing more and leaves the directory, until it is resumed."""
        former = await self._administered(administrator, account, AccountState.ACTIVE)
        suspended = replace(former, state=AccountState.SUSPENDED, reason=_reason(reason))
        return await self._put(former, suspended, administrator, "account_suspended")

    async def resume(self, administrator: str, account: str) -> PublicAccount:
        former = await self._administered(administrator, account, AccountState.SUSPENDED)
        active = replace(former, state=AccountState.ACTIVE, reason="")
        return await self._put(former, active, administrator, "account_resumed")

    async def verify(self, administrator: str, account: str, *, verified: bool) -> PublicAccount:
        """Give the badge of an active account, or take it away."""
        former = await self._administered(administrator, account, AccountState.ACTIVE)
        after = replace(former, verified=verified)
        kind = "account_verified" if verified else "account_unverified"
        return await self._put(former, after, administrator, kind)

    async def withhold(
        self, administrator: str, account: str, withheld: Sequence[Capability]
    ) -> PublicAccount:
        """Of the capabilities of its kind, it has all but these."""
        former = await self._administered(administrator, account)
        after = replace(former, withheld=tuple(sorted(set(withheld))))
        return await self._put(former, after, administrator, "account_capabilities_changed")

    async def describe(self, entry: Entry, name: str, description: str) -> PublicAccount:
        _check_words(name, description)
        after = replace(entry.account, name=name.strip(), description=description.strip())
        return await self._put(entry.account, after, entry.actor, "account_described")

    async def bind(self, entry: Entry, bot: str) -> PublicAccount:
        """Which bot answers; none when empty. What was said before stays unanswered."""
        if bot and bot not in self._bots:
            raise InvalidValue(f"bot: one of {', '.join(self._bots)}, or nothing")
        former = entry.account
        since = self._clock.now_ms() if bot and not former.bot else former.answers_from_ms
        after = replace(former, bot=bot, answers_from_ms=since)
        return await self._put(former, after, entry.actor, "account_bot_bound")

    async def appoint(self, entry: Entry, staff: Sequence[AccountStaff]) -> PublicAccount:
        """Everybody who works on it; at least one owner, operators all. None: the bank's own."""
        if len(staff) > MAX_STAFF:
            raise TooLong(f"staff: at most {MAX_STAFF}")
        if len({each.user for each in staff}) < len(staff):
            raise InvalidValue("staff: somebody is named twice")
        if staff and not any(each.role is AccountRole.OWNER for each in staff):
            raise InvalidValue("staff: an owner is missing")
        people = await self._store.people.people(each.user for each in staff)
        operators = {each.user for each in people if each.role is StaffRole.OPERATOR}
        for each in staff:
            if each.user not in operators:
                raise InvalidValue(f"staff: {each.user!r} is no operator")
        after = replace(entry.account, staff=tuple(staff))
        return await self._put(entry.account, after, entry.actor, "account_staffed")

    async def _for_review(self, reviewer: str, account: str) -> PublicAccount:
        await self._require(reviewer, _REVIEWER)
        former = await self._found(account)
        if former.applicant == reviewer:
            raise FourEyes("who applied cannot decide on it")
        if former.state is not AccountState.APPLIED:
            raise AlreadyDecided(f"this account is {former.state} already")
        return former

    async def _administered(
        self, administrator: str, account: str, state: AccountState | None = None
    ) -> PublicAccount:
        await self._require(administrator, _ADMINISTRATOR)
        former = await self._found(account)
        if state is not None and former.state is not state:
            raise AlreadyDecided(f"this account is {former.state}")
        return former

    async def _put(
        self, former: PublicAccount | None, after: PublicAccount, actor: str, kind: str
    ) -> PublicAccount:
        if after != former:
            fact = Fact(kind, actor, after.account, self._clock.now_ms())
            await self._store.accounts.change_account(former, after, fact)
        return after

    async def _found(self, account: str) -> PublicAccount:
        found = await self._store.accounts.account(account)
        if found is None:
            raise NotFound("no such public account")
        return found

    async def _require(self, user: str, roles: frozenset[StaffRole]) -> StaffRole:
        person = await self._store.people.person(user)
        if person is None or person.role not in roles:
            raise Forbidden(f"only for: {', '.join(sorted(roles))}")
        return person.role


def _check_words(name: str, description: str) -> None:
    if not name.strip():
        raise InvalidValue("name: must not be empty")
    if len(name.strip()) > MAX_NAME:
        raise TooLong(f"name: at most {MAX_NAME} characters")
    if len(description.strip()) > MAX_DESCRIPTION:
        raise TooLong(f"description: at most {MAX_DESCRIPTION} characters")


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidValue("reason: must not be empty")
    return reason.strip()[:200]
