"""Staying connected: one link after another, until the client ends.

The client runs it. Logs in, greets, catches up, and comes back when the line is lost, as
late as the server asks and never in step with others.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

from chat_server.client.faults import Ended, LoginRefused, Refused, Unreached
from chat_server.client.inbox import Inbox
from chat_server.client.journal import Journal
from chat_server.client.link import Link, Lost
from chat_server.client.login import Tokens, log_in, refresh, socket_url
from chat_server.wire import frames
from chat_server.wire.close_codes import CloseCode

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 10.0
_FOR_GOOD = {CloseCode.SESSION_REVOKED, CloseCode.FORBIDDEN}
_jitter = random.SystemRandom().uniform


async def _as_it_is(link: Link) -> None:
    """Nothing is to be said on it."""


class Staying:
    def __init__(
        self,
        base: str,
        user: str,
        device: str,
        *,
        password: str,
        token: str,
        instead_of: str,
        inbox: Inbox,
        journal: Journal,
    ) -> None:
        self._base, self._socket_url = base, socket_url(base)
        self._user, self._device, self._password = user, device, password
        self._token, self._instead_of = token, instead_of
        self._tokens: Tokens | None = None
        self._inbox, self._journal = inbox, journal
        self._link: Link | None = None
        self._pause_s = FIRST_PAUSE_S
        self._accessing = asyncio.Lock()
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()
        self.ended: Ended | None = None
        self.begin: Callable[[Link], Awaitable[None]] = _as_it_is  # what each new link begins with

    async def link(self) -> Link:
        """The present link, once it has caught up; raises Ended."""
        while self._link is None:
            if self.ended is not None:
                raise self.ended
            self._changed.clear()
            await self._changed.wait()
        return self._link

    def drop(self) -> None:
        if self._link is not None:
            self._link.cut()

    async def gone(self, link: Link) -> None:
        """Until that link is no longer the present one."""
        while self._link is link:
            self._changed.clear()
            await self._changed.wait()

    async def access(self, refused: str = "") -> str:
        """A token for HTTP; another one than that which the server has just refused."""
        if refused and refused == self._token:
            self._token = ""
        return await self._access()

    async def wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    def end(self, why: str, ended: Ended | None = None) -> None:
        if self.ended is None:
            self.ended = ended or Ended(why)
        self._stopping.set()
        self._changed.set()
        self._inbox.stir()

    async def run(self) -> None:
        try:
            while self.ended is None:
                await self._next_link()
        finally:
            self.end("the client failed")  # whoever waits for a link is told, and not left

    async def _next_link(self) -> None:
        try:
            await self._one_link()
        except LoginRefused as exc:
            self.end(f"not let in: {exc}", exc if isinstance(exc, Ended) else None)
        except Unreached as exc:
            await self._pause(exc.retry_after)
        except (Lost, Refused) as exc:
            await self._after(exc if isinstance(exc, Lost) else Lost(reason=exc.code))

    async def _one_link(self) -> None:
        """Always ends by raising why."""
        token = await self._access()
        link = await Link.open(self._socket_url, self._inbox.hear, self._journal)
        listening = asyncio.create_task(link.listen(self._inbox.room))
        reading = asyncio.create_task(self._inbox.read_on(link))
        try:
            await link.ask(lambda r: frames.Hello(device=self._device, token=token, id=r))
            await self._inbox.catch_up(link)
            await self.begin(link)
            self._pause_s = FIRST_PAUSE_S
            self._link = link
            self._changed.set()
            stopping = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            await (listening if listening.done() else link.close())
        finally:
            self._link = None
            self._changed.set()
            await link.close()
            for task in (listening, reading):
                task.cancel()
            await asyncio.gather(listening, reading, return_exceptions=True)
        raise Lost

    async def _after(self, lost: Lost) -> None:
        self._journal.closed(lost.code, lost.reason)
        if lost.code in _FOR_GOOD:
            self.end(f"the server closed for good: {lost}")
        elif lost.code == CloseCode.NOT_AUTHENTICATED:
            if not (self._tokens or self._password):
                self.end("the token is not valid, and there is no password")
            self._token = ""
            await self._pause(lost.retry_after)
        else:
            await self._pause(lost.retry_after)

    async def _pause(self, wait: float | None) -> None:
        if wait is None:
            wait = _jitter(self._pause_s / 2, self._pause_s)
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
        await self.wait(wait)

    async def _access(self) -> str:
        """A token that was not refused yet: the given one, a refreshed one, or a log-in's."""
        async with self._accessing:  # a refresh token used twice ends the session
            return await self._renewed()

    async def _renewed(self) -> str:
        if self._token:
            return self._token
        if self._tokens is not None:
            former, self._tokens = self._tokens, None
            with suppress(LoginRefused):
                self._tokens = await refresh(self._base, former.refresh_token, self._device)
        if self._tokens is None:
            named, self._instead_of = self._instead_of, ""
            self._tokens = await log_in(self._base, self._user, self._password, self._device, named)
        self._token = self._tokens.access_token
        return self._token
