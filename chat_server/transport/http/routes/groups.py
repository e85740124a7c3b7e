"""Groups: making and running them, coming in and going out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from chat_server.domain.conversation import Role
from chat_server.transport.http.group_shapes import (
    GroupChanges,
    GroupDraft,
    GroupItem,
    GroupLink,
    GroupMember,
    GroupMembers,
    GroupReaders,
    GroupTicket,
    GroupWelcome,
    JoinRequestItem,
    LinkDraft,
    MemberChanges,
    NewOwner,
    UserList,
)
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.groups.look import Member
from chat_server.usecases.identity.tokens import Claims


async def create(cases: UseCases, claims: Claims, body: GroupDraft) -> GroupItem:
    """Make a group of your own customers and colleagues."""
    group = await cases.groups.create(claims.user, body.title, body.members, approval=body.approval)
    return await _group(cases, claims, group.conv)


async def group(cases: UseCases, claims: Claims, conv: str) -> GroupItem:
    """A group that you are in."""
    return await _group(cases, claims, conv)


async def change(cases: UseCases, claims: Claims, conv: str, body: GroupChanges) -> GroupItem:
    """Title, announcement, silence for all, approval of joiners: each that is given."""
    govern = cases.groups.govern
    if body.title is not None:
        await govern.rename(claims.user, conv, body.title)
    if body.announcement is not None:
        await govern.announce(claims.user, conv, body.announcement)
    if body.silent is not None:
        await govern.silence_all(claims.user, conv, silent=body.silent)
    if body.approval is not None:
        await govern.ask_approval(claims.user, conv, approval=body.approval)
    return await _group(cases, claims, conv)


async def dissolve(cases: UseCases, claims: Claims, conv: str) -> None:
    """Dissolve the group; what was said stays readable to who was in it."""
    await cases.groups.leave.dissolve(claims.user, conv)


async def members(
    cases: UseCases,
    claims: Claims,
    conv: str,
    after: str = "",
    limit: Annotated[int, Meta(ge=1, le=200)] = 100,
) -> GroupMembers:
    """A page of the members, by id, from behind `after`."""
    found, more = await cases.groups.read.members(claims.user, conv, after=after, limit=limit)
    return GroupMembers(_members(found), more)


async def group_people(cases: UseCases, claims: Claims, conv: str, users: str) -> list[GroupMember]:
    """Who these are (`users`: ids with commas), of those who are or were in the group."""
    return _members(await cases.groups.read.people(claims.user, conv, users.split(",")))


async def invite(cases: UseCases, claims: Claims, conv: str, body: UserList) -> GroupItem:
    """Bring your own customers and colleagues in."""
    await cases.groups.invite(claims.user, conv, body.users)
    return await _group(cases, claims, conv)


async def change_member(
    cases: UseCases, claims: Claims, conv: str, user: str, body: MemberChanges
) -> None:
    """A member's role, whether they may write: each that is given."""
    govern = cases.groups.govern
    if body.role is not None:
        await govern.set_role(claims.user, conv, user, Role(body.role))
    if body.silenced is not None:
        await govern.silence(claims.user, conv, user, silenced=body.silenced)


async def remove(cases: UseCases, claims: Claims, conv: str, user: str) -> None:
    """Remove a member; they read nothing that comes after."""
    await cases.groups.govern.remove(claims.user, conv, user)


async def hand_over(cases: UseCases, claims: Claims, conv: str, body: NewOwner) -> GroupItem:
    """Make another member the owner."""
    await cases.groups.govern.hand_over(claims.user, conv, body.user)
    return await _group(cases, claims, conv)


async def leave_group(cases: UseCases, claims: Claims, conv: str) -> None:
    """Leave; the owner hands the group over first."""
    await cases.groups.leave(claims.user, conv)


async def make_link(cases: UseCases, claims: Claims, conv: str, body: LinkDraft) -> GroupLink:
    """An invite link's token, for a QR code or a message."""
    token, expires = await cases.groups.links.issue(claims.user, conv, body.days)
    return GroupLink(token, expires)


async def withdraw_links(cases: UseCases, claims: Claims, conv: str) -> None:
    """No link that was given out until now is valid any longer."""
    await cases.groups.links.withdraw(claims.user, conv)


async def look_at_link(cases: UseCases, claims: Claims, body: GroupTicket) -> GroupWelcome:
    """What a link leads to, before joining."""
    step = await cases.groups.join.look(claims.user, body.token)
    names = await cases.groups.read.names([step.inviter])
    return GroupWelcome(
        conv=step.group.conv,
        title=step.group.title,
        members=step.group.size,
        inviter=names.get(step.inviter, step.inviter),
        approval=step.group.approval,
        state="inside" if step.inside else "outside",
    )


async def join_group(cases: UseCases, claims: Claims, body: GroupTicket) -> GroupWelcome:
    """Join by a link, or ask to where the group wants to be asked."""
    group, inside = await cases.groups.join(claims.user, body.token)
    step = await look_at_link(cases, claims, body)
    if inside or step.state == "inside":
        return step
    return GroupWelcome(group.conv, step.title, step.members, step.inviter, step.approval, "asked")


async def requests(cases: UseCases, claims: Claims, conv: str) -> list[JoinRequestItem]:
    """Who waits to be let in, oldest first."""
    waiting = await cases.groups.requests.list(claims.user, conv)
    named = [user for each in waiting for user in (each.user, each.inviter)]
    names = await cases.groups.read.names(named)
    return [
        JoinRequestItem(
            each.user, names.get(each.user, each.user), names.get(each.inviter, ""), each.at_ms
        )
        for each in waiting
    ]


async def approve(cases: UseCases, claims: Claims, conv: str, user: str) -> None:
    """Let somebody in who asked."""
    await cases.groups.requests.approve(claims.user, conv, user)


async def refuse(cases: UseCases, claims: Claims, conv: str, user: str) -> None:
    """Do not let somebody in who asked; they may ask again."""
    await cases.groups.requests.refuse(claims.user, conv, user)


async def readers(
    cases: UseCases, claims: Claims, conv: str, seq: Annotated[int, Meta(ge=1)]
) -> GroupReaders:
    """Who has read a message and who has not, in groups of up to 500."""
    found = await cases.groups.read.readers(claims.user, conv, seq)
    return GroupReaders(_members(found.read), _members(found.unread))


async def _group(cases: UseCases, claims: Claims, conv: str) -> GroupItem:
    view = await cases.groups.read.view(claims.user, conv)
    return GroupItem(
        conv=view.group.conv,
        title=view.group.title,
        announcement=view.group.announcement,
        members=view.group.size,
        silent=view.group.silent,
        approval=view.group.approval,
        role=view.own.role,
        silenced=view.own.silenced,
    )


def _members(found: Sequence[Member]) -> list[GroupMember]:
    return [
        GroupMember(each.user, each.name, each.badge, each.role, each.silenced, each.present)
        for each in found
    ]
