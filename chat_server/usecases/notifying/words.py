"""What a push says. Never an amount, a code or a card number; hidden words unless asked for.

A push crosses the push service of a browser's maker and lies on a locked screen. So of what
the bank says nothing is shown but that it said something, and what people write is shown
only to who asked for it and only where it holds no digit and no word of money.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

from chat_server.domain import bodies
from chat_server.domain.ids import is_account, is_group
from chat_server.domain.message import Event, EventKind
from chat_server.domain.notifying import Knock, Wishes
from chat_server.ports.notify import PushNote, Urgency
from chat_server.ports.store import Store
from chat_server.usecases.notifying.watching import said

_PREVIEW = 60  # characters
_LOOK_BACK = 50  # messages
_TELLING = re.compile(r"\d|[元块钱万亿¥￥$€£]|yuan|rmb|cny|code|密码|验证码", re.IGNORECASE)
_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh-CN": {
        "message": "您有一条新消息",
        "messages": "您有多条新消息",
        "service": "您有一条新的服务消息",
        "security": "您有一条安全提醒，请打开查看",
        "balance": "您有一条动账通知，请打开查看",
        "mention": "有人提到了您",
        "image": "[图片]",
        "voice": "[语音]",
        "video": "[视频]",
        "file": "[文件]",
        "location": "[位置]",
        "link": "[链接]",
        "somebody": "新消息",
    },
    "en": {
        "message": "You have a new message",
        "messages": "You have new messages",
        "service": "You have a new service message",
        "security": "A security notice: open it to read",
        "balance": "An account-change notice: open it to read",
        "mention": "Somebody mentioned you",
        "image": "[Picture]",
        "voice": "[Voice message]",
        "video": "[Video]",
        "file": "[File]",
        "location": "[Location]",
        "link": "[Link]",
        "somebody": "New message",
    },
}


class Wording:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def note(self, knock: Knock, wishes: Wishes, *, oldest_ms: int) -> PushNote | None:
        """None when there is nothing left to tell: too old, or taken back."""
        event = await self._newest(knock)
        if event is None or event.ts < oldest_ms:
            return None
        form = (await self._store.messages.forms(knock.conv, [event.seq])).get(event.seq)
        changed = form is not None and bool(form.recalled or form.body)
        if form is not None and form.recalled and knock.first == event.seq:
            return None
        person = await self._store.people.person(knock.user)
        words = _WORDS.get(person.language if person else "", _WORDS["zh-CN"])
        body = None if changed else said(event)
        return PushNote(
            title=await self._title(event) or words["somebody"],
            body=_line(knock, wishes, event, body, words),
            conv=knock.conv,
            seq=event.seq,
            topic=topic_of(knock.user, knock.conv),
            urgency=_urgency(knock, body),
        )

    async def _newest(self, knock: Knock) -> Event | None:
        """The last that is new; in a group not from somebody whom they have blocked."""
        messages = self._store.messages
        if not is_group(knock.conv):
            return await messages.event(knock.conv, knock.seq)
        page = await messages.events(knock.conv, before=knock.seq + 1, limit=_LOOK_BACK)
        said = [
            event
            for event in page
            if event.kind is EventKind.MESSAGE
            and event.seq >= knock.first
            and event.sender != knock.user
        ]
        ties = await self._store.contacts.ties_among(knock.user, {event.sender for event in said})
        blocked = {tie.peer(knock.user) for tie in ties if tie.side(knock.user).blocks}
        return next((event for event in reversed(said) if event.sender not in blocked), None)

    async def _title(self, event: Event) -> str:
        """Who speaks: a group by its title, an account or a person by their name."""
        conversation = await self._store.conversations.conversation(event.conv)
        if conversation is not None and conversation.title:
            return conversation.title
        if is_account(event.sender):
            account = await self._store.accounts.account(event.sender)
            return account.name if account else ""
        person = await self._store.people.person(event.sender)
        return person.name if person else ""


def topic_of(user: str, conv: str) -> str:
    """Names the conversation for a push service that must not know it: 32 characters at most."""
    digest = hashlib.sha256(f"{user}\n{conv}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def _line(
    knock: Knock,
    wishes: Wishes,
    event: Event,
    body: bodies.Body | None,
    words: Mapping[str, str],
) -> str:
    if isinstance(body, bodies.Notice) and body.topic in words:
        return words[body.topic]
    if is_account(event.sender):
        return words["service"]
    if knock.mention:
        return words["mention"]
    if wishes.hide_content or knock.first != knock.seq or body is None:
        return words["messages" if knock.first != knock.seq else "message"]
    return _shown(body, words)


def _shown(body: bodies.Body, words: Mapping[str, str]) -> str:
    if isinstance(body, bodies.Text):
        text = " ".join(body.text.split())
        if _TELLING.search(text):
            return words["message"]
        return text if len(text) <= _PREVIEW else text[:_PREVIEW] + "…"
    kind = str(getattr(body.__struct_config__, "tag", ""))
    return words.get(kind, words["message"])


def _urgency(knock: Knock, body: bodies.Body | None) -> Urgency:
    if knock.urgent:
        return Urgency.HIGH
    if isinstance(body, bodies.Notice):
        return Urgency.LOW
    return Urgency.NORMAL
