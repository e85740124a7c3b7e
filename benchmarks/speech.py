"""How a generator talks to each kind of server: the words differ, the load does not."""

from __future__ import annotations

import json
from typing import Protocol

import msgspec

TEXT = "x" * 200


class Heard(msgspec.Struct):
    """One frame of the server's; `mid` names the message it is about."""

    type: str
    mid: str = ""
    code: str = ""
    head: int = 0


class Speech(Protocol):
    subprotocol: str

    def opening(self, user: dict[str, str]) -> list[bytes]:
        """What is said once connected."""

    def greeting(self, user: str) -> list[bytes]:
        """What is said to `connected`, by those who have to wait for that."""

    def message(self, user: str, conv: str, mid: str) -> list[bytes]:
        """A text of 200 bytes, as frames."""

    def hear(self, payload: bytes) -> Heard: ...


_decode = msgspec.json.Decoder(Heard).decode


class Elian:
    """Ours, and the bare limit's."""

    subprotocol = "elian.v1"

    def opening(self, user: dict[str, str]) -> list[bytes]:
        hello = {"type": "hello", "device": user["device"], "token": user["token"]}
        return [json.dumps(hello).encode()]

    def greeting(self, user: str) -> list[bytes]:
        del user
        return []

    def message(self, user: str, conv: str, mid: str) -> list[bytes]:
        del user
        said = f'{{"type":"send","id":"{mid}","conv":"{conv}","mid":"{mid}"'
        return [f'{said},"body":{{"type":"text","text":"{TEXT}"}}}}'.encode()]

    def hear(self, payload: bytes) -> Heard:
        return _decode(payload)


class SocketIo:
    """Socket.IO 4 over Engine.IO 4, WebSocket only; see `peers/socketio_server.js`."""

    subprotocol = ""

    def opening(self, user: dict[str, str]) -> list[bytes]:
        del user
        return [b"40"]

    def greeting(self, user: str) -> list[bytes]:
        return [f'42["hello","{user}"]'.encode()]

    def message(self, user: str, conv: str, mid: str) -> list[bytes]:
        del user
        body = f'{{"conv":"{conv}","mid":"{mid}","body":{{"type":"text","text":"{TEXT}"}}}}'
        return [f'42["send",{body}]'.encode()]

    def hear(self, payload: bytes) -> Heard:
        if payload == b"2":
            return Heard("ping")
        if payload.startswith(b"40"):
            return Heard("connected")
        if payload.startswith(b"42["):
            name, said = json.loads(payload[2:])
            return Heard(name, mid=said.get("mid", ""))
        return Heard("other")


SPEECHES: dict[str, type[Speech]] = {"elian": Elian, "socketio": SocketIo}
