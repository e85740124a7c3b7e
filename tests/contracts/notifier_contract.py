"""What everybody who carries pushes keeps, whatever the other side answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from chat_server.adapters.push import posting
from chat_server.domain.devices import PushAddress
from chat_server.ports.notify import Carriage, Notifier, PushNote, PushOutcome
from tests.front_desk import SteppedClock
from tests.push_service import Posted, PushService

NOTE = PushNote("王芳", "您有一条新消息", "d:wangfang:zhangwei", 7, "T" * 32)
Read = Callable[[Posted], dict[str, object]]


class NotifierContract:
    """Brings `notifier`, `service`, `clock`, `address` and `read`, which reads a post."""

    async def test_what_is_told_arrives_whole(
        self, notifier: Notifier, service: PushService, address: PushAddress, read: Read
    ) -> None:
        assert await notifier.push(address, NOTE) == PushOutcome(Carriage.TAKEN)
        told = read(await service.next())
        assert told["title"] == "王芳"
        assert told["body"] == "您有一条新消息"
        assert (told["conv"], told["seq"]) == ("d:wangfang:zhangwei", 7)

    @pytest.mark.parametrize(
        ("status", "carriage"),
        [
            (200, Carriage.TAKEN),
            (202, Carriage.TAKEN),
            (404, Carriage.GONE),
            (410, Carriage.GONE),
            (400, Carriage.REFUSED),
            (403, Carriage.REFUSED),
            (413, Carriage.REFUSED),
            (301, Carriage.REFUSED),
            (429, Carriage.LATER),
            (500, Carriage.LATER),
            (503, Carriage.LATER),
        ],
    )
    async def test_an_answer_has_one_meaning(
        self,
        notifier: Notifier,
        service: PushService,
        address: PushAddress,
        status: int,
        carriage: Carriage,
    ) -> None:
        service.status = status
        service.headers = {"location": service.base + "/elsewhere"}
        assert (await notifier.push(address, NOTE)).carriage is carriage
        await service.next()
        assert service.posts.empty()  # nobody follows it elsewhere

    @pytest.mark.parametrize(
        ("said", "after_s"),
        [
            ("30", 30.0),
            ("999999999999", 3600.0),
            ("Mon, 02 Feb 2026 02:41:00 GMT", 60.0),
            ("Mon, 02 Feb 2026 02:00:00 GMT", 0.0),
            ("soon", 0.0),
            ("", 0.0),
        ],
    )
    async def test_it_is_asked_again_when_it_wants_to_be(
        self,
        notifier: Notifier,
        service: PushService,
        address: PushAddress,
        said: str,
        after_s: float,
    ) -> None:
        service.status, service.headers = 429, {"retry-after": said}
        assert await notifier.push(address, NOTE) == PushOutcome(Carriage.LATER, after_s)

    async def test_one_that_is_down_is_left_alone_for_a_while(
        self,
        notifier: Notifier,
        service: PushService,
        address: PushAddress,
        clock: SteppedClock,
    ) -> None:
        service.status = 500
        for _ in range(posting.FAILURES):
            await notifier.push(address, NOTE)
            await service.next()
        assert await notifier.push(address, NOTE) == PushOutcome(Carriage.LATER, 30.0)
        assert service.posts.empty()
        clock.move(30)
        service.status = 201
        assert (await notifier.push(address, NOTE)).carriage is Carriage.TAKEN
        service.status = 500  # one failure is no outage
        assert await notifier.push(address, NOTE) == PushOutcome(Carriage.LATER)

    async def test_one_that_never_answers_is_given_up_on(
        self, impatient: Notifier, service: PushService, address: PushAddress
    ) -> None:
        service.stuck = True
        assert await impatient.push(address, NOTE) == PushOutcome(Carriage.LATER)

    async def test_many_at_once_all_arrive(
        self, notifier: Notifier, service: PushService, address: PushAddress
    ) -> None:
        outcomes = await asyncio.gather(*(notifier.push(address, NOTE) for _ in range(60)))
        assert {outcome.carriage for outcome in outcomes} == {Carriage.TAKEN}
        assert service.posts.qsize() == 60
