"""Training the bots beside a running server: the chat's own records and the bots' teacher."""

from __future__ import annotations

import asyncio

from bots.open import open_pupil, teach
from chat_server.bootstrap.rooms import Rooms
from chat_server.domain.learning import InUse, Model
from chat_server.usecases.learning.missed import MissedSentences
from chat_server.usecases.learning.models import BotModels, Serving


async def train(rooms: Rooms, actor: str) -> Model | None:
    """A candidate that also learnt what is labelled; None when nothing is."""
    lesson = await MissedSentences(rooms.store, rooms.clock).lesson()
    if not lesson:
        return None
    models = _models(rooms)
    in_use = (await models.in_use()).version
    content, corpus = await models.content(in_use)
    taught = await asyncio.to_thread(teach, lesson, content, corpus)
    return await models.add(taught, in_use, actor)


async def serving(rooms: Rooms) -> Serving:
    return await _models(rooms).serving()


async def promote(rooms: Rooms, version: int, actor: str) -> InUse:
    return await _models(rooms).promote(actor, version, open_pupil())


async def roll_back(rooms: Rooms, actor: str) -> InUse:
    return await _models(rooms).roll_back(actor, open_pupil())


def _models(rooms: Rooms) -> BotModels:
    key = rooms.settings.token_key.reveal().encode()
    return BotModels(rooms.store, rooms.blobs, rooms.clock, key)
