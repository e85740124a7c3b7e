"""Taking back one message of an account, whoever has read it; again changes nothing."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from chat_server.domain import bodies
from chat_server.domain.errors import MessageRecalled
from chat_server.domain.message import Draft, EventKind
from chat_server.ports.store import MessageStore
from chat_server.usecases.public_accounts.notices import HashBody


async def take_back(
    messages: MessageStore, hash_body: HashBody, conv: str, account: str, mid: str, now_ms: int
) -> bool:
    """False if there never was such a message."""
    found = await messages.find(conv, account, mid)
    if found is None:
        return False
    action = bodies.Recall(target=found.seq)
    body = msgspec.json.encode(action)
    draft = Draft(
        conv=conv,
        sender=account,
        mid=f"{mid}:recall",
        kind=EventKind.RECALL,
        body=body,
        body_hash=hash_body(body),
        at_ms=now_ms,
        counts=False,
    )
    with suppress(MessageRecalled):  # under another name, which is as well
        await messages.act(draft, action)
    return True
