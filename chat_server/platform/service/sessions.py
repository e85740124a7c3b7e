"""Sessions of agents with customers: the desk's cases under the platform's names.

A partner hands a customer to an agent or ends that; the desk decides everything else, and its
console shows the same case.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from chat_server.domain.desk.case import Case, CaseState, Reason
from chat_server.domain.desk.choosing import Status
from chat_server.domain.errors import AgentUnavailable, CaseClosed, CaseTaken, Forbidden, NotFound
from chat_server.domain.facts import Fact
from chat_server.domain.ids import service_conversation
from chat_server.platform.faults import (
    AGENT_OFFLINE,
    NO_SESSION,
    SERVED_BY_ANOTHER,
    WORKER_MISSING,
    Refused,
)
from chat_server.platform.service.agents import Agents
from chat_server.ports.store import Store
from chat_server.usecases.desk.open import AssistDesk

_BEGUN = frozenset({"case_assigned", "case_claimed"})
_ENDED = frozenset({"case_closed", "case_handed_back", "case_returned"})
_MOVED = frozenset({"case_transferred", "case_reassigned"})
KINDS = _BEGUN | _ENDED | _MOVED
CLOSED_BY_AGENT = "KF"
Told = tuple[Case, str, Mapping[str, Any]]


class Sessions:
    def __init__(self, store: Store, desk: AssistDesk, agents: Agents) -> None:
        self._store, self._desk, self._agents = store, desk, agents

    async def now(self, account: str, customer: str) -> Case | None:
        """The case in which an agent serves this customer."""
        case = await self._store.cases.latest(service_conversation(account, customer))
        return case if case is not None and case.state is CaseState.SERVING else None

    async def open(
        self, account: str, name: str, customer: str, text: str, *, seq: int = 0
    ) -> None:
        """That agent serves the customer; one who is served by them already stays so."""
        user = await self._user(account, name)
        served = await self.now(account, customer)
        if served is not None:
            if served.agent != user:
                raise Refused(SERVED_BY_ANOTHER, "the customer is served by another kf_account")
            return
        (said,) = await self._store.cases.statuses([user]) or (None,)
        if said is None or said.status is Status.AWAY:
            raise Refused(AGENT_OFFLINE, "kf_account is offline: kf_account")
        async with _refusing():
            conv = service_conversation(account, customer)
            case = await self._desk.open(conv, Reason.ASKED, seq=seq)
            if case is None:
                raise NotFound("this account has no desk")
            if case.state is CaseState.WAITING:
                case = await self._desk.attend.claim(user, case.case_id)
            elif case.agent != user:
                note = text.strip() or "kfsession/create"
                await self._desk.attend.transfer(case.agent, case.case_id, agent=user, note=note)
                return
            if text.strip():
                await self._desk.attend.note(user, case.case_id, text)

    async def close(self, account: str, name: str, customer: str, text: str) -> None:
        user = await self._user(account, name)
        case = await self.now(account, customer)
        if case is None or case.agent != user:
            raise Refused(NO_SESSION, "there is no session of this kf_account and openid")
        async with _refusing():
            await self._desk.attend.close(user, case.case_id, text, ask_rating=True)

    async def told(self, fact: Fact) -> Told | None:
        """What a fact about a case tells a partner: the case, the event and its fields."""
        case = await self._store.cases.case(fact.subject) if fact.kind in KINDS else None
        if case is None:
            return None
        names = await self._agents.names(case.account)
        to, former = str(fact.detail.get("agent", "")), str(fact.detail.get("from", ""))

        def shown(user: str) -> str:
            return f"{names.get(user, user)}{case.account}"

        if fact.kind in _MOVED and to and former:
            return (
                case,
                "kf_switch_session",
                {"FromKfAccount": shown(former), "ToKfAccount": shown(to)},
            )
        if to:
            return case, "kf_create_session", {"KfAccount": shown(to)}
        last = case.agent if case.assigned_ms else ""  # nobody had this one: who had the last
        ended = former or (fact.actor if fact.kind == "case_returned" else last)
        if not ended:
            return None
        return case, "kf_close_session", {"KfAccount": shown(ended), "CloseType": CLOSED_BY_AGENT}

    async def _user(self, account: str, name: str) -> str:
        agent = await self._agents.find(account, name)
        if not agent.user:
            raise Refused(WORKER_MISSING, "kf_account has no worker yet: kf_account")
        return agent.user


@asynccontextmanager
async def _refusing() -> AsyncIterator[None]:
    """What the desk does not allow, in the platform's words."""
    try:
        yield
    except (AgentUnavailable, NotFound, Forbidden) as exc:
        raise Refused(AGENT_OFFLINE, f"kf_account cannot serve them: {exc.message}") from exc
    except CaseTaken as exc:
        raise Refused(SERVED_BY_ANOTHER, f"the customer is served: {exc.message}") from exc
    except CaseClosed as exc:
        raise Refused(NO_SESSION, f"the session has ended: {exc.message}") from exc
