"""Bringing a public account into being, with the feed that its followers will share."""

from __future__ import annotations

import re

from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import InvalidValue
from chat_server.domain.facts import Fact
from chat_server.domain.ids import feed_conversation
from chat_server.domain.publishing import PublicAccount
from chat_server.ports.clock import Clock
from chat_server.ports.store import ConversationStore, PublicAccountStore

_ACCOUNT = re.compile(r"@[a-z0-9][a-z0-9_.-]{0,31}")


def check_account(account: str, name: str) -> None:
    """Whether an account can be called so; InvalidValue."""
    if not _ACCOUNT.fullmatch(account):
        raise InvalidValue("account: @ and 1 to 32 lower-case letters, digits, `_ . -`")
    if not name.strip():
        raise InvalidValue("name: must not be empty")


class RegisterAccount:
    """Stores the account as given; again with other facts, those now hold."""

    def __init__(
        self, accounts: PublicAccountStore, conversations: ConversationStore, clock: Clock
    ) -> None:
        self._accounts, self._conversations, self._clock = accounts, conversations, clock

    async def __call__(self, account: PublicAccount, *, actor: str) -> None:
        """The feed first: an account that can be seen can be followed."""
        check_account(account.account, account.name)
        now = self._clock.now_ms()
        feed = feed_conversation(account.account)
        await self._conversations.open_conversation(
            Conversation(feed, ConversationKind.FEED, account.account),
            [Membership(feed, account.account, Role.PUBLISHER)],
            Fact("conversation_opened", actor, feed, now, {"kind": "feed"}),
        )
        if await self._accounts.account(account.account) != account:
            fact = Fact("account_put", actor, account.account, now, {"verified": account.verified})
            await self._accounts.put_account(account, fact)
