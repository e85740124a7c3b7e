"""Web authorisation: a customer lets a partner's page know who they are (OAuth 2, code flow).

Inside the app the page comes with the customer's own token, and nothing is asked; in any other
browser they log in here. A code works once, for five minutes, and only with the secret. The web
token is per customer, and unrelated to the token of the API.
"""

from __future__ import annotations

import secrets
from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from chat_server.domain.errors import ChatError, NotAuthenticated
from chat_server.domain.people import Person
from chat_server.platform.api.call import OK, Answer, Call, Page, Redirect
from chat_server.platform.api.serving import check_capability
from chat_server.platform.apps import App, new_name
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import (
    BAD_APPID,
    BAD_CODE,
    BAD_CREDENTIAL,
    BAD_GRANT_TYPE,
    BAD_OPENID,
    BAD_REFRESH_TOKEN,
    BAD_SECRET,
    NO_APPID,
    NO_CODE,
    NO_REFRESH_TOKEN,
    NO_SECRET,
    NOT_AUTHORISED,
    OLD_CODE,
    OLD_REFRESH_TOKEN,
    OLD_TOKEN,
    USED_CODE,
    Refused,
)
from chat_server.platform.parts import Platform
from chat_server.usecases.identity.login import Credentials

CODE_S = 300
TOKEN_S = 7200
REFRESH_S = 30 * 86_400
BASE, USERINFO = "snsapi_base", "snsapi_userinfo"
_MAX_STATE = 128
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


class Code(msgspec.Struct, frozen=True):
    appid: str
    customer: str
    scope: str
    expires_s: int
    used: bool = False


class WebToken(msgspec.Struct, frozen=True):
    appid: str
    customer: str
    scope: str
    expires_s: int
    refresh_token: str


class Refresh(msgspec.Struct, frozen=True):
    appid: str
    customer: str
    scope: str
    expires_s: int


def _codes(platform: Platform) -> Drawer[Code]:
    return Drawer(platform.store.shelf, platform.clock, "code", Code)


def _tokens(platform: Platform) -> Drawer[WebToken]:
    return Drawer(platform.store.shelf, platform.clock, "web_token", WebToken)


def _refreshes(platform: Platform) -> Drawer[Refresh]:
    return Drawer(platform.store.shelf, platform.clock, "web_refresh", Refresh)


# --- the page


async def authorize(platform: Platform, call: Call) -> Answer:
    """GET shows the page, or goes on at once with a customer's own token; POST logs in."""
    try:
        app, target, scope = await _asked(platform, call)
    except Refused as exc:
        return Page(_html("无法授权", f"<p>{escape(exc.why)} ({exc.code})</p>"), 400)
    try:
        person = await _who(platform, call)
    except ChatError:
        return Page(_form(call, app, scope, wrong=True), 401)
    if person is None:
        return Page(_form(call, app, scope, wrong=False))
    code = new_name(call.now_ms, 24)
    kept = Code(app.appid, person.user, scope, call.now_ms // 1000 + CODE_S)
    await _codes(platform).new("", code, kept)
    joined = "&" if urlsplit(target).query else "?"
    state = call.query.get("state", "")
    return Redirect(f"{target}{joined}{urlencode({'code': code, 'state': state})}")


async def _asked(platform: Platform, call: Call) -> tuple[App, str, str]:
    app = await platform.apps.get(call.query.get("appid", ""))
    if app is None:
        raise Refused(BAD_APPID, "invalid appid")
    await check_capability(platform, app)
    scope = call.query.get("scope", BASE)
    if call.query.get("response_type") != "code" or scope not in {BASE, USERINFO}:
        raise Refused(10005, f"response_type is code, scope {BASE} or {USERINFO}")
    if len(call.query.get("state", "")) > _MAX_STATE:
        raise Refused(10006, f"state: at most {_MAX_STATE} bytes")
    target = call.query.get("redirect_uri", "")
    parts = urlsplit(target)
    allowed = {*app.web_hosts, *filter(None, [urlsplit(app.callback).hostname])}
    if platform.loopback:
        allowed |= _LOCAL
    if parts.scheme not in {"http", "https"} or parts.hostname not in allowed or parts.fragment:
        raise Refused(10003, "redirect_uri: its host is not one of this account's web_hosts")
    return app, target, scope


async def _who(platform: Platform, call: Call) -> Person | None:
    """None: nobody said who they are yet."""
    scheme, _, token = call.authorization.partition(" ")
    if scheme.lower() == "bearer":
        claims = await platform.authenticate(token)
        return await platform.store.people.person(claims.user)
    if not call.raw:
        return None
    given = {
        name: values[0] for name, values in parse_qs(call.raw.decode(errors="replace")).items()
    }
    credentials = Credentials(
        user=given.get("user", ""),
        password=given.get("password", ""),
        device="web authorisation",
        address=call.address,
    )
    person = await platform.log_in.identify(credentials)
    if person.role != "customer":
        raise NotAuthenticated("only customers")
    return person


def _form(call: Call, app: App, scope: str, *, wrong: bool) -> str:
    told = "获取您的昵称" if scope == USERINFO else "识别您的身份"
    note = "<p role=alert>用户名或密码不正确。 Wrong name or password.</p>" if wrong else ""
    query = escape(urlencode(dict(call.query)), quote=True)
    return _html(
        "登录并授权",
        f"<p>{escape(app.account)} 申请{told}。</p>{note}"
        f'<form method="post" action="/connect/oauth2/authorize?{query}">'
        '<p><label>用户名 <input name="user" autocomplete="username" required></label></p>'
        '<p><label>密码 <input name="password" type="password" '
        'autocomplete="current-password" required></label></p>'
        "<p><button>同意</button></p></form>",
    )


def _html(title: str, inner: str) -> str:
    return (
        '<!doctype html><html lang="zh"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><h1>{title}</h1>{inner}"
    )


# --- codes into tokens


async def _issued(platform: Platform, app: App, refresh: str, grant: Refresh, now: int) -> Answer:
    token = new_name(now * 1000, 64)
    kept = WebToken(app.appid, grant.customer, grant.scope, now + TOKEN_S, refresh)
    await _tokens(platform).new("", token, kept)
    return {
        "access_token": token,
        "expires_in": TOKEN_S,
        "refresh_token": refresh,
        "openid": await platform.openids.of(app.account, grant.customer),
        "scope": grant.scope,
        "is_snapshotuser": 0,
        "unionid": platform.openids.unionid(grant.customer),
    }


async def access_token(platform: Platform, call: Call) -> Answer:
    if call.query.get("grant_type") != "authorization_code":
        raise Refused(BAD_GRANT_TYPE, "invalid grant_type")
    app = await platform.apps.get(call.text("appid", NO_APPID))
    if app is None:
        raise Refused(BAD_APPID, "invalid appid")
    if not app.knows(call.text("secret", NO_SECRET)):
        raise Refused(BAD_SECRET, "invalid appsecret")
    grant = await _take_code(platform, app, call.text("code", NO_CODE), call.now_ms // 1000)
    refresh = new_name(call.now_ms, 64)
    await _refreshes(platform).new("", refresh, grant)
    return await _issued(platform, app, refresh, grant, call.now_ms // 1000)


async def _take_code(platform: Platform, app: App, code: str, now: int) -> Refresh:
    def use(stored: Code | None) -> Code:
        if stored is None or stored.appid != app.appid:
            raise Refused(BAD_CODE, "invalid code")
        if stored.used:
            raise Refused(USED_CODE, "code been used")
        if stored.expires_s <= now:
            raise Refused(OLD_CODE, "code expired")
        return msgspec.structs.replace(stored, used=True)

    used = await _codes(platform).change("", code, use)
    return Refresh(app.appid, used.customer, used.scope, now + REFRESH_S)


async def refresh_token(platform: Platform, call: Call) -> Answer:
    if call.query.get("grant_type") != "refresh_token":
        raise Refused(BAD_GRANT_TYPE, "invalid grant_type")
    app = await platform.apps.get(call.text("appid", NO_APPID))
    if app is None:
        raise Refused(BAD_APPID, "invalid appid")
    refresh = call.text("refresh_token", NO_REFRESH_TOKEN)
    grant = await _refreshes(platform).get("", refresh)
    now = call.now_ms // 1000
    if grant is None or grant.appid != app.appid:
        raise Refused(BAD_REFRESH_TOKEN, "invalid refresh_token")
    if grant.expires_s <= now:
        raise Refused(OLD_REFRESH_TOKEN, "refresh_token expired")
    return await _issued(platform, app, refresh, grant, now)


async def _shown(platform: Platform, call: Call) -> tuple[WebToken, App]:
    token = await _tokens(platform).get("", call.query.get("access_token", "") or "-")
    app = await platform.apps.get(token.appid) if token else None
    if token is None or app is None:
        raise Refused(BAD_CREDENTIAL, "invalid credential, access_token is invalid")
    if token.expires_s <= call.now_ms // 1000:
        raise Refused(OLD_TOKEN, "access_token expired")
    openid = await platform.openids.of(app.account, token.customer)
    if not secrets.compare_digest(openid.encode(), call.query.get("openid", "").encode()):
        raise Refused(BAD_OPENID, "invalid openid")
    return token, app


async def user_info(platform: Platform, call: Call) -> Answer:
    token, _ = await _shown(platform, call)
    if token.scope != USERINFO:
        raise Refused(NOT_AUTHORISED, f"api unauthorized: scope is {token.scope}")
    person = await platform.store.people.person(token.customer)
    return {
        "openid": call.query["openid"],
        "nickname": person.name if person else "",
        "sex": 0,
        "province": "",
        "city": "",
        "country": "",
        "headimgurl": "",
        "privilege": [],
        "unionid": platform.openids.unionid(token.customer),
    }


async def check(platform: Platform, call: Call) -> Answer:
    await _shown(platform, call)
    return OK
