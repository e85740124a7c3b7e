"""Campaigns: planned by an operator, reviewed by one and released by another, run behind.

Whoever approves names the hash of what they read. A change puts everything back to the
beginning. What runs is in the outbox's manner: `campaign_run.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

import msgspec
from msgspec.structs import replace

from chat_server.domain.accounts.behaviour import check_narrowing
from chat_server.domain.accounts.campaigns import (
    RECALL_MS,
    SMALLEST,
    Audience,
    Campaign,
    CampaignPlan,
    CampaignState,
    RecipientState,
    check_plan,
    hash_plan,
)
from chat_server.domain.accounts.journey import ledger_name
from chat_server.domain.errors import (
    AlreadyDecided,
    Forbidden,
    FourEyes,
    InvalidValue,
    NotFound,
    RecallTooLate,
    VersionConflict,
)
from chat_server.domain.facts import Fact
from chat_server.domain.people import StaffRole
from chat_server.domain.shelf import Kept
from chat_server.ports.clock import Clock, NewId
from chat_server.ports.scores import NoScores, Scores
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.audience import cut_of, matching
from chat_server.usecases.public_accounts.entry import Entry
from chat_server.usecases.public_accounts.records import NEVER_MS, Records
from chat_server.usecases.public_accounts.sieve import Sieve

UNDER_WAY = "campaign_under_way"  # the shelf of what the runner looks at
FOLLOWED_UP = "campaign_followed_up"  # and of what is looked at after
ACCOUNT_OF = "campaign_account"  # of every campaign that was released
CAMPAIGN_MID = "campaign:"  # with its id, the name of its message in every conversation
_REVIEWER = frozenset({StaffRole.REVIEWER})
_CHECKER = frozenset({StaffRole.REVIEWER, StaffRole.ADMINISTRATOR})
_WAITING = frozenset({CampaignState.SUBMITTED, CampaignState.REVIEWED, CampaignState.REJECTED})
_BEGUN = frozenset({CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.DONE})
_RUN = frozenset({CampaignState.RUNNING, CampaignState.RECALLING})
_TRIES = 8
_REMEMBERED = 1_000  # campaigns that were asked for by their id
_MOST = 200  # campaigns listed


class StepTally(msgspec.Struct, frozen=True):
    state: RecipientState
    reason: str
    count: int


class Campaigns:
    def __init__(
        self, store: Store, clock: Clock, new_id: NewId, scores: Scores | None = None
    ) -> None:
        self._store, self._clock, self._new_id = store, clock, new_id
        self.sieve = Sieve(store, scores or NoScores(), clock)
        self._records = Records(store.shelf, "campaign", Campaign)
        self._released: dict[str, Campaign] = {}

    async def listed(self, entry: Entry) -> Sequence[Campaign]:
        """Newest first."""
        return await self._records.page(entry.id, limit=_MOST, newest=True)

    async def find(self, account: str, campaign_id: str) -> Campaign:
        found = await self._records.get(account, campaign_id)
        if found is None:
            raise NotFound("no such campaign")
        return found

    async def estimate(self, entry: Entry, audience: Audience) -> int:
        """How many followers it is now, before what holds a message back from one of them."""
        check_narrowing(audience.behaviours, audience.likely)
        store, count = self._store, 0
        cut = await cut_of(store, self.sieve, entry.id, audience, self._clock.now_ms())
        async for page in matching(store, self.sieve, entry.id, audience, cut=cut):
            count += len(page.chosen)
        return count

    async def submit(self, entry: Entry, plan: CampaignPlan) -> Campaign:
        """Under review from now on. InvalidValue also for fewer than 20 people."""
        size = await self._size(entry, plan)
        campaign = Campaign(
            campaign_id=self._new_id(),
            account=entry.id,
            plan=plan,
            content_hash=hash_plan(entry.id, plan),
            state=CampaignState.SUBMITTED,
            maker=entry.actor,
            submitted_ms=self._clock.now_ms(),
            size=size,
        )
        return await self.put(campaign, entry.actor, "campaign_submitted")

    async def change(self, entry: Entry, campaign_id: str, plan: CampaignPlan) -> Campaign:
        """Another plan under the same name: what was approved is void."""
        former = await self.find(entry.id, campaign_id)
        if former.state not in _WAITING:
            raise AlreadyDecided(f"this campaign is {former.state} already")
        changed = replace(
            former,
            plan=plan,
            content_hash=hash_plan(entry.id, plan),
            state=CampaignState.SUBMITTED,
            maker=entry.actor,
            submitted_ms=self._clock.now_ms(),
            size=await self._size(entry, plan),
            reviewer="",
            checker="",
            reason="",
        )
        return await self.put(changed, entry.actor, "campaign_changed")

    async def approve(
        self, user: str, account: str, campaign_id: str, content_hash: str
    ) -> Campaign:
        """First the reviewer's word, then the checker's, which releases it: three people."""
        former = await self.find(account, campaign_id)
        first = former.state is CampaignState.SUBMITTED
        await self._require(user, _REVIEWER if first else _CHECKER)
        if user in {former.maker, former.reviewer}:
            raise FourEyes("maker, reviewer and checker are three people")
        if former.state not in {CampaignState.SUBMITTED, CampaignState.REVIEWED}:
            raise AlreadyDecided(f"this campaign is {former.state} already")
        if content_hash != hash_plan(account, former.plan):
            raise AlreadyDecided("this is not the content that was reviewed")
        if first:
            reviewed = replace(former, state=CampaignState.REVIEWED, reviewer=user)
            return await self.put(reviewed, user, "campaign_reviewed")
        now = self._clock.now_ms()
        released = replace(former, state=CampaignState.RUNNING, checker=user, released_ms=now)
        return await self.put(released, user, "campaign_released")

    async def reject(self, user: str, account: str, campaign_id: str, reason: str) -> Campaign:
        await self._require(user, _CHECKER)
        former = await self.find(account, campaign_id)
        if user == former.maker:
            raise FourEyes("who submitted it cannot decide on it")
        if former.state not in {CampaignState.SUBMITTED, CampaignState.REVIEWED}:
            raise AlreadyDecided(f"this campaign is {former.state} already")
        if not reason.strip():
            raise InvalidValue("reason: must not be empty")
        rejected = replace(former, state=CampaignState.REJECTED, reason=reason.strip())
        return await self.put(rejected, user, "campaign_rejected")

    async def pause(self, entry: Entry, campaign_id: str) -> Campaign:
        return await self._turn(
            entry, campaign_id, CampaignState.RUNNING, CampaignState.PAUSED, "campaign_paused"
        )

    async def resume(self, entry: Entry, campaign_id: str) -> Campaign:
        return await self._turn(
            entry, campaign_id, CampaignState.PAUSED, CampaignState.RUNNING, "campaign_resumed"
        )

    async def recall(self, entry: Entry, campaign_id: str) -> Campaign:
        """Take every message of it back, and send no more. RecallTooLate after 24 hours."""
        for _ in range(_TRIES):
            former = await self.find(entry.id, campaign_id)
            if former.state not in _BEGUN:
                raise AlreadyDecided(f"this campaign is {former.state}")
            if self._clock.now_ms() - former.released_ms > RECALL_MS:
                raise RecallTooLate("a campaign is recalled within 24 hours of its release")
            recalled = replace(former, state=CampaignState.RECALLING)
            with suppress(VersionConflict):
                return await self.put(recalled, entry.actor, "campaign_recalled")
        raise VersionConflict("the campaign keeps changing")

    async def steps(self, entry: Entry, campaign_id: str) -> Sequence[Sequence[StepTally]]:
        """Of each further step, how many there are of each state and reason."""
        campaign, told = await self.find(entry.id, campaign_id), []
        for number in range(1, len(campaign.plan.steps) + 1):
            counted: Counter[tuple[RecipientState, str]] = Counter()
            tallies = await self._store.recipients.tallies(ledger_name(campaign_id, number))
            for each in tallies:
                counted[each.state, each.reason] += each.count
            told.append([StepTally(*key, count) for key, count in sorted(counted.items())])
        return told

    async def named(self, campaign_id: str) -> Campaign | None:
        """One that was released, by its id alone; its state may be an earlier one."""
        found = self._released.get(campaign_id)
        if found is None and (at := await self._store.shelf.get("", ACCOUNT_OF, campaign_id)):
            found = await self._records.get(at.body, campaign_id)
            if found is not None:
                if len(self._released) >= _REMEMBERED:
                    self._released.clear()
                self._released[campaign_id] = found  # its plan changes no more
        return found

    async def followed_up(self, limit: int) -> Sequence[Campaign]:
        """Those that were released lately."""
        return await self._on_shelf(FOLLOWED_UP, limit)

    async def leave_alone(self, campaign: Campaign) -> None:
        """It is followed up no more."""
        gone = Kept("", FOLLOWED_UP, campaign.campaign_id, campaign.account, NEVER_MS)
        await self._store.shelf.save([], [gone])

    async def under_way(self, limit: int, *, after: str = "") -> Sequence[Campaign]:
        """Those that the runner has something to do with, by id."""
        return await self._on_shelf(UNDER_WAY, limit, after)

    async def _on_shelf(self, kind: str, limit: int, after: str = "") -> Sequence[Campaign]:
        found = await self._store.shelf.page("", kind, after=after, limit=limit)
        named = [(each.body, each.name) for each in found]
        campaigns = [await self._records.get(account, name) for account, name in named]
        return [each for each in campaigns if each is not None]

    async def put(self, campaign: Campaign, actor: str, kind: str = "") -> Campaign:
        """VersionConflict when somebody else changed it meanwhile. Without `kind`, no fact."""
        after = replace(campaign, version=campaign.version + 1)
        detail = {"campaign": after.campaign_id, "content": after.content_hash}
        now = self._clock.now_ms()
        facts = [Fact(kind, actor, after.account, now, detail)] if kind else []
        kept = self._records.kept(after.account, after.campaign_id, after, version=after.version)
        looked_at = Kept("", UNDER_WAY, after.campaign_id, after.account, NEVER_MS)
        items = [kept]
        if campaign.state is CampaignState.RUNNING and kind == "campaign_released":
            items += [
                Kept("", shelf, after.campaign_id, after.account, NEVER_MS)
                for shelf in (FOLLOWED_UP, ACCOUNT_OF)
            ]
        if after.state in _RUN:
            if await self._store.shelf.get("", UNDER_WAY, after.campaign_id) is None:
                items.append(looked_at)
            await self._store.shelf.save(items, facts=facts)
        else:
            await self._store.shelf.save(items, [looked_at], facts)
        return after

    async def _turn(
        self,
        entry: Entry,
        campaign_id: str,
        state: CampaignState,
        after: CampaignState,
        kind: str,
    ) -> Campaign:
        for _ in range(_TRIES):  # the runner notes how far it is
            former = await self.find(entry.id, campaign_id)
            if former.state is after:
                return former
            if former.state is not state:
                raise AlreadyDecided(f"this campaign is {former.state}")
            with suppress(VersionConflict):
                return await self.put(replace(former, state=after), entry.actor, kind)
        raise VersionConflict("the campaign keeps changing")

    async def _size(self, entry: Entry, plan: CampaignPlan) -> int:
        check_plan(plan)
        size = await self.estimate(entry, plan.audience)
        if size < SMALLEST:
            raise InvalidValue(f"audience: {size} people; at least {SMALLEST}, to protect them")
        return size

    async def _require(self, user: str, roles: frozenset[StaffRole]) -> None:
        person = await self._store.people.person(user)
        if person is None or person.role not in roles:
            raise Forbidden(f"only for: {', '.join(sorted(roles))}")
