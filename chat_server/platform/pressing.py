"""Buttons that give something: what a partner put behind them is said when they are pressed.

Their key names the material, so the customer's press is a message like every other and nobody's
backend is asked.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from chat_server.platform.apps import App
from chat_server.platform.content import Content
from chat_server.platform.faults import Refused
from chat_server.platform.media import MediaShelf
from chat_server.platform.speaking import Speaking

log = structlog.get_logger()

# What names the thing that a button of that kind gives.
GIVING: Mapping[str, str] = {
    "media_id": "media_id",
    "view_limited": "media_id",
    "article_id": "article_id",
    "article_view_limited": "article_id",
}


def key_of(kind: str, more: Mapping[str, str]) -> str:
    """Of a button that gives something; empty for any other."""
    return f"{kind}:{more.get(GIVING[kind], '')}" if kind in GIVING else ""


class Giving:
    def __init__(self, content: Content, media: MediaShelf, speaking: Speaking) -> None:
        self._content, self._media, self._speaking = content, media, speaking

    async def __call__(self, app: App, customer: str, key: str, number: int) -> bool:
        """Whether it was such a button; the same press gives it once."""
        kind, _, name = key.partition(":")
        if kind not in GIVING or not name:
            return False
        try:
            said = await self._content.bodies(app.account, *await self._what(app, kind, name))
        except Refused as exc:  # it was taken away meanwhile
            log.warning("button_gives_nothing", appid=app.appid, code=exc.code)
            return True
        await self._speaking.say(app.account, customer, said, f"press:{number}")
        return True

    async def _what(self, app: App, kind: str, name: str) -> tuple[str, Mapping[str, str]]:
        if GIVING[kind] == "article_id":
            return "mpnewsarticle", {"article_id": name}
        try:
            item = await self._media.find(app.account, name)
        except Refused:
            return "mpnews", {"media_id": name}
        return ("image" if item.kind == "thumb" else item.kind), {"media_id": name}
