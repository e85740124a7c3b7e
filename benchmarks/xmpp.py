"""XMPP as far as a load needs it: in with SASL PLAIN, a resource, presence, and messages.

Over WebSocket (RFC 7395) or TCP (RFC 6120). Alone, a message is acknowledged by stream
management (XEP-0198), asked for after each; in a room (XEP-0045) its own copy comes back.
"""

from __future__ import annotations

import base64
import re
from collections import deque

from benchmarks.speech import TEXT, Heard

HOST, ROOM = "localhost", "bench@conference.localhost"
_SM = "urn:xmpp:sm:3"
_ASK = f"<r xmlns='{_SM}'/>".encode()
_BIND = "urn:ietf:params:xml:ns:xmpp-bind"
_TAG = re.compile(rb"<([\w:]+)")
_HANDLED = re.compile(rb"h=['\"](\d+)")
_ID = re.compile(rb"\bid=['\"]([^'\"]+)")
_FROM = re.compile(rb"from=['\"]([^'\"]+)")
_WHOLE = re.compile(
    rb"<(message|iq|presence|stream:features|success|failure|enabled|a|r)\b"
    rb"(?:[^>]*/>|.*?</\1>)|<stream:stream[^>]*>",
    re.DOTALL,
)


class Xmpp:
    """Over WebSocket: each frame is one element."""

    subprotocol = "xmpp"
    stream = False
    in_room = False
    _open = f"<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='{HOST}' version='1.0'/>"

    def __init__(self) -> None:
        self._name = ""
        self._let_in = False
        self._said, self._heard = 0, 0  # stanzas since stream management began
        self._unanswered: deque[tuple[int, str]] = deque()

    def opening(self, user: dict[str, str]) -> list[bytes]:
        self._name = user["user"]
        return [self._open.encode()]

    def message(self, user: str, conv: str, mid: str) -> list[bytes]:
        self._said += 1
        if self.in_room:
            return [self._stanza(ROOM, "groupchat", mid)]
        self._unanswered.append((self._said, mid))
        _, one, other = conv.split(":")
        return [self._stanza(f"{other if user == one else one}@{HOST}", "chat", mid), _ASK]

    def catch_up(self, conv: str) -> list[bytes]:
        del conv
        return []

    def hear(self, payload: bytes) -> Heard:  # noqa: PLR0911 - a table
        found = _TAG.match(payload)
        match found[1] if found else b"":
            case b"message":
                self._heard += 1
                return self._message(payload)
            case b"a":
                return self._answered(int(_HANDLED.search(payload)[1]))
            case b"r":
                return Heard("", reply=[f"<a xmlns='{_SM}' h='{self._heard}'/>".encode()])
            case b"presence":
                self._heard += 1
                return self._presence(payload)
            case b"stream:features" | b"features":
                return Heard("", reply=[self._bind() if self._let_in else self._log_in()])
            case b"success":
                self._let_in = True
                return Heard("", reply=[self._open.encode()])
            case b"iq":
                self._heard += bool(self._said)
                return Heard("", reply=self._enter() if b"'bind'" in payload else ())
            case b"failure" | b"failed" | b"close" | b"stream:error":
                return Heard("error", code=payload.decode())
        return Heard("")

    # --- in

    def _log_in(self) -> bytes:
        plain = base64.b64encode(f"\0{self._name}\0{self._name}".encode()).decode()
        xmlns = "urn:ietf:params:xml:ns:xmpp-sasl"
        return f"<auth xmlns='{xmlns}' mechanism='PLAIN'>{plain}</auth>".encode()

    def _bind(self) -> bytes:
        wanted = f"<bind xmlns='{_BIND}'><resource>r</resource></bind>"
        return f"<iq xmlns='jabber:client' type='set' id='bind'>{wanted}</iq>".encode()

    def _enter(self) -> list[bytes]:
        here = b"<presence xmlns='jabber:client'/>"
        if self.in_room:
            no_history = "<x xmlns='http://jabber.org/protocol/muc'><history maxchars='0'/></x>"
            room = f"<presence xmlns='jabber:client' to='{ROOM}/{self._name}'>{no_history}"
            return [here, f"{room}</presence>".encode()]
        self._said = 1  # the presence
        return [f"<enable xmlns='{_SM}'/>".encode(), here]

    def _presence(self, payload: bytes) -> Heard:
        """One's own says that one is there."""
        mine = f"{ROOM}/{self._name}" if self.in_room else f"{self._name}@{HOST}/r"
        sender = _FROM.search(payload)
        return Heard("welcome" if sender and sender[1].decode() == mine else "")

    # --- messages

    def _stanza(self, to: str, kind: str, mid: str) -> bytes:
        head = f"<message xmlns='jabber:client' to='{to}' type='{kind}' id='{mid}'>"
        return f"{head}<body>{TEXT}</body></message>".encode()

    def _message(self, payload: bytes) -> Heard:
        mid = _ID.search(payload)
        own = self.in_room and f"{ROOM}/{self._name}".encode() in payload[:400]
        return Heard("ack" if own else "event", mid=mid[1].decode() if mid else "")

    def _answered(self, handled: int) -> Heard:
        """Each message was asked for by itself, so each answer tells of one."""
        mid = ""
        while self._unanswered and self._unanswered[0][0] <= handled:
            if mid:
                return Heard("error", code="two messages in one answer")
            mid = self._unanswered.popleft()[1]
        return Heard("ack", mid=mid)


class XmppInRoom(Xmpp):
    in_room = True


class XmppOverTcp(Xmpp):
    """A stream of elements, which `split` cuts."""

    subprotocol = ""
    stream = True
    _open = (
        f"<?xml version='1.0'?><stream:stream to='{HOST}' version='1.0' xmlns='jabber:client'"
        " xmlns:stream='http://etherx.jabber.org/streams'>"
    )


def split(buffer: bytearray) -> list[bytes]:
    """The whole elements, taken out of the buffer."""
    found = list(_WHOLE.finditer(buffer))
    whole = [bytes(one[0]) for one in found]
    if found:
        end = found[-1].end()
        found.clear()  # or the buffer could not be cut
        del buffer[:end]
    return whole
