"""Customer service as a partner sees it: the agents of the account's desk, and their cases.

Agents are people of the bank: a partner names them, gives customers to them and reads who serves
whom; who gets a case of itself the desk decides.
"""

from __future__ import annotations

import msgspec

from chat_server.domain.desk.case import CaseState
from chat_server.domain.desk.choosing import Status
from chat_server.platform.api.call import OK, Answer, Call
from chat_server.platform.faults import (
    BAD_PORTRAIT,
    BAD_RECORD_QUERY,
    NO_SUCH_AGENT,
    RECORDS_TOO_LONG,
    Refused,
)
from chat_server.platform.parts import Platform
from chat_server.platform.quotas import day_of
from chat_server.platform.service.agents import Agent

_MOST = 100  # cases listed
_MOST_RECORDS = 10_000
_ONLINE_ON_THE_WEB = 1


def _name(call: Call) -> str:
    """What stands before the `@`, from the query or the body; libraries differ."""
    said = call.query.get("kf_account", "") or call.said("kf_account")
    name = said.partition("@")[0]
    if not name:
        raise Refused(NO_SUCH_AGENT, "invalid kf_account: kf_account")
    return name


def _kf_account(call: Call, name: str) -> str:
    """`name@account`, as clients write agents."""
    return f"{name}{call.account}"


def _told(call: Call, agent: Agent) -> Answer:
    return {
        "kf_account": _kf_account(call, agent.name),
        "kf_nick": agent.nickname,
        "kf_id": agent.number,
        "kf_headimgurl": agent.picture,
        "kf_wx": agent.user,
    }


async def listed(platform: Platform, call: Call) -> Answer:
    return {"kf_list": [_told(call, each) for each in await platform.agents.all(call.account)]}


async def online(platform: Platform, call: Call) -> Answer:
    agents = {each.user: each for each in await platform.agents.all(call.account) if each.user}
    statuses = await platform.store.cases.statuses(list(agents))
    there = [each.user for each in statuses if each.status is not Status.AWAY]
    serving = await platform.store.cases.serving(there)
    return {
        "kf_online_list": [
            {
                "kf_account": _kf_account(call, agents[user].name),
                "status": _ONLINE_ON_THE_WEB,
                "kf_id": agents[user].number,
                "accepted_case": serving.get(user, 0),
            }
            for user in there
        ]
    }


async def add(platform: Platform, call: Call) -> Answer:
    """A `password`, which old clients send, is for nothing: agents log in as the bank's staff."""
    await platform.agents.add(call.app, _name(call), call.said("nickname"))
    return OK


async def update(platform: Platform, call: Call) -> Answer:
    await platform.agents.change(call.app, _name(call), nickname=call.said("nickname"))
    return OK


async def remove(platform: Platform, call: Call) -> Answer:
    await platform.agents.remove(call.app, _name(call))
    return OK


async def invite(platform: Platform, call: Call) -> Answer:
    """`invite_wx` is the log-in name of somebody of the bank; who is asked need not agree."""
    await platform.agents.bind(call.app, _name(call), call.said("invite_wx"))
    return OK


async def portrait(platform: Platform, call: Call) -> Answer:
    part = call.file()
    media_id, item = await platform.media.upload(
        call.account, "image", part.filename, part.content, lasting=True, listed=False
    )
    if item.mime not in {"image/jpeg", "image/png"}:
        raise Refused(BAD_PORTRAIT, "invalid file type: media must be jpg or png")
    url = f"{call.base_url}/mp/pic/{call.app.appid}/{media_id}"
    await platform.agents.change(call.app, _name(call), picture=url)
    return OK


# --- sessions


async def session(platform: Platform, call: Call) -> Answer:
    """Who serves this customer now; nobody is an empty name."""
    customer = await platform.openids.customer(call.app, call.openid())
    case = await platform.sessions.now(call.account, customer)
    if case is None:
        return {"kf_account": "", "createtime": 0}
    names = await platform.agents.names(call.account)
    return {
        "kf_account": _kf_account(call, names.get(case.agent, case.agent)),
        "createtime": case.assigned_ms // 1000,
    }


async def begin(platform: Platform, call: Call) -> Answer:
    customer = await platform.openids.customer(call.app, call.openid())
    await platform.sessions.open(call.account, _name(call), customer, call.said("text"))
    return OK


async def end(platform: Platform, call: Call) -> Answer:
    customer = await platform.openids.customer(call.app, call.openid())
    await platform.sessions.close(call.account, _name(call), customer, call.said("text"))
    return OK


async def sessions(platform: Platform, call: Call) -> Answer:
    """Whom one agent serves."""
    agent = await platform.agents.find(call.account, _name(call))
    desk = await platform.agents.desk(call.account)
    if desk is None or not agent.user:
        return {"sessionlist": []}
    found = await platform.store.cases.cases(
        desk.desk, CaseState.SERVING, agent=agent.user, limit=_MOST
    )
    openids = await platform.openids.of_many(call.account, {each.customer for each in found})
    rows = [
        {"openid": openids[each.customer], "createtime": each.assigned_ms // 1000} for each in found
    ]
    return {"sessionlist": rows}


async def waiting(platform: Platform, call: Call) -> Answer:
    desk = await platform.agents.desk(call.account)
    if desk is None:
        return {"count": 0, "waitcaselist": []}
    found = await platform.store.cases.cases(desk.desk, CaseState.WAITING, limit=_MOST)
    openids = await platform.openids.of_many(call.account, {each.customer for each in found})
    rows = [
        {"openid": openids[each.customer], "latest_time": each.queued_ms // 1000} for each in found
    ]
    return {"count": len(rows), "waitcaselist": rows}


class _Asked(msgspec.Struct, frozen=True):
    starttime: int
    endtime: int
    msgid: int = 1
    number: int = _MOST_RECORDS


async def records(platform: Platform, call: Call) -> Answer:
    """`msgid` counts the day's records from 1; the one that is answered is the next to ask for."""
    asked = call.fields(_Asked)
    if not 1 <= asked.number <= _MOST_RECORDS or asked.msgid < 1:
        raise Refused(BAD_RECORD_QUERY, f"invalid parameter: number, 1 to {_MOST_RECORDS}; msgid")
    if not 0 <= asked.starttime <= asked.endtime <= call.now_ms // 1000 + 86_400:
        raise Refused(BAD_RECORD_QUERY, "invalid parameter: starttime, endtime")
    if day_of(asked.starttime * 1000) != day_of(asked.endtime * 1000):
        raise Refused(RECORDS_TOO_LONG, "time range out of limit: starttime, endtime of one day")
    found = await platform.records.between(
        call.account, asked.starttime * 1000, asked.endtime * 1000 + 999
    )
    page = found[asked.msgid - 1 : asked.msgid - 1 + asked.number]
    openids = await platform.openids.of_many(call.account, {each.customer for each in page})
    rows = [
        {
            "openid": openids[each.customer],
            "opercode": each.code,
            "text": each.text,
            "time": each.at_ms // 1000,
            "worker": _kf_account(call, each.worker),
        }
        for each in page
    ]
    return {**OK, "recordlist": rows, "number": len(rows), "msgid": asked.msgid + len(rows)}
