"""What a backend answered: read, and said to the customer in their conversation, once.

The answer is a stranger's: signatures are checked where there are any, and whatever is wrong
with it is a failed callback with its reason in the delivery log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat_server.domain.ids import service_conversation
from chat_server.platform.apps import App
from chat_server.platform.callbacks.envelope import opened
from chat_server.platform.callbacks.records import Callback
from chat_server.platform.content import Content
from chat_server.platform.faults import Refused
from chat_server.platform.sealing import BadSeal
from chat_server.platform.service.sessions import Sessions
from chat_server.platform.speaking import Speaking
from chat_server.platform.xml_text import BadXml, Read, read, text_of
from chat_server.usecases.assist.persons import Persons

NOTHING = "none"


class BadReply(Exception):
    """An answer that cannot be said; the message says what is wrong with it."""


class Replies:
    def __init__(
        self, content: Content, speaking: Speaking, persons: Persons, sessions: Sessions
    ) -> None:
        self._content, self._speaking = content, speaking
        self._persons, self._sessions = persons, sessions

    async def take(self, app: App, callback: Callback, body: bytes) -> str:
        """Say it; the MsgType of what was said, or NOTHING. Raises BadReply."""
        if body.strip().lower() in {b"", b"success"}:
            return NOTHING
        try:
            fields = opened(app, read(body))
            return await self._said(app, callback, fields)
        except (BadXml, BadSeal) as exc:
            raise BadReply(str(exc)) from exc
        except Refused as exc:
            raise BadReply(f"{exc.code} {exc.why}") from exc

    async def was_answered(self, app: App, callback: Callback) -> bool:
        name = mid_of(callback)
        return await self._speaking.was_said(app.account, callback.customer, name)

    async def _said(self, app: App, callback: Callback, fields: Read) -> str:
        kind = text_of(fields, "MsgType")
        if kind == "transfer_customer_service":
            if agent := text_of(fields, "TransInfo", "KfAccount").partition("@")[0]:
                seq = callback.seq
                await self._sessions.open(app.account, agent, callback.customer, "", seq=seq)
                return kind
            conv = service_conversation(app.account, callback.customer)
            if not await self._persons.call(conv, "asked", callback.seq):
                raise BadReply("transfer_customer_service: this account has no desk")
            return kind
        shape = _SHAPES.get(kind)
        if shape is None:
            raise BadReply(f"MsgType: {kind!r} is none that can be answered")
        said = await self._content.bodies(app.account, kind, shape(fields))
        await self._speaking.say(app.account, callback.customer, said, mid_of(callback))
        return kind


def mid_of(callback: Callback) -> str:
    """The name of the answer: whoever answers later, or again, answers the same callback."""
    return f"reply:{callback.msg_id}"


def _inner(name: str, **renamed: str) -> Any:  # noqa: ANN401 - a reader of one message type
    def shape(fields: Read) -> Mapping[str, Any]:
        return {ours: text_of(fields, name, theirs) for ours, theirs in renamed.items()}

    return shape


def _text(fields: Read) -> Mapping[str, Any]:
    return {"content": text_of(fields, "Content")}


def _news(fields: Read) -> Mapping[str, Any]:
    found = fields.get("Articles")
    items = found if isinstance(found, list) else []
    names = {"title": "Title", "description": "Description", "picurl": "PicUrl", "url": "Url"}
    return {
        "articles": [
            {ours: text_of(item, theirs) for ours, theirs in names.items()} for item in items
        ]
    }


_SHAPES = {
    "text": _text,
    "image": _inner("Image", media_id="MediaId"),
    "voice": _inner("Voice", media_id="MediaId"),
    "video": _inner("Video", media_id="MediaId", title="Title", description="Description"),
    "music": _inner(
        "Music",
        title="Title",
        description="Description",
        musicurl="MusicUrl",
        hqmusicurl="HQMusicUrl",
    ),
    "news": _news,
}
