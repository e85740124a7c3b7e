"""The desk for partners' programs: an account's application, its callbacks, its refused calls.

Keys are for the account's owner and for administrators; who may look at the account may read the
rest.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from msgspec.structs import asdict

from chat_server.domain import errors
from chat_server.domain.accounts.developing import Developer, DeveloperChange
from chat_server.domain.errors import InvalidValue, NotFound
from chat_server.domain.people import StaffRole
from chat_server.domain.publishing import Capability
from chat_server.ports.partners import PartnerDesk
from chat_server.transport.http.partner_shapes import (
    CallbackItem,
    CallbackTry,
    DeveloperDraft,
    DeveloperItem,
    QuotaItem,
    RefusedCallItem,
)
from chat_server.transport.http.routing import Roles, Route
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims

_MsgId = Annotated[str, Meta(max_length=18, pattern="^[0-9]*$")]
_Limit = Annotated[int, Meta(ge=1, le=100)]
_Rid = Annotated[str, Meta(max_length=64)]
_LOOKING: Roles = frozenset({StaffRole.OPERATOR, StaffRole.REVIEWER, StaffRole.ADMINISTRATOR})
_OWNING: Roles = frozenset({StaffRole.OPERATOR, StaffRole.ADMINISTRATOR})
_SEEN = (errors.NotFound, errors.Forbidden)
_SET = (*_SEEN, errors.AlreadyExists, errors.VersionConflict)
_DEVELOPER = "/v1/staff/accounts/{account}/developer"


async def _owner(cases: UseCases, claims: Claims, account: str) -> PartnerDesk:
    entries = cases.account_work.entries
    await entries.operator(claims.user, account, Capability.API, owner=True)
    return _desk(cases)


async def _reader(cases: UseCases, claims: Claims, account: str) -> PartnerDesk:
    await cases.account_work.entries.reader(claims.user, account)
    return _desk(cases)


def _desk(cases: UseCases) -> PartnerDesk:
    if cases.partners is None:
        raise NotFound("this house has no open platform")
    return cases.partners


async def developer(cases: UseCases, claims: Claims, account: str) -> DeveloperItem:
    """An account's application and how it is called; without one the appid is empty."""
    found = await (await _owner(cases, claims, account)).developer(account)
    return DeveloperItem() if found is None else _shown(found)


async def enlist(cases: UseCases, claims: Claims, account: str) -> DeveloperItem:
    """Make the account's application. Its secret is in this answer, and never told again."""
    found, secret = await (await _owner(cases, claims, account)).enlist(account, claims.user)
    return _shown(found, secret)


async def change_developer(
    cases: UseCases, claims: Claims, account: str, body: DeveloperDraft
) -> DeveloperItem:
    """Change where callbacks go, how, with what keys, and who may ask for tokens."""
    desk = await _owner(cases, claims, account)
    return _shown(await desk.change(account, claims.user, DeveloperChange(**asdict(body))))


async def renew_secret(cases: UseCases, claims: Claims, account: str) -> DeveloperItem:
    """A new secret, told in this answer only; tokens under the former one end at once."""
    desk = await _owner(cases, claims, account)
    secret = await desk.renew_secret(account, claims.user)
    found = await desk.developer(account)
    if found is None:
        raise NotFound("this account has no application")
    return _shown(found, secret)


async def callbacks(
    cases: UseCases, claims: Claims, account: str, before: _MsgId = "", limit: _Limit = 20
) -> list[CallbackItem]:
    """The delivery log of callbacks, newest first. Words of customers are not in it."""
    desk = await _reader(cases, claims, account)
    return [
        CallbackItem(
            str(each.msg_id),
            each.customer,
            each.at_ms,
            each.event,
            each.state,
            each.reply,
            [CallbackTry(one.at_ms, one.took_ms, one.outcome, one.status) for one in each.attempts],
        )
        for each in await desk.callbacks(account, int(before or 0), limit)
    ]


async def replay(cases: UseCases, claims: Claims, account: str, msgid: _MsgId) -> None:
    """Send a callback again, with the same MsgId."""
    if not msgid:
        raise InvalidValue("msgid: a number")
    await (await _owner(cases, claims, account)).replay(account, int(msgid))


async def refused_call(cases: UseCases, claims: Claims, account: str, rid: _Rid) -> RefusedCallItem:
    """What was asked and answered in a call that was refused, by the rid in its errmsg."""
    found = await (await _reader(cases, claims, account)).refused(account, rid)
    return RefusedCallItem(
        found.at_s * 1000, found.took_ms, found.request, found.body, found.answer, found.address
    )


async def quotas(cases: UseCases, claims: Claims, account: str) -> list[QuotaItem]:
    """How much of today's quota is used, by path."""
    found = await (await _reader(cases, claims, account)).quotas(account)
    return [QuotaItem(each.path, each.limit, each.used) for each in found]


def _shown(found: Developer, secret: str = "") -> DeveloperItem:
    return DeveloperItem(**asdict(found), secret=secret)


PARTNER_ROUTES = (
    Route("GET", _DEVELOPER, developer, _OWNING, _SEEN),
    Route("POST", _DEVELOPER, enlist, _OWNING, _SET),
    Route("PATCH", _DEVELOPER, change_developer, _OWNING, _SET),
    Route("POST", f"{_DEVELOPER}/secret", renew_secret, _OWNING, _SET),
    Route("GET", f"{_DEVELOPER}/callbacks", callbacks, _LOOKING, _SEEN),
    Route("POST", f"{_DEVELOPER}/callbacks/{{msgid}}", replay, _OWNING, _SEEN),
    Route("GET", f"{_DEVELOPER}/calls/{{rid}}", refused_call, _LOOKING, _SEEN),
    Route("GET", f"{_DEVELOPER}/quotas", quotas, _LOOKING, _SEEN),
)
