from __future__ import annotations

import asyncio
import hashlib

import pytest

from chat_server.domain.accounts.articles import PREVIEW_MS
from chat_server.domain.errors import (
    Forbidden,
    InvalidValue,
    NotAccepting,
    NotFound,
    TooLong,
    VersionConflict,
)
from chat_server.domain.ids import feed_conversation, service_conversation
from chat_server.domain.publishing import Article, Attachment, CommentRule, Story, hash_content
from chat_server.usecases.public_accounts.entry import Entry
from chat_server.usecases.public_accounts.rich_text import MAX_BLOCKS, paragraphs, sanitised
from tests.front_desk import ARTICLES, FrontDesk

HTML = '<p onclick="x()">一<script>alert(1)</script></p><p>二 &lt;三&gt;</p>'


def story(title: str = "利率", *, comments: CommentRule = CommentRule.OPEN) -> Article:
    return Article(title, "", [], story=Story(HTML, author="编辑部", comments=comments))


async def entry(desk: FrontDesk) -> Entry:
    return await desk.cases.account_work.entries.operator("ops", "@service")


async def published(desk: FrontDesk, article: Article) -> str:
    work, ops = desk.cases.account_work, await entry(desk)
    draft = await work.drafts.create(ops, [article])
    told = await work.drafts.submit(ops, draft.draft_id, 1, desk.cases.broadcasts)
    sent = told.broadcast
    await desk.cases.broadcasts.approve("shenhe", sent.broadcast_id, sent.content_hash)
    return sent.broadcast_id


class TestRichText:
    async def test_what_runs_covers_or_comes_from_elsewhere_is_left_out(self) -> None:
        own = "/a/media/" + "a" * 64
        kept = await sanitised(
            '<p style="color:red;position:fixed;background:url(//e)">一</p>'
            f'<img src="https://bank.example{own}" onerror="x()"><img src="https://e.example/1.png">'
            '<a href="javascript:x()">二</a><svg><style><img onerror=x()></style></svg>'
            "<iframe src=//e></iframe><form><input></form>"
        )
        assert kept.startswith('<p style="color:red">一</p>')
        assert f'<img src="{own}">' in kept
        for mark in ("e.example", "onerror", "javascript", "iframe", "form", "svg", "position"):
            assert mark not in kept

    async def test_its_words_are_its_paragraphs(self) -> None:
        html = "<h1>标题</h1><p>一<b>二</b>&amp;</p><script>x</script><div>三<br>四</div>五"
        assert paragraphs(await sanitised(html)) == ["标题", "一二&", "三", "四", "五"]
        assert paragraphs(await sanitised("<style>p{}</style>")) == []

    async def test_what_would_take_the_parser_long_is_refused(self) -> None:
        with pytest.raises(InvalidValue):
            await sanitised("<div a='</div>'>" * (MAX_BLOCKS + 1))


class TestDrafts:
    async def test_a_draft_is_sanitised_and_saved_by_one_at_a_time(self, desk: FrontDesk) -> None:
        work, ops = desk.cases.account_work.drafts, await entry(desk)
        draft = await work.create(ops, [story()])
        (article,) = draft.articles
        assert article.story is not None
        assert article.story.html == "<p>一</p><p>二 &lt;三&gt;</p>"
        assert (article.digest, article.paragraphs) == ("一二 <三>", ["一", "二 <三>"])
        saved = await work.change(ops, draft.draft_id, [story("新")], draft.version)
        with pytest.raises(VersionConflict):
            await work.change(ops, draft.draft_id, [story("旧")], draft.version)
        kept = await work.find("@service", draft.draft_id)
        assert hash_content("@service", kept.articles) == hash_content("@service", saved.articles)
        await work.delete("@service", draft.draft_id)
        for step in (work.find, work.delete):
            with pytest.raises(NotFound):
                await step("@service", draft.draft_id)
        assert await work.listed("@service") == []

    async def test_an_unfinished_draft_is_kept_and_not_submitted(self, desk: FrontDesk) -> None:
        work, ops = desk.cases.account_work.drafts, await entry(desk)
        draft = await work.create(ops, [Article("", "", [], story=Story(""))])
        with pytest.raises(InvalidValue):
            await work.submit(ops, draft.draft_id, 1, desk.cases.broadcasts)
        with pytest.raises(InvalidValue):
            await work.preview(ops, draft.draft_id, "zhangwei")
        assert len(await work.listed("@service")) == 1

    @pytest.mark.parametrize("source", ["javascript:x()", "//bank.example", "http://["])
    async def test_the_original_is_a_web_page(self, desk: FrontDesk, source: str) -> None:
        article = Article("题", "", [], story=Story("<p>一</p>", source=source))
        with pytest.raises(InvalidValue):
            await desk.cases.account_work.drafts.create(await entry(desk), [article])

    async def test_only_files_of_the_account_are_attached(self, desk: FrontDesk) -> None:
        file = Attachment("f" * 64, "条款.pdf", "application/pdf", 9)
        article = Article("题", "", [], story=Story("<p>一</p>", attachments=[file]))
        with pytest.raises(NotFound):
            await desk.cases.account_work.drafts.create(await entry(desk), [article])

    async def test_a_preview_is_read_by_one_follower_for_a_while(self, desk: FrontDesk) -> None:
        work, ops = desk.cases.account_work.drafts, await entry(desk)
        draft = await work.create(ops, [story()])
        with pytest.raises(NotFound):
            await work.preview(ops, draft.draft_id, "zhangwei")
        await desk.cases.accounts.follow("zhangwei", "@service")
        await work.preview(ops, draft.draft_id, "zhangwei")
        conv = service_conversation("@service", "zhangwei")
        event = (await desk.store.messages.events(conv, after=0, limit=9))[-1]
        assert "【预览】利率".encode() in event.body
        name = event.mid
        view = await desk.cases.read_article("zhangwei", name, 0)
        assert (view.preview, view.article.title) == (True, "利率")
        for reader in ("lina", "ops"):
            with pytest.raises(NotFound):
                await desk.cases.read_article(reader, name, 0)
        with pytest.raises(NotFound):
            await desk.cases.account_work.talk.like("zhangwei", name, 0, liked=True)
        assert await desk.facts("article_read") == []
        desk.clock.move(PREVIEW_MS / 1000 + 1)
        with pytest.raises(NotFound):
            await desk.cases.read_article("zhangwei", name, 0)


class TestPublishing:
    def test_paragraphs_alone_have_the_hash_they_had_before_there_were_stories(self) -> None:
        told = '["@service",[{"title":"题","digest":"","paragraphs":["一"],"cover":""}]]'
        expected = hashlib.sha256(told.encode()).hexdigest()
        assert hash_content("@service", [Article("题", "", ["一"])]) == expected
        assert hash_content("@service", [story()]) != hash_content(
            "@service", [story(comments=CommentRule.CLOSED)]
        )

    async def test_a_second_person_approves_and_everybody_can_read(self, desk: FrontDesk) -> None:
        broadcast_id = await published(desk, story())
        assert await desk.cases.account_work.drafts.listed("@service") == []
        await desk.deliver_changes()
        feed = await desk.store.messages.events(feed_conversation("@service"), after=0, limit=9)
        assert len(feed) == 1
        view = await desk.cases.read_article.published(broadcast_id, 0)
        assert (view.article.title, view.withdrawn) == ("利率", False)
        assert await desk.cases.read_article("lina", broadcast_id, 0) == view
        with pytest.raises(NotFound):
            await desk.cases.read_article.published(broadcast_id, 1)

    async def test_before_approval_and_without_a_story_there_is_no_page(
        self, desk: FrontDesk
    ) -> None:
        work, ops = desk.cases.account_work.drafts, await entry(desk)
        draft = await work.create(ops, [story()])
        await work.submit(ops, draft.draft_id, 1, desk.cases.broadcasts)
        plain = (await desk.cases.broadcasts.submit("ops", "@service", ARTICLES)).broadcast
        await desk.cases.broadcasts.approve("shenhe", plain.broadcast_id, plain.content_hash)
        for name in (draft.draft_id, plain.broadcast_id, "none"):
            with pytest.raises(NotFound):
                await desk.cases.read_article.published(name, 0)

    async def test_submitting_again_after_a_kill_finishes_it(self, desk: FrontDesk) -> None:
        work, ops = desk.cases.account_work.drafts, await entry(desk)
        draft = await work.create(ops, [story()])
        told = await desk.cases.broadcasts.submit(
            "ops", "@service", draft.articles, draft.draft_id
        )  # as far as one came
        again = await work.submit(ops, draft.draft_id, 1, desk.cases.broadcasts)
        assert again == told
        assert await work.listed("@service") == []

    async def test_what_was_rejected_is_a_draft_again(self, desk: FrontDesk) -> None:
        work, ops = desk.cases.account_work.drafts, await entry(desk)
        draft = await work.create(ops, [story()])
        await work.submit(ops, draft.draft_id, 1, desk.cases.broadcasts)
        await desk.cases.broadcasts.reject("shenhe", draft.draft_id, "错字")
        again = await work.again(ops, draft.draft_id)
        assert hash_content("", again.articles) == hash_content("", draft.articles)
        assert again.draft_id != draft.draft_id

    async def test_withdrawn_it_is_read_by_the_desk_alone(self, desk: FrontDesk) -> None:
        talk, ops = desk.cases.account_work.talk, await entry(desk)
        broadcast_id = await published(desk, story())
        await talk.decide(ops, broadcast_id, 0, withdrawn=True)
        assert (await desk.cases.read_article.published(broadcast_id, 0)).withdrawn
        with pytest.raises(NotFound):
            await desk.cases.read_article("lina", broadcast_id, 0)
        await desk.cases.read_article("shenhe", broadcast_id, 0)
        await talk.decide(ops, broadcast_id, 0, withdrawn=False)
        await desk.cases.read_article("lina", broadcast_id, 0)


class TestTalk:
    async def test_each_person_is_counted_once(self, desk: FrontDesk) -> None:
        talk, ops = desk.cases.account_work.talk, await entry(desk)
        broadcast_id = await published(desk, story())
        for _ in range(2):
            for reader in ("zhangwei", "lina"):
                await desk.cases.read_article(reader, broadcast_id, 0)
            await talk.like("lina", broadcast_id, 0, liked=True)
            await talk.share("lina", broadcast_id, 0)
        view = await talk.view("lina", broadcast_id, 0)
        numbers = view.numbers
        assert (numbers.reads, numbers.likes, numbers.shares) == (2, 1, 1)
        assert (view.liked, view.may_comment) == (True, True)
        await talk.like("lina", broadcast_id, 0, liked=False)
        assert (await talk.view("zhangwei", broadcast_id, 0)).numbers.likes == 0
        assert len(await desk.facts("article_read")) == 2
        with pytest.raises(Forbidden):
            await talk.like(ops.actor, broadcast_id, 0, liked=True)

    async def test_at_once_from_many_devices_is_still_once(self, desk: FrontDesk) -> None:
        talk = desk.cases.account_work.talk
        broadcast_id = await published(desk, story())
        await asyncio.gather(
            *(talk.like("lina", broadcast_id, 0, liked=True) for _ in range(8)),
            *(talk.share("lina", broadcast_id, 0) for _ in range(8)),
            *(desk.cases.read_article("lina", broadcast_id, 0) for _ in range(8)),
            *(talk.comment("lina", broadcast_id, 0, "好") for _ in range(8)),
        )
        numbers = (await talk.view("lina", broadcast_id, 0)).numbers
        assert (numbers.reads, numbers.likes, numbers.shares, numbers.comments) == (1, 1, 1, 1)
        assert len(await desk.facts("article_commented")) == 1

    async def test_others_see_a_comment_once_it_is_elected(self, desk: FrontDesk) -> None:
        talk, ops = desk.cases.account_work.talk, await entry(desk)
        broadcast_id = await published(desk, story())
        made = await talk.comment("lina", broadcast_id, 0, " 好 ")
        assert await talk.comment("lina", broadcast_id, 0, "好") == made
        assert (await talk.view("zhangwei", broadcast_id, 0)).elected == []
        assert (await talk.view("lina", broadcast_id, 0)).own == [made]
        await talk.elect(ops, broadcast_id, 0, made.number, elected=True)
        answered = await talk.reply(ops, broadcast_id, 0, made.number, "谢谢")
        assert (await talk.view("zhangwei", broadcast_id, 0)).elected == [answered]
        assert await talk.names([made], "zhangwei") == {"lina": "李**"}
        await talk.elect(ops, broadcast_id, 0, made.number, elected=False)
        assert (await talk.view("zhangwei", broadcast_id, 0)).elected == []
        await talk.delete(ops, broadcast_id, 0, made.number)
        assert (await talk.view("lina", broadcast_id, 0)).own == []
        assert await talk.listed(ops, broadcast_id, 0) == []

    async def test_one_takes_back_only_ones_own(self, desk: FrontDesk) -> None:
        talk, ops = desk.cases.account_work.talk, await entry(desk)
        broadcast_id = await published(desk, story())
        made = await talk.comment("lina", broadcast_id, 0, "好")
        with pytest.raises(NotFound):
            await talk.take_back("zhangwei", broadcast_id, 0, made.number)
        await talk.take_back("lina", broadcast_id, 0, made.number)
        assert await talk.listed(ops, broadcast_id, 0) == []

    async def test_comments_are_closed_or_for_followers(self, desk: FrontDesk) -> None:
        talk, ops = desk.cases.account_work.talk, await entry(desk)
        broadcast_id = await published(desk, story(comments=CommentRule.FOLLOWERS))
        with pytest.raises(NotAccepting):
            await talk.comment("lina", broadcast_id, 0, "好")
        await desk.cases.accounts.follow("lina", "@service")
        await talk.comment("lina", broadcast_id, 0, "好")
        await talk.decide(ops, broadcast_id, 0, comments=CommentRule.CLOSED)
        with pytest.raises(NotAccepting):
            await talk.comment("lina", broadcast_id, 0, "更好")
        assert not (await talk.view("lina", broadcast_id, 0)).may_comment

    async def test_ten_comments_of_one_person_are_enough(self, desk: FrontDesk) -> None:
        talk = desk.cases.account_work.talk
        broadcast_id = await published(desk, story())
        for number in range(10):
            await talk.comment("lina", broadcast_id, 0, f"第{number}条")
        with pytest.raises(TooLong):
            await talk.comment("lina", broadcast_id, 0, "又一条")
        for words in ("", " ", "长" * 601):
            with pytest.raises((InvalidValue, TooLong)):
                await talk.comment("zhangwei", broadcast_id, 0, words)

    async def test_another_account_decides_nothing_here(self, desk: FrontDesk) -> None:
        talk, ops = desk.cases.account_work.talk, await entry(desk)
        broadcast_id = await published(desk, story())
        made = await talk.comment("lina", broadcast_id, 0, "好")
        other = Entry(ops.account.__class__("@other", "别家", "", verified=False), "ops")
        with pytest.raises(NotFound):
            await talk.elect(other, broadcast_id, 0, made.number, elected=True)
