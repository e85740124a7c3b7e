"""Who is there: whom this device watches, on one link after another.

The client hands out one of these as `client.presence`. The server forgets a watch with its
link, so each new link begins with saying it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

from chat_server.client.inbox import Inbox
from chat_server.client.link import Link, Lost
from chat_server.client.own import Insist
from chat_server.wire.presence_frames import Appear, PresenceState, Watch


class PresenceWatch:
    def __init__(self, insist: Insist, inbox: Inbox) -> None:
        self._insist = insist
        self._users: Sequence[str] = ()
        self._away = False
        self._tell: Callable[[PresenceState], object] = lambda _: None
        self.known: dict[str, PresenceState] = {}
        inbox.on_presence = self._heard

    def on_presence(self, tell: Callable[[PresenceState], object]) -> None:
        """Call `tell` with how each of the watched is, now and at each change."""
        self._tell = tell

    async def watch(self, users: Sequence[str]) -> None:
        """Those and no others from now on, at most 200; who may not be seen is never told of."""
        self._users = tuple(users)
        self.known = {user: state for user, state in self.known.items() if user in self._users}
        await self._insist(lambda link: link.tell(Watch(users=self._users)))

    async def appear(self, state: Literal["online", "away"]) -> None:
        """Whether somebody is at this device."""
        self._away = state == "away"
        await self._insist(lambda link: link.tell(Appear(state=state)))

    async def again(self, link: Link) -> None:
        """On a new link: what was true on the former one."""
        with suppress(Lost):
            if self._users:
                await link.tell(Watch(users=self._users))
            if self._away:
                await link.tell(Appear(state="away"))

    def _heard(self, state: PresenceState) -> None:
        if state.user in self._users:
            self.known[state.user] = state
            self._tell(state)
