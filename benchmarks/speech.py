"""How a generator talks to each kind of server: the words differ, the load does not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol

import msgspec

TEXT = "x" * 200


class Heard(msgspec.Struct):
    """One frame of the server's; `mid` names the message it is about, `reply` is said at once."""

    type: str
    id: str = ""
    mid: str = ""
    code: str = ""
    head: int = 0
    reply: Sequence[bytes] = ()


class Speech(Protocol):
    """Of one connection."""

    subprotocol: str
    stream: bool  # over TCP alone, instead of WebSocket

    def opening(self, user: dict[str, str]) -> list[bytes]:
        """What is said once connected; in the end a `welcome` is heard."""

    def message(self, user: str, conv: str, mid: str) -> list[bytes]:
        """A text of 200 bytes, as frames."""

    def catch_up(self, conv: str) -> list[bytes]:
        """From the beginning; nothing where nothing is kept."""

    def hear(self, payload: bytes) -> Heard: ...


_decode = msgspec.json.Decoder(Heard).decode


class Elian:
    """Ours, and the bare limit's."""

    subprotocol = "elian.v1"
    stream = False

    def opening(self, user: dict[str, str]) -> list[bytes]:
        hello = {"type": "hello", "device": user["device"], "token": user["token"]}
        return [json.dumps(hello).encode()]

    def message(self, user: str, conv: str, mid: str) -> list[bytes]:
        del user
        said = f'{{"type":"send","id":"{mid}","conv":"{conv}","mid":"{mid}"'
        return [f'{said},"body":{{"type":"text","text":"{TEXT}"}}}}'.encode()]

    def catch_up(self, conv: str) -> list[bytes]:
        return [json.dumps({"type": "sync", "cursors": {conv: 0}}).encode()]

    def hear(self, payload: bytes) -> Heard:
        return _decode(payload)


class SocketIo:
    """Socket.IO 4 over Engine.IO 4, WebSocket only; see `socketio_server.js`."""

    subprotocol = ""
    stream = False
    _user = ""

    def opening(self, user: dict[str, str]) -> list[bytes]:
        self._user = user["user"]
        return [b"40"]

    def message(self, user: str, conv: str, mid: str) -> list[bytes]:
        del user
        body = f'{{"conv":"{conv}","mid":"{mid}","body":{{"type":"text","text":"{TEXT}"}}}}'
        return [f'42["send",{body}]'.encode()]

    def catch_up(self, conv: str) -> list[bytes]:
        del conv
        return []

    def hear(self, payload: bytes) -> Heard:
        if payload == b"2":
            return Heard("", reply=[b"3"])  # Engine.IO's own ping
        if payload.startswith(b"40"):
            return Heard("", reply=[f'42["hello","{self._user}"]'.encode()])
        if payload.startswith(b"42["):
            name, said = json.loads(payload[2:])
            return Heard(name, mid=said.get("mid", ""))
        return Heard("")
