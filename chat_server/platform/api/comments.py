"""Comments on articles: those that the account's own desk moderates, by partners' numbers.

An article is named by the `msg_data_id` under which it was published or mass-sent, and its
`index` from 0; a comment by its number on that article.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from chat_server.domain.accounts.articles import MAX_COMMENT, MAX_ELECTED, Comment, article_place
from chat_server.domain.errors import NotFound, TooLong
from chat_server.domain.publishing import CommentRule
from chat_server.platform.api.call import OK, Answer, Call
from chat_server.platform.api.followers import entry
from chat_server.platform.faults import (
    BAD_COMMENT_RANGE,
    BAD_REPLY,
    NO_SUCH_ARTICLE,
    NO_SUCH_COMMENT,
    TOO_MANY_ELECTED,
    Refused,
)
from chat_server.platform.parts import Platform
from chat_server.usecases.public_accounts.entry import Entry

_PAGE = 50
_ALL, _PLAIN, _ELECTED = 0, 1, 2
_FARTHEST = 100_000  # as deep as one may begin


class _Asked(msgspec.Struct, frozen=True):
    msg_data_id: int | str
    index: int = 0
    user_comment_id: int = 0
    content: str = ""
    begin: int = 0
    count: int = _PAGE
    type: int = _ALL


async def _article(platform: Platform, call: Call, said: _Asked) -> tuple[Entry, str]:
    """Who asks, and which broadcast. Raises Refused."""
    try:
        broadcast = await platform.articles.broadcast_of(call.account, str(said.msg_data_id))
        await platform.articles.rule(call.account, broadcast, said.index)
    except (Refused, NotFound) as exc:
        raise Refused(NO_SUCH_ARTICLE, "msg_data is not exists: msg_data_id, index") from exc
    return await entry(platform, call), broadcast


async def open_comments(platform: Platform, call: Call) -> Answer:
    """For whom the article was written: everybody, or followers only."""
    said = call.fields(_Asked)
    program, broadcast = await _article(platform, call, said)
    rule = await platform.articles.rule(call.account, broadcast, said.index)
    await platform.work.talk.decide(program, broadcast, said.index, comments=rule)
    return OK


async def close_comments(platform: Platform, call: Call) -> Answer:
    said = call.fields(_Asked)
    program, broadcast = await _article(platform, call, said)
    await platform.work.talk.decide(program, broadcast, said.index, comments=CommentRule.CLOSED)
    return OK


async def listed(platform: Platform, call: Call) -> Answer:
    """Newest first; `type` 1 leaves the elected ones out, 2 gives nothing else."""
    said = call.fields(_Asked)
    if not (1 <= said.count <= _PAGE and 0 <= said.begin <= _FARTHEST):
        raise Refused(BAD_COMMENT_RANGE, f"count range error: count, 1 to {_PAGE}; begin")
    program, broadcast = await _article(platform, call, said)
    talk = platform.work.talk
    elected = await talk.elected(program, broadcast, said.index)
    total = (await talk.numbers(article_place(broadcast, said.index))).comments
    end = said.begin + said.count
    if said.type == _ELECTED:
        found, total = elected, len(elected)
    elif said.type == _PLAIN:
        rows = await talk.listed(program, broadcast, said.index, limit=end + MAX_ELECTED)
        found, total = [each for each in rows if not each.elected], total - len(elected)
    else:
        found = await talk.listed(program, broadcast, said.index, limit=end)
    page = found[said.begin : end]
    return {**OK, "total": total, "comment": await _told(platform, call, page)}


async def _told(
    platform: Platform, call: Call, comments: Sequence[Comment]
) -> list[dict[str, Any]]:
    openids = await platform.openids.of_many(call.account, {each.customer for each in comments})
    told = []
    for each in comments:
        fields: dict[str, Any] = {
            "user_comment_id": each.number,
            "openid": openids[each.customer],
            "create_time": each.at_ms // 1000,
            "content": each.text,
            "comment_type": int(each.elected),
        }
        if each.reply:
            fields["reply"] = {"content": each.reply, "create_time": each.replied_ms // 1000}
        told.append(fields)
    return told


async def elect(platform: Platform, call: Call) -> Answer:
    return await _elect(platform, call, elected=True)


async def unelect(platform: Platform, call: Call) -> Answer:
    return await _elect(platform, call, elected=False)


async def _elect(platform: Platform, call: Call, *, elected: bool) -> Answer:
    said = call.fields(_Asked)
    program, broadcast = await _article(platform, call, said)
    try:
        await platform.work.talk.elect(
            program, broadcast, said.index, said.user_comment_id, elected=elected
        )
    except TooLong as exc:
        raise Refused(TOO_MANY_ELECTED, "elected comment upper limit") from exc
    except NotFound as exc:
        raise _no_comment() from exc
    return OK


async def delete(platform: Platform, call: Call) -> Answer:
    said = call.fields(_Asked)
    program, broadcast = await _article(platform, call, said)
    try:
        await platform.work.talk.delete(program, broadcast, said.index, said.user_comment_id)
    except NotFound as exc:
        raise _no_comment() from exc
    return OK


async def reply(platform: Platform, call: Call) -> Answer:
    content = call.fields(_Asked).content.strip()
    if not content or len(content) > MAX_COMMENT:
        raise Refused(BAD_REPLY, f"reply content: 1 to {MAX_COMMENT} characters")
    return await _reply(platform, call, content)


async def delete_reply(platform: Platform, call: Call) -> Answer:
    return await _reply(platform, call, "")


async def _reply(platform: Platform, call: Call, content: str) -> Answer:
    said = call.fields(_Asked)
    program, broadcast = await _article(platform, call, said)
    try:
        await platform.work.talk.reply(
            program, broadcast, said.index, said.user_comment_id, content
        )
    except NotFound as exc:
        raise _no_comment() from exc
    return OK


def _no_comment() -> Refused:
    return Refused(NO_SUCH_COMMENT, "comment is not exists: user_comment_id")
