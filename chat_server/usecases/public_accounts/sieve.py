"""Narrowing followers by what they did lately and by what they might want.

What people did is read from the trail of facts, the recipient ledger and the logs, where it
stands already: nothing is noted beforehand for audiences that nobody asks for. A set of
people is remembered for a minute, as an audience is walked through page by page.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime
from heapq import nsmallest

from chat_server.domain.accounts.behaviour import DAY_MS, Behaviour, Cut, Deed, Likely
from chat_server.domain.accounts.campaigns import RecipientState
from chat_server.domain.accounts.following import Follower
from chat_server.domain.facts import Fact
from chat_server.domain.ids import service_conversation
from chat_server.ports.clock import Clock
from chat_server.ports.scores import Scores
from chat_server.ports.store import Store

_PAGE = 1_000
_FRESH_MS = 60_000
_REMEMBERED = 8  # sets of people
_READ = (RecipientState.READ, RecipientState.CLICKED, RecipientState.CONVERTED)
_FACTS = {
    Deed.READ_ARTICLE: ("article_read",),
    Deed.CLICKED_CAMPAIGN: ("campaign_clicked",),
    Deed.OPENED_MENU: ("menu_page_opened", "menu_pressed"),
}


class Sieve:
    def __init__(self, store: Store, scores: Scores, clock: Clock) -> None:
        self._store, self._scores, self._clock = store, scores, clock
        self._known: dict[tuple[str, Behaviour], tuple[int, frozenset[str]]] = {}

    async def did(
        self, account: str, behaviours: Sequence[Behaviour], found: Sequence[Follower]
    ) -> Sequence[Follower]:
        """Those of them of whom all of it is so."""
        for each in behaviours:
            doers = await self._doers(account, each, found)
            found = [one for one in found if (one.customer in doers) is each.did]
        return found

    async def likely(
        self, likely: Likely, found: Sequence[Follower], cut: Cut
    ) -> Sequence[Follower]:
        """Those of them who have the score, and are before the cut."""
        ranked = await self._ranked(likely, [each.customer for each in found], cut.at_ms)
        last = (-cut.score, cut.customer)
        kept = {who for score, who in ranked if not cut.customer or (score, who) <= last}
        return [each for each in found if each.customer in kept]

    async def cut(
        self, likely: Likely, pages: AsyncIterator[Sequence[Follower]], at_ms: int
    ) -> Cut:
        """Where the best `top` of all these end."""
        best: list[tuple[float, str]] = []
        async for page in pages:
            ranked = await self._ranked(likely, [each.customer for each in page], at_ms)
            best = nsmallest(likely.top, [*best, *ranked])
        if len(best) < likely.top:
            return Cut(at_ms)
        score, customer = best[-1]
        return Cut(at_ms, -score, customer)

    async def _ranked(
        self, likely: Likely, customers: Sequence[str], at_ms: int
    ) -> list[tuple[float, str]]:
        """The best first: the score is negative."""
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        scores = await self._scores.score(customers, likely.product, at)
        return [(-score, who) for who, score in scores.items() if score >= likely.at_least]

    async def _doers(
        self, account: str, what: Behaviour, found: Sequence[Follower]
    ) -> Collection[str]:
        since = self._clock.now_ms() - what.days * DAY_MS
        if what.deed is Deed.FOLLOWED:
            return {each.customer for each in found if each.followed_ms >= since}
        if what.deed is Deed.WROTE:
            convs: dict[str, str] = {
                service_conversation(account, each.customer): each.customer for each in found
            }
            spoke = await self._store.messages.spoke(convs, since)
            return {convs[each] for each in spoke}
        return await self._remembered(account, what, since)

    async def _remembered(self, account: str, what: Behaviour, since: int) -> frozenset[str]:
        now, key = self._clock.now_ms(), (account, what)
        at_ms, known = self._known.get(key, (-_FRESH_MS, frozenset()))
        if now - at_ms < _FRESH_MS:
            return known
        if what.deed is Deed.READ_CAMPAIGN:
            doers = await self._readers(what.subject, since)
        else:
            doers = await self._told(account, what, since)
        while len(self._known) >= _REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known[key] = (now, frozenset(doers))
        return self._known[key][1]

    async def _readers(self, campaign: str, since: int) -> set[str]:
        ledger, readers = self._store.recipients, set()
        for state in _READ:
            after = ""
            while page := await ledger.in_state(campaign, state, after=after, limit=_PAGE):
                after = page[-1].customer
                readers |= {each.customer for each in page if each.read_ms >= since}
        return readers

    async def _told(self, account: str, what: Behaviour, since: int) -> set[str]:
        """By the trail of facts, newest first."""
        doers = set()
        for kind in _FACTS[what.deed]:
            before = 0
            while page := await self._store.audit.newest(before=before, kind=kind, limit=_PAGE):
                before = page[-1].position
                facts = [each.fact for each in page if each.fact and each.fact.at_ms >= since]
                doers |= {fact.actor for fact in facts if _is_of(fact, account, what)}
                if len(facts) < len(page):  # facts are in the order of time, or nearly
                    break
        return doers


def _is_of(fact: Fact, account: str, what: Behaviour) -> bool:
    if what.deed is Deed.OPENED_MENU:
        pressed = {str(fact.detail.get("key", "")), str(fact.detail.get("url", ""))}
        return fact.subject == account and (not what.subject or what.subject in pressed)
    of_account = fact.detail.get("account", account) == account
    subject = fact.subject.partition("/")[0] if what.deed is Deed.READ_ARTICLE else fact.subject
    return of_account and (not what.subject or what.subject in {fact.subject, subject})
