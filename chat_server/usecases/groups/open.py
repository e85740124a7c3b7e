"""Everything that can be asked of groups, put together over one store."""

from __future__ import annotations

import msgspec

from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.groups.acquaintance import Acquaintance
from chat_server.usecases.groups.change import ChangeGroup, HashBody, NewId
from chat_server.usecases.groups.create import CreateGroup, InviteMembers
from chat_server.usecases.groups.govern import GovernGroup
from chat_server.usecases.groups.join import JoinGroup, JoinRequests
from chat_server.usecases.groups.leave import LeaveGroup
from chat_server.usecases.groups.links import Links
from chat_server.usecases.groups.look import ReadGroup


class Groups(msgspec.Struct, frozen=True):
    create: CreateGroup
    invite: InviteMembers
    join: JoinGroup
    requests: JoinRequests
    links: Links
    govern: GovernGroup
    leave: LeaveGroup
    read: ReadGroup


def open_groups(
    store: Store, clock: Clock, new_id: NewId, hash_body: HashBody, *, link_key: bytes
) -> Groups:
    change = ChangeGroup(store, clock, new_id, hash_body)
    acquaintance = Acquaintance(store.people, store.contacts)
    links = Links(change, acquaintance, clock, link_key)
    return Groups(
        create=CreateGroup(change, acquaintance, new_id),
        invite=InviteMembers(change, acquaintance, store.groups),
        join=JoinGroup(change, links, store.groups, clock),
        requests=JoinRequests(change, store.groups, clock),
        links=links,
        govern=GovernGroup(change),
        leave=LeaveGroup(change, store.conversations),
        read=ReadGroup(store, change),
    )
