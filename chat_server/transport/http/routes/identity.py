"""Log-in, tokens, devices, oneself and the people one may know."""

from __future__ import annotations

from chat_server.transport.http.devices import device_item
from chat_server.transport.http.routing import Address, UserAgent
from chat_server.transport.http.shapes import (
    DeviceItem,
    DeviceName,
    LanguageChoice,
    LoginRequest,
    Me,
    PersonCard,
    RefreshRequest,
    Tokens,
)
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.grants import Grant
from chat_server.usecases.identity.login import Credentials
from chat_server.usecases.identity.tokens import Claims


async def log_in(
    cases: UseCases, address: Address, user_agent: UserAgent, body: LoginRequest
) -> Tokens:
    """Log in on a device. A wrong name and a wrong password look alike.

    On more devices than one may have it is `too_many_devices`, with the list of them: the
    same again with `instead_of` logs that one out, in the same step.
    """
    given = Credentials(body.user, body.password, body.device, address, user_agent, body.instead_of)
    return _tokens(await cases.log_in(given))


async def refresh(cases: UseCases, body: RefreshRequest) -> Tokens:
    """Swap a refresh token for a new pair. One that was used before ends the session."""
    return _tokens(await cases.refresh(body.refresh_token, body.device))


async def log_out(cases: UseCases, claims: Claims) -> None:
    """End this device's session."""
    await cases.devices.log_out(claims.user, claims.session_id)


async def me(cases: UseCases, claims: Claims) -> Me:
    """Who is asking."""
    person = await cases.people.me(claims.user)
    return Me(
        user=person.user,
        name=person.name,
        role=person.role.value,
        language=person.language,
        branch=await cases.people.branch_name(person.branch),
        demo=cases.demo,
    )


async def choose_language(cases: UseCases, claims: Claims, body: LanguageChoice) -> None:
    """Choose the language of one's notices and of what bots answer."""
    await cases.people.choose_language(claims.user, body.language)


async def people(cases: UseCases, claims: Claims, ids: str) -> list[PersonCard]:
    """Cards of people one shares a conversation with, and of public accounts.

    `ids` are separated by commas; those one may not know are left out.
    """
    users = [user for user in ids.split(",") if user]
    cards = await cases.people.cards(claims.user, users)
    return [PersonCard(card.user, card.name, card.badge) for card in cards]


async def devices(cases: UseCases, claims: Claims) -> list[DeviceItem]:
    """One's logged-in devices, newest first."""
    found = await cases.devices.list(claims.user)
    return [device_item(each, current=each.session_id == claims.session_id) for each in found]


async def rename_device(cases: UseCases, claims: Claims, session: str, body: DeviceName) -> None:
    """Call one of one's devices by a name."""
    await cases.devices.rename(claims.user, session, body.name)


async def revoke_others(cases: UseCases, claims: Claims) -> None:
    """Log all of one's devices out but this one."""
    await cases.devices.revoke_others(claims.user, claims.session_id)


async def revoke_device(cases: UseCases, claims: Claims, session: str) -> None:
    """Log one of one's devices out; its socket closes with 4409 within a second."""
    await cases.devices.revoke(claims.user, session)


def _tokens(grant: Grant) -> Tokens:
    return Tokens(grant.access_token, grant.refresh_token, grant.expires_in_s, grant.user)
