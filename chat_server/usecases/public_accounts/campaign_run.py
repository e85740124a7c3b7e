"""What runs a released campaign, page by page: enrol, send, take back.

A recipient is first a row of the ledger, then a message named by the campaign, then a row
that says so. Killed anywhere, the next one finds the row queued, appends under the same
name, and gets the first message. Suppression is asked of each page right before it is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import time
from zoneinfo import ZoneInfo

import msgspec
import structlog
from msgspec.structs import replace

from chat_server.domain import bodies
from chat_server.domain.accounts.campaigns import (
    OPEN_TO,
    WEEK_MS,
    WEEKLY,
    Campaign,
    CampaignPlan,
    CampaignState,
    Recipient,
    RecipientState,
    enrolled,
)
from chat_server.domain.accounts.spread import due
from chat_server.domain.errors import (
    ChatError,
    InvalidValue,
    MidReused,
    NotFound,
    VersionConflict,
)
from chat_server.domain.facts import Purpose
from chat_server.domain.ids import service_conversation
from chat_server.domain.message import Appended, Draft, EventKind
from chat_server.domain.publishing import Capability
from chat_server.ports.clock import Clock
from chat_server.ports.notify import SmsSender
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.audience import cut_of, matching
from chat_server.usecases.public_accounts.campaigns import CAMPAIGN_MID, Campaigns
from chat_server.usecases.public_accounts.journeys import Journeys
from chat_server.usecases.public_accounts.notices import HashBody
from chat_server.usecases.public_accounts.taking_back import take_back

log = structlog.get_logger()

LOOK_S = 1.0
PAGE = 1_000
PART = 128  # of them asked about and written at once: what chat waits for behind it
UNDER_WAY = 2  # parts
SWIFT_S = 0.02  # a part is written within; twice what it takes longer is rested after it
LONGEST_REST_S = 0.5
AT_ONCE = 20  # campaigns looked at in one round
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_RUNNER = "campaigns"


class RunCampaigns:
    """`quiet`: from when until when, in Shanghai, no campaign reaches anybody."""

    def __init__(
        self,
        store: Store,
        campaigns: Campaigns,
        clock: Clock,
        hash_body: HashBody,
        quiet: tuple[time, time],
        sms: SmsSender,
    ) -> None:
        self._store, self._campaigns, self._clock = store, campaigns, clock
        self._hash_body, self._quiet = hash_body, quiet
        self._journeys = Journeys(store, clock, hash_body, sms)
        self._looked_at, self._worked = "", False  # up to which one, and if there was work

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                busy = await self.look()
            except Exception:
                log.exception("campaigns_not_looked_at")
                busy = False
            if not busy:
                await self._clock.sleep(LOOK_S)

    async def look(self) -> bool:
        """One page of some campaigns that are under way, the next ones in the next round.

        False when there was nothing to do, and all were looked at.
        """
        found = await self._campaigns.under_way(AT_ONCE, after=self._looked_at)
        more = len(found) == AT_ONCE
        self._looked_at = found[-1].campaign_id if more else ""
        busy, self._worked = self._worked, False
        for campaign in found:
            try:
                busy = await self.step(campaign) or busy
            except VersionConflict:  # paused, recalled, or taken by another process
                log.info("campaign_changed_meanwhile", campaign=campaign.campaign_id)
                busy = True
            except Exception:  # the others go on; this one is tried again in the next round
                log.exception("campaign_not_taken_on", campaign=campaign.campaign_id)
        self._worked = busy and more
        return busy or more

    async def step(self, campaign: Campaign) -> bool:
        """False while it waits for its time or its account."""
        if campaign.state is CampaignState.RECALLING:
            return await self._take_back(campaign)
        account = await self._store.accounts.account(campaign.account)
        if (
            campaign.state is not CampaignState.RUNNING
            or account is None
            or not account.active
            or Capability.BROADCAST not in account.capabilities
            or self._clock.now_ms() < campaign.plan.at_ms
            or self._is_quiet()
        ):
            return False
        if not campaign.enrolled:
            await self._enrol(campaign)
            return True
        waiting = await self._store.recipients.in_state(
            campaign.campaign_id, RecipientState.QUEUED, limit=PAGE
        )
        walked = await self._journeys.walk(campaign, self._held_back)
        if not waiting:
            over = not walked and await self._journeys.over(campaign)
            if over:
                done = replace(campaign, state=CampaignState.DONE)
                await self._campaigns.put(done, _RUNNER, "campaign_done")
            return walked or over
        if campaign.plan.over_minutes:
            waiting = await self._due(campaign, waiting)
        await self._send(campaign, waiting)
        return walked or bool(waiting)

    async def _due(self, campaign: Campaign, waiting: Sequence[Recipient]) -> Sequence[Recipient]:
        """Whose turn it is. Noted before they are sent to, so that two processes share a pace."""
        over, now = campaign.plan.over_minutes, self._clock.now_ms()
        count, paced_ms = due(campaign.queued, over, campaign.paced_ms, now)
        if count:
            await self._campaigns.put(replace(campaign, paced_ms=paced_ms), _RUNNER)
        return waiting[:count]

    async def _enrol(self, campaign: Campaign) -> None:
        """The next page of followers; one who follows later, further back, is not in it."""
        now, audience = self._clock.now_ms(), campaign.plan.audience
        store, sieve, account = self._store, self._campaigns.sieve, campaign.account
        if audience.likely and campaign.cut is None:
            cut = await cut_of(store, sieve, account, audience, now)
            await self._campaigns.put(replace(campaign, cut=cut), _RUNNER)
            return
        after = campaign.enrolled_to
        pages = matching(store, sieve, account, audience, after=after, cut=campaign.cut)
        async for page in pages:
            rows = await self._rows(campaign, [each.customer for each in page.chosen], now)
            if rows:
                await self._store.recipients.enrol(rows)
            await self._campaigns.put(replace(campaign, enrolled_to=page.last), _RUNNER)
            return
        tallies = await self._store.recipients.tallies(campaign.campaign_id)
        queued = sum(one.count for one in tallies if one.state is RecipientState.QUEUED)
        await self._campaigns.put(replace(campaign, enrolled=True, queued=queued), _RUNNER)

    async def _rows(
        self, campaign: Campaign, customers: Sequence[str], now: int
    ) -> Sequence[Recipient]:
        """With the language and branch that each has now, by which they are counted."""
        people = await self._store.people.people(customers) if customers else ()
        named = {each.user: (each.language, each.branch) for each in people}
        rows = []
        for each in customers:
            language, branch = named.get(each, ("", ""))
            rows.append(enrolled(campaign, each, now, language=language, branch=branch))
        return rows

    async def _send(self, campaign: Campaign, waiting: Sequence[Recipient]) -> None:
        """In parts, two under way: while one is written the other is asked about."""
        parts = [waiting[at : at + PART] for at in range(0, len(waiting), PART)]
        left = iter(parts)

        async def work() -> None:
            for part in left:
                await self._send_part(campaign, part)

        await asyncio.gather(*(work() for _ in range(UNDER_WAY)))

    async def _send_part(self, campaign: Campaign, waiting: Sequence[Recipient]) -> None:
        reasons = await self._held_back(campaign, [each.customer for each in waiting])
        now = self._clock.now_ms()
        held = [each for each in waiting if each.customer in reasons]
        sent_before = await asyncio.gather(*(self._was_sent(campaign, each) for each in held))
        out = [each for each, sent in zip(held, sent_before, strict=True) if not sent]
        kept = {each.customer for each in out}
        sending = [each for each in waiting if each.customer not in kept]
        appended = await self._append(campaign, sending, now)
        wrote_s = (self._clock.now_ms() - now) / 1000
        told = [
            replace(each, state=RecipientState.FAILED, reason=type(answer).__name__, at_ms=now)
            if isinstance(answer, ChatError)
            else replace(each, state=RecipientState.SENT, seq=answer.event.seq, at_ms=now)
            for each, answer in zip(sending, appended, strict=True)
        ]
        reached = [each for each in told if each.state is RecipientState.SENT]
        await self._journeys.begin(campaign, 1, reached, now)
        state = RecipientState.SUPPRESSED
        told += [
            replace(each, state=state, reason=reasons[each.customer], at_ms=now) for each in out
        ]
        await self._store.recipients.move(RecipientState.QUEUED, told)
        if wrote_s > SWIFT_S:  # whoever chats waits as long for a commit: they come first
            await self._clock.sleep(min(2 * (wrote_s - SWIFT_S), LONGEST_REST_S))

    async def _append(
        self, campaign: Campaign, sending: Sequence[Recipient], now: int
    ) -> Sequence[Appended | ChatError]:
        """The message of each, or why it never will be there. Raises if it might be later."""
        texts = [_body(campaign.plan, text) for text in campaign.plan.texts]
        hashes = [self._hash_body(text) for text in texts]
        drafts = [
            Draft(
                conv=service_conversation(campaign.account, each.customer),
                sender=campaign.account,
                mid=_mid(campaign),
                kind=EventKind.MESSAGE,
                body=texts[each.variant],
                body_hash=hashes[each.variant],
                at_ms=now,
            )
            for each in sending
        ]
        answers: list[Appended | ChatError] = []
        for answer in await asyncio.gather(
            *(self._store.messages.append(draft) for draft in drafts), return_exceptions=True
        ):
            if not isinstance(answer, Appended | MidReused | InvalidValue | NotFound):
                raise answer
            answers.append(answer)
        return answers

    async def _held_back(self, campaign: Campaign, customers: Sequence[str]) -> dict[str, str]:
        """Who does not get it now, and why: the first reason of left, consent, cap."""
        store, now = self._store, self._clock.now_ms()
        found, reached, allowed = await asyncio.gather(
            store.followers.among(campaign.account, customers),
            store.recipients.reached(customers, now - WEEK_MS),
            self._allowing(campaign, customers),
        )
        present = {each.customer for each in found if each.following and not each.blocked}
        reasons = {}
        for each in customers:
            if each not in present:
                reasons[each] = "left"
            elif each not in allowed:
                reasons[each] = "consent"
            elif reached.get(each, 0) >= WEEKLY:
                reasons[each] = "cap"
        return reasons

    async def _allowing(self, campaign: Campaign, customers: Sequence[str]) -> Collection[str]:
        if campaign.plan.service:
            return set(customers)
        return await self._store.consents.consenting(customers, Purpose.PERSONALISED_OFFERS)

    async def _was_sent(self, campaign: Campaign, one: Recipient) -> bool:
        """By a process that died before it could say so."""
        conv = service_conversation(campaign.account, one.customer)
        return await self._store.messages.find(conv, campaign.account, _mid(campaign)) is not None

    async def _take_back(self, campaign: Campaign) -> bool:
        """What waits is not sent; what was sent is recalled, read or not."""
        name, ledger = campaign.campaign_id, self._store.recipients
        now = self._clock.now_ms()
        waiting = await ledger.in_state(name, RecipientState.QUEUED, limit=PAGE)
        unsent = [each for each in waiting if not await self._was_sent(campaign, each)]
        for each in waiting:
            if each not in unsent:
                await self._recall(campaign, each)
        state = RecipientState.SUPPRESSED
        gone = [replace(each, state=state, reason="recalled", at_ms=now) for each in unsent]
        taken = [
            replace(each, state=RecipientState.RECALLED) for each in waiting if each not in unsent
        ]
        if waiting:
            await ledger.move(RecipientState.QUEUED, [*gone, *taken])
            return True
        for former in OPEN_TO:
            if sent := await ledger.in_state(name, former, limit=PAGE):
                await asyncio.gather(*(self._recall(campaign, each) for each in sent))
                back = [replace(each, state=RecipientState.RECALLED) for each in sent]
                await ledger.move(former, back)
                return True
        if await self._journeys.take_back(campaign):
            return True
        done = replace(campaign, state=CampaignState.RECALLED)
        await self._campaigns.put(done, _RUNNER, "campaign_taken_back")
        return True

    async def _recall(self, campaign: Campaign, one: Recipient) -> None:
        conv, account = service_conversation(campaign.account, one.customer), campaign.account
        now, messages = self._clock.now_ms(), self._store.messages
        await take_back(messages, self._hash_body, conv, account, _mid(campaign), now)

    def _is_quiet(self) -> bool:
        begin, end = self._quiet
        here = self._clock.now().astimezone(_SHANGHAI).time()
        return begin <= here < end if begin <= end else here >= begin or here < end


def _body(plan: CampaignPlan, text: str) -> bytes:
    if plan.button is None:
        return msgspec.json.encode(bodies.Text(text))
    return msgspec.json.encode(bodies.Leaflet(text, plan.button.title, plan.button.url))


def _mid(campaign: Campaign) -> str:
    return f"{CAMPAIGN_MID}{campaign.campaign_id}"
