"""One's devices over HTTP: which there are, what they are called, and out with them.

The client hands out one of these as `client.devices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import msgspec

from chat_server.client.faults import Device
from chat_server.client.road import Road

_DEVICES = "/v1/devices"


class DeviceRoad:
    def __init__(self, road: Road) -> None:
        self._road = road

    async def list(self) -> Sequence[Device]:
        """Newest first; `current` is this one."""
        answer = await self._road.insist("GET", _DEVICES)
        found: Sequence[Device] = msgspec.json.decode(answer, type=Sequence[Device])
        return found

    async def rename(self, session: str, name: str) -> None:
        """Without a name it is called by what it is."""
        await self._road.insist("PATCH", _path(session), msgspec.json.encode({"name": name}))

    async def revoke(self, session: str) -> None:
        """Log it out; its connection ends within a second. Once it is out it stays so."""
        await self._road.insist("DELETE", _path(session))

    async def revoke_others(self) -> None:
        """Log all out but this one."""
        await self._road.insist("DELETE", _DEVICES)


def _path(session: str) -> str:
    return f"{_DEVICES}/{quote(session, safe='')}"
