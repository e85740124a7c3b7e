"""Template notices: queued in one commit, delivered behind the outbox, with a result event.

Under the sender's own key a notice is sent once, however often it is asked for. What
became of it is a fact, `notice_ended`, and the notice's own state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

import msgspec
from msgspec.structs import replace

from chat_server.domain import bodies
from chat_server.domain.accounts.notices import (
    BankNotice,
    NoticeState,
    TemplateNotice,
    TemplateState,
    check_url,
    filled_in,
    notice_card,
)
from chat_server.domain.errors import Forbidden, MidReused, NotFound, VersionConflict
from chat_server.domain.facts import Change, Fact
from chat_server.domain.ids import service_conversation
from chat_server.domain.message import Draft, EventKind
from chat_server.domain.shelf import Kept
from chat_server.ports.clock import Clock, NewId
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.entry import Entry
from chat_server.usecases.public_accounts.records import Records
from chat_server.usecases.public_accounts.templates import BANK, Templates

HashBody = Callable[[bytes], bytes]
KEPT_MS = 90 * 86_400_000  # how long a notice, and the key it was sent under, are known
QUEUED, ENDED = "notice_queued", "notice_ended"
_KEY = "notice_key"
_SWEPT = 20  # old records that a new one takes away
_SWEEP_EACH = 50  # of the bank's own notices, which are many


class Notices:
    def __init__(
        self, store: Store, templates: Templates, clock: Clock, new_id: NewId, hash_body: HashBody
    ) -> None:
        self._store, self._templates, self._clock = store, templates, clock
        self._new_id, self._hash_body = new_id, hash_body
        self._records = Records(store.shelf, "notice", TemplateNotice)

    async def send(
        self,
        entry: Entry,
        template_id: str,
        customer: str,
        values: Mapping[str, str],
        *,
        url: str = "",
        key: str = "",
    ) -> TemplateNotice:
        """Queue it. NotFound (template, customer); Forbidden unless they follow; InvalidValue.

        The same `key` again gives the first notice, whatever else is said.
        """
        if key and (found := await self._sent(entry.id, key)):
            return found
        template = await self._templates.find(entry.id, template_id)
        if template.state is not TemplateState.APPROVED:
            raise Forbidden(f"this template is {template.state}")
        filled = filled_in(template, values)
        check_url(url)
        await self._check(entry.id, customer)
        now = self._clock.now_ms()
        notice = TemplateNotice(
            self._new_id(),
            entry.id,
            template_id,
            customer,
            template.title,
            filled,
            url,
            NoticeState.QUEUED,
            entry.actor,
            now,
            await self._store.shelf.bump(entry.id, "counter", "notice", 1, now),
        )
        return await self._queue(notice, key)

    async def tell(self, account: str, told: BankNotice) -> TemplateNotice:
        """The bank's own, said and ended at once; told again it is the first one. InvalidValue.

        It does not wait in the outbox, for the event that it tells of waits in the bank's.
        """
        if found := await self._records.get(account, told.name):
            return found
        template = await self._templates.own(account, told.form)
        now = self._clock.now_ms()
        notice = TemplateNotice(
            told.name,
            account,
            template.template_id,
            told.customer,
            template.title,
            filled_in(template, told.values),
            "",
            NoticeState.QUEUED,
            BANK,
            now,
            told.number,
        )
        state = await self._tell(notice, told)
        ended = replace(notice, state=state, ended_ms=self._clock.now_ms())
        kept = self._records.kept(account, told.name, ended, at_ms=now)
        try:
            await self._records.put(kept, _ended(ended))
        except VersionConflict:
            return await self.find(account, told.name)
        if not told.number % _SWEEP_EACH:
            await self._store.shelf.sweep(self._records.kind, now - KEPT_MS, _SWEPT * _SWEEP_EACH)
        return ended

    async def find(self, account: str, notice_id: str) -> TemplateNotice:
        found = await self._records.get(account, notice_id)
        if found is None:
            raise NotFound("no such notice")
        return found

    async def on_change(self, change: Change) -> None:
        """The relay's way in: deliver what was queued, once, and say what became of it."""
        fact = change.fact
        if fact is None or fact.kind != QUEUED:
            return
        notice = await self._records.get(fact.subject, str(fact.detail["notice"]))
        if notice is None or notice.state is not NoticeState.QUEUED:
            return
        state = await self._deliver(notice)
        now = self._clock.now_ms()
        ended = replace(notice, state=state, ended_ms=now, version=notice.version + 1)
        kept = self._records.kept(
            notice.account, notice.notice_id, ended, version=ended.version, at_ms=now
        )
        try:
            await self._records.put(kept, _ended(ended))
        except VersionConflict:
            return  # another process was there first; the message is one all the same

    async def _check(self, account: str, customer: str) -> None:
        if await self._store.people.person(customer) is None:
            raise NotFound("no such customer")
        if not await self._follows(account, customer):
            raise Forbidden("they do not follow this account")

    async def _follows(self, account: str, customer: str) -> bool:
        found = await self._store.followers.among(account, [customer])
        return bool(found) and found[0].following

    async def _sent(self, account: str, key: str) -> TemplateNotice | None:
        named = await self._store.shelf.get(account, _KEY, key)
        return await self._records.get(account, named.body) if named else None

    async def _queue(self, notice: TemplateNotice, key: str) -> TemplateNotice:
        account, now = notice.account, notice.sent_ms
        items = [self._records.kept(account, notice.notice_id, notice, at_ms=now)]
        if key:
            items.append(Kept(account, _KEY, key, notice.notice_id, now))
        detail = {"notice": notice.notice_id, "template": notice.template_id}
        fact = Fact(QUEUED, notice.sender, account, now, detail)
        try:
            await self._store.shelf.save(items, facts=[fact])
        except VersionConflict:  # asked for twice at the same time
            found = await self._sent(account, key)
            if found is None:
                raise
            return found
        for kind in (self._records.kind, _KEY):
            await self._store.shelf.sweep(kind, now - KEPT_MS, _SWEPT)
        return notice

    async def _deliver(self, notice: TemplateNotice) -> NoticeState:
        account = await self._store.accounts.account(notice.account)
        if account is None or not account.active:
            return NoticeState.FAILED
        if not await self._follows(notice.account, notice.customer):
            return NoticeState.REFUSED
        card = bodies.Card(
            card_id=f"notice:{notice.notice_id}",
            card=notice_card(notice),
            fallback="\n".join(
                [notice.title, *(f"{name}：{said}" for name, said in notice.values)]
            ),
        )
        await self._say(notice, card, f"notice:{notice.notice_id}")
        return NoticeState.DELIVERED

    async def _tell(self, notice: TemplateNotice, told: BankNotice) -> NoticeState:
        """To whoever ever talked with the bank's account, whether or not they follow it now."""
        account = await self._store.accounts.account(notice.account)
        if account is None or not account.active:
            return NoticeState.FAILED
        conv = service_conversation(notice.account, notice.customer)
        if await self._store.conversations.conversation(conv) is None:
            return NoticeState.REFUSED
        fields = [bodies.NoticeField(label, value) for label, value in notice.values]
        said = bodies.Notice(told.text, told.topic, notice.title, fields, told.note)
        with suppress(MidReused):  # said before, in other words of an earlier version
            await self._say(notice, said, notice.notice_id)
        return NoticeState.DELIVERED

    async def _say(
        self, notice: TemplateNotice, said: bodies.Card | bodies.Notice, mid: str
    ) -> None:
        body = msgspec.json.encode(said)
        await self._store.messages.append(
            Draft(
                conv=service_conversation(notice.account, notice.customer),
                sender=notice.account,
                mid=mid,
                kind=EventKind.MESSAGE,
                body=body,
                body_hash=self._hash_body(body),
                at_ms=self._clock.now_ms(),
            )
        )


def _ended(notice: TemplateNotice) -> Fact:
    detail = {
        "notice": notice.notice_id,
        "state": notice.state.value,
        "number": notice.number,
    }
    return Fact(ENDED, notice.account, notice.account, notice.ended_ms, detail)
