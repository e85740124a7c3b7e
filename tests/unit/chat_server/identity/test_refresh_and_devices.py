from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_server.domain.errors import NotAuthenticated, NotFound, SessionRevoked
from chat_server.ports.bus import SessionEnded
from chat_server.usecases.identity.grants import RefreshToken
from tests.front_desk import REFRESH_S, FrontDesk


async def session_of(desk: FrontDesk, token: str) -> str:
    return (await desk.cases.authenticate(token)).session_id


async def test_a_refresh_token_gives_a_new_pair_for_the_same_session(desk: FrontDesk) -> None:
    first = await desk.log_in("zhangwei")
    desk.clock.move(1000)
    second = await desk.cases.refresh(first.refresh_token, "phone")
    assert second.refresh_token != first.refresh_token
    session = await session_of(desk, second.access_token)
    assert [each.session_id for each in await desk.store.devices.sessions("zhangwei")] == [session]


async def test_an_old_refresh_token_ends_the_session(desk: FrontDesk) -> None:
    first = await desk.log_in("zhangwei")
    session = await session_of(desk, first.access_token)
    second = await desk.cases.refresh(first.refresh_token, "phone")
    with pytest.raises(SessionRevoked):
        await desk.cases.refresh(first.refresh_token, "phone")
    assert desk.signals == [SessionEnded(session)]
    with pytest.raises(SessionRevoked):
        await desk.cases.refresh(second.refresh_token, "phone")
    with pytest.raises(SessionRevoked):
        await desk.cases.authenticate(second.access_token)
    (fact,) = await desk.facts("session_revoked")
    assert fact.detail["reason"] == "refresh_reused"


async def test_one_token_used_twice_at_once_gives_at_most_one_new_pair(desk: FrontDesk) -> None:
    first = await desk.log_in("zhangwei")
    answers = await asyncio.gather(
        *(desk.cases.refresh(first.refresh_token, "phone") for _ in range(10)),
        return_exceptions=True,
    )
    assert sum(not isinstance(answer, Exception) for answer in answers) <= 1
    assert await desk.store.devices.sessions("zhangwei") == []
    assert len(await desk.facts("session_revoked")) == 1


async def test_a_refresh_token_works_on_its_own_device_only(desk: FrontDesk) -> None:
    grant = await desk.log_in("zhangwei")
    with pytest.raises(NotAuthenticated):
        await desk.cases.refresh(grant.refresh_token, "stolen-laptop")
    assert (await desk.cases.refresh(grant.refresh_token, "phone")).user == "zhangwei"


async def test_an_unused_session_ends_by_itself(desk: FrontDesk) -> None:
    grant = await desk.log_in("zhangwei")
    desk.clock.move(REFRESH_S - 1)
    grant = await desk.cases.refresh(grant.refresh_token, "phone")
    desk.clock.move(REFRESH_S)
    with pytest.raises(NotAuthenticated):
        await desk.cases.refresh(grant.refresh_token, "phone")


@given(st.text(max_size=80))
async def test_made_up_refresh_tokens_are_refused(text: str) -> None:
    try:
        assert str(RefreshToken.parse(text)) == text
    except NotAuthenticated:
        assert not all(text.partition("."))


async def test_a_made_up_secret_ends_nobodys_session(desk: FrontDesk) -> None:
    grant = await desk.log_in("zhangwei")
    session = grant.refresh_token.partition(".")[0]
    with pytest.raises(NotAuthenticated):
        await desk.cases.refresh(f"{session}.guess", "phone")
    assert len(await desk.store.devices.sessions("zhangwei")) == 1


async def test_a_revoked_device_is_out_at_once(desk: FrontDesk) -> None:
    phone = await desk.log_in("zhangwei")
    tablet = await desk.log_in("zhangwei", device="tablet")
    session = await session_of(desk, tablet.access_token)
    await desk.cases.devices.revoke("zhangwei", session)
    assert desk.signals == [SessionEnded(session)]
    with pytest.raises(SessionRevoked):
        await desk.cases.authenticate(tablet.access_token)
    with pytest.raises(SessionRevoked):
        await desk.cases.refresh(tablet.refresh_token, "tablet")
    assert (await desk.cases.authenticate(phone.access_token)).device == "phone"


async def test_revoking_twice_writes_one_fact(desk: FrontDesk) -> None:
    session = await session_of(desk, (await desk.log_in("zhangwei")).access_token)
    for _ in range(2):
        await desk.cases.devices.revoke("zhangwei", session)
    assert len(await desk.facts("session_revoked")) == 1


async def test_nobody_revokes_a_device_of_somebody_else(desk: FrontDesk) -> None:
    session = await session_of(desk, (await desk.log_in("zhangwei")).access_token)
    with pytest.raises(NotFound):
        await desk.cases.devices.revoke("lina", session)
    with pytest.raises(NotFound):
        await desk.cases.devices.revoke("lina", "no-such-session")
    assert len(await desk.store.devices.sessions("zhangwei")) == 1
