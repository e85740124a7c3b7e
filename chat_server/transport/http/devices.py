"""A device session as its person sees it: in their list, or when it is one too many."""

from __future__ import annotations

from chat_server.domain.people import DeviceSession
from chat_server.transport.http.shapes import DeviceItem


def device_item(session: DeviceSession, *, current: bool) -> DeviceItem:
    return DeviceItem(
        session=session.session_id,
        device=session.device,
        name=session.name,
        kind=session.kind,
        browser=session.browser,
        system=session.system,
        created=session.created_ms,
        refreshed=session.refreshed_ms,
        active=session.active_ms,
        push=session.push is not None,
        current=current,
    )
