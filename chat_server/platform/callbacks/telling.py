"""The words of a callback: what happened as the XML that client libraries parse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from chat_server.domain import bodies
from chat_server.platform.apps import App
from chat_server.platform.callbacks.records import Callback
from chat_server.platform.keys import Keys
from chat_server.platform.media import MediaShelf
from chat_server.platform.menu_messages import MenuMessages
from chat_server.platform.openids import Openids
from chat_server.ports.clock import Clock
from chat_server.ports.store import MessageStore

_decode_body = msgspec.json.Decoder(bodies.Body).decode
_KINDS = {bodies.Image: "image", bodies.Voice: "voice", bodies.Video: "video", bodies.File: "file"}
_PICTURE_S = 3 * 86_400  # how long a picture's link works, as long as its media id


class Telling:
    def __init__(
        self,
        messages: MessageStore,
        openids: Openids,
        media: MediaShelf,
        menus: MenuMessages,
        keys: Keys,
        clock: Clock,
        *,
        base_url: str,
    ) -> None:
        self._messages, self._openids, self._media = messages, openids, media
        self._menus, self._keys, self._clock = menus, keys, clock
        self._base_url = base_url.rstrip("/")

    async def fields(self, app: App, callback: Callback) -> Mapping[str, Any] | None:
        """None for what is no longer there to be told: it was recalled."""
        if callback.event:
            did = await self._did(callback) if callback.seq else {}
            more: Mapping[str, Any] | None = {"Event": callback.event, **callback.fields, **did}
        else:
            more = await self._message(app, callback)
        if more is None:
            return None
        return {
            "ToUserName": app.original_id,
            "FromUserName": await self._openids.of(app.account, callback.customer),
            "CreateTime": callback.at_ms // 1000,
            "MsgType": "event" if callback.event else more["MsgType"],
            **more,
        }

    async def _message(self, app: App, callback: Callback) -> Mapping[str, Any] | None:
        event = await self._messages.event(callback.conv, callback.seq)
        said = None if event is None else await self._said(app, callback, _decode_body(event.body))
        return None if said is None else {**said, "MsgId": callback.msg_id}

    async def _did(self, callback: Callback) -> Mapping[str, Any]:
        """What a special button had the customer do; only what they sent there themselves."""
        event = await self._messages.event(callback.conv, callback.seq)
        body = None if event is None else _decode_body(event.body)
        pressed = body.pressed if isinstance(body, bodies.Menu) else None
        if pressed is None:
            return {}
        if pressed.code:
            told = {"ScanType": pressed.code_type, "ScanResult": pressed.code}
            return {"ScanCodeInfo": told}
        sent = []
        for mid in pressed.sent:
            found = await self._messages.find(callback.conv, callback.customer, mid)
            sent += [_decode_body(found.body)] if found else []
        if pressed.kind == "location_select":
            places = [each for each in sent if isinstance(each, bodies.Location)]
            return {"SendLocationInfo": _place(places[0])} if places else {}
        pictures = [each for each in sent if isinstance(each, bodies.Image)]
        sums = [{"PicMd5Sum": await self._media.md5_of(one.media)} for one in pictures]
        return {"SendPicsInfo": {"Count": len(sums), "PicList": {"item": sums}}}

    async def _said(
        self, app: App, callback: Callback, body: bodies.Body
    ) -> Mapping[str, Any] | None:
        if isinstance(body, bodies.Text):
            item = await self._menus.item(app.account, callback.customer, body.text)
            chosen = {"bizmsgmenuid": item} if item else {}
            return {"MsgType": "text", "Content": body.text, **chosen}
        if isinstance(body, bodies.MediaBody):
            return await self._medium(app, body)
        return _in_words(body)

    async def _medium(self, app: App, body: bodies.MediaBody) -> Mapping[str, Any]:
        kind = _KINDS[type(body)]
        media_id = await self._media.received(app.account, kind, body)
        told: dict[str, Any] = {"MsgType": kind, "MediaId": media_id}
        match body:
            case bodies.Image():
                return {**told, "PicUrl": self._picture_url(app, media_id)}
            case bodies.Voice(mime=mime):
                return {**told, "Format": mime.rpartition("/")[2] or "amr"}
            case bodies.Video(thumbnail=thumbnail):
                still = bodies.Image(media=thumbnail) if thumbnail else None
                thumb = await self._media.received(app.account, "thumb", still) if still else ""
                return {**told, "ThumbMediaId": thumb}
            case _:
                return {
                    "MsgType": "file",
                    "Title": body.name,
                    "Description": "",
                    "FileKey": media_id,
                    "FileMd5": "",
                    "FileTotalLen": body.size,
                }

    def _picture_url(self, app: App, media_id: str) -> str:
        until_s = self._clock.now_ms() // 1000 + _PICTURE_S
        stamp = self._keys.stamp(f"{app.appid} {media_id} {until_s}")
        return f"{self._base_url}/mp/pic/{app.appid}/{media_id}?until={until_s}&stamp={stamp}"


def _place(body: bodies.Location) -> Mapping[str, Any]:
    return {
        "Location_X": str(body.latitude),
        "Location_Y": str(body.longitude),
        "Scale": "16",
        "Label": body.address,
        "Poiname": body.title,
    }


def _in_words(body: bodies.Body) -> Mapping[str, Any] | None:
    """None for what no client library knows."""
    match body:
        case bodies.Location():
            return {
                "MsgType": "location",
                "Location_X": body.latitude,
                "Location_Y": body.longitude,
                "Scale": 16,
                "Label": body.address or body.title,
            }
        case bodies.Link():
            return {"MsgType": "link", "Title": body.title, "Description": "", "Url": body.url}
        case _:
            return None
