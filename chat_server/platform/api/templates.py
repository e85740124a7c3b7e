"""Template messages: the bank's forms under the ids that a partner adopted them by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from chat_server.domain.accounts.notices import FieldKind, Template, TemplateState
from chat_server.domain.errors import Forbidden, InvalidValue, NotFound, TooLong
from chat_server.domain.publishing import Capability
from chat_server.platform.api.call import OK, Answer, Call
from chat_server.platform.api.followers import entry
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import (
    BAD_FIELD,
    BAD_TEMPLATE,
    NO_OPENID,
    NOT_FOLLOWING,
    QUOTA_USED,
    Refused,
)
from chat_server.platform.parts import Platform

# Words that libraries still send though nothing shows them; fields by these names are let go.
_DROPPED = frozenset({"first", "remark"})
_EXAMPLES = {
    FieldKind.TEXT: "示例",
    FieldKind.NUMBER: "1",
    FieldKind.AMOUNT: "100.00",
    FieldKind.DATE: "2026-03-01",
    FieldKind.TIME: "2026-03-01 09:30",
    FieldKind.CODE: "A0001",
    FieldKind.PHONE: "138****0000",
}


class _Industry(msgspec.Struct, frozen=True):
    first: str = "7"
    second: str = "8"


def _told(template: Template, industry: _Industry) -> dict[str, Any]:
    lines = [f"{each.label}：{{{{{each.key}.DATA}}}}" for each in template.fields]
    shown = [f"{each.label}：{_EXAMPLES[each.kind]}" for each in template.fields]
    return {
        "template_id": template.template_id,
        "title": template.title,
        "primary_industry": industry.first,
        "deputy_industry": industry.second,
        "content": "\n".join(lines),
        "example": "\n".join(shown),
    }


def _industries(platform: Platform) -> Drawer[_Industry]:
    return Drawer(platform.store.shelf, platform.clock, "industry", _Industry)


async def listed(platform: Platform, call: Call) -> Answer:
    industry = await _industries(platform).get(call.account, "now") or _Industry()
    found = await platform.work.templates.listed(call.account)
    approved = [each for each in found if each.state is TemplateState.APPROVED]
    return {"template_list": [_told(each, industry) for each in approved]}


async def add(platform: Platform, call: Call) -> Answer:
    number = call.said("template_id_short")
    labels = call.body.get("keyword_name_list") or []
    if not isinstance(labels, list):
        raise Refused(BAD_FIELD, "invalid args! keyword_name_list: Expected an array")
    short = f"TM{int(number):05d}" if number.isdecimal() and len(number) < 6 else number  # noqa: PLR2004 - five digits
    who = await entry(platform, call, Capability.TEMPLATES)
    try:
        made = await platform.work.templates.adopt(who, short, [str(each) for each in labels])
    except NotFound as exc:
        raise Refused(BAD_TEMPLATE, f"invalid template_id_short: {exc.message}") from exc
    except InvalidValue as exc:
        raise Refused(BAD_FIELD, f"invalid args! keyword_name_list: {exc.message}") from exc
    except TooLong as exc:
        raise Refused(QUOTA_USED, exc.message) from exc
    return {**OK, "template_id": made.template_id}


async def delete(platform: Platform, call: Call) -> Answer:
    who = await entry(platform, call, Capability.TEMPLATES)
    try:
        await platform.work.templates.withdraw(who, call.said("template_id"))
    except NotFound as exc:
        raise Refused(BAD_TEMPLATE, "invalid template_id") from exc
    return OK


def _values(template: Template, data: object) -> Mapping[str, str]:
    if not isinstance(data, Mapping):
        raise Refused(BAD_FIELD, "invalid args! data: Expected `object`")
    known = {each.key for each in template.fields}
    values = {}
    for key, told in data.items():
        if str(key) in _DROPPED - known:
            continue
        value = told.get("value") if isinstance(told, Mapping) else told
        if not isinstance(value, str | int | float):
            raise Refused(BAD_FIELD, f"invalid args! data.{key}.value: Expected `str`")
        values[str(key)] = str(value)
    return values


async def send(platform: Platform, call: Call) -> Answer:
    """`client_msg_id` makes the same request again the same notice."""
    openid = call.said("touser")
    if not openid:
        raise Refused(NO_OPENID, "touser missing")
    template_id = call.said("template_id")
    who = await entry(platform, call, Capability.TEMPLATES)
    try:
        template = await platform.work.templates.find(call.account, template_id)
    except NotFound as exc:
        raise Refused(BAD_TEMPLATE, "invalid template_id") from exc
    customer = await platform.openids.follower(call.app, openid)
    try:
        notice = await platform.work.notices.send(
            who,
            template_id,
            customer,
            _values(template, call.body.get("data")),
            url=call.said("url"),
            key=call.said("client_msg_id")[:64],
        )
    except NotFound as exc:
        raise Refused(BAD_TEMPLATE, "invalid template_id") from exc
    except Forbidden as exc:
        following = await platform.openids.follows(call.account, customer)
        code = BAD_TEMPLATE if following else NOT_FOLLOWING
        raise Refused(code, exc.message) from exc
    except InvalidValue as exc:
        raise Refused(BAD_FIELD, f"argument invalid! {exc.message}") from exc
    return {**OK, "msgid": notice.number}


async def set_industry(platform: Platform, call: Call) -> Answer:
    """Kept and told again; no form of this house depends on it."""
    first, second = call.said("industry_id1"), call.said("industry_id2")
    if not (first.isdecimal() and second.isdecimal()):
        raise Refused(BAD_FIELD, "invalid args! industry_id1, industry_id2: numbers")
    await _industries(platform).put(call.account, "now", _Industry(first, second))
    return OK


async def industry(platform: Platform, call: Call) -> Answer:
    kept = await _industries(platform).get(call.account, "now") or _Industry()
    return {
        "primary_industry": {"first_class": "金融业", "second_class": kept.first},
        "secondary_industry": {"first_class": "金融业", "second_class": kept.second},
    }
