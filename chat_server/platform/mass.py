"""Mass sends: to all followers as one append to the feed, to some as a job that cannot repeat.

A job is in the store from the moment it is answered; what it says to one follower has a name of
its own, so a process that dies halfway is followed by one that says nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import structlog
from msgspec.structs import replace

from chat_server.domain.accounts.articles import article_path
from chat_server.domain.bodies import Article, Recall
from chat_server.domain.errors import ChatError, VersionConflict
from chat_server.domain.ids import feed_conversation, service_conversation
from chat_server.domain.message import Draft, EventKind
from chat_server.platform.apps import App
from chat_server.platform.articles import Articles
from chat_server.platform.callbacks.intake import Intake
from chat_server.platform.content import Content
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import BAD_MASS_ID, BAD_PARAMETER, MASS_USED, Refused
from chat_server.platform.limits import Limits
from chat_server.platform.quotas import day_of
from chat_server.platform.registry import Apps
from chat_server.platform.speaking import Speaking, Spoken
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.rounds import in_rounds

log = structlog.get_logger()

PAGE = 200
LOOK_S = 1.0
LEASE_MS = 30_000
_FIRST_ID = 1_000_000_000
_FIRST_DATA_ID = 2_750_000_000  # beside those of what is published
_ARTICLE = "article"  # the kind of a job whose articles are the house's already
_JSON = msgspec.json.Encoder()


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """`customers` are those named, or `tag` those who have it; neither: all followers.

    `after` is how far it came; `state` is SENDING, SEND_SUCCESS, SEND_FAIL or DELETE.
    """

    msg_id: int
    msg_data_id: int
    account: str
    kind: str
    said: msgspec.Raw
    state: str = "SENDING"
    tag: int = 0
    customers: Sequence[str] = ()
    to_all: bool = False
    after: str = ""
    total: int = 0
    sent: int = 0
    failed: int = 0
    at_ms: int = 0
    deleting: bool = False


class _Running(msgspec.Struct, frozen=True):
    account: str
    until_ms: int = 0
    node: str = ""


class MassSends:
    def __init__(
        self,
        store: Store,
        apps: Apps,
        content: Content,
        articles: Articles,
        speaking: Speaking,
        intake: Intake,
        limits: Limits,
        clock: Clock,
        node: str,
        base_url: str,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._store, self._apps, self._content = store, apps, content
        self._articles = articles
        self._speaking, self._intake, self._limits = speaking, intake, limits
        self._clock, self._node = clock, node
        self._jobs = Drawer(store.shelf, clock, "mass", Job)
        self._running = Drawer(store.shelf, clock, "mass_running", _Running)

    async def begin(
        self,
        app: App,
        kind: str,
        said: object,
        *,
        to_all: bool = False,
        tag: int = 0,
        customers: Sequence[str] = (),
    ) -> Job:
        """In the store, and under way. Raises Refused for what could not be said."""
        told = await self._content.bodies(app.account, kind, msgspec.to_builtins(said))
        articles = told[0] if kind == "mpnews" else None
        now = self._clock.now_ms()
        await self._take_quota(app.account, now)
        number = await self._store.shelf.bump("", "number", "mass", 1, now)
        job = Job(
            msg_id=_FIRST_ID + number,
            msg_data_id=_FIRST_DATA_ID + number,
            account=app.account,
            kind=_ARTICLE if articles else kind,
            said=msgspec.Raw(_JSON.encode(articles or said)),
            tag=tag,
            customers=sorted(customers),
            to_all=to_all,
            at_ms=now,
        )
        if isinstance(articles, Article):
            titles = [each.title for each in articles.items]
            await self._articles.note_sent(app.account, job.msg_data_id, articles.broadcast, titles)
        name = str(job.msg_id)
        running = self._running.kept("", name, _Running(app.account))
        await self._store.shelf.save([self._jobs.kept(app.account, name, job), running])
        if isinstance(articles, Article):
            await self._articles.leave_box(app.account, str(msgspec.to_builtins(said)["media_id"]))
        return job

    async def told_of(self, account: str, msg_data_id: int) -> int:
        """How many that mass send was for; 0: it was none, or is under way."""
        job = await self._jobs.get(account, str(msg_data_id - _FIRST_DATA_ID + _FIRST_ID))
        return job.total if job else 0

    async def find(self, account: str, msg_id: str) -> Job:
        job = await self._jobs.get(account, msg_id) if msg_id.isdecimal() else None
        if job is None:
            raise Refused(BAD_MASS_ID, "invalid msg_id")
        return job

    async def delete(self, app: App, msg_id: str, index: int = 0) -> None:
        """Recall what was said, from everybody; with `index`, from 1, take one article off."""
        job = await self.find(app.account, msg_id)
        account = app.account
        if index:
            if job.kind != _ARTICLE:
                raise Refused(
                    BAD_PARAMETER, "invalid parameter: article_idx, there are no articles"
                )
            broadcast = msgspec.json.decode(job.said, type=Article).broadcast
            await self._articles.take_off(app, broadcast, index)
            return

        def edit(job: Job | None) -> Job:
            if job is None:
                raise Refused(BAD_MASS_ID, "invalid msg_id")
            return replace(job, state="DELETE", deleting=True, after="")

        await self._jobs.change(account, msg_id, edit)
        await self._running.new("", msg_id, _Running(account))

    async def run(self) -> None:
        """Until cancelled."""
        await in_rounds(self.go_round, self._clock, every_s=LOOK_S, failed="mass_sends_wait")

    async def go_round(self) -> None:
        """One page of each that is under way."""
        for name, running in await self._running.page("", limit=PAGE):
            await self._take_on(name, running)

    async def _take_on(self, name: str, running: _Running) -> None:
        """One that fails is tried again in the next round; the others go on."""
        try:
            if await self._hold(name, running):
                await self._go_on(running.account, name)
        except Exception:
            log.exception("mass_send_waits", msg_id=name)

    async def _hold(self, name: str, running: _Running) -> bool:
        now = self._clock.now_ms()
        if running.node not in {"", self._node} and running.until_ms > now:
            return False

        def edit(stored: _Running | None) -> _Running:
            if stored is None or (stored.node not in {"", self._node} and stored.until_ms > now):
                raise VersionConflict(name)
            return _Running(running.account, now + LEASE_MS, self._node)

        try:
            await self._running.change("", name, edit)
        except VersionConflict:
            return False
        return True

    async def _go_on(self, account: str, name: str) -> None:
        """One page of a job; the next follows when the others had theirs."""
        job = await self._jobs.get(account, name)
        app = await self._apps.of_account(account)
        if job is None or app is None:
            await self._running.take("", name)
            return
        done, more = await self._page(app, job)
        stored = await self._jobs.change(account, name, lambda now: _merged(now or done, done))
        if more and stored.deleting == job.deleting:
            return
        if stored.deleting != job.deleting:  # taken back meanwhile: from its beginning
            return
        await self._running.take("", name)
        if not done.deleting:
            await self._tell(app, stored)

    async def _page(self, app: App, job: Job) -> tuple[Job, bool]:
        if job.to_all:
            return await self._to_all(app, job), False
        customers = await self._next(job)
        for customer in customers:
            job = await self._to_one(app, job, customer)
        more = len(customers) == PAGE
        return (job if more else _ended(job)), more

    async def _next(self, job: Job) -> Sequence[str]:
        if job.tag:
            page = await self._store.followers.page(
                job.account, after=job.after, limit=PAGE, tag=job.tag
            )
            return [each.customer for each in page]
        return [each for each in job.customers if each > job.after][:PAGE]

    async def _to_one(self, app: App, job: Job, customer: str) -> Job:
        after = replace(job, after=customer, total=job.total + (not job.deleting))
        conv = service_conversation(app.account, customer)
        try:
            if job.deleting:
                await self._recall(conv, app.account, f"mass:{job.msg_id}")
                return after
            among = await self._store.followers.among(app.account, [customer])
            if not among or not among[0].following:
                return replace(after, failed=after.failed + 1)
            said = await self._bodies(job)
            await self._speaking.say(app.account, customer, said, f"mass:{job.msg_id}")
        except (ChatError, Refused) as exc:
            log.warning("mass_not_said", msg_id=job.msg_id, error=type(exc).__name__)
            return after if job.deleting else replace(after, failed=after.failed + 1)
        return replace(after, sent=after.sent + 1)

    async def _to_all(self, app: App, job: Job) -> Job:
        name = f"mass:{job.msg_id}"
        if job.deleting:
            await self._recall(feed_conversation(app.account), app.account, name)
            return _ended(job)
        said = await self._bodies(job)
        await self._speaking.announce(app.account, said, name)
        count = await self._store.accounts.follower_count(app.account)
        return _ended(replace(job, total=count, sent=count))

    async def _bodies(self, job: Job) -> Sequence[Spoken]:
        if job.kind == _ARTICLE:
            return [msgspec.json.decode(job.said, type=Article)]
        return await self._content.bodies(job.account, job.kind, msgspec.json.decode(job.said))

    async def _recall(self, conv: str, account: str, name: str) -> None:
        found = await self._store.messages.find(conv, account, name)
        if found is None:
            return
        recall = Recall(found.seq)
        draft = Draft(
            conv=conv,
            sender=account,
            mid=f"un{name}",
            kind=EventKind.RECALL,
            body=b"",
            body_hash=_JSON.encode(recall)[:32],
            at_ms=self._clock.now_ms(),
            counts=False,
        )
        await self._store.messages.act(draft, recall)

    async def _tell(self, app: App, job: Job) -> None:
        told = "send success" if job.state != "SEND_FAIL" else "send fail"
        fields = {
            "MsgID": job.msg_id,
            "Status": told,
            "TotalCount": job.total,
            "FilterCount": job.sent + job.failed,
            "SentCount": job.sent,
            "ErrorCount": job.failed,
            "CopyrightCheckResult": {"Count": 0, "ResultList": "", "CheckState": 1},
            "ArticleUrlResult": self._urls(job),
        }
        await self._intake.happened(app, app.account, "MASSSENDJOBFINISH", fields)

    def _urls(self, job: Job) -> Mapping[str, Any]:
        if job.kind != _ARTICLE:
            return {"Count": 0, "ResultList": ""}
        articles = msgspec.json.decode(job.said, type=Article)
        urls = [
            {
                "ArticleIdx": index + 1,
                "ArticleUrl": f"{self._base_url}{article_path(articles.broadcast, index)}",
            }
            for index in range(len(articles.items))
        ]
        return {"Count": len(urls), "ResultList": {"item": urls}}

    async def _take_quota(self, account: str, now: int) -> None:
        month = day_of(now)[:7]
        used = await self._store.shelf.bump(account, "mass_month", month, 1, now)
        if used > self._limits.mass_per_follower_month:
            raise Refused(MASS_USED, "has no masssend quota: the month's are used up")


def _ended(job: Job) -> Job:
    if job.deleting:
        return job
    failed = job.total and not job.sent
    return replace(job, state="SEND_FAIL" if failed else "SEND_SUCCESS")


def _merged(stored: Job, done: Job) -> Job:
    """What was taken back while a page was said is taken back."""
    return stored if stored.deleting != done.deleting else done
