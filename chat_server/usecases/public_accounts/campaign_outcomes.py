"""What becomes of a campaign after it is sent: delivered, read, clicked, bought, left.

Clicks come from the customer's device, purchases from the bank's outbox, leaving from the
store's facts: each is one mark in the ledger, counted once a person. How far somebody has
read is looked up behind, page by page, so that nothing of it costs a message anything.
`campaign_clicked` and `campaign_converted` are facts for whoever follows up.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import msgspec
import structlog

from chat_server.domain.accounts.campaigns import (
    MAX_WINDOW,
    REACHED,
    Campaign,
    CampaignState,
    Recipient,
    RecipientState,
)
from chat_server.domain.accounts.progress import Mark, Step
from chat_server.domain.errors import NotFound
from chat_server.domain.facts import Change, Fact, Purpose
from chat_server.domain.ids import service_conversation
from chat_server.domain.message import EventKind
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.campaigns import CAMPAIGN_MID, Campaigns
from chat_server.usecases.rounds import in_rounds

log = structlog.get_logger()

DAY_MS = 86_400_000
FOLLOWED_UP_MS = 7 * DAY_MS  # after its release nobody looks any more who read it
LOOK_S = 60.0
_SELDOM = 60  # after a day it is looked at every so many rounds
_FRESH_MS = 5_000
_PAGE = 1_000
_REST_S = 0.02  # between two pages, for those who chat
_MOST = 200  # campaigns followed up at once


class Payment(msgspec.Struct, frozen=True):
    """Money that left a customer's account for something; `position` in the bank's outbox."""

    customer: str
    product: str
    fen: int
    at_ms: int
    position: int


class CampaignOutcomes:
    def __init__(self, store: Store, campaigns: Campaigns, clock: Clock) -> None:
        self._store, self._campaigns, self._clock = store, campaigns, clock
        self._looked_ms: dict[str, int] = {}

    async def opened(self, customer: str, account: str, seq: int) -> None:
        """The customer pressed the button of that message. NotFound if it is no campaign's."""
        conv = service_conversation(account, customer)
        event = await self._store.messages.event(conv, seq)
        if (
            event is None
            or event.sender != account
            or event.kind is not EventKind.MESSAGE
            or not event.mid.startswith(CAMPAIGN_MID)
        ):
            raise NotFound("no such message of a campaign")
        name = event.mid.removeprefix(CAMPAIGN_MID)
        campaign = await self._campaigns.find(account, name)
        if campaign.plan.button is None:
            raise NotFound("this campaign has no button")
        now = self._clock.now_ms()
        fact = Fact("campaign_clicked", customer, name, now, {"account": account})
        mark = Mark(name, customer, Step.CLICKED, now, seq=seq, fact=fact)
        await self._store.recipients.mark([mark])

    async def on_paid(self, payment: Payment) -> None:
        """It counts for every campaign that has the customer within its window, so that those
        who got it can be compared with the hold-out.
        """
        customer, at_ms = payment.customer, payment.at_ms
        since = at_ms - MAX_WINDOW * DAY_MS
        marks = []
        for each in await self._store.recipients.of_customer(customer, since):
            campaign = await self._campaigns.named(each.campaign) if each.at_ms <= at_ms else None
            if campaign and at_ms - each.at_ms <= campaign.plan.window_days * DAY_MS:
                detail = {"account": campaign.account, "product": payment.product}
                fact = Fact("campaign_converted", customer, each.campaign, at_ms, detail)
                marks.append(
                    Mark(
                        each.campaign,
                        customer,
                        Step.CONVERTED,
                        at_ms,
                        fen=payment.fen,
                        position=payment.position,
                        fact=fact if each.state in REACHED else None,
                    )
                )
        await self._store.recipients.mark(marks)

    async def on_change(self, change: Change) -> None:
        """Who follows no more, or allows no offers, counts for what they were sent lately."""
        fact = change.fact
        if fact is None:
            return
        if fact.kind == "unfollowed":
            await self._left(fact.actor, fact.subject, fact.at_ms)
        elif (
            fact.kind == "consent_changed"
            and fact.detail.get("purpose") == Purpose.PERSONALISED_OFFERS
            and not fact.detail.get("granted")
        ):
            await self._left(fact.subject, "", fact.at_ms)

    async def _left(self, customer: str, account: str, at_ms: int) -> None:
        marks = []
        rows = await self._store.recipients.of_customer(customer, at_ms - FOLLOWED_UP_MS)
        for each in rows:
            campaign = await self._campaigns.named(each.campaign)
            if campaign is None or each.at_ms > at_ms:
                continue
            # Without offers, service notices still come: those were not turned off.
            if campaign.account == account or (not account and not campaign.plan.service):
                marks.append(Mark(each.campaign, customer, Step.LEFT, at_ms))
        await self._store.recipients.mark(marks)

    async def run(self) -> None:
        """Look who read what was sent lately, until cancelled."""
        turns = itertools.cycle([True] + [False] * (_SELDOM - 1))
        await in_rounds(
            lambda: self.look(everything=next(turns)),
            self._clock,
            every_s=LOOK_S,
            failed="campaigns_not_followed_up",
        )

    async def look(self, *, everything: bool = True) -> None:
        """Of each campaign that runs or is followed up; those of the last day only, or all."""
        for campaign in await self._campaigns.followed_up(_MOST):
            try:
                await self._follow_up(campaign, everything=everything)
            except Exception:  # the others go on; this one is looked at again in the next round
                log.exception("campaign_not_followed_up", campaign=campaign.campaign_id)

    async def _follow_up(self, campaign: Campaign, *, everything: bool) -> None:
        age = self._clock.now_ms() - campaign.released_ms
        if age > FOLLOWED_UP_MS and campaign.state is not CampaignState.RUNNING:
            await self.note_progress(campaign)
            await self._campaigns.leave_alone(campaign)
        elif everything or age <= DAY_MS:
            await self.note_progress(campaign)

    async def note_progress(self, campaign: Campaign, *, pages: int | None = None) -> None:
        """How far its recipients have received and read; not oftener than every few seconds.

        With `pages`, only so many of a thousand, for somebody who waits for the figures.
        """
        name, now = campaign.campaign_id, self._clock.now_ms()
        if now - self._looked_ms.get(name, -_FRESH_MS) < _FRESH_MS:
            return
        self._looked_ms[name] = now
        looked = 0
        for state in (RecipientState.DELIVERED, RecipientState.SENT):
            after = ""
            while pages is None or looked < pages:
                found = await self._store.recipients.in_state(name, state, after=after, limit=_PAGE)
                if not found:
                    break
                after, looked = found[-1].customer, looked + 1
                await self._note(campaign, found, now)
                await self._clock.sleep(_REST_S)

    async def _note(self, campaign: Campaign, page: Sequence[Recipient], now: int) -> None:
        convs = {service_conversation(campaign.account, each.customer) for each in page}
        places = await self._store.conversations.members_of(convs)
        found = {place.user: place for of in places.values() for place in of}
        marks = []
        for each in page:
            place = found.get(each.customer)
            if place is None:
                continue
            if place.read >= each.seq:
                marks.append(Mark(each.campaign, each.customer, Step.READ, now))
            elif place.delivered >= each.seq and each.state is RecipientState.SENT:
                marks.append(Mark(each.campaign, each.customer, Step.DELIVERED, now))
        await self._store.recipients.mark(marks)
