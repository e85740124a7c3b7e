"""Behind the outbox: who follows is welcomed, once for each time that they do."""

from __future__ import annotations

import msgspec

from chat_server.domain import bodies
from chat_server.domain.facts import Change
from chat_server.domain.ids import service_conversation
from chat_server.domain.message import Draft, EventKind
from chat_server.domain.publishing import Capability
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.conduct import Conducts
from chat_server.usecases.public_accounts.notices import HashBody


class Welcome:
    def __init__(self, store: Store, conducts: Conducts, clock: Clock, hash_body: HashBody) -> None:
        self._store, self._conducts = store, conducts
        self._clock, self._hash_body = clock, hash_body

    async def on_change(self, change: Change) -> None:
        fact = change.fact
        if fact is None or fact.kind != "followed":
            return
        account = await self._store.accounts.account(fact.subject)
        if account is None or not account.active or Capability.REPLIES not in account.capabilities:
            return
        conduct = await self._conducts.read(account.account)
        conv = service_conversation(account.account, fact.actor)
        if not conduct.welcome or await self._store.conversations.conversation(conv) is None:
            return
        body = msgspec.json.encode(bodies.Text(conduct.welcome))
        mid = f"welcome:{change.position}"
        await self._store.messages.append(
            Draft(
                conv=conv,
                sender=account.account,
                mid=mid,
                kind=EventKind.MESSAGE,
                body=body,
                body_hash=self._hash_body(mid.encode()),
                at_ms=self._clock.now_ms(),
            )
        )
