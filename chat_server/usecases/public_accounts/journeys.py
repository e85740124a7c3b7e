"""What takes recipients on from step to step of a campaign, once each, until it stops for them.

A step's rows wait in the ledger with the time at which they are due. Before a row says that
it is done, the next step's row is there; before that, the message, which the campaign and
the step name. An SMS has no name that would make it once: its row says so before it is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec
import structlog
from msgspec.structs import replace

from chat_server.domain import bodies
from chat_server.domain.accounts.campaigns import OPEN_TO, Campaign, Recipient, RecipientState
from chat_server.domain.accounts.journey import JourneyStep, Via, ledger_name
from chat_server.domain.ids import service_conversation
from chat_server.domain.message import Draft, EventKind
from chat_server.ports.clock import Clock
from chat_server.ports.notify import SmsSender
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.campaigns import CAMPAIGN_MID
from chat_server.usecases.public_accounts.notices import HashBody
from chat_server.usecases.public_accounts.taking_back import take_back

log = structlog.get_logger()

PAGE = 500
LOOK_MS = 30_000  # a step is late by this much at most
_MINUTE_MS = 60_000
_ENOUGH = "cap"
WAITING, SENT = RecipientState.WAITING, RecipientState.SENT
HeldBack = Callable[[Campaign, Sequence[str]], Awaitable[Mapping[str, str]]]


class Journeys:
    """`held_back`: who gets nothing of a campaign now, and why."""

    def __init__(self, store: Store, clock: Clock, hash_body: HashBody, sms: SmsSender) -> None:
        self._store, self._clock, self._hash_body, self._sms = store, clock, hash_body, sms
        self._places: dict[str, str] = {}  # of each step, up to whom it was looked through
        self._looked_ms: dict[str, int] = {}

    async def begin(
        self, campaign: Campaign, number: int, rows: Sequence[Recipient], now_ms: int
    ) -> None:
        """These wait for that step from now on; those who do already, or did, stay as they are."""
        if not rows or number > len(campaign.plan.steps):
            return
        due_ms = now_ms + campaign.plan.steps[number - 1].after_minutes * _MINUTE_MS
        name = ledger_name(campaign.campaign_id, number)
        if due_ms <= now_ms:
            self._looked_ms.pop(name, None)  # no need to wait for the next time
        await self._store.recipients.enrol(
            [Recipient(name, each.customer, each.variant, WAITING, at_ms=due_ms) for each in rows]
        )

    async def walk(self, campaign: Campaign, held_back: HeldBack) -> bool:
        """A page of each step's rows; False when nobody is looked through now."""
        busy = False
        for number, step in enumerate(campaign.plan.steps, 1):
            name, now = ledger_name(campaign.campaign_id, number), self._clock.now_ms()
            after = self._places.get(name, "")
            if not after and now - self._looked_ms.get(name, -LOOK_MS) < LOOK_MS:
                continue
            self._looked_ms[name] = now
            page = await self._store.recipients.in_state(name, WAITING, after=after, limit=PAGE)
            self._places[name] = page[-1].customer if len(page) == PAGE else ""
            due = [each for each in page if each.at_ms <= now]
            if due:
                reasons = await held_back(campaign, [each.customer for each in due])
                await self._take_on(campaign, number, step, due, reasons)
            busy = busy or bool(due) or len(page) == PAGE
        return busy

    async def over(self, campaign: Campaign) -> bool:
        """Whether nobody waits any more."""
        for number in range(1, len(campaign.plan.steps) + 1):
            name = ledger_name(campaign.campaign_id, number)
            if await self._store.recipients.in_state(name, WAITING, limit=1):
                return False
        return True

    async def take_back(self, campaign: Campaign) -> bool:
        """A page of what was sent by chat, or waits; False when all of it is taken back."""
        ledger, now = self._store.recipients, self._clock.now_ms()
        for number, step in enumerate(campaign.plan.steps, 1):
            name = ledger_name(campaign.campaign_id, number)
            for former in (WAITING, SENT) if step.via is Via.CHAT else (WAITING,):
                if not (page := await ledger.in_state(name, former, limit=PAGE)):
                    continue
                gone = await asyncio.gather(
                    *(self._recalled(campaign, number, each, now) for each in page)
                )
                await ledger.move(former, gone)
                return True
        return False

    async def _recalled(
        self, campaign: Campaign, number: int, one: Recipient, now: int
    ) -> Recipient:
        conv = service_conversation(campaign.account, one.customer)
        mid, account = _mid(campaign, number), campaign.account
        messages = self._store.messages
        if await take_back(messages, self._hash_body, conv, account, mid, now):
            return replace(one, state=RecipientState.RECALLED)
        return replace(one, state=RecipientState.SUPPRESSED, reason="recalled", at_ms=now)

    async def _take_on(
        self,
        campaign: Campaign,
        number: int,
        step: JourneyStep,
        due: Sequence[Recipient],
        reasons: Mapping[str, str],
    ) -> None:
        now, told, going, goes_on = self._clock.now_ms(), [], [], []
        answers = await asyncio.gather(*(self._stands(campaign, each) for each in due))
        for each, (stopped, read, clicked) in zip(due, answers, strict=True):
            meets = step.when.meets(read=read, clicked=clicked)
            reason = stopped or reasons.get(each.customer, "")
            if reason == _ENOUGH and not meets:
                reason = ""  # nothing would have been sent: it goes on
            if reason and not await self._was_sent(campaign, number, each):
                state = RecipientState.SUPPRESSED
                told.append(replace(each, state=state, reason=reason, at_ms=now))
            elif meets or await self._was_sent(campaign, number, each):
                going.append(each)
            else:
                goes_on.append(each)
                told.append(replace(each, state=RecipientState.SKIPPED, at_ms=now))
        if step.via is Via.SMS:
            going, without = await self._with_phone(going, now)
            goes_on += without
            told += [replace(each, reason="no_phone") for each in without]
        else:
            going = await self._say(campaign, number, step, going, now)
        await self.begin(campaign, number + 1, [*goes_on, *going], now)
        if step.via is Via.SMS:
            await self._store.recipients.move(WAITING, told)
            await self._text(step, going)
        else:
            await self._store.recipients.move(WAITING, [*told, *going])

    async def _stands(self, campaign: Campaign, one: Recipient) -> tuple[str, bool, bool]:
        """Why the journey stops for them, and whether they read and clicked the first message."""
        store, account = self._store, campaign.account
        rows = await store.recipients.of_customer(one.customer, campaign.released_ms)
        main = next((each for each in rows if each.campaign == campaign.campaign_id), None)
        if main is None or main.state not in OPEN_TO:
            return "recalled", False, False
        conv = service_conversation(account, one.customer)
        case = await store.cases.latest(conv)
        if case and case.urgent and (case.open or case.opened_ms >= main.at_ms):
            return "complaint", False, False
        place = await store.conversations.membership(conv, one.customer)
        read = bool(main.read_ms) or (place is not None and place.read >= main.seq)
        return "", read, bool(main.clicked_ms)

    async def _say(
        self,
        campaign: Campaign,
        number: int,
        step: JourneyStep,
        going: Sequence[Recipient],
        now: int,
    ) -> list[Recipient]:
        body = msgspec.json.encode(bodies.Text(step.text))
        drafts = [
            Draft(
                conv=service_conversation(campaign.account, each.customer),
                sender=campaign.account,
                mid=_mid(campaign, number),
                kind=EventKind.MESSAGE,
                body=body,
                body_hash=self._hash_body(body),
                at_ms=now,
            )
            for each in going
        ]
        answers = await asyncio.gather(*(self._store.messages.append(each) for each in drafts))
        return [
            replace(each, state=SENT, seq=answer.event.seq, at_ms=now)
            for each, answer in zip(going, answers, strict=True)
        ]

    async def _was_sent(self, campaign: Campaign, number: int, one: Recipient) -> bool:
        """By a process that died before it could say so."""
        conv, mid = service_conversation(campaign.account, one.customer), _mid(campaign, number)
        return await self._store.messages.find(conv, campaign.account, mid) is not None

    async def _with_phone(
        self, going: Sequence[Recipient], now: int
    ) -> tuple[list[Recipient], list[Recipient]]:
        people = await self._store.people.people(each.customer for each in going)
        reachable = {each.user for each in people if each.phone}
        sent = [
            replace(each, state=SENT, at_ms=now) for each in going if each.customer in reachable
        ]
        skipped = RecipientState.SKIPPED
        without = [
            replace(each, state=skipped, at_ms=now)
            for each in going
            if each.customer not in reachable
        ]
        return sent, without

    async def _text(self, step: JourneyStep, going: Sequence[Recipient]) -> None:
        """Whoever moves the row sends it. What a carrier does not take is failed for good: it may
        have been sent.
        """
        people = await self._store.people.people(each.customer for each in going)
        phones = {each.user: each.phone for each in people}
        for each in going:
            if not await self._store.recipients.move(WAITING, [each]):
                continue
            try:
                await self._sms.send(phones[each.customer], step.text)
            except Exception as exc:  # noqa: BLE001 - whatever a carrier raises, the ledger says so
                # No trace: a carrier's error may quote the text or the number.
                told = {"step": each.campaign, "customer": each.customer}
                log.warning("journey_sms_failed", **told, error=type(exc).__name__)
                failed = replace(each, state=RecipientState.FAILED, reason="sms")
                await self._store.recipients.move(SENT, [failed])


def _mid(campaign: Campaign, number: int) -> str:
    return f"{CAMPAIGN_MID}{ledger_name(campaign.campaign_id, number)}"
