"""Customer-service messages: what an account says of its own accord, within the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat_server.platform.api.call import OK, Answer, Call
from chat_server.platform.apps import new_name
from chat_server.platform.content import menu_items
from chat_server.platform.faults import (
    BAD_COMMAND,
    BAD_MESSAGE_TYPE,
    BAD_PARAMETER,
    NO_OPENID,
    NO_RECENT_MESSAGE,
    Refused,
)
from chat_server.platform.parts import Platform


def object_of(call: Call, kind: str) -> Mapping[str, Any]:
    """The object that the message type names."""
    if not kind:
        raise Refused(BAD_MESSAGE_TYPE, "invalid message type: msgtype missing")
    said = call.body.get(kind)
    if not isinstance(said, dict):
        raise Refused(BAD_PARAMETER, f"invalid parameter: {kind} missing")
    return said


async def send(platform: Platform, call: Call) -> Answer:
    """Everything is checked before the window's count goes down."""
    openid = call.said("touser")
    if not openid:
        raise Refused(NO_OPENID, "touser missing")
    customer = await platform.openids.customer(call.app, openid, "touser")
    kind = call.said("msgtype")
    said = object_of(call, kind)
    bodies = await platform.content.bodies(call.account, kind, said)
    await platform.windows.take(call.account, customer)
    if kind == "msgmenu":
        items = {content: item for content, item in menu_items(said).items() if item}
        await platform.menu_messages.sent(call.account, customer, items)
    await platform.speaking.say(call.account, customer, bodies, f"api:{new_name(call.now_ms, 16)}")
    return OK


async def typing(platform: Platform, call: Call) -> Answer:
    """Checked as the platform does; the house shows typing only of people who type."""
    command = call.said("command")
    if command not in {"Typing", "CancelTyping"}:
        raise Refused(BAD_COMMAND, "invalid command: Typing or CancelTyping")
    customer = await platform.openids.customer(call.app, call.openid("touser"), "touser")
    last_ms = await platform.windows.last_said_ms(call.account, customer)
    if call.now_ms - last_ms > platform.limits.reply_window_s * 1000:
        raise Refused(NO_RECENT_MESSAGE, "the customer wrote nothing lately")
    return OK
