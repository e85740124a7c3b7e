"""What a connection can ask the house for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from chat_server.domain.message import Appended
from chat_server.transport.reading_on import ReadingOn
from chat_server.usecases.identity.tokens import Claims
from chat_server.usecases.messaging.act import ActOnMessage
from chat_server.usecases.messaging.admit import AdmitDevice
from chat_server.usecases.messaging.conversations import ListConversations
from chat_server.usecases.messaging.own import KeepOwn
from chat_server.usecases.messaging.positions import MovePositions, TellTyping
from chat_server.usecases.messaging.send import SendMessage
from chat_server.usecases.messaging.standing import Standings
from chat_server.usecases.messaging.stars import ListStars

Authenticate = Callable[[str], Claims]  # raises NotAuthenticated


class SubmitCard(Protocol):
    async def __call__(
        self,
        *,
        user: str,
        device: str,
        conv: str,
        mid: str,
        card_seq: int,
        action: str,
        values: Mapping[str, str],
    ) -> Appended: ...


class UseCases(msgspec.Struct, frozen=True):
    authenticate: Authenticate
    admit: AdmitDevice
    standings: Standings
    send: SendMessage
    act: ActOnMessage
    submit: SubmitCard
    move: MovePositions
    tell_typing: TellTyping
    conversations: ListConversations
    own: KeepOwn
    stars: ListStars
    reading_on: ReadingOn
