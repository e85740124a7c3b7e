"""Whom a campaign is for: followers page by page, and those of them who meet its audience."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import islice

import msgspec

from chat_server.domain.accounts.campaigns import Audience
from chat_server.domain.accounts.following import Follower
from chat_server.ports.store import Store

PAGE = 1_000


class Matched(msgspec.Struct, frozen=True):
    """Of the followers up to `last`, those of this page who meet the audience."""

    last: str
    chosen: Sequence[Follower]


async def matching(
    store: Store, account: str, audience: Audience, *, after: str = ""
) -> AsyncIterator[Matched]:
    """By id, from `after`. Of the whole directory only whom a tag or a list does not narrow."""
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
        yield Matched(last, await _chosen(store, audience, found))
        after = last


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
