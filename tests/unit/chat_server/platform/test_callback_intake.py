"""What becomes a callback, and that it does so once, however often the relay tells of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.memory.bus import MemoryBus
from chat_server.adapters.open import CALENDARS, open_store
from chat_server.domain import bodies
from chat_server.domain.facts import Change, Fact
from chat_server.domain.message import Event, EventKind
from chat_server.platform.apps import App, Mode, new_app
from chat_server.platform.callbacks.intake import Intake
from chat_server.platform.callbacks.records import delivered, waiting
from chat_server.platform.faults import MESSAGES_USED, OUTSIDE_WINDOW, Refused
from chat_server.platform.limits import WECHAT
from chat_server.platform.registry import Apps
from chat_server.platform.service.agents import Agents
from chat_server.platform.service.sessions import Sessions
from chat_server.platform.tallies import Tallies
from chat_server.platform.windows import Windows
from chat_server.ports.store import Store
from chat_server.usecases.assist.persons import Nobody
from chat_server.usecases.desk.open import open_desk
from chat_server.usecases.public_accounts.notices import Notices
from chat_server.usecases.public_accounts.templates import Templates

CONV = "s:@shop:ann"


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store("memory://", clock=SystemClock()) as opened:
        yield opened


@pytest.fixture
async def app(store: Store) -> App:
    made, _ = new_app("@shop", callback="http://127.0.0.1:1/", mode=Mode.PLAIN)
    await Apps(store.shelf, SystemClock()).add(made)
    return made


@pytest.fixture
def woken() -> list[str]:
    return []


@pytest.fixture
def intake(store: Store, woken: list[str]) -> Intake:
    clock = SystemClock()
    notices = Notices(store, Templates(store, clock, str), clock, str, bytes)
    assist = open_desk(store, MemoryBus(), clock, str, bytes, CALENDARS)
    return Intake(
        Apps(store.shelf, clock),
        store.shelf,
        clock,
        Windows(store, WECHAT, clock),
        Nobody(),
        notices,
        Sessions(store, assist, Agents(store, assist, clock)),
        gives_nothing,
        Tallies(store.shelf, clock),
        woken.append,
    )


async def gives_nothing(app: App, customer: str, key: str, number: int) -> bool:
    del app, customer, key, number
    return False


def said(body: bodies.Body, *, sender: str = "ann", position: int = 7) -> Change:
    now = SystemClock().now_ms()
    event = Event(CONV, 1, "m", sender, now, EventKind.MESSAGE, 1, msgspec.json.encode(body))
    return Change(position, event=event)


async def test_a_message_waits_once_and_not_again_after_it_was_delivered(
    store: Store, app: App, intake: Intake, woken: list[str]
) -> None:
    change = said(bodies.Text("hi"))
    await intake.on_said(change)
    await intake.on_said(change)
    wait, log = waiting(store.shelf, SystemClock()), delivered(store.shelf, SystemClock())
    [(name, callback)] = await wait.page("@shop", limit=9)
    assert (callback.conv, callback.seq, callback.asks) == (CONV, 1, True)
    assert woken == ["@shop"]
    await wait.take("@shop", name)
    await log.put("@shop", name, callback)
    await intake.on_said(change)
    assert await wait.count("@shop") == 0


async def test_a_tap_is_an_event_and_what_the_account_says_is_none(
    store: Store, app: App, intake: Intake
) -> None:
    await intake.on_said(said(bodies.Menu(key="BALANCE", title="余额")))
    await intake.on_said(said(bodies.Text("hello"), sender="@shop", position=8))
    await intake.on_said(said(bodies.Text("I help"), sender="kefu1", position=9))
    [(_, callback)] = await waiting(store.shelf, SystemClock()).page("@shop", limit=9)
    assert (callback.event, callback.fields) == ("CLICK", {"EventKey": "BALANCE"})


async def test_a_fact_about_another_account_is_nobodys_event(
    store: Store, app: App, intake: Intake
) -> None:
    now = SystemClock().now_ms()
    await intake.on_fact(Change(3, fact=Fact("followed", "ann", "@else", now)))
    await intake.on_fact(Change(4, fact=Fact("login_succeeded", "ann", "@shop", now)))
    assert await waiting(store.shelf, SystemClock()).count("@shop") == 0
    await intake.on_fact(Change(5, fact=Fact("followed", "ann", "@shop", now)))
    [(_, callback)] = await waiting(store.shelf, SystemClock()).page("@shop", limit=9)
    assert (callback.event, callback.asks) == ("subscribe", False)


async def test_a_message_opens_a_window_for_five_answers(
    store: Store, app: App, intake: Intake
) -> None:
    windows = Windows(store, WECHAT, SystemClock())
    with pytest.raises(Refused) as outside:
        await windows.take("@shop", "ann")
    assert outside.value.code == OUTSIDE_WINDOW
    await intake.on_said(said(bodies.Text("hi")))
    for _ in range(5):
        await windows.take("@shop", "ann")
    with pytest.raises(Refused) as used:
        await windows.take("@shop", "ann")
    assert used.value.code == MESSAGES_USED
