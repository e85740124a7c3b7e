"""The directory of public accounts, following them, and the menu that each person sees."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from chat_server.domain.accounts.directory import found_accounts
from chat_server.domain.accounts.following import Follower
from chat_server.domain.accounts.menus import client_of
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import Forbidden, NotFound
from chat_server.domain.facts import Fact
from chat_server.domain.ids import feed_conversation, service_conversation
from chat_server.domain.people import StaffRole
from chat_server.domain.publishing import MenuButton, PublicAccount
from chat_server.ports.bus import Bus, MembershipChanged
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.codes import living_code
from chat_server.usecases.public_accounts.conduct import Conducts

MANY = 10_000  # followers, whose number may be FRESH_MS old on a screen
FRESH_MS = 10_000


class AccountView(msgspec.Struct, frozen=True):
    """A public account, as one person sees it: `account.menu` is the one meant for them."""

    account: PublicAccount
    following: bool
    followers: int
    service: str
    feed: str


class Accounts:
    """Reads the directory and the menus; follows and unfollows."""

    def __init__(self, store: Store, bus: Bus, clock: Clock) -> None:
        self._store, self._bus, self._clock = store, bus, clock
        self._conducts = Conducts(store, clock)
        self._counts: dict[str, tuple[int, int]] = {}

    async def directory(self, viewer: str, search: str = "") -> Sequence[AccountView]:
        """Active accounts, by id, with the menus of all; those that fit `search`, best first."""
        accounts = found_accounts(await self._store.accounts.accounts(), search)
        return [await self._view(viewer, account) for account in accounts]

    async def view(self, viewer: str, account: str, *, system: str = "") -> AccountView:
        """With the menu for them: by their tags and language, and what their device runs on."""
        found = await self._found(account)
        view = await self._view(viewer, found)
        _, menu = await self._menu(viewer, found, system)
        return replace(view, account=replace(found, menu=menu))

    async def open_page(self, customer: str, account: str, url: str, *, system: str = "") -> None:
        """A follower opened a page from the menu that they see: a fact. NotFound for others."""
        found = await self._found(account)
        follower = await self._follower(customer, account)
        number, menu = await self._menu(customer, found, system)
        below = [child for button in menu for child in (button, *button.children)]
        if follower is None or not follower.following or url not in {each.url for each in below}:
            raise NotFound("no such page in the menu")
        detail: dict[str, str | int | bool] = {"url": url, "menu": number}
        now = self._clock.now_ms()
        await self._store.audit.record(Fact("menu_page_opened", customer, account, now, detail))

    async def follow(self, customer: str, account: str, ticket: str = "") -> AccountView:
        """Open the service conversation and join the feed. Following twice is following.

        All of the feed can be read, and none of the past counts as unread. `ticket` is the
        code that led here. NotAccepting for those on the account's black list.
        """
        found = await self._found(account)
        if not found.active:
            raise NotFound("no such public account")
        person = await self._store.people.person(customer)
        if person is None or person.role is not StaffRole.CUSTOMER:
            raise Forbidden("only customers follow accounts")
        now = self._clock.now_ms()
        come = Follower(account, customer, following=True, followed_ms=now)
        detail: dict[str, str | int | bool] = {}
        if ticket:
            code = await living_code(self._store, ticket, now)
            if code.account != account:
                raise NotFound("no such code, or it has expired")
            come = replace(come, source="qr", scene=code.scene)
            detail = {"scene": code.scene, "ticket": ticket, "numeric": code.numeric}
        former = await self._follower(customer, account)
        if former is None or not former.blocked:  # who is blocked gets no conversation either
            await self._open_service(customer, account)
        feed = feed_conversation(account)
        head = (await self._store.messages.head(feed)).seq
        membership = Membership(feed, customer, Role.FOLLOWER, read=head, delivered=head)
        fact = Fact("followed", customer, account, now, detail)
        if await self._store.followers.follow(come, membership, fact):
            self._bus.publish(MembershipChanged(feed, customer))
        return await self._view(customer, found)

    async def unfollow(self, customer: str, account: str) -> AccountView:
        """Leave the feed; the service conversation stays, receipts are in it."""
        found = await self._found(account)
        feed = feed_conversation(account)
        fact = Fact("unfollowed", customer, account, self._clock.now_ms())
        if await self._store.followers.unfollow(account, customer, fact):
            self._bus.publish(MembershipChanged(feed, customer))
        return await self._view(customer, found)

    async def _open_service(self, customer: str, account: str) -> None:
        conv = service_conversation(account, customer)
        now = self._clock.now_ms()
        opened = await self._store.conversations.open_conversation(
            Conversation(conv, ConversationKind.SERVICE, account),
            [Membership(conv, user, Role.MEMBER) for user in (customer, account)],
            Fact("conversation_opened", customer, conv, now, {"kind": "service"}),
        )
        if opened:
            self._bus.publish(MembershipChanged(conv, customer))

    async def _found(self, account: str) -> PublicAccount:
        found = await self._store.accounts.account(account)
        if found is None:
            raise NotFound("no such public account")
        return found

    async def _follower(self, customer: str, account: str) -> Follower | None:
        return next(iter(await self._store.followers.among(account, [customer])), None)

    async def _count(self, account: str) -> int:
        """Of an account with many, as it was a moment ago: counting a million takes a while."""
        now = self._clock.now_ms()
        counted_ms, count = self._counts.get(account, (0, 0))
        if count < MANY or now - counted_ms >= FRESH_MS:
            count = await self._store.accounts.follower_count(account)
            self._counts[account] = (now, count)
        return count

    async def _menu(
        self, viewer: str, account: PublicAccount, system: str
    ) -> tuple[int, Sequence[MenuButton]]:
        person = await self._store.people.person(viewer)
        if person is None or person.role is not StaffRole.CUSTOMER:
            return 0, account.menu
        follower = await self._follower(viewer, account.account)
        client = client_of(system)
        return await self._conducts.menu_for(account, follower, person.language, client)

    async def _view(self, viewer: str, account: PublicAccount) -> AccountView:
        feed = feed_conversation(account.account)
        membership = await self._store.conversations.membership(feed, viewer)
        return AccountView(
            account=account,
            following=membership is not None and membership.left_seq is None,
            followers=await self._count(account.account),
            service=service_conversation(account.account, viewer),
            feed=feed,
        )
