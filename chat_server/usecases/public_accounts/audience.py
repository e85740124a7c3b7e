"""Whom a campaign is for: followers page by page, and those of them who meet its audience."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import islice

import msgspec

from chat_server.domain.accounts.behaviour import Cut
from chat_server.domain.accounts.campaigns import Audience
from chat_server.domain.accounts.following import Follower
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.sieve import Sieve

PAGE = 1_000


class Matched(msgspec.Struct, frozen=True):
    """Of the followers up to `last`, those of this page who meet the audience."""

    last: str
    chosen: Sequence[Follower]


async def matching(
    store: Store,
    sieve: Sieve,
    account: str,
    audience: Audience,
    *,
    after: str = "",
    cut: Cut | None = None,
) -> AsyncIterator[Matched]:
    """By id, from `after`. Of the whole directory only whom a tag or a list does not narrow.

    Without a cut nobody is left out for what they might want.
    """
    listed = sorted(set(audience.customers))
    while True:
        if listed:
            names = list(islice((each for each in listed if each > after), PAGE))
            found: Sequence[Follower] = await store.followers.among(account, names)
            last = names[-1] if names else ""
        else:
            tag = audience.tags[0] if audience.tags else 0
            found = await store.followers.page(account, after=after, limit=PAGE, tag=tag)
            last = found[-1].customer if found else ""
        if not last:
            return
        chosen = await _chosen(store, audience, found)
        chosen = await sieve.did(account, audience.behaviours, chosen)
        if audience.likely and cut:
            chosen = await sieve.likely(audience.likely, chosen, cut)
        yield Matched(last, chosen)
        after = last


async def cut_of(
    store: Store, sieve: Sieve, account: str, audience: Audience, at_ms: int
) -> Cut | None:
    """Where the recommender's best end, of those who meet the rest; None: it is not asked."""
    if audience.likely is None:
        return None
    if not audience.likely.top:
        return Cut(at_ms)
    pages = (page.chosen async for page in matching(store, sieve, account, audience))
    return await sieve.cut(audience.likely, pages, at_ms)


async def _chosen(
    store: Store, audience: Audience, found: Sequence[Follower]
) -> Sequence[Follower]:
    people = {}
    if audience.languages or audience.branches:
        people = {
            person.user: person
            for person in await store.people.people(each.customer for each in found)
        }
    chosen = []
    for each in found:
        person = people.get(each.customer)
        language = person.language if person else ""
        branch = person.branch if person else ""
        if audience.meets(each, language, branch):
            chosen.append(each)
    return chosen
