"""What a connection asks for its own person only, and the frames that answer it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from chat_server.domain.own import Unsent
from chat_server.session import intents
from chat_server.transport.answers import shown
from chat_server.transport.use_cases import UseCases
from chat_server.usecases.messaging.send import Sender
from chat_server.usecases.messaging.stars import Starred
from chat_server.wire import frames
from chat_server.wire.codec import Dialect
from chat_server.wire.own_frames import StarMark, settings_frame


async def kept(
    use: UseCases, sender: Sender, dialect: Dialect, intent: intents.Own
) -> frames.ServerFrame:
    match intent:
        case intents.Keep(conv, wish, request):
            changed = await use.own.settle(sender, conv, wish)
        case intents.Begin(conv, mid, text, reply_to, request):
            words = text if text.strip() else ""
            unsent = Unsent(conv, sender.user, mid, words, reply_to)
            changed = await use.own.write_draft(sender, unsent)
        case intents.Point(conv, seq, on, request):
            await use.own.star(sender, conv, seq, on=on)
            return StarMark(conv, seq, on, request)
        case intents.ListStarred(conv, before, limit, request):
            found, more = await use.stars(sender.user, conv=conv, before=before, limit=limit)
            return frames.Stars(star_items(dialect, sender.user, found), more, request)
        case _:
            assert_never(intent)
    return settings_frame(changed.membership, changed.unsent, request)


def star_items(dialect: Dialect, user: str, found: Sequence[Starred]) -> list[frames.StarItem]:
    return [
        frames.StarItem(
            conv=one.star.conv,
            seq=one.star.seq,
            at=one.star.at_ms,
            number=one.star.number,
            state=one.state,
            event=None if one.event is None else shown(dialect, one.event, one.forms, user),
        )
        for one in found
    ]
