"""Templates: an operator drafts a notice's form, another person approves it, or says why not."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.resources import files

import msgspec
from msgspec.structs import replace

from chat_server.domain.accounts.notices import (
    MAX_TEMPLATES,
    Template,
    TemplateField,
    TemplateState,
    check_template,
)
from chat_server.domain.errors import (
    AlreadyDecided,
    Forbidden,
    FourEyes,
    InvalidValue,
    NotFound,
    TooLong,
    VersionConflict,
)
from chat_server.domain.facts import Fact
from chat_server.domain.people import StaffRole
from chat_server.ports.clock import Clock, NewId
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.entry import Entry
from chat_server.usecases.public_accounts.records import Records

BANK = "bank"  # who makes the forms of the bank's own notices
_MOST = 500  # templates of an account, in any state
_IN_USE = frozenset({TemplateState.SUBMITTED, TemplateState.APPROVED})


class LibraryTemplate(msgspec.Struct, frozen=True):
    """A form that the bank has approved for every account."""

    title: str
    fields: Sequence[TemplateField]


@cache
def library() -> Mapping[str, LibraryTemplate]:
    """By its short number, as `TM00001`."""
    text = files("chat_server.usecases.public_accounts").joinpath("library.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, LibraryTemplate])


class Templates:
    def __init__(self, store: Store, clock: Clock, new_id: NewId) -> None:
        self._store, self._clock, self._new_id = store, clock, new_id
        self._records = Records(store.shelf, "template", Template)

    async def listed(self, account: str) -> Sequence[Template]:
        """Newest first, in any state."""
        return await self._records.page(account, limit=_MOST, newest=True)

    async def find(self, account: str, template_id: str) -> Template:
        found = await self._records.get(account, template_id)
        if found is None:
            raise NotFound("no such template")
        return found

    async def submit(self, entry: Entry, title: str, fields: Sequence[TemplateField]) -> Template:
        """Under review from now on. InvalidValue, TooLong."""
        check_template(title, fields)
        return await self._new(entry, title.strip(), fields, TemplateState.SUBMITTED)

    async def adopt(self, entry: Entry, number: str, labels: Sequence[str] = ()) -> Template:
        """Take a form of the library, at once approved; of its fields those with `labels`."""
        found = library().get(number)
        if found is None:
            raise NotFound(f"the library has no {number[:40]!r}")
        wanted = [each for each in found.fields if not labels or each.label in labels]
        if len(wanted) < len(set(labels)) or not wanted:
            raise InvalidValue("fields: the form has no such field")
        return await self._new(entry, found.title, wanted, TemplateState.APPROVED)

    async def own(self, account: str, number: str) -> Template:
        """The bank's own form of that number, which its account always has. NotFound."""
        if found := await self._records.get(account, number):
            return found
        form = library().get(number)
        if form is None:
            raise NotFound(f"the library has no {number[:40]!r}")
        state, now = TemplateState.APPROVED, self._clock.now_ms()
        own = Template(number, account, form.title, form.fields, state, BANK, now, version=0)
        with suppress(VersionConflict):  # two processes at once
            return await self._put(own, BANK, "template_made")
        return await self.find(account, number)

    async def approve(self, reviewer: str, account: str, template_id: str) -> Template:
        former = await self._for_review(reviewer, account, template_id)
        approved = replace(former, state=TemplateState.APPROVED, reviewer=reviewer)
        return await self._put(approved, reviewer, "template_approved")

    async def reject(self, reviewer: str, account: str, template_id: str, reason: str) -> Template:
        former = await self._for_review(reviewer, account, template_id)
        if not reason.strip():
            raise InvalidValue("reason: must not be empty")
        rejected = replace(
            former, state=TemplateState.REJECTED, reviewer=reviewer, reason=reason.strip()
        )
        return await self._put(rejected, reviewer, "template_rejected")

    async def withdraw(self, entry: Entry, template_id: str) -> Template:
        """No longer to be sent; withdrawing it again changes nothing."""
        former = await self.find(entry.id, template_id)
        if former.maker == BANK:
            raise Forbidden("the bank's own notices run on it")
        if former.state is TemplateState.WITHDRAWN:
            return former
        withdrawn = replace(former, state=TemplateState.WITHDRAWN)
        return await self._put(withdrawn, entry.actor, "template_withdrawn")

    async def _new(
        self, entry: Entry, title: str, fields: Sequence[TemplateField], state: TemplateState
    ) -> Template:
        listed = await self.listed(entry.id)
        living = [each for each in listed if each.state in _IN_USE and each.maker != BANK]
        if len(living) >= MAX_TEMPLATES:
            raise TooLong(f"an account has at most {MAX_TEMPLATES} templates in use")
        new = Template(
            self._new_id(),
            entry.id,
            title,
            tuple(fields),
            state,
            entry.actor,
            self._clock.now_ms(),
            version=0,
        )
        return await self._put(new, entry.actor, "template_made")

    async def _for_review(self, reviewer: str, account: str, template_id: str) -> Template:
        person = await self._store.people.person(reviewer)
        if person is None or person.role is not StaffRole.REVIEWER:
            raise Forbidden("only for: reviewer")
        found = await self.find(account, template_id)
        if found.maker == reviewer:
            raise FourEyes("who made it cannot decide on it")
        if found.state is not TemplateState.SUBMITTED:
            raise AlreadyDecided(f"this template is {found.state} already")
        return found

    async def _put(self, template: Template, actor: str, kind: str) -> Template:
        after = replace(template, version=template.version + 1)
        detail = {"template": after.template_id}
        fact = Fact(kind, actor, after.account, self._clock.now_ms(), detail)
        kept = self._records.kept(after.account, after.template_id, after, version=after.version)
        await self._records.put(kept, fact)
        return after
