"""The bot's turn: everything a customer says to a public account is answered once, in order.

The account's own rules come first, unless the bot is in the middle of something.

Called as soon as this process has stored an event, and again by the relay for what was
left over by a process that died. The dialogue's version decides which attempt counts;
bank effects are keyed by the turn, so a turn taken twice moves money once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from weakref import WeakValueDictionary

import msgspec
import structlog

from bots.contract import Bot, Herald, Language, Text, Turn, TurnKind, TurnResult
from chat_server.domain import bodies
from chat_server.domain.accounts.conduct import Conduct
from chat_server.domain.errors import NotFound, VersionConflict
from chat_server.domain.facts import Change, Dialogue, Fact
from chat_server.domain.ids import is_account, service_parties
from chat_server.domain.message import Event
from chat_server.domain.people import Person
from chat_server.domain.publishing import PublicAccount
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.assist.effects import Effects
from chat_server.usecases.assist.papers import Papers
from chat_server.usecases.assist.persons import Attention, Persons
from chat_server.usecases.assist.settle import HashBody, Writer
from chat_server.usecases.assist.submit import SubmittedValues
from chat_server.usecases.public_accounts.rules import Rules, answers
from chat_server.usecases.rounds import in_rounds

log = structlog.get_logger()

DEADLINE_S = 5.0  # a bot that takes longer is cut off and the customer told
AT_ONCE = 64  # turns under way in this process
AGAIN = timedelta(seconds=30)  # when a bot that failed at its own time is asked again
GRACE_MS = 2_000  # how long the relay leaves an event to the process that stored it
PAGE = 50
MOST_REPLIES = 20  # to one turn; a bot that says more than that has gone wrong
FAILED, TAKEN_AGAIN = "bot_turn_failed", "bot_turn_taken_again"  # a dead letter, and its end

_decode_body = msgspec.json.Decoder(bodies.Body).decode


class _Asked(msgspec.Struct, frozen=True):
    """Who is asked what by whom, for all turns of one reading."""

    person: Person
    shop: PublicAccount
    conduct: Conduct | None


class BotTurns:
    """Answers service conversations whose account has a bot, or rules of its own."""

    def __init__(
        self,
        store: Store,
        bot: Bot,
        herald: Herald,
        effects: Effects,
        values: SubmittedValues,
        clock: Clock,
        hash_body: HashBody,
        persons: Persons,
        rules: Rules,
        papers: Papers,
    ) -> None:
        self._rules, self._papers = rules, papers
        self._store, self._bot, self._herald = store, bot, herald
        self._persons = persons
        self._effects, self._values = effects, values
        self._clock, self._hash_body = clock, hash_body
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._at_once = asyncio.Semaphore(AT_ONCE)

    def ring(self, appended: Sequence[Event]) -> None:
        """These were stored here: answer what customers said, without waiting for the relay."""
        for event in appended:
            if not is_account(event.sender) and service_parties(event.conv):
                self._waiting.put_nowait(event.conv)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(
                in_rounds(
                    self._wake_dialogues, self._clock, every_s=0.5, failed="dialogues_not_woken"
                )
            )
            while True:
                conv = await self._waiting.get()
                await self._at_once.acquire()
                task = tasks.create_task(self._answer_or_log(conv))
                task.add_done_callback(lambda _: self._at_once.release())

    async def on_change(self, change: Change) -> None:
        """The relay's way in: answer what nobody has answered yet."""
        event = change.event
        if event is None or is_account(event.sender) or not service_parties(event.conv):
            return
        while not await self._handled(event):
            if self._clock.now_ms() - event.ts >= GRACE_MS:
                await self.answer(event.conv)
                return
            await self._clock.sleep(0.1)

    async def answer(self, conv: str) -> None:
        """Take every turn of this conversation that is not taken yet."""
        async with self._locks.setdefault(conv, asyncio.Lock()):
            while not await self._answer_all(conv):
                log.info("dialogue_moved_elsewhere", conversation=conv)

    async def _answer_or_log(self, conv: str) -> None:
        try:
            await self.answer(conv)
        except Exception:
            log.exception("bot_turn_left_to_relay", conversation=conv)

    async def _handled(self, event: Event) -> bool:
        dialogue = await self._store.dialogues.dialogue(event.conv)
        return dialogue is not None and dialogue.handled_seq >= event.seq

    async def _answer_all(self, conv: str) -> bool:
        """False when another process committed a turn meanwhile: read again."""
        account, customer = service_parties(conv) or ("", "")
        shop = await self._store.accounts.account(account)
        person = await self._store.people.person(customer)
        if shop is None or person is None or not shop.active:
            return True
        conduct = await self._rules.of(shop)
        if conduct is None and not shop.has_bot:
            return True
        asked = _Asked(person, shop, conduct)
        stored = await self._store.dialogues.dialogue(conv)
        dialogue = stored or Dialogue(conv=conv, account=account, customer=customer)
        after = dialogue.handled_seq
        while events := await self._store.messages.events(conv, after=after, limit=PAGE):
            for event in events:
                if event.sender == customer:
                    try:
                        dialogue = await self._take(dialogue, event, asked)
                    except VersionConflict:
                        return False
            after = events[-1].seq
        return True

    async def _take(self, dialogue: Dialogue, event: Event, asked: _Asked) -> Dialogue:
        late = event.ts < asked.shop.answers_from_ms
        turn = None if late else self._turn(dialogue, event, asked.person)
        turn = await self._left_to_bot(turn)
        result = (
            _unchanged(dialogue) if turn is None else await self._answered(turn, asked, dialogue)
        )
        return await self._commit(dialogue, event.seq, turn, result)

    async def _answered(self, turn: Turn, asked: _Asked, dialogue: Dialogue) -> TurnResult:
        bot = asked.shop.has_bot
        by_rule: Sequence[str] = ()
        if asked.conduct and not turn.state and turn.kind in {TurnKind.TEXT, TurnKind.MENU}:
            said = turn.text or turn.action
            by_rule = answers(asked.conduct, said, first=dialogue.version == 0, bot=bot)
            if not bot or asked.conduct.reply_to(said):
                return _unchanged(dialogue, *(Text(each) for each in by_rule))
        result = await self._ask(turn, dialogue) if bot else _unchanged(dialogue)
        if by_rule:
            greeting = tuple(Text(each) for each in by_rule)
            return msgspec.structs.replace(result, replies=(*greeting, *result.replies))
        return result

    def _turn(self, dialogue: Dialogue, event: Event, person: Person) -> Turn | None:
        """What the customer did, in the bot's words; None for what asks nothing of it."""
        body = _decode_body(event.body)
        turn = self._blank(dialogue, person, f"{event.conv}:{event.seq}")
        replace = msgspec.structs.replace
        match body:
            case bodies.Text(text=text):
                return replace(turn, kind=TurnKind.TEXT, text=text)
            case bodies.Menu(key=key):
                return replace(turn, kind=TurnKind.MENU, action=key)
            case bodies.CardState(state="submitted"):
                card = next((c for c in dialogue.cards if c.card_id == body.card_id), None)
                if card is None:
                    return None  # closed meanwhile, by an earlier press
                values = self._values.take(event.conv, event.mid)
                lost = values is None and card.secret
                return replace(
                    turn,
                    kind=TurnKind.RESUME if lost else TurnKind.SUBMIT,
                    card_id=body.card_id,
                    action=body.action,
                    device=body.device,
                    values=values or {},
                )
            case _:
                return None

    async def _left_to_bot(self, turn: Turn | None) -> Turn | None:
        """None while a person answers. Buttons of the bot's own cards are always its business."""
        if turn is None:
            return None
        attention = await self._persons.of(turn.conv, turn.text)
        if attention is Attention.PERSON and turn.kind in {TurnKind.TEXT, TurnKind.MENU}:
            return None
        return msgspec.structs.replace(turn, person=attention.value)

    def _blank(self, dialogue: Dialogue, person: Person, key: str) -> Turn:
        return Turn(
            kind=TurnKind.CLOCK,
            key=key,
            conv=dialogue.conv,
            account=dialogue.account,
            customer=person.user,
            customer_name=person.name,
            device="",
            language=_language(person),
            at=self._clock.now(),
            state=dialogue.state,
        )

    async def _ask(self, turn: Turn, dialogue: Dialogue) -> TurnResult:
        try:
            async with asyncio.timeout(DEADLINE_S):
                result = await self._bot.take(turn)
            if len(result.replies) <= MOST_REPLIES:
                return result
            failed = f"{len(result.replies)} replies to one turn"
            log.error("bot_floods", turn=turn.key, replies=len(result.replies))
        except Exception as exc:  # noqa: BLE001 - a bot's failure is said, and harms nobody else
            failed = type(exc).__name__
            # No trace: an exception's text may quote what the customer wrote.
            log.error("bot_failed", turn=turn.key, kind=turn.kind, error=failed)  # noqa: TRY400
        if turn.kind is TurnKind.CLOCK:  # nobody asked, so nobody is told: try again
            again = self._clock.now() + AGAIN
            return TurnResult((), turn.state, wake_at=again, failed=failed)
        said = _unchanged(dialogue, Text(self._herald.trouble(turn.language)))
        return msgspec.structs.replace(said, failed=failed)

    async def take_again(self, conv: str, seq: int, actor: str) -> str:
        """A dead letter, once more: answered now if the bot can; else why it still cannot.

        The turn keeps its key, so that what it did at the bank before is not done twice.
        The customer hears nothing of an attempt that fails again. NotFound when nothing of
        a customer's stands there.
        """
        account, customer = service_parties(conv) or ("", "")
        async with self._locks.setdefault(conv, asyncio.Lock()):
            person = await self._store.people.person(customer)
            dialogue = await self._store.dialogues.dialogue(conv)
            events = await self._store.messages.events(conv, after=seq - 1, limit=1)
            ours = [one for one in events if one.seq == seq and one.sender == customer]
            if person is None or dialogue is None or not ours or dialogue.account != account:
                raise NotFound(f"no turn {seq} of a customer in {conv}")
            turn = self._turn(dialogue, ours[0], person)
            if turn is None:
                raise NotFound(f"turn {seq} of {conv} asks nothing of a bot any more")
            result = await self._ask(turn, dialogue)
            if not result.failed:
                taken = Fact(TAKEN_AGAIN, actor, conv, self._clock.now_ms(), {"seq": seq})
                await self._commit(dialogue, seq, turn, result, taken)
            return result.failed

    async def _commit(
        self,
        dialogue: Dialogue,
        handled_seq: int,
        turn: Turn | None,
        result: TurnResult,
        taken_again: Fact | None = None,
    ) -> Dialogue:
        key = turn.key if turn else f"{dialogue.conv}:{handled_seq}"
        if taken_again:  # its first answer, that it failed, has the turn's own names
            key = f"{key}~{dialogue.version}"
        facts = [taken_again] if taken_again else []
        if result.failed and turn and turn.kind is not TurnKind.CLOCK:
            detail: dict[str, str | int | bool] = {"seq": handled_seq, "why": result.failed}
            now_ms = self._clock.now_ms()
            facts.append(Fact(FAILED, dialogue.account, dialogue.conv, now_ms, detail))
        for index, effect in enumerate(result.effects):
            await self._effects.perform(effect, dialogue, f"{key}!{index}")
        await self._papers.keep(result.replies)
        writer = Writer(dialogue, key, self._clock.now_ms(), self._hash_body)
        writer.write(result.replies)
        if turn and turn.kind in {TurnKind.SUBMIT, TurnKind.RESUME}:
            writer.reopen(turn.card_id)
        after = msgspec.structs.replace(
            dialogue,
            handled_seq=max(dialogue.handled_seq, handled_seq),
            state=result.state,
            cards=writer.open_cards,
            wake_ms=None if result.wake_at is None else int(result.wake_at.timestamp() * 1000),
            version=dialogue.version + 1,
        )
        await self._store.dialogues.commit_turn(after, writer.drafts, facts)
        return await self._store.dialogues.dialogue(dialogue.conv) or after  # with the cards' seqs

    async def _wake_dialogues(self) -> None:
        """Give a CLOCK turn to every dialogue whose time has come."""
        for dialogue in await self._store.dialogues.due_dialogues(self._clock.now_ms(), PAGE):
            await self._wake(dialogue.conv)

    async def _wake(self, conv: str) -> None:
        async with self._locks.setdefault(conv, asyncio.Lock()):
            dialogue = await self._store.dialogues.dialogue(conv)
            if dialogue is None or (dialogue.wake_ms or 1 << 62) > self._clock.now_ms():
                return
            person = await self._store.people.person(dialogue.customer)
            if person is None:
                return
            turn = self._blank(dialogue, person, f"{conv}:clock:{dialogue.wake_ms}")
            result = await self._ask(turn, dialogue)
            try:
                await self._commit(dialogue, dialogue.handled_seq, turn, result)
            except VersionConflict:
                return  # another process woke it


def _unchanged(dialogue: Dialogue, *said: Text) -> TurnResult:
    """What leaves the dialogue as it stands, to be woken when it was to be."""
    at = dialogue.wake_ms
    wake_at = None if at is None else datetime.fromtimestamp(at / 1000, UTC)
    return TurnResult(said, dialogue.state, wake_at=wake_at)


def _language(person: Person) -> Language:
    return Language.EN if person.language == Language.EN else Language.ZH
