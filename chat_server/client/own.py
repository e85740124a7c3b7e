"""What is this person's own in a conversation: settings, what is cleared, drafts and stars.

The client hands out one of these as `client.own`. Everything here may be asked again after a
lost line: the last one counts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from chat_server.client.faults import ClientFault
from chat_server.client.inbox import Inbox
from chat_server.client.link import Link
from chat_server.wire import frames, own_frames
from chat_server.wire.own_frames import Settings, StarMark

T = TypeVar("T")
Make = Callable[[str], frames.ClientFrame]


class Insist(Protocol):
    async def __call__(self, work: Callable[[Link], Awaitable[T]], /) -> T: ...


class Own:
    def __init__(self, insist: Insist, new_mid: Callable[[], str], inbox: Inbox) -> None:
        self._insist, self._new_mid, self._inbox = insist, new_mid, inbox

    def on_settings(self, tell: Callable[[Settings], object]) -> None:
        """Call `tell` with what any of one's devices changed; the highest version is the last."""
        self._inbox.on_settings = tell

    def on_star(self, tell: Callable[[StarMark], object]) -> None:
        self._inbox.on_star = tell

    async def settle(
        self,
        conv: str,
        *,
        pinned: bool | None = None,
        muted: bool | None = None,
        marked: bool | None = None,
        hidden: bool | None = None,
    ) -> Settings:
        """How the conversation stands in one's list; what is not given stays."""
        return await self._ask(
            Settings,
            lambda r: own_frames.ChangeSettings(
                conv=conv, id=r, pinned=pinned, muted=muted, marked=marked, hidden=hidden
            ),
        )

    async def clear(self, conv: str, seq: int) -> Settings:
        """Read nothing up to `seq` any more, on any of one's devices."""
        return await self._ask(
            Settings, lambda r: own_frames.ClearHistory(conv=conv, seq=seq, id=r)
        )

    async def draft(self, conv: str, text: str, *, reply_to: int = 0, mid: str = "") -> str:
        """Keep what is not sent yet; sending it under the returned `mid` takes it away."""
        mid = mid or self._new_mid()
        await self._ask(
            Settings,
            lambda r: own_frames.WriteDraft(conv=conv, mid=mid, text=text, reply_to=reply_to, id=r),
        )
        return mid

    async def star(self, conv: str, seq: int, *, on: bool = True) -> None:
        await self._ask(StarMark, lambda r: own_frames.StarMessage(conv=conv, seq=seq, on=on, id=r))

    async def stars(
        self, *, conv: str = "", before: int | None = None, limit: int = 50
    ) -> frames.Stars:
        """Newest first; the next page is `before` the `number` of this one's last."""
        return await self._ask(
            frames.Stars,
            lambda r: own_frames.ListStars(id=r, before=before, conv=conv, limit=limit),
        )

    async def _ask(self, kind: type[T], make: Make) -> T:
        async def ask(link: Link) -> frames.ServerFrame:
            return await link.ask(make)

        answer = await self._insist(ask)
        if not isinstance(answer, kind):
            raise ClientFault(f"the server answered with {type(answer).__name__}")
        return answer
