"""Articles: written and published at the desk; read, liked, shared and commented by customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from chat_server.domain.accounts.articles import (
    MAX_ATTACHMENT,
    ArticleDraft,
    Comment,
    article_path,
    article_place,
)
from chat_server.domain.errors import TooLong
from chat_server.domain.ids import feed_conversation
from chat_server.domain.publishing import (
    Article,
    Attachment,
    Capability,
    CommentRule,
    Story,
)
from chat_server.transport.http.article_shapes import (
    ArticleDecision,
    ArticleNumbers,
    ArticleTalkPage,
    AttachmentItem,
    CommentDraft,
    CommentItem,
    CommentStep,
    DraftBody,
    DraftItem,
    DraftLine,
    OwnArticle,
    PreviewTo,
    StoryDraft,
    SubmitDraft,
)
from chat_server.transport.http.downloading import NamedMedium
from chat_server.transport.http.routes.media import FileName
from chat_server.transport.http.routes.staff import broadcast_item
from chat_server.transport.http.shapes import BroadcastItem
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims
from chat_server.usecases.public_accounts.article_talk import Numbers
from chat_server.usecases.public_accounts.entry import Entry

Id = Annotated[str, Meta(max_length=128)]
Index = Annotated[int, Meta(ge=0, le=7)]
Number = Annotated[int, Meta(ge=1, le=2**31)]
_PAGE = 50


# --- drafts


async def drafts(cases: UseCases, claims: Claims, account: str, before: Id = "") -> list[DraftLine]:
    """Fifty of the account's drafts, newest first, before that one; without their text."""
    entry = await cases.account_work.entries.reader(claims.user, account)
    found = await cases.account_work.drafts.listed(entry.id, _PAGE, before=before)
    return [_line(each) for each in found]


async def create_draft(cases: UseCases, claims: Claims, account: str, body: DraftBody) -> DraftItem:
    """Begin a draft."""
    entry = await _entry(cases, claims, account)
    return _draft(await cases.account_work.drafts.create(entry, _articles(body)))


async def draft(cases: UseCases, claims: Claims, account: str, draft: Id) -> DraftItem:
    """One draft with its text."""
    entry = await cases.account_work.entries.reader(claims.user, account)
    return _draft(await cases.account_work.drafts.find(entry.id, draft))


async def change_draft(
    cases: UseCases, claims: Claims, account: str, draft: Id, body: DraftBody
) -> DraftItem:
    """Save a draft, if nobody saved it since the revision that was read."""
    entry = await _entry(cases, claims, account)
    work = cases.account_work.drafts
    return _draft(await work.change(entry, draft, _articles(body), body.revision))


async def delete_draft(cases: UseCases, claims: Claims, account: str, draft: Id) -> None:
    """Throw a draft away."""
    entry = await _entry(cases, claims, account)
    await cases.account_work.drafts.delete(entry.id, draft)


async def preview_draft(
    cases: UseCases, claims: Claims, account: str, draft: Id, body: PreviewTo
) -> None:
    """Send a draft as it stands to one follower, who can read it for twelve hours."""
    entry = await _entry(cases, claims, account)
    await cases.account_work.drafts.preview(entry, draft, body.customer)


async def submit_draft(
    cases: UseCases, claims: Claims, account: str, draft: Id, body: SubmitDraft
) -> BroadcastItem:
    """Hand a draft to a reviewer; approved, it goes to all followers and has its page."""
    entry = await _entry(cases, claims, account)
    work = cases.account_work.drafts
    return broadcast_item(await work.submit(entry, draft, body.revision, cases.broadcasts))


async def draft_again(cases: UseCases, claims: Claims, account: str, broadcast: Id) -> DraftItem:
    """A new draft of what was submitted, to go on after a rejection."""
    entry = await _entry(cases, claims, account)
    return _draft(await cases.account_work.drafts.again(entry, broadcast))


async def store_attachment(
    cases: UseCases, claims: Claims, account: str, content: bytes, name: FileName = ""
) -> AttachmentItem:
    """Store a file for articles, at most 20 MiB; programs and what the scanner finds are not."""
    if len(content) > MAX_ATTACHMENT:
        raise TooLong(f"at most {MAX_ATTACHMENT} bytes")
    entry = await _entry(cases, claims, account)
    uploads, feed = cases.uploads, feed_conversation(entry.id)
    begun = await uploads.begin(entry.id, conv=feed, size=len(content), name=name[:128])
    await uploads.extend(entry.id, begun.upload.upload_id, 0, content)
    medium = await uploads.finish(entry.id, begun.upload.upload_id)
    return AttachmentItem(medium.digest, name[:128] or medium.digest[:8], medium.mime, medium.size)


# --- published ones, at the desk


async def own_articles(cases: UseCases, claims: Claims, account: str) -> list[OwnArticle]:
    """The articles of the account's newest fifty broadcasts, with their numbers."""
    entry = await cases.account_work.entries.reader(claims.user, account)
    return [
        await _own(cases, entry, one.broadcast_id, index)
        for one in await cases.account_work.talk.published(entry, _PAGE)
        for index in range(len(one.articles))
    ]


async def decide_article(
    cases: UseCases,
    claims: Claims,
    account: str,
    broadcast: Id,
    index: Index,
    body: ArticleDecision,
) -> OwnArticle:
    """Open or close an article's comments; take it off, or put it back."""
    entry = await _entry(cases, claims, account)
    rule = None if body.comments is None else CommentRule(body.comments)
    await cases.account_work.talk.decide(
        entry, broadcast, index, comments=rule, withdrawn=body.withdrawn
    )
    return await _own(cases, entry, broadcast, index)


async def article_comments(
    cases: UseCases,
    claims: Claims,
    account: str,
    broadcast: Id,
    index: Index,
    before: Annotated[int, Meta(ge=0, le=2**31)] = 0,
) -> list[CommentItem]:
    """Fifty comments on an article, newest first, before that number."""
    entry = await cases.account_work.entries.reader(claims.user, account)
    talk = cases.account_work.talk
    found = await talk.listed(entry, broadcast, index, before=before, limit=_PAGE)
    return await _comments(cases, found)


async def moderate_comment(
    cases: UseCases,
    claims: Claims,
    account: str,
    broadcast: Id,
    index: Index,
    number: Number,
    body: CommentStep,
) -> CommentItem:
    """Show a comment to all or no more, or answer it as the account."""
    entry = await _entry(cases, claims, account)
    talk = cases.account_work.talk
    if body.step == "reply":
        comment = await talk.reply(entry, broadcast, index, number, body.text)
    else:
        elected = body.step == "elect"
        comment = await talk.elect(entry, broadcast, index, number, elected=elected)
    return (await _comments(cases, [comment]))[0]


async def delete_comment(
    cases: UseCases, claims: Claims, account: str, broadcast: Id, index: Index, number: Number
) -> None:
    """Delete a comment on an article of the account."""
    entry = await _entry(cases, claims, account)
    await cases.account_work.talk.delete(entry, broadcast, index, number)


# --- readers


async def article_talk(
    cases: UseCases, claims: Claims, broadcast: Id, index: Index
) -> ArticleTalkPage:
    """The numbers of an article, its elected comments, and your own."""
    view = await cases.account_work.talk.view(claims.user, broadcast, index)
    return ArticleTalkPage(
        numbers=_numbers(view.numbers),
        liked=view.liked,
        may_comment=view.may_comment,
        elected=await _comments(cases, view.elected, claims.user),
        own=await _comments(cases, view.own, claims.user),
    )


async def like_article(cases: UseCases, claims: Claims, broadcast: Id, index: Index) -> None:
    """Like an article; again, it is liked."""
    await cases.account_work.talk.like(claims.user, broadcast, index, liked=True)


async def unlike_article(cases: UseCases, claims: Claims, broadcast: Id, index: Index) -> None:
    """Like it no more."""
    await cases.account_work.talk.like(claims.user, broadcast, index, liked=False)


async def share_article(cases: UseCases, claims: Claims, broadcast: Id, index: Index) -> None:
    """You passed an article on; counted once."""
    await cases.account_work.talk.share(claims.user, broadcast, index)


async def comment_article(
    cases: UseCases, claims: Claims, broadcast: Id, index: Index, body: CommentDraft
) -> CommentItem:
    """Comment on an article; the same words again are the same comment."""
    made = await cases.account_work.talk.comment(claims.user, broadcast, index, body.text)
    return (await _comments(cases, [made], claims.user))[0]


async def take_comment_back(
    cases: UseCases, claims: Claims, broadcast: Id, index: Index, number: Number
) -> None:
    """Delete a comment of your own."""
    await cases.account_work.talk.take_back(claims.user, broadcast, index, number)


async def public_medium(cases: UseCases, digest: str, name: FileName = "") -> NamedMedium:
    """A cover, a picture or a file of an article, for everybody."""
    return NamedMedium(await cases.downloads.open_public(digest), name)


# --- below


async def _entry(cases: UseCases, claims: Claims, account: str) -> Entry:
    entries = cases.account_work.entries
    return await entries.operator(claims.user, account, Capability.BROADCAST)


def _articles(body: DraftBody) -> Sequence[Article]:
    return [
        Article(
            each.title,
            each.digest,
            [],
            each.cover,
            Story(
                html=each.html,
                author=each.author.strip(),
                source=each.source.strip(),
                attachments=[
                    Attachment(file.media, file.name, file.mime, file.size)
                    for file in each.attachments
                ],
                comments=CommentRule(each.comments),
            ),
        )
        for each in body.articles
    ]


def _line(one: ArticleDraft) -> DraftLine:
    first = one.articles[0]
    return DraftLine(
        draft=one.draft_id,
        revision=one.version,
        title=first.title,
        cover=first.cover,
        count=len(one.articles),
        editor=one.editor,
        edited=one.edited_ms,
    )


def _draft(one: ArticleDraft) -> DraftItem:
    return DraftItem(
        draft=one.draft_id,
        revision=one.version,
        editor=one.editor,
        created=one.created_ms,
        edited=one.edited_ms,
        articles=[_story(each) for each in one.articles],
    )


def _story(one: Article) -> StoryDraft:
    story = one.story or Story("")
    return StoryDraft(
        title=one.title,
        author=story.author,
        digest=one.digest,
        cover=one.cover,
        html=story.html,
        source=story.source,
        attachments=attachments(one),
        comments=story.comments.value,
    )


def attachments(one: Article) -> list[AttachmentItem]:
    files = one.story.attachments if one.story else ()
    return [AttachmentItem(each.media, each.name, each.mime, each.size) for each in files]


async def _own(cases: UseCases, entry: Entry, broadcast: str, index: int) -> OwnArticle:
    view = await cases.read_article.of_account(entry.id, broadcast, index)
    numbers = await cases.account_work.talk.numbers(article_place(broadcast, index))
    return OwnArticle(
        broadcast=broadcast,
        index=index,
        title=view.article.title,
        cover=view.article.cover,
        path=article_path(broadcast, index) if view.article.story else "",
        published=view.published_ms,
        comments=view.comments.value,
        withdrawn=view.withdrawn,
        numbers=_numbers(numbers),
    )


def _numbers(numbers: Numbers) -> ArticleNumbers:
    return ArticleNumbers(numbers.reads, numbers.likes, numbers.shares, numbers.comments)


async def _comments(
    cases: UseCases, found: Sequence[Comment], reader: str = ""
) -> list[CommentItem]:
    """For `reader`; without one for the desk, which sees who wrote."""
    names = await cases.account_work.talk.names(found, reader)
    return [
        CommentItem(
            number=each.number,
            user=each.customer if reader in {"", each.customer} else "",
            name=names.get(each.customer, ""),
            text=each.text,
            at=each.at_ms,
            elected=each.elected,
            reply=each.reply,
            replied=each.replied_ms,
            own=each.customer == reader,
        )
        for each in found
    ]
