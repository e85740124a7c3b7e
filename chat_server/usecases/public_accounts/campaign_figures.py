"""A campaign's figures as they are now: funnel, variants, hours, segments and lift.

They are added up from the ledger when somebody asks, at most every few seconds. Who read a
large campaign was looked up behind, within the last minute.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat_server.domain.accounts.campaigns import Campaign, HourTally, Tally
from chat_server.domain.accounts.figures import (
    Funnel,
    Lift,
    SegmentResult,
    VariantResult,
    funnel,
    lift,
    results,
    segments,
    winner,
)
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.campaign_outcomes import CampaignOutcomes
from chat_server.usecases.public_accounts.campaigns import Campaigns
from chat_server.usecases.public_accounts.entry import Entry

_FRESH_MS = 2_000
_PAGES = 4  # of recipients that are looked through while somebody waits
_REMEMBERED = 100  # campaigns


class CampaignFigures(msgspec.Struct, frozen=True):
    """`winner`: the variant whose share of readers certainly is the largest; None: none is."""

    campaign: Campaign
    tallies: Sequence[Tally]
    funnel: Funnel
    variants: Sequence[VariantResult]
    winner: int | None
    hours: Sequence[HourTally]
    segments: Sequence[SegmentResult]
    lift: Lift | None


class ReadFigures:
    def __init__(
        self, store: Store, campaigns: Campaigns, outcomes: CampaignOutcomes, clock: Clock
    ) -> None:
        self._store, self._campaigns, self._outcomes = store, campaigns, outcomes
        self._clock = clock
        self._told: dict[str, tuple[int, CampaignFigures]] = {}

    async def __call__(self, entry: Entry, campaign_id: str) -> CampaignFigures:
        campaign = await self._campaigns.find(entry.id, campaign_id)
        now = self._clock.now_ms()
        at_ms, told = self._told.get(campaign_id, (0, None))
        if told is None or now - at_ms >= _FRESH_MS or told.campaign.version != campaign.version:
            await self._outcomes.note_progress(campaign, pages=_PAGES)
            told = await self._read(campaign)
            if len(self._told) >= _REMEMBERED:
                self._told.clear()
            self._told[campaign_id] = (now, told)
        return told

    async def _read(self, campaign: Campaign) -> CampaignFigures:
        ledger = self._store.recipients
        tallies = await ledger.tallies(campaign.campaign_id)
        told = results(tallies)
        return CampaignFigures(
            campaign=campaign,
            tallies=_without_segments(tallies),
            funnel=funnel(tallies),
            variants=told,
            winner=winner(told),
            hours=await ledger.hours(campaign.campaign_id),
            segments=segments(tallies),
            lift=lift(tallies),
        )


def _without_segments(tallies: Sequence[Tally]) -> Sequence[Tally]:
    """Summed over languages and branches, of which there may be very few people."""
    summed: dict[tuple[int, str, str], Tally] = {}
    for each in tallies:
        key = each.variant, each.state, each.reason
        count = each.count + (summed[key].count if key in summed else 0)
        summed[key] = Tally(each.variant, each.state, each.reason, count)
    return list(summed.values())
