"""Asking somebody to be a contact, and the answer.

Two who ask each other have both said yes. A refusal is not told: to who asked, the request
waits until it lapses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from chat_server.domain.bodies import Text
from chat_server.domain.contacts import MAX_GREETING, REQUEST_LIFE_MS, Tie
from chat_server.domain.errors import Forbidden, NotFound, TooLong
from chat_server.domain.ids import direct_conversation
from chat_server.domain.masking import mask_cards
from chat_server.domain.message import Draft, EventKind
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.contacts.change import ChangeTie, Move
from chat_server.usecases.contacts.tickets import Tickets
from chat_server.usecases.identity.attempts import Allowance, Attempts

HashBody = Callable[[bytes], bytes]

PER_ASKER = Allowance(burst=20, every_s=1800.0)
PAGE = 500
_encode = msgspec.json.Encoder().encode


class Waiting(msgspec.Struct, frozen=True):
    """A request that waits for an answer."""

    user: str
    greeting: str
    at_ms: int
    expires_ms: int


class AskContact:
    def __init__(
        self,
        store: Store,
        ties: ChangeTie,
        tickets: Tickets,
        clock: Clock,
        hash_body: HashBody,
    ) -> None:
        self._store, self._ties, self._tickets = store, ties, tickets
        self._clock, self._hash_body = clock, hash_body
        self._asked = Attempts(PER_ASKER, clock)

    async def ask(self, user: str, ticket: str, greeting: str) -> Tie:
        """The tie as it is then: asked, or theirs at once if they had asked, too.

        Raises NotFound, RateLimited, TooLong and Forbidden.
        """
        peer = self._tickets.read(user, ticket)
        words = mask_cards(" ".join(greeting.split()))
        if len(words) > MAX_GREETING:
            raise TooLong(f"greeting: at most {MAX_GREETING} characters")
        self._asked.check(user)
        now = self._clock.now_ms()

        async def plan(tie: Tie) -> Move | None:
            if tie.side(peer).blocks:
                raise NotFound("look for them again")
            if tie.side(user).blocks:
                raise Forbidden("you have blocked them")
            if tie.friends_ms or tie.asked_by(user, now):
                return None
            self._asked.failed(user)
            if tie.asked_by(peer, now):
                return Move("contact_added", tie.befriended(now))
            asked = replace(tie, asker=user, asked_ms=now, greeting=words, refused=False)
            return Move("contact_requested", asked)

        former, tie = await self._ties(user, user, peer, plan)
        await self._greet(former, tie)
        return tie

    async def accept(self, user: str, peer: str) -> Tie:
        """Contacts already: so they stay. Raises NotFound when no request waits."""
        now = self._clock.now_ms()

        async def plan(tie: Tie) -> Move | None:
            if tie.friends_ms:
                return None
            if not tie.asks(user, now):
                raise NotFound("no such request")
            return Move("contact_added", tie.befriended(now))

        former, tie = await self._ties(user, user, peer, plan)
        await self._greet(former, tie)
        return tie

    async def refuse(self, user: str, peer: str) -> None:
        async def plan(tie: Tie) -> Move:
            if not tie.asks(user, self._clock.now_ms()):
                raise NotFound("no such request")
            return Move("contact_refused", replace(tie, refused=True), private=True)

        await self._ties(user, user, peer, plan)

    async def waiting(self, user: str) -> tuple[Sequence[Waiting], Sequence[Waiting]]:
        """Others' requests to this person, and this person's to others, newest first."""
        now = self._clock.now_ms()
        theirs: list[Waiting] = []
        mine: list[Waiting] = []
        after = ""
        while page := await self._store.contacts.ties(user, after=after, limit=PAGE):
            after = page[-1].peer(user)
            theirs += [_waiting(tie, user) for tie in page if tie.asks(user, now)]
            mine += [
                _waiting(tie, user)
                for tie in page
                if tie.asked_by(user, now) and not tie.side(user).blocks
            ]
        return sorted(theirs, key=_age), sorted(mine, key=_age)

    async def _greet(self, former: Tie, tie: Tie) -> None:
        """What was said when asking is the first word between the two; twice is once."""
        if former.friends_ms or not tie.friends_ms or not former.greeting:
            return
        body = _encode(Text(former.greeting))
        draft = Draft(
            conv=direct_conversation(tie.one, tie.other),
            sender=former.asker,
            mid=f"contact-{former.asked_ms}",
            kind=EventKind.MESSAGE,
            body=body,
            body_hash=self._hash_body(body),
            at_ms=self._clock.now_ms(),
        )
        await self._store.messages.append(draft)


def _waiting(tie: Tie, user: str) -> Waiting:
    return Waiting(tie.peer(user), tie.greeting, tie.asked_ms, tie.asked_ms + REQUEST_LIFE_MS)


def _age(waiting: Waiting) -> tuple[int, str]:
    return -waiting.at_ms, waiting.user
