"""Credentials, quotas, and what a partner may look up about their own calls."""

from __future__ import annotations

import msgspec
from msgspec.structs import asdict

from chat_server.platform.api.call import OK, Answer, Call
from chat_server.platform.api.serving import check_capability
from chat_server.platform.apps import App
from chat_server.platform.developing import may_call
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import (
    BAD_ADDRESS,
    BAD_APPID,
    BAD_GRANT_TYPE,
    BAD_PARAMETER,
    BAD_SECRET,
    NO_APPID,
    NO_SECRET,
    NOT_AUTHORISED,
    TOO_FREQUENT,
    Refused,
)
from chat_server.platform.parts import Platform

_NEAR_END_S = 300  # a stable token this near to its end is followed by another


class _Stable(msgspec.Struct, frozen=True):
    token: str
    expires_s: int
    secret_hash: str
    forced_s: int = 0


async def _app_of(platform: Platform, call: Call, appid: str, secret: str) -> App:
    if not appid:
        raise Refused(NO_APPID, "appid missing")
    if not secret:
        raise Refused(NO_SECRET, "appsecret missing")
    app = await platform.apps.get(appid)
    if app is None:
        raise Refused(BAD_APPID, "invalid appid")
    if not app.knows(secret):
        raise Refused(BAD_SECRET, "invalid appsecret")
    if not may_call(app, call.address):
        raise Refused(BAD_ADDRESS, f"invalid ip {call.address}, not in whitelist")
    await check_capability(platform, app)
    return app


async def token(platform: Platform, call: Call) -> Answer:
    """A new token beside all that are good already."""
    given = {**call.query, **(call.body if call.raw.strip().startswith(b"{") else {})}
    if given.get("grant_type", "") != "client_credential":
        raise Refused(BAD_GRANT_TYPE, "invalid grant_type")
    app = await _app_of(platform, call, str(given.get("appid", "")), str(given.get("secret", "")))
    await platform.quotas.take(app, "/cgi-bin/token")
    life_s = platform.limits.token_s
    fresh = platform.keys.access_token(app, call.now_ms // 1000 + life_s)
    return {"access_token": fresh, "expires_in": life_s}


async def stable_token(platform: Platform, call: Call) -> Answer:
    """The same token until near its end, or until a new one is forced."""
    if call.said("grant_type") != "client_credential":
        raise Refused(BAD_GRANT_TYPE, "invalid grant_type")
    app = await _app_of(platform, call, call.said("appid"), call.said("secret"))
    await platform.quotas.take(app, "/cgi-bin/stable_token")
    forced = bool(call.body.get("force_refresh"))
    drawer = Drawer(platform.store.shelf, platform.clock, "stable_token", _Stable)
    now, life_s = call.now_ms // 1000, platform.limits.token_s
    if forced:
        await _take_force(platform, app, await drawer.get(app.account, "token"), now)

    def edit(stored: _Stable | None) -> _Stable:
        good = stored is not None and stored.secret_hash == app.secret_hash
        if stored and good and not forced and stored.expires_s - now > _NEAR_END_S:
            return stored
        fresh = platform.keys.access_token(app, now + life_s)
        last = now if forced else (stored.forced_s if stored else 0)
        return _Stable(fresh, now + life_s, app.secret_hash, last)

    kept = await drawer.change(app.account, "token", edit)
    return {"access_token": kept.token, "expires_in": kept.expires_s - now}


async def _take_force(platform: Platform, app: App, stored: _Stable | None, now: int) -> None:
    limits = platform.limits
    if stored is not None and now - stored.forced_s < limits.forced_token_pause_s:
        raise Refused(TOO_FREQUENT, "force_refresh is too frequent")
    used = await platform.store.shelf.bump(
        app.account, "forced_tokens", platform.quotas.day(), 1, platform.clock.now_ms()
    )
    if used > limits.forced_tokens:
        raise Refused(TOO_FREQUENT, "force_refresh: the day's are used up")


async def addresses(platform: Platform, call: Call) -> Answer:
    """Where callbacks come from, and where the API is: this machine, as the caller reached it."""
    del platform
    host = call.base_url.partition("://")[2].rpartition(":")[0] or call.base_url
    return {"ip_list": [host.strip("[]")]}


async def clear_quota(platform: Platform, call: Call) -> Answer:
    if call.said("appid") != call.app.appid:
        raise Refused(BAD_APPID, "invalid appid")
    await platform.quotas.clear(call.app)
    return OK


async def clear_quota_v2(platform: Platform, call: Call) -> Answer:
    app = await _app_of(platform, call, call.said("appid"), call.said("appsecret"))
    await platform.quotas.clear(app)
    return OK


async def quota(platform: Platform, call: Call) -> Answer:
    path = call.said("cgi_path").split("?")[0]
    if not path.startswith("/"):
        raise Refused(BAD_PARAMETER, "invalid parameter: cgi_path begins with /")
    return {**OK, "quota": asdict(await platform.quotas.used(call.app, path))}


async def rid(platform: Platform, call: Call) -> Answer:
    found = await platform.failures.get(call.account, call.said("rid"))
    if found is None:
        raise Refused(BAD_PARAMETER, "invalid parameter: rid")
    return {**OK, "request": asdict(found)}


async def capabilities(platform: Platform, call: Call) -> Answer:
    """Ours: what this account may do, and every limit that holds for it."""
    account = await platform.store.accounts.account(call.account)
    if account is None:
        raise Refused(NOT_AUTHORISED, "api unauthorized: there is no such account")
    return {
        **OK,
        "account": account.account,
        "kind": str(account.kind),
        "capabilities": sorted(account.capabilities),
        "limits": asdict(platform.limits),
    }
