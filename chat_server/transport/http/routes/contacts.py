"""Contacts: finding, asking, answering, keeping; and what one lets others do."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_server.domain.contacts import Audience, Privacy, Tie, masked_name
from chat_server.domain.ids import direct_conversation
from chat_server.transport.http.contact_shapes import (
    ContactAskedItem,
    ContactCard,
    ContactChanges,
    ContactItem,
    ContactNumber,
    ContactOutcome,
    ContactPage,
    ContactRequestDraft,
    ContactRequestItem,
    ContactRequests,
    FoundContact,
    OwnCard,
    PrivacyChange,
    PrivacyItem,
)
from chat_server.transport.http.routing import Address
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.contacts.find import Found
from chat_server.usecases.contacts.keep import Contact
from chat_server.usecases.identity.tokens import Claims


async def contacts(
    cases: UseCases,
    claims: Claims,
    after: str = "",
    limit: Annotated[int, Meta(ge=1, le=500)] = 500,
) -> ContactPage:
    """One's contacts and whom one has blocked, by id; one's account manager among them."""
    found, more = await cases.contacts.contacts.page(claims.user, after=after, limit=limit)
    return ContactPage([_item(each) for each in found], more)


async def note_contact(cases: UseCases, claims: Claims, user: str, body: ContactChanges) -> None:
    """One's own name for a contact, and tags: each that is given. Nobody else sees them."""
    await cases.contacts.contacts.note(claims.user, user, remark=body.remark, tags=body.tags)


async def remove_contact(cases: UseCases, claims: Claims, user: str) -> None:
    """Part from a contact, for both; what was said stays readable."""
    await cases.contacts.contacts.remove(claims.user, user)


async def block_contact(cases: UseCases, claims: Claims, user: str) -> None:
    """No messages, no presence and no requests between the two from now on."""
    await cases.contacts.contacts.block(claims.user, user)


async def unblock_contact(cases: UseCases, claims: Claims, user: str) -> None:
    """As it was before the block."""
    await cases.contacts.contacts.unblock(claims.user, user)


async def find_by_number(
    cases: UseCases, claims: Claims, address: Address, body: ContactNumber
) -> list[FoundContact]:
    """Whoever has this whole number and lets themselves be found by it."""
    found = await cases.contacts.find.by_number(claims.user, address, body.number)
    return [_found(each) for each in found]


async def find_by_card(
    cases: UseCases, claims: Claims, address: Address, body: ContactCard
) -> FoundContact:
    """Who shows this QR code."""
    return _found(await cases.contacts.find.by_card(claims.user, address, body.card))


async def contact_requests(cases: UseCases, claims: Claims) -> ContactRequests:
    """Who waits for one's answer, and for whose answer one waits, newest first."""
    theirs, mine = await cases.contacts.requests.waiting(claims.user)
    names = await cases.contacts.contacts.names([each.user for each in (*theirs, *mine)])
    return ContactRequests(
        [
            ContactRequestItem(
                each.user, names.get(each.user, ""), each.greeting, each.at_ms, each.expires_ms
            )
            for each in theirs
        ],
        [
            ContactAskedItem(
                masked_name(names.get(each.user, "")), each.greeting, each.at_ms, each.expires_ms
            )
            for each in mine
        ],
    )


async def ask_contact(cases: UseCases, claims: Claims, body: ContactRequestDraft) -> ContactOutcome:
    """Ask somebody who was found to be a contact; again while it waits changes nothing."""
    tie = await cases.contacts.requests.ask(claims.user, body.ticket, body.greeting)
    return _outcome(claims.user, tie)


async def accept_contact(cases: UseCases, claims: Claims, user: str) -> ContactOutcome:
    """Say yes; the direct conversation between the two is open then."""
    return _outcome(claims.user, await cases.contacts.requests.accept(claims.user, user))


async def refuse_contact(cases: UseCases, claims: Claims, user: str) -> None:
    """Say no, untold: to who asked, the request waits until it lapses."""
    await cases.contacts.requests.refuse(claims.user, user)


async def own_card(cases: UseCases, claims: Claims) -> OwnCard:
    """What one's own QR code says."""
    return OwnCard(await cases.contacts.privacy.card(claims.user))


async def renew_card(cases: UseCases, claims: Claims) -> OwnCard:
    """A new code; nobody is found by the former one any longer."""
    return OwnCard(await cases.contacts.privacy.renew_card(claims.user))


async def privacy(cases: UseCases, claims: Claims) -> PrivacyItem:
    """What one lets others do."""
    return _privacy(await cases.contacts.privacy.of(claims.user))


async def change_privacy(cases: UseCases, claims: Claims, body: PrivacyChange) -> PrivacyItem:
    """Whether one is found by number, and who sees whether one is there."""
    changed = await cases.contacts.privacy.change(
        claims.user, findable=body.findable, audience=Audience(body.presence)
    )
    return _privacy(changed)


def _item(contact: Contact) -> ContactItem:
    return ContactItem(
        user=contact.user,
        name=contact.name,
        badge=contact.badge,
        conv=contact.conv,
        since=contact.since_ms,
        remark=contact.side.remark,
        tags=contact.side.tags,
        blocked=contact.side.blocks,
        fixed=contact.fixed,
    )


def _found(found: Found) -> FoundContact:
    return FoundContact(found.name, found.state, found.ticket, found.user)


def _outcome(user: str, tie: Tie) -> ContactOutcome:
    if not tie.friends_ms:
        return ContactOutcome("asked", "", "")
    return ContactOutcome("contact", tie.peer(user), direct_conversation(tie.one, tie.other))


def _privacy(privacy: Privacy) -> PrivacyItem:
    return PrivacyItem(privacy.findable, privacy.audience.value)
