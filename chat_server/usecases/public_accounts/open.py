"""The use cases of public accounts, put together; `bootstrap` hands them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

from chat_server.ports.bus import Bus
from chat_server.ports.clock import Clock, NewId
from chat_server.ports.notify import SmsSender
from chat_server.ports.scores import Scores
from chat_server.ports.sheets import SheetReader
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.article_drafts import ArticleDrafts
from chat_server.usecases.public_accounts.article_talk import ArticleTalk
from chat_server.usecases.public_accounts.campaign_figures import ReadFigures
from chat_server.usecases.public_accounts.campaign_outcomes import CampaignOutcomes
from chat_server.usecases.public_accounts.campaign_run import RunCampaigns
from chat_server.usecases.public_accounts.campaigns import Campaigns
from chat_server.usecases.public_accounts.codes import SceneCodes
from chat_server.usecases.public_accounts.conduct import Conducts
from chat_server.usecases.public_accounts.entry import Entries
from chat_server.usecases.public_accounts.followers import FollowerFile
from chat_server.usecases.public_accounts.listing import ReadLists
from chat_server.usecases.public_accounts.notices import HashBody, Notices
from chat_server.usecases.public_accounts.office import AccountOffice
from chat_server.usecases.public_accounts.rules import Rules
from chat_server.usecases.public_accounts.templates import Templates
from chat_server.usecases.public_accounts.welcome import Welcome


@dataclass(frozen=True, kw_only=True)
class AccountWork:
    """What an account's staff and partners do. `entries` lets in; the rest asks who was."""

    entries: Entries
    office: AccountOffice
    followers: FollowerFile
    conducts: Conducts
    codes: SceneCodes
    templates: Templates
    notices: Notices
    welcome: Welcome
    rules: Rules
    lists: ReadLists
    campaigns: Campaigns
    run_campaigns: RunCampaigns
    campaign_outcomes: CampaignOutcomes
    campaign_figures: ReadFigures
    drafts: ArticleDrafts
    talk: ArticleTalk


def open_account_work(
    store: Store,
    bus: Bus,
    clock: Clock,
    new_id: NewId,
    new_word: Callable[[], str],
    hash_body: HashBody,
    *,
    sheets: SheetReader,
    scores: Scores,
    sms: SmsSender,
    quiet: tuple[time, time] = (time(0), time(0)),
) -> AccountWork:
    conducts = Conducts(store, clock)
    campaigns = Campaigns(store, clock, new_id, scores)
    outcomes = CampaignOutcomes(store, campaigns, clock)
    templates = Templates(store, clock, new_id)
    return AccountWork(
        entries=Entries(store.accounts, store.people),
        office=AccountOffice(store, clock),
        followers=FollowerFile(store, bus, clock),
        conducts=conducts,
        codes=SceneCodes(store, clock, new_word),
        templates=templates,
        notices=Notices(store, templates, clock, new_id, hash_body),
        welcome=Welcome(store, conducts, clock, hash_body),
        rules=Rules(conducts, clock),
        lists=ReadLists(store, sheets),
        campaigns=campaigns,
        run_campaigns=RunCampaigns(store, campaigns, clock, hash_body, quiet, sms),
        campaign_outcomes=outcomes,
        campaign_figures=ReadFigures(store, campaigns, outcomes, clock),
        drafts=ArticleDrafts(store, clock, new_id, hash_body),
        talk=ArticleTalk(store, clock),
    )
