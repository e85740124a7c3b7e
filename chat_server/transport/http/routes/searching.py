"""Search: messages, files and people, as far as one may read and know."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from chat_server.transport.http.shapes import FoundMessage, FoundPerson, SearchAnswer
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims
from chat_server.usecases.messaging.search import Hit


class SearchKind(StrEnum):
    MESSAGES = "messages"
    FILES = "files"
    PEOPLE = "people"


async def search(
    cases: UseCases,
    claims: Claims,
    q: str,
    kind: SearchKind = SearchKind.MESSAGES,
    conv: str = "",
    before: Annotated[int, Meta(ge=1)] | None = None,
) -> SearchAnswer:
    """Find messages, files or people: each word of `q` must be there.

    Chinese is found by any part, one character is enough; other words by their beginning.
    Messages and files come newest first, of the conversation `conv` only if it is given;
    `more`, if there is, is the `before` of the next page. People are those one shares a
    direct conversation or a group with; `conv` and `before` mean nothing there.
    """
    if kind is SearchKind.PEOPLE:
        known = await cases.search.people(claims.user, q)
        return SearchAnswer(
            people=[
                FoundPerson(each.card.user, each.card.name, each.card.badge, each.conv)
                for each in known
            ]
        )
    found = await cases.search.messages(
        claims.user, q, conv=conv, files=kind is SearchKind.FILES, before=before
    )
    return SearchAnswer(messages=[_message(hit) for hit in found.hits], more=found.more)


def _message(hit: Hit) -> FoundMessage:
    entry, piece = hit.entry, hit.snippet
    return FoundMessage(
        conv=entry.conv,
        seq=entry.seq,
        sender=entry.sender,
        ts=entry.ts,
        file=entry.file,
        text=piece.text,
        marks=piece.marks,
    )
