"""How an account answers by itself, as its operator sets it up: menus, rules, welcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from chat_server.domain.accounts.conduct import Conduct, KeywordReply, check_conduct
from chat_server.domain.accounts.following import Follower
from chat_server.domain.accounts.menus import ConditionalMenu, MenuRule, check_menu
from chat_server.domain.errors import NotFound, VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.publishing import MenuButton, PublicAccount
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.entry import Entry
from chat_server.usecases.public_accounts.records import Records

_TRIES = 8
_NAME = "now"


class Conducts:
    """The default menu is the account's; all else is one record, changed as it was read."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._records = Records(store.shelf, "conduct", Conduct)

    async def read(self, account: str) -> Conduct:
        return await self._records.get(account, _NAME) or Conduct(account)

    async def put_menu(self, entry: Entry, buttons: Sequence[MenuButton]) -> PublicAccount:
        """The menu of all for whom there is no other; none removes it, and the others too."""
        check_menu(buttons)
        if not buttons:
            await self._change(entry, "menus_removed", lambda one: replace(one, menus=()))
        after = replace(entry.account, menu=tuple(buttons))
        if after != entry.account:
            fact = self._fact(entry, "menu_changed")
            await self._store.accounts.change_account(entry.account, after, fact)
        return after

    async def add_menu(
        self, entry: Entry, rule: MenuRule, buttons: Sequence[MenuButton]
    ) -> ConditionalMenu:
        """A menu for those whom the rule meets; of several, the newest is seen."""
        if rule.tag:
            tags = await self._store.followers.tags(entry.id)
            if not any(each.tag == rule.tag for each in tags):
                raise NotFound("rule: no such tag")

        def add(former: Conduct) -> Conduct:
            menu = ConditionalMenu(former.next_menu, rule, tuple(buttons))
            return replace(former, menus=(*former.menus, menu), next_menu=former.next_menu + 1)

        return (await self._change(entry, "menu_added", add)).menus[-1]

    async def remove_menu(self, entry: Entry, number: int) -> None:
        """NotFound."""

        def remove(former: Conduct) -> Conduct:
            left = tuple(each for each in former.menus if each.number != number)
            if len(left) == len(former.menus):
                raise NotFound("no such menu")
            return replace(former, menus=left)

        await self._change(entry, "menu_removed", remove)

    async def put_replies(
        self,
        entry: Entry,
        *,
        welcome: str,
        first: str,
        keywords: Sequence[KeywordReply],
        otherwise: str,
    ) -> Conduct:
        """All of the texts at once. What was said before rules began stays unanswered."""

        def put(former: Conduct) -> Conduct:
            return replace(
                former,
                welcome=welcome.strip(),
                first=first.strip(),
                keywords=tuple(keywords),
                otherwise=otherwise.strip(),
            )

        former = await self.read(entry.id)
        account = entry.account
        if put(former).replies and not former.replies and not account.bot:
            since = replace(account, answers_from_ms=self._clock.now_ms())
            fact = self._fact(entry, "replies_began")
            await self._store.accounts.change_account(account, since, fact)
        return await self._change(entry, "replies_changed", put)

    async def menu_for(
        self, account: PublicAccount, follower: Follower | None, language: str, client: str
    ) -> tuple[int, Sequence[MenuButton]]:
        """What this person sees: the newest conditional menu that meets them; or 0, the default."""
        conduct = await self.read(account.account)
        tags = follower.tags if follower else ()
        for menu in reversed(conduct.menus):
            if menu.rule.meets(tags, language, client):
                return menu.number, menu.buttons
        return 0, account.menu

    async def _change(
        self, entry: Entry, kind: str, change: Callable[[Conduct], Conduct]
    ) -> Conduct:
        for _ in range(_TRIES):
            former = await self.read(entry.id)
            after = replace(change(former), version=former.version + 1)
            if replace(after, version=former.version) == former:
                return former
            check_conduct(after)
            kept = self._records.kept(entry.id, _NAME, after, version=after.version)
            try:
                await self._records.put(kept, self._fact(entry, kind))
            except VersionConflict:
                continue
            return after
        raise VersionConflict("the account's settings keep changing")

    def _fact(self, entry: Entry, kind: str) -> Fact:
        return Fact(kind, entry.actor, entry.id, self._clock.now_ms())
