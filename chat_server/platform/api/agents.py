"""Customer service as a partner sees it: the agents of the account's desk, and their cases.

Agents are the bank's own staff, so a partner reads who there is and who serves whom; who becomes
one, and who gets a case, the desk decides.
"""

from __future__ import annotations

from zlib import crc32

from chat_server.domain.desk.case import CaseState
from chat_server.domain.desk.choosing import Status
from chat_server.domain.desk.settings import Desk
from chat_server.domain.ids import service_conversation
from chat_server.platform.api.call import Answer, Call
from chat_server.platform.faults import NO_SUCH_AGENT, Refused
from chat_server.platform.parts import Platform

_MOST = 100  # cases listed
_ONLINE_ON_THE_WEB = 1


async def _desk(platform: Platform, call: Call) -> Desk | None:
    desks = await platform.store.desks.desks()
    return next((each for each in desks if each.account == call.account), None)


def _agent(call: Call, user: str) -> str:
    """`name@account`, as clients write agents."""
    return f"{user}{call.account}"


def _number(user: str) -> int:
    return 1_000_000 + crc32(user.encode()) % 1_000_000


async def listed(platform: Platform, call: Call) -> Answer:
    desk = await _desk(platform, call)
    users = [each.user for each in desk.staff] if desk else []
    people = {each.user: each.name for each in await platform.store.people.people(users)}
    return {
        "kf_list": [
            {
                "kf_account": _agent(call, user),
                "kf_nick": people.get(user, user),
                "kf_id": _number(user),
                "kf_headimgurl": "",
                "kf_wx": "",
            }
            for user in users
        ]
    }


async def online(platform: Platform, call: Call) -> Answer:
    desk = await _desk(platform, call)
    users = [each.user for each in desk.staff] if desk else []
    statuses = await platform.store.cases.statuses(users)
    there = [each.user for each in statuses if each.status is not Status.AWAY]
    serving = await platform.store.cases.serving(there)
    return {
        "kf_online_list": [
            {
                "kf_account": _agent(call, user),
                "status": _ONLINE_ON_THE_WEB,
                "kf_id": _number(user),
                "accepted_case": serving.get(user, 0),
            }
            for user in there
        ]
    }


async def session(platform: Platform, call: Call) -> Answer:
    """Who serves this customer now; nobody is an empty name."""
    customer = await platform.openids.customer(call.app, call.openid())
    case = await platform.store.cases.latest(service_conversation(call.account, customer))
    if case is None or case.state is not CaseState.SERVING:
        return {"kf_account": "", "createtime": 0}
    return {"kf_account": _agent(call, case.agent), "createtime": case.assigned_ms // 1000}


async def sessions(platform: Platform, call: Call) -> Answer:
    """Whom one agent serves."""
    desk = await _desk(platform, call)
    agent = call.query.get("kf_account", "") or call.said("kf_account")
    user = agent.partition("@")[0]
    if desk is None or desk.member(user) is None:
        raise Refused(NO_SUCH_AGENT, "invalid kf_account: kf_account")
    found = await platform.store.cases.cases(desk.desk, CaseState.SERVING, agent=user, limit=_MOST)
    openids = await platform.openids.of_many(call.account, {each.customer for each in found})
    rows = [
        {"openid": openids[each.customer], "createtime": each.assigned_ms // 1000} for each in found
    ]
    return {"sessionlist": rows}


async def waiting(platform: Platform, call: Call) -> Answer:
    desk = await _desk(platform, call)
    if desk is None:
        return {"count": 0, "waitcaselist": []}
    found = await platform.store.cases.cases(desk.desk, CaseState.WAITING, limit=_MOST)
    openids = await platform.openids.of_many(call.account, {each.customer for each in found})
    rows = [
        {"openid": openids[each.customer], "latest_time": each.queued_ms // 1000} for each in found
    ]
    return {"count": len(rows), "waitcaselist": rows}
