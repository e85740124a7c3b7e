"""An application's settings: set by its partner through the API, or by the account's owner.

Keys may change while answers are under way: those under the former AES key are still read, and a
new secret ends every token of the former at once.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import secrets
from collections.abc import Sequence

from msgspec.structs import replace

from chat_server.domain.accounts.developing import (
    CallbackEntry,
    CallTry,
    Developer,
    DeveloperChange,
    QuotaUse,
    RefusedCall,
)
from chat_server.domain.errors import AlreadyExists, InvalidValue, NotFound, VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.publishing import PARTNER
from chat_server.platform.apps import App, Mode, hash_secret, new_app
from chat_server.platform.callbacks.lanes import Lanes
from chat_server.platform.callbacks.log import CallbackLog
from chat_server.platform.drawers import Drawer
from chat_server.platform.failures import Failure
from chat_server.platform.faults import Refused
from chat_server.platform.quotas import Quotas
from chat_server.platform.registry import Apps
from chat_server.ports.callbacks import CallbackLine
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store

_SHORTEST_MS, _LONGEST_MS = 100, 30_000
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_KEY_BYTES = 32
_MOST_HOSTS = 20
_HOST = re.compile(r"[a-z0-9*.-]{1,253}(:[0-9]{1,5})?")


class Developing:
    def __init__(
        self,
        store: Store,
        apps: Apps,
        lanes: Lanes,
        callback_log: CallbackLog,
        line: CallbackLine,
        quotas: Quotas,
        failures: Drawer[Failure],
        clock: Clock,
    ) -> None:
        self._store, self._apps, self._lanes, self._log = store, apps, lanes, callback_log
        self._line, self._quotas, self._failures, self._clock = line, quotas, failures, clock

    async def developer(self, account: str) -> Developer | None:
        app = await self._apps.of_account(account)
        return None if app is None else _shown(app)

    async def enlist(self, account: str, actor: str) -> tuple[Developer, str]:
        app, secret = new_app(account, callback="", mode=Mode.PLAIN)
        try:
            await self._apps.add(app)
        except VersionConflict as exc:
            raise AlreadyExists("this account has an application already") from exc
        await self._tell("partner_enlisted", account, actor)
        return _shown(app), secret

    async def renew_secret(self, account: str, actor: str) -> str:
        app, secret = await self._app(account), secrets.token_hex(16)
        told = hash_secret(secret)
        await self._apps.change(app, lambda now: replace(now, secret_hash=told))
        await self._tell("partner_secret_renewed", account, actor)
        return secret

    async def change(self, account: str, actor: str, change: DeveloperChange) -> Developer:
        return _shown(await self.set(await self._app(account), actor, change))

    async def set(self, app: App, actor: str, change: DeveloperChange) -> App:
        """Raises InvalidValue, naming the field."""
        self._check(change)
        after = await self._apps.change(app, lambda now: _settled(now, change))
        await self._bind(after)
        await self._tell("partner_settings_changed", app.account, actor)
        self._lanes.wake(app.account)
        return after

    async def callbacks(self, account: str, before: int, limit: int) -> Sequence[CallbackEntry]:
        found = await self._log.page(await self._app(account), before, limit)
        return [
            CallbackEntry(
                msg_id=each.msg_id,
                customer=each.customer,
                at_ms=each.at_ms,
                event=each.event,
                state=each.state.value,
                reply=each.reply,
                attempts=[
                    CallTry(one.at_ms, one.took_ms, one.outcome, one.status)
                    for one in each.attempts
                ],
            )
            for each in found
        ]

    async def replay(self, account: str, msg_id: int) -> None:
        try:
            await self._log.replay(await self._app(account), msg_id)
        except Refused as exc:
            raise NotFound("this callback is not in the delivery log") from exc

    async def refused(self, account: str, rid: str) -> RefusedCall:
        await self._app(account)
        found = await self._failures.get(account, rid.strip()[:64])
        if found is None:
            raise NotFound("no refused call has this rid")
        return RefusedCall(
            at_s=found.invoke_time,
            took_ms=found.cost_in_ms,
            request=found.request_url,
            body=found.request_body,
            answer=found.response_body,
            address=found.client_ip,
        )

    async def quotas(self, account: str) -> Sequence[QuotaUse]:
        return await self._quotas.today(await self._app(account))

    async def _app(self, account: str) -> App:
        app = await self._apps.of_account(account)
        if app is None:
            raise NotFound("this account has no application")
        return app

    async def _tell(self, kind: str, account: str, actor: str) -> None:
        await self._store.audit.record(Fact(kind, actor, account, self._clock.now_ms()))

    async def _bind(self, app: App) -> None:
        """An account that no bot answers for is answered for by its backend, if it has one."""
        account = await self._store.accounts.account(app.account)
        bot = PARTNER if app.callback else ""
        if account is None or account.has_bot or account.bot == bot:
            return
        fact = Fact("account_bot_bound", app.appid, app.account, self._clock.now_ms())
        await self._store.accounts.change_account(account, replace(account, bot=bot), fact)

    def _check(self, change: DeveloperChange) -> None:
        if change.callback:
            self._line.check(change.callback)
        if change.mode is not None and change.mode not in set(Mode):
            raise InvalidValue(f"mode: one of {', '.join(Mode)}")
        timeout_ms = change.timeout_ms
        if timeout_ms is not None and not _SHORTEST_MS <= timeout_ms <= _LONGEST_MS:
            raise InvalidValue(f"timeout_ms: {_SHORTEST_MS} to {_LONGEST_MS}")
        if change.token is not None and not _TOKEN.fullmatch(change.token):
            raise InvalidValue("token: 3 to 32 letters or digits")
        if change.aes_key is not None and not _is_key(change.aes_key):
            raise InvalidValue("encoding_aes_key: base64 of 32 bytes without =")
        for each in _few("web_hosts", change.web_hosts):
            if not _HOST.fullmatch(each):
                raise InvalidValue(f"web_hosts: {each[:60]!r} is no host")
        for each in _few("callers", change.callers):
            try:
                ipaddress.ip_network(each, strict=False)
            except ValueError as exc:
                raise InvalidValue(f"callers: {each[:60]!r} is no address or network") from exc


def may_call(app: App, address: str) -> bool:
    """Whether tokens may be asked for from there."""
    if not app.callers:
        return True
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(caller in ipaddress.ip_network(each, strict=False) for each in app.callers)


def _few(name: str, values: Sequence[str] | None) -> Sequence[str]:
    if values is not None and len(values) > _MOST_HOSTS:
        raise InvalidValue(f"{name}: at most {_MOST_HOSTS}")
    return values or ()


def _settled(app: App, change: DeveloperChange) -> App:
    told = {
        "callback": change.callback,
        "mode": None if change.mode is None else Mode(change.mode),
        "timeout_ms": change.timeout_ms,
        "token": change.token,
        "web_hosts": change.web_hosts,
        "callers": change.callers,
    }
    if change.aes_key is not None and change.aes_key != app.aes_key:
        told |= {"aes_key": change.aes_key, "former_aes_key": app.aes_key}
    return replace(app, **{name: value for name, value in told.items() if value is not None})


def _shown(app: App) -> Developer:
    return Developer(
        appid=app.appid,
        original_id=app.original_id,
        callback=app.callback,
        verified=bool(app.callback) and app.verified == app.callback,
        mode=app.mode.value,
        timeout_ms=app.timeout_ms,
        token=app.token,
        aes_key=app.aes_key,
        web_hosts=app.web_hosts,
        callers=app.callers,
    )


def _is_key(key: str) -> bool:
    try:
        plain = base64.b64decode(f"{key}=", validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(plain) == _KEY_BYTES and base64.b64encode(plain).decode() == f"{key}="
