"""Everything that can be asked of contacts, put together over one store."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from chat_server.ports.bus import Bus
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.contacts.ask import AskContact, HashBody
from chat_server.usecases.contacts.change import ChangeTie
from chat_server.usecases.contacts.find import FindPeople
from chat_server.usecases.contacts.keep import Contacts
from chat_server.usecases.contacts.privacy import OwnPrivacy
from chat_server.usecases.contacts.tickets import Tickets


class ContactBook(msgspec.Struct, frozen=True):
    find: FindPeople
    requests: AskContact
    contacts: Contacts
    privacy: OwnPrivacy


def open_contacts(
    store: Store,
    bus: Bus,
    clock: Clock,
    new_card: Callable[[], str],
    hash_body: HashBody,
    *,
    ticket_key: bytes,
) -> ContactBook:
    ties = ChangeTie(store, bus, clock)
    tickets = Tickets(clock, ticket_key)
    return ContactBook(
        find=FindPeople(store, ties, tickets, clock),
        requests=AskContact(store, ties, tickets, clock, hash_body),
        contacts=Contacts(store, ties),
        privacy=OwnPrivacy(store.contacts, bus, clock, new_card),
    )
