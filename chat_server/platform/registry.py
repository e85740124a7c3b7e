"""Which applications there are, and bringing a public account with one into being."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from chat_server.domain.errors import AlreadyExists, InvalidValue
from chat_server.domain.publishing import PARTNER, PublicAccount
from chat_server.platform.apps import App, Mode, new_app
from chat_server.platform.drawers import Drawer
from chat_server.ports.callbacks import CallbackLine
from chat_server.ports.clock import Clock
from chat_server.ports.shelf import Shelf
from chat_server.ports.store import PublicAccountStore
from chat_server.usecases.public_accounts.register import RegisterAccount

_SLUG = re.compile(r"[^a-z0-9_.-]+")
_TRIES = 100


class _Appid(msgspec.Struct, frozen=True):
    appid: str


class Created(msgspec.Struct, frozen=True):
    """What the partner is told, once; `account` is the public account's id in this house."""

    appid: str
    appsecret: str
    token: str
    aes_key: str
    account: str


class Apps:
    """Applications by appid and by account; read from the store each time, so never old."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._shelf = shelf
        self._apps = Drawer(shelf, clock, "app", App)
        self._by_account = Drawer(shelf, clock, "app_of", _Appid)

    async def get(self, appid: str) -> App | None:
        return await self._apps.get("", appid)

    async def of_account(self, account: str) -> App | None:
        found = await self._by_account.get("", account)
        return None if found is None else await self.get(found.appid)

    async def all(self, limit: int = 10_000) -> list[App]:
        return [app for _, app in await self._apps.page("", limit=limit)]

    async def add(self, app: App) -> None:
        """Raises VersionConflict if the account has one already."""
        await self._shelf.save(
            [
                self._apps.kept("", app.appid, app),
                self._by_account.kept("", app.account, _Appid(app.appid)),
            ]
        )

    async def change(self, app: App, edit: Callable[[App], App]) -> App:
        return await self._apps.change("", app.appid, lambda now: edit(now or app))

    async def verified(self, app: App, url: str) -> App:
        """Its backend answered the echo at that URL."""
        return await self._apps.change("", app.appid, lambda now: replace(now or app, verified=url))


class CreateAccount:
    """A new active public account with every capability, and the application to use it."""

    def __init__(
        self,
        apps: Apps,
        accounts: PublicAccountStore,
        register: RegisterAccount,
        line: CallbackLine,
    ) -> None:
        self._apps, self._accounts, self._register, self._line = apps, accounts, register, line

    async def __call__(self, name: str, *, callback: str, mode: Mode, actor: str) -> Created:
        """Raises InvalidValue for a name or URL that cannot be."""
        if not name.strip():
            raise InvalidValue("name: must not be empty")
        if callback:
            self._line.check(callback)
        account = await self._free_id(name)
        await self._register(
            PublicAccount(
                account=account,
                name=name.strip(),
                description="",
                verified=False,
                bot=PARTNER if callback else "",
            ),
            actor=actor,
        )
        app, secret = new_app(account, callback=callback, mode=mode)
        await self._apps.add(app)
        return Created(app.appid, secret, app.token, app.aes_key, account)

    async def _free_id(self, name: str) -> str:
        slug = _SLUG.sub("-", name.strip().lower()).strip("-_.")[:24] or "account"
        for number in range(1, _TRIES):
            account = f"@{slug}" if number == 1 else f"@{slug}-{secrets.token_hex(3)}"
            if await self._accounts.account(account) is None:
                return account
        raise AlreadyExists(f"every id like @{slug} is taken")
