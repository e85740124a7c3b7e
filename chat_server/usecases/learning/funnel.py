"""The funnel: for each skill, how many began it, how far they came, and where they gave up.

One record for each attempt, written anew with each of its steps and by its number, so that a
turn that is taken twice counts once. Swept when it is too old to be shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

import msgspec

from bots.contract import ENDS, SkillStep
from chat_server.domain.errors import VersionConflict
from chat_server.domain.learning import Attempt
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.learning.drawer import Drawer

DAY_MS = 86_400_000
MOST_READ = 20_000
UNDER_WAY_MS = 15 * 60_000  # after that, whoever said nothing more has left


class SkillFunnel(msgspec.Struct, frozen=True):
    """Of one skill. `ends` counts how attempts ended; `given_up` counts, of those that ended
    in nothing, the last step before. `reached` counts attempts by each step they came to.
    """

    skill: str
    began: int
    done: int
    under_way: int
    reached: Mapping[str, int]
    ends: Mapping[str, int]
    given_up: Mapping[str, int]
    seconds: float | None  # median, of those that were done


class Funnel(msgspec.Struct, frozen=True):
    """`cut`: there were more attempts than are read at once; the oldest are left out."""

    since_ms: int
    skills: Sequence[SkillFunnel]
    cut: bool


class SkillFigures:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._clock = clock
        self.attempts = Drawer(store.shelf, "bot_attempt", Attempt)

    async def note(self, step: SkillStep) -> None:
        """Told again, it is kept once."""
        began_ms = int(step.began.timestamp() * 1000)
        now_ms = self._clock.now_ms()
        attempt = Attempt(step.skill, began_ms, now_ms, step.steps)
        name = f"{began_ms:015d}:{step.attempt}"
        try:
            await self.attempts.save(name, attempt, step.told, at_ms=began_ms)
        except VersionConflict:
            found = await self.attempts.find(name)
            if found is None or found[1] < step.told:  # an earlier step was swept, or lost
                version = (found[1] if found else 0) + 1
                await self.attempts.save(name, attempt, version, at_ms=began_ms)

    async def read(self, days: int) -> Funnel:
        """The attempts that began within so many days."""
        now_ms = self._clock.now_ms()
        since_ms = now_ms - days * DAY_MS
        found = await self.attempts.all(MOST_READ + 1, after=f"{since_ms:015d}")
        attempts = [one for _, one, _ in found]
        cut = len(attempts) > MOST_READ
        if cut:  # then the newest count
            newest = await self.attempts.all(MOST_READ, newest=True)
            attempts = [one for _, one, _ in newest]
        return Funnel(since_ms, _by_skill(attempts, now_ms), cut)


def _by_skill(attempts: Iterable[Attempt], now_ms: int) -> Sequence[SkillFunnel]:
    of_skill: dict[str, list[Attempt]] = {}
    for one in attempts:
        of_skill.setdefault(one.skill, []).append(one)
    funnels = [_funnel(skill, found, now_ms) for skill, found in of_skill.items()]
    return sorted(funnels, key=lambda one: (-one.began, one.skill))


def _funnel(skill: str, attempts: Sequence[Attempt], now_ms: int) -> SkillFunnel:
    reached: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    given_up: Counter[str] = Counter()
    took_ms: list[int] = []
    under_way = 0
    for one in attempts:
        steps = list(one.steps)
        end = steps.pop() if steps and steps[-1] in ENDS else ""
        reached.update(set(steps))
        if not end and now_ms - one.last_ms <= UNDER_WAY_MS:
            under_way += 1
            continue
        ends[end or "left"] += 1
        if end == "done":
            took_ms.append(one.last_ms - one.began_ms)
        elif end != "processing":
            given_up[steps[-1] if steps else "begun"] += 1
    return SkillFunnel(
        skill=skill,
        began=len(attempts),
        done=ends["done"],
        under_way=under_way,
        reached=dict(reached),
        ends=dict(ends),
        given_up=dict(given_up),
        seconds=median(took_ms) / 1000 if took_ms else None,
    )
