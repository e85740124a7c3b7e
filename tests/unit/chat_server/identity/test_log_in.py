from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_server.domain.errors import NotAuthenticated, Overloaded, RateLimited
from chat_server.ports.bus import SessionEnded
from chat_server.usecases.identity.attempts import Allowance, Attempts
from chat_server.usecases.identity.login import Credentials
from tests.front_desk import FrontDesk, SteppedClock


async def test_the_right_password_starts_a_device_session(desk: FrontDesk) -> None:
    grant = await desk.log_in("zhangwei")
    claims = await desk.cases.authenticate(grant.access_token)
    assert (claims.user, claims.device, claims.role) == ("zhangwei", "phone", "customer")
    (session,) = await desk.store.devices.sessions("zhangwei")
    assert session.session_id == claims.session_id
    (fact,) = await desk.facts("login_succeeded")
    assert fact.detail["session"] == claims.session_id


async def test_neither_token_nor_password_is_kept_in_the_clear(desk: FrontDesk) -> None:
    grant = await desk.log_in("zhangwei")
    (session,) = await desk.store.devices.sessions("zhangwei")
    person = await desk.store.people.person("zhangwei")
    assert grant.refresh_token.rpartition(".")[2] not in str(session)
    assert "demo-zhangwei" not in str(person)
    assert "demo-zhangwei" not in str(await desk.store.audit.facts(limit=1000))
    assert "secret" not in repr(Credentials("zhangwei", "secret", "phone", ""))


@pytest.mark.parametrize("user", ["zhangwei", "nobody", "NOT A NAME", "@service", ""])
async def test_wrong_name_and_wrong_password_get_the_same_answer(
    desk: FrontDesk, user: str
) -> None:
    with pytest.raises(NotAuthenticated, match=r"^wrong name or password$"):
        await desk.log_in(user, password="wrong")


async def test_an_unknown_name_costs_a_password_check_too(desk: FrontDesk) -> None:
    checked: list[str] = []
    matches = desk.passwords._matches
    desk.passwords._matches = lambda known, given: checked.append(known) or matches(known, given)  # type: ignore[func-returns-value, method-assign]
    with pytest.raises(NotAuthenticated):
        await desk.log_in("nobody", password="demo-nobody")
    assert len(checked) == 1


async def test_a_refused_log_in_is_audited_without_what_was_typed(desk: FrontDesk) -> None:
    with pytest.raises(NotAuthenticated):
        await desk.log_in("my-password-in-the-wrong-field", password="x")
    with pytest.raises(NotAuthenticated):
        await desk.log_in("zhangwei", password="wrong-one")
    refused = await desk.facts("login_refused")
    assert [fact.subject for fact in refused] == ["unknown", "zhangwei"]


async def test_logging_in_again_on_a_device_ends_its_former_session(desk: FrontDesk) -> None:
    first = await desk.cases.authenticate((await desk.log_in("zhangwei")).access_token)
    await desk.log_in("zhangwei", device="tablet")
    assert desk.signals == []
    await desk.log_in("zhangwei")
    assert desk.signals == [SessionEnded(first.session_id)]
    devices = [each.device for each in await desk.store.devices.sessions("zhangwei")]
    assert sorted(devices) == ["phone", "tablet"]


async def test_guessing_is_slowed_down_and_says_when_to_come_back(desk: FrontDesk) -> None:
    for _ in range(10):
        with pytest.raises(NotAuthenticated):
            await desk.log_in("lina", password="guess")
    with pytest.raises(RateLimited) as refused:
        await desk.log_in("lina")
    assert refused.value.retry_after_s == 30.0
    await desk.log_in("zhangwei")  # others are not held up
    desk.clock.move(30)
    assert (await desk.log_in("lina")).user == "lina"


async def test_good_log_ins_are_never_slowed_down(desk: FrontDesk) -> None:
    for number in range(60):
        await desk.log_in("zhangwei", device=f"device-{number % 5}")


async def test_a_crowd_behind_one_address_with_right_passwords_gets_in(desk: FrontDesk) -> None:
    grants = await asyncio.gather(
        *(desk.log_in("zhangwei", device=f"device-{number % 5}") for number in range(100))
    )
    assert len({grant.refresh_token for grant in grants}) == 100


async def test_a_crowd_of_guesses_pays_for_all_of_them(desk: FrontDesk) -> None:
    guesses = (desk.log_in("lina", password="guess") for _ in range(40))
    await asyncio.gather(*guesses, return_exceptions=True)
    with pytest.raises(RateLimited) as refused:
        await desk.log_in("lina")
    assert refused.value.retry_after_s == 31 * 30.0


async def test_one_address_cannot_try_many_names_for_ever(desk: FrontDesk) -> None:
    for number in range(50):
        with pytest.raises(NotAuthenticated):
            await desk.log_in(f"user{number}", password="guess")
    with pytest.raises(RateLimited):
        await desk.log_in("user51", password="guess")


async def test_a_crowd_at_the_door_is_told_so_instead_of_kept_waiting(desk: FrontDesk) -> None:
    checks = [desk.passwords.verify(None, "x") for _ in range(230)]
    answers = await asyncio.gather(*checks, return_exceptions=True)
    assert sum(isinstance(answer, Overloaded) for answer in answers) == 30
    assert await desk.passwords.verify(await desk.passwords.hash("again"), "again")


async def test_a_damaged_hash_is_a_wrong_password(desk: FrontDesk) -> None:
    assert not await desk.passwords.verify("$argon2id$broken", "x")


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=60),
    st.integers(1, 5),
)
def test_an_allowance_is_never_exceeded(steps: list[tuple[bool, int]], burst: int) -> None:
    """Within any stretch of time, at most `burst` failures and one more for each `every_s`."""
    clock = SteppedClock()
    attempts = Attempts(Allowance(burst, 10.0), clock)
    failed_at: list[int] = []
    for good, pause in steps:
        clock.move(pause)
        try:
            attempts.check("key")
        except RateLimited:
            continue
        if not good:
            attempts.failed("key")
            failed_at.append(clock.ms)
    for first, start in enumerate(failed_at):
        for last in range(first, len(failed_at)):
            allowed = burst + (failed_at[last] - start) / 10_000
            assert last - first + 1 <= allowed + 1e-6
