"""Agents as partners know them: a name and a nickname for somebody of the account's desk.

Who serves is the desk's staff and nothing else. An agent whose name is nobody's at the bank is
there by name only, until somebody of the bank is put behind it; only then customers get them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from zlib import crc32

import msgspec
from msgspec.structs import replace

from chat_server.domain.desk.case import CaseState
from chat_server.domain.desk.settings import DAY_MIN, WEEK, Desk, DeskRole, DeskStaff, Queue
from chat_server.domain.errors import AlreadyExists, VersionConflict
from chat_server.domain.people import StaffRole
from chat_server.platform.apps import App
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import (
    AGENT_EXISTS,
    AGENT_NAME_TOO_LONG,
    BAD_AGENT_NAME,
    BAD_NICKNAME,
    NO_SUCH_AGENT,
    NO_SUCH_WORKER,
    NOT_AUTHORISED,
    TOO_MANY_AGENTS,
    WORKER_BOUND,
    Refused,
)
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.desk.open import AssistDesk

MAX_AGENTS = 100
MAX_NAME = 10
MAX_NICKNAME = 16
_NAME = re.compile(r"[A-Za-z0-9_]+")
_TRIES = 8
_MOST = 500  # cases that one agent leaves behind
_SERVING = frozenset({StaffRole.AGENT, StaffRole.SUPERVISOR})
_ALWAYS = (((0, DAY_MIN),),) * WEEK
StaffEdit = Callable[[Desk], Sequence[DeskStaff]]


class Agent(msgspec.Struct, frozen=True):
    """`user` is who of the bank stands behind it; empty: nobody yet. `picture` is a URL.

    Whom the partner put on the desk (`added`) the partner may take off it.
    """

    name: str
    nickname: str
    user: str = ""
    picture: str = ""
    added: bool = False

    @property
    def number(self) -> int:
        return 1_000_000 + crc32(self.name.encode()) % 1_000_000


class Agents:
    def __init__(self, store: Store, desk: AssistDesk, clock: Clock) -> None:
        self._store, self._desk = store, desk
        self._named = Drawer(store.shelf, clock, "agent", Agent)

    async def desk(self, account: str) -> Desk | None:
        desks = await self._store.desks.desks()
        return next((each for each in desks if each.account == account), None)

    async def all(self, account: str) -> Sequence[Agent]:
        """Of the desk's staff each one, under the name that the partner gave; then the rest."""
        desk = await self.desk(account)
        staff = [each.user for each in desk.staff] if desk else []
        named = [each for _, each in await self._named.page(account, limit=MAX_AGENTS)]
        by_user = {each.user: each for each in named if each.user}
        people = {each.user: each.name for each in await self._store.people.people(staff)}
        there = [by_user.get(user) or Agent(user, people.get(user, user), user) for user in staff]
        return [*there, *(replace(each, user="") for each in named if each not in there)]

    async def find(self, account: str, name: str) -> Agent:
        """Raises Refused."""
        found = next((each for each in await self.all(account) if each.name == name), None)
        if found is None:
            raise Refused(NO_SUCH_AGENT, "invalid kf_account: kf_account")
        return found

    async def names(self, account: str) -> Mapping[str, str]:
        """What partners call the desk's staff."""
        return {each.user: each.name for each in await self.all(account) if each.user}

    async def add(self, app: App, name: str, nickname: str) -> None:
        """Somebody of the bank who serves customers and has that name gets on the desk."""
        _check_nickname(nickname)
        if len(name) > MAX_NAME:
            raise Refused(AGENT_NAME_TOO_LONG, f"invalid kf_account: at most {MAX_NAME} letters")
        if not _NAME.fullmatch(name):
            raise Refused(BAD_AGENT_NAME, "invalid kf_account: letters, digits and _ before the @")
        agents = await self.all(app.account)
        if any(each.name == name for each in agents):
            raise Refused(AGENT_EXISTS, "kf_account exists: kf_account")
        if len(agents) >= MAX_AGENTS:
            raise Refused(TOO_MANY_AGENTS, f"kf_account count limit: at most {MAX_AGENTS}")
        user = name if await self._serves(name) else ""
        if not await self._named.new(
            app.account, name, Agent(name, nickname, user, added=bool(user))
        ):
            raise Refused(AGENT_EXISTS, "kf_account exists: kf_account")
        if user:
            await self._seat(app, user)

    async def change(self, app: App, name: str, **told: str) -> None:
        """Its `nickname` or `picture`."""
        if "nickname" in told:
            _check_nickname(told["nickname"])
        agent = replace(await self.find(app.account, name), **told)
        await self._named.put(app.account, name, agent)

    async def bind(self, app: App, name: str, user: str) -> None:
        """Put somebody of the bank behind it."""
        agent = await self.find(app.account, name)
        if agent.user:
            raise Refused(WORKER_BOUND, "kf_account has a worker: kf_account")
        if not await self._serves(user):
            raise Refused(NO_SUCH_WORKER, "invalid invite_wx: nobody who serves customers")
        if user in await self.names(app.account):
            raise Refused(WORKER_BOUND, "invite_wx is another kf_account: invite_wx")
        await self._named.put(app.account, name, replace(agent, user=user, added=True))
        await self._seat(app, user)

    async def remove(self, app: App, name: str) -> None:
        """Off the desk; whom they serve waits again, where their first asking put them."""
        agent = await self.find(app.account, name)
        if agent.user and not agent.added:
            raise Refused(NOT_AUTHORISED, "api unauthorized: the bank put this kf_account there")
        desk = await self.desk(app.account)
        if agent.user and desk is not None:
            serving = CaseState.SERVING
            held = await self._store.cases.cases(desk.desk, serving, agent=agent.user, limit=_MOST)
            for case in held:
                await self._desk.attend.give_back(agent.user, case.case_id, "")
            await self._edit(app, lambda now: [one for one in now.staff if one.user != agent.user])
        await self._named.take(app.account, name)

    async def _serves(self, user: str) -> bool:
        person = await self._store.people.person(user)
        return person is not None and person.role in _SERVING

    async def _seat(self, app: App, user: str) -> None:
        def seated(desk: Desk) -> Sequence[DeskStaff]:
            if desk.member(user):
                return desk.staff
            queues = [each.queue for each in desk.queues]
            return [*desk.staff, DeskStaff(user, DeskRole.AGENT, queues=queues)]

        await self._edit(app, seated)

    async def _edit(self, app: App, edit: StaffEdit) -> None:
        """The desk with that staff; an account's first agent opens one that never closes."""
        for _ in range(_TRIES):
            desk = await self.desk(app.account) or await self._new_desk(app.account)
            changed = replace(desk, staff=tuple(edit(desk)))
            if changed == desk:
                return
            try:
                await self._desk.configure(app.appid, changed)
            except (VersionConflict, AlreadyExists):
                continue
            return
        raise VersionConflict("the desk is being changed by many at once")

    async def _new_desk(self, account: str) -> Desk:
        taken = {each.desk for each in await self._store.desks.desks()}
        plain = re.sub(r"[^a-z0-9_-]", "-", account.lower()).strip("@-_")[:24] or "desk"
        found = await self._store.accounts.account(account)
        return Desk(
            desk=plain if plain not in taken else f"{plain}-{secrets.token_hex(3)}",
            account=account,
            name=found.name if found else account,
            week=_ALWAYS,
            queues=(Queue("all", "客服"),),
            version=0,
        )


def _check_nickname(nickname: str) -> None:
    if not 1 <= len(nickname.strip()) <= MAX_NICKNAME:
        raise Refused(BAD_NICKNAME, f"invalid nickname: 1 to {MAX_NICKNAME} characters")
