"""The envelope of a callback: signatures and encryption around the words, out and back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from chat_server.platform.apps import App, Mode
from chat_server.platform.sealing import BadSeal, Crypter, signature
from chat_server.platform.xml_text import Read, read, text_of, write

_NONCE = 10


def sealed(app: App, fields: Mapping[str, Any], now_s: int) -> tuple[str, bytes]:
    """The URL with its signatures, and the body; both fresh for each attempt."""
    timestamp, nonce = str(now_s), _digits(_NONCE)
    query = {
        "signature": signature(app.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": str(fields["FromUserName"]),
    }
    xml = write(fields)
    if app.mode is not Mode.PLAIN:
        encrypted = Crypter(app.appid, app.aes_key).encrypt(xml)
        query["encrypt_type"] = "aes"
        query["msg_signature"] = signature(app.token, timestamp, nonce, encrypted)
        outer = fields if app.mode is Mode.MIXED else {"ToUserName": fields["ToUserName"]}
        xml = write({**outer, "Encrypt": encrypted})
    return _with_query(app.callback, query), xml.encode()


def echo(app: App, now_s: int) -> tuple[str, str]:
    """The URL that verifies the backend, and what it must answer."""
    timestamp, nonce = str(now_s), _digits(_NONCE)
    said = _digits(19)
    query = {
        "signature": signature(app.token, timestamp, nonce),
        "echostr": said,
        "timestamp": timestamp,
        "nonce": nonce,
    }
    return _with_query(app.callback, query), said


def opened(app: App, fields: Read) -> Read:
    """An answer out of its envelope, if it came in one, whatever mode was sent. Raises BadSeal."""
    encrypted = text_of(fields, "Encrypt")
    if not encrypted:
        return fields
    told = [text_of(fields, name) for name in ("TimeStamp", "Nonce")]
    if signature(app.token, *told, encrypted) != text_of(fields, "MsgSignature"):
        raise BadSeal("MsgSignature: not this answer's")
    try:
        xml = Crypter(app.appid, app.aes_key).decrypt(encrypted)
    except BadSeal:
        if not app.former_aes_key:
            raise
        xml = Crypter(app.appid, app.former_aes_key).decrypt(encrypted)
    return read(xml.encode())


def _with_query(url: str, query: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    joined = "&".join(filter(None, (parts.query, urlencode(query))))
    return parts._replace(query=joined).geturl()


def _digits(count: int) -> str:
    return str(secrets.randbelow(9 * 10 ** (count - 1)) + 10 ** (count - 1))
