"""What an account says, from the platform's message types to the bodies of this house.

Called for passive replies, for customer-service messages and for mass sends alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from chat_server.domain import bodies
from chat_server.platform.articles import Articles
from chat_server.platform.faults import (
    BAD_MESSAGE_TYPE,
    BAD_PARAMETER,
    EMPTY_ARTICLES,
    EMPTY_TEXT,
    NO_MEDIA_ID,
    TOO_LONG,
    Refused,
)
from chat_server.platform.media import MediaShelf
from chat_server.platform.speaking import Spoken

MAX_TEXT_BYTES = 2048
MAX_ARTICLES = 8
_MAX_TITLE = 200


class Content:
    def __init__(self, media: MediaShelf, articles: Articles) -> None:
        self._media, self._articles = media, articles

    async def bodies(self, account: str, kind: str, said: Mapping[str, Any]) -> Sequence[Spoken]:
        """`said` is the object that the message type names. Raises Refused."""
        if kind in _WORDS:
            return _WORDS[kind](said)
        if kind in {"mpnews", "mpnewsarticle"}:
            return [await self._article(account, kind, said)]
        return await self._medium(account, kind, said)

    async def _article(self, account: str, kind: str, said: Mapping[str, Any]) -> Spoken:
        if kind == "mpnews":
            return await self._articles.body(account, _media_id(said, kind))
        return await self._articles.published_body(account, _text(said, "article_id", kind))

    async def _medium(self, account: str, kind: str, said: Mapping[str, Any]) -> Sequence[Spoken]:
        match kind:
            case "image" | "voice":
                return [await self._media.body(account, kind, _media_id(said, kind))]
            case "images":
                media_ids = said.get("media_ids") or []
                return [await self._media.body(account, "image", str(one)) for one in media_ids]
            case "video" | "mpvideo":
                title = _text(said, "title", kind)
                return [await self._media.body(account, "video", _media_id(said, kind), title)]
            case _:
                raise Refused(BAD_MESSAGE_TYPE, f"invalid message type: msgtype {kind!r}")


def text_body(text: str) -> bodies.Text:
    if not text.strip():
        raise Refused(EMPTY_TEXT, "empty content: text.content")
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise Refused(TOO_LONG, f"content size out of limit: at most {MAX_TEXT_BYTES} bytes")
    return bodies.Text(text)


def link_body(url: str, title: str, description: str = "") -> bodies.Link:
    """A page outside; the house shows its title and never looks at it."""
    words = " — ".join(filter(None, (title.strip(), description.strip())))
    link = {"type": "link", "url": url, "title": words[:_MAX_TITLE] or url[:_MAX_TITLE]}
    try:
        return msgspec.convert(link, bodies.Link)
    except msgspec.ValidationError as exc:
        raise Refused(BAD_PARAMETER, "invalid parameter: url must be an http or https URL") from exc


def _news(said: Mapping[str, Any]) -> Sequence[Spoken]:
    articles = said.get("articles")
    if not isinstance(articles, list) or not articles:
        raise Refused(EMPTY_ARTICLES, "empty news data: news.articles")
    return [_article(each) for each in articles[:MAX_ARTICLES]]


def _article(told: object) -> Spoken:
    article = told if isinstance(told, Mapping) else {}
    title = _text(article, "title", "news.articles")
    description = _text(article, "description", "news.articles")
    url = _text(article, "url", "news.articles")
    if url:
        return link_body(url, title, description)
    return text_body("\n".join(filter(None, (title, description))))


def _music(said: Mapping[str, Any]) -> Spoken:
    title, description = _text(said, "title", "music"), _text(said, "description", "music")
    url = _text(said, "hqmusicurl", "music") or _text(said, "musicurl", "music")
    if url:
        return link_body(url, f"♪ {title}".strip(), description)
    return text_body(f"♪ {title}\n{description}".strip())


def _menu(said: Mapping[str, Any]) -> Spoken:
    items = menu_items(said)
    lines = [_text(said, "head_content", "msgmenu"), *items, _text(said, "tail_content", "msgmenu")]
    return text_body("\n".join(filter(None, lines)))


def menu_items(said: Mapping[str, Any]) -> Mapping[str, str]:
    """The ids of a message menu's items, by what the customer answers with."""
    items = said.get("list")
    if not isinstance(items, list) or not items:
        raise Refused(BAD_PARAMETER, "invalid parameter: msgmenu.list")
    return {
        _text(item, "content", "msgmenu.list"): _text(item, "id", "msgmenu.list")
        for item in items
        if isinstance(item, Mapping)
    }


def _media_id(said: Mapping[str, Any], kind: str) -> str:
    media_id = _text(said, "media_id", kind)
    if not media_id:
        raise Refused(NO_MEDIA_ID, f"media_id missing: {kind}.media_id")
    return media_id


def _text(said: Mapping[str, Any], name: str, where: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        raise Refused(BAD_PARAMETER, f"invalid parameter: {where}.{name} must be text")
    return value


def _link(said: Mapping[str, Any]) -> Sequence[Spoken]:
    return [link_body(*(_text(said, name, "link") for name in ("url", "title", "description")))]


# What is said in words alone.
_WORDS: Mapping[str, Callable[[Mapping[str, Any]], Sequence[Spoken]]] = {
    "text": lambda said: [text_body(_text(said, "content", "text"))],
    "music": lambda said: [_music(said)],
    "news": _news,
    "link": _link,
    "msgmenu": lambda said: [_menu(said)],
}
