"""Campaigns: planned, decided on, paused, resumed, recalled, and what became of them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import astuple

from chat_server.domain.accounts.campaigns import Audience, Button, Campaign, CampaignPlan
from chat_server.domain.accounts.journey import JourneyStep
from chat_server.domain.publishing import Capability
from chat_server.transport.http.campaign_shapes import (
    AudienceDraft,
    AudienceSize,
    BadRowItem,
    BranchItem,
    CampaignButton,
    CampaignDraft,
    CampaignFunnel,
    CampaignHour,
    CampaignItem,
    CampaignLift,
    CampaignResult,
    CampaignStep,
    CustomerListItem,
    RecipientCount,
    SegmentShare,
    StepCount,
    StepDraft,
    VariantShare,
)
from chat_server.transport.http.campaign_sheet import CSV, XLSX, csv_of, xlsx_of
from chat_server.transport.http.downloading import NamedFile
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims
from chat_server.usecases.public_accounts.entry import Entry

_Id = Annotated[str, Meta(max_length=64)]


async def campaigns(cases: UseCases, claims: Claims, account: str) -> list[CampaignItem]:
    """The account's campaigns, newest first."""
    entry = await cases.account_work.entries.reader(claims.user, account)
    return [_item(each) for each in await cases.account_work.campaigns.listed(entry)]


async def size_audience(
    cases: UseCases, claims: Claims, account: str, body: AudienceDraft
) -> AudienceSize:
    """How many followers an audience has now."""
    entry = await _entry(cases, claims, account)
    count = await cases.account_work.campaigns.estimate(entry, _audience(body))
    return AudienceSize(count)


async def read_list(
    cases: UseCases, claims: Claims, account: str, content: bytes
) -> CustomerListItem:
    """Which customers a CSV or XLSX file of up to 2 MiB names, and which of its rows are bad."""
    entry = await _entry(cases, claims, account)
    found = await cases.account_work.lists.read(entry, content)
    return CustomerListItem(
        found.rows,
        found.customers,
        [BadRowItem(each.row, each.value, each.fault) for each in found.bad],
        {fault.value: count for fault, count in found.faults.items()},
    )


async def branches(cases: UseCases) -> list[BranchItem]:
    """The bank's branches, by id."""
    return [
        BranchItem(each.branch_id, each.name) for each in await cases.account_work.lists.branches()
    ]


async def submit_campaign(
    cases: UseCases, claims: Claims, account: str, body: CampaignDraft
) -> CampaignItem:
    """Submit a campaign for review; fewer than 20 people are refused."""
    entry = await _entry(cases, claims, account)
    return _item(await cases.account_work.campaigns.submit(entry, _plan(body)))


async def change_campaign(
    cases: UseCases, claims: Claims, account: str, campaign: _Id, body: CampaignDraft
) -> CampaignItem:
    """Change a campaign that was not released; what was approved is void."""
    entry = await _entry(cases, claims, account)
    return _item(await cases.account_work.campaigns.change(entry, campaign, _plan(body)))


async def decide_campaign(
    cases: UseCases, claims: Claims, account: str, campaign: _Id, body: CampaignStep
) -> CampaignItem:
    """Approve or reject a campaign; pause, resume or recall one that was released."""
    work = cases.account_work.campaigns
    if body.step == "approve":
        return _item(await work.approve(claims.user, account, campaign, body.content_hash))
    if body.step == "reject":
        return _item(await work.reject(claims.user, account, campaign, body.reason))
    entry = await _entry(cases, claims, account)
    step = {"pause": work.pause, "resume": work.resume, "recall": work.recall}[body.step]
    return _item(await step(entry, campaign))


async def campaign_result(
    cases: UseCases, claims: Claims, account: str, campaign: _Id
) -> CampaignResult:
    """How many were sent, read and held back, for each variant."""
    entry = await cases.account_work.entries.reader(claims.user, account)
    told = await cases.account_work.campaign_figures(entry, campaign)
    return CampaignResult(
        counts=[
            RecipientCount(each.variant, each.state, each.reason, each.count)
            for each in told.tallies
        ],
        funnel=CampaignFunnel(*astuple(told.funnel)),
        variants=[VariantShare(*astuple(each)) for each in told.variants],
        winner=told.winner,
        hours=[CampaignHour(*astuple(each)) for each in told.hours],
        segments=[SegmentShare(*astuple(each)) for each in told.segments],
        lift=CampaignLift(*astuple(told.lift)) if told.lift else None,
    )


async def campaign_steps(
    cases: UseCases, claims: Claims, account: str, campaign: _Id
) -> list[StepCount]:
    """How far recipients are with a campaign's further steps."""
    entry = await cases.account_work.entries.reader(claims.user, account)
    told = await cases.account_work.campaigns.steps(entry, campaign)
    return [
        StepCount(number, each.state, each.reason, each.count)
        for number, tallies in enumerate(told, 1)
        for each in tallies
    ]


async def export_campaign(
    cases: UseCases,
    claims: Claims,
    account: str,
    campaign: _Id,
    form: Literal["csv", "xlsx"],
    language: Literal["zh-CN", "en"] = "zh-CN",
) -> NamedFile:
    """A campaign's figures as a file: by variant, segment and hour."""
    entry = await cases.account_work.entries.reader(claims.user, account)
    told = await cases.account_work.campaign_figures(entry, campaign)
    make, mime = (csv_of, CSV) if form == "csv" else (xlsx_of, XLSX)
    content = await asyncio.to_thread(make, told, language)
    return NamedFile(content, mime, f"{told.campaign.plan.name}.{form}")


async def open_leaflet(
    cases: UseCases, claims: Claims, account: str, seq: Annotated[int, Meta(ge=1, le=2**53 - 1)]
) -> None:
    """Tell that the button of a campaign's message was pressed; counted once a person."""
    await cases.account_work.campaign_outcomes.opened(claims.user, account, seq)


async def _entry(cases: UseCases, claims: Claims, account: str) -> Entry:
    entries = cases.account_work.entries
    return await entries.operator(claims.user, account, Capability.BROADCAST)


def _audience(draft: AudienceDraft) -> Audience:
    return msgspec.convert(msgspec.to_builtins(draft), Audience)


def _plan(draft: CampaignDraft) -> CampaignPlan:
    return CampaignPlan(
        name=draft.name.strip(),
        audience=_audience(draft.audience),
        texts=[text.strip() for text in draft.texts],
        hold_out=draft.hold_out,
        service=draft.service,
        at_ms=draft.at,
        button=Button(draft.button.title.strip(), draft.button.url) if draft.button else None,
        window_days=draft.window_days,
        over_minutes=draft.over_minutes,
        steps=msgspec.convert(msgspec.to_builtins(draft.steps), list[JourneyStep]),
    )


def _item(one: Campaign) -> CampaignItem:
    plan = one.plan
    return CampaignItem(
        campaign=one.campaign_id,
        plan=CampaignDraft(
            name=plan.name,
            audience=msgspec.convert(msgspec.to_builtins(plan.audience), AudienceDraft),
            texts=plan.texts,
            hold_out=plan.hold_out,
            service=plan.service,
            at=plan.at_ms,
            button=CampaignButton(plan.button.title, plan.button.url) if plan.button else None,
            window_days=plan.window_days,
            over_minutes=plan.over_minutes,
            steps=msgspec.convert(msgspec.to_builtins(plan.steps), list[StepDraft]),
        ),
        content_hash=one.content_hash,
        state=one.state,
        size=one.size,
        maker=one.maker,
        submitted=one.submitted_ms,
        reviewer=one.reviewer,
        checker=one.checker,
        released=one.released_ms,
        reason=one.reason,
    )
