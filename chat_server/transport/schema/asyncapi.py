"""AsyncAPI 3.0 of the chat socket, from the frame types, the error table and the close codes."""

from __future__ import annotations

import inspect

from chat_server.transport.schema.components import (
    CLIENT_FRAMES,
    SERVER_FRAMES,
    Schema,
    Struct,
    schema_name,
    wire_components,
)
from chat_server.wire import frames
from chat_server.wire.close_codes import CloseCode
from chat_server.wire.error_table import FAULTS, INTERNAL

_SOCKET = "#/channels/socket"


def asyncapi() -> Schema:
    """The whole document."""
    sent = {schema_name(frame): _message(frame) for frame in (*CLIENT_FRAMES, *SERVER_FRAMES)}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Elian's chat socket",
            "version": "1",
            "description": (
                "The log is the truth, the socket is a hint. One object a frame; `type` names "
                f"it; at most {frames.MAX_FRAME} bytes. The first frame is `hello`. Servers "
                "refuse unknown types and fields; clients ignore them."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {
            "socket": {
                "address": "/v1/ws",
                "description": (
                    "WebSocket. Subprotocol `elian.v1` carries JSON in text frames, "
                    "`elian.v1.msgpack` the same as MessagePack in binary frames."
                ),
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in sent},
                "x-close-codes": _close_codes(),
            }
        },
        "operations": {
            "fromClient": _operation("receive", CLIENT_FRAMES),
            "fromServer": _operation("send", SERVER_FRAMES),
        },
        "components": {"messages": sent, "schemas": wire_components("#/components/schemas/")},
        "x-error-codes": {
            fault.code: {"meaning": fault.meaning, "http": fault.http, "retry": fault.retry}
            for fault in (*FAULTS.values(), INTERNAL)
        },
    }


def _message(frame: Struct) -> Schema:
    name = schema_name(frame)
    said: Schema = {"name": str(frame.__struct_config__.tag)}
    if frame.__doc__:
        said["summary"] = inspect.cleandoc(frame.__doc__)
    return said | {"payload": {"$ref": f"#/components/schemas/{name}"}}


def _operation(action: str, members: tuple[Struct, ...]) -> Schema:
    refs = [{"$ref": f"{_SOCKET}/messages/{schema_name(frame)}"} for frame in members]
    return {"action": action, "channel": {"$ref": _SOCKET}, "messages": refs}


def _close_codes() -> Schema:
    return {str(code.value): code.name.lower() for code in CloseCode}
