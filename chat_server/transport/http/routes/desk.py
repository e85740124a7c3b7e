"""The assist desk: the customer's place, what agents do, what supervisors see and set up."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chat_server.domain.desk.case import CaseState, Note, Reason
from chat_server.domain.desk.choosing import Status
from chat_server.domain.desk.replies import CannedReply
from chat_server.domain.people import StaffRole
from chat_server.transport.http import desk_answers as shown
from chat_server.transport.http.desk_shapes import (
    AgentItem,
    CaseDetail,
    CaseItem,
    CloseDraft,
    DeskFigures,
    DeskItem,
    DeskSettings,
    FilledReply,
    LogEvent,
    NotedDraft,
    NoteDraft,
    NoteItem,
    RatingDraft,
    ReplyDraft,
    ReplyItem,
    ServicePlace,
    StatusDraft,
    StatusItem,
    TransferDraft,
)
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims

_Limit = Annotated[int, Meta(ge=1, le=200)]


async def place(cases: UseCases, claims: Claims, conv: str) -> ServicePlace:
    """Where you stand: who serves you, or your place in the queue."""
    return shown.place(await cases.desk.look.place(claims.user, conv))


async def call_person(cases: UseCases, claims: Claims, conv: str) -> ServicePlace:
    """Ask for a person, beside anything that the bot is doing."""
    found = await cases.desk.look.place(claims.user, conv)
    if found.has_desk:
        await cases.desk.open(conv, Reason.ASKED)
        found = await cases.desk.look.place(claims.user, conv)
    return shown.place(found)


async def rate(cases: UseCases, claims: Claims, case: str, body: RatingDraft) -> None:
    """Say how you were served, once, after the end."""
    await cases.desk.rate(claims.user, case, body.score, body.comment)


async def own_status(cases: UseCases, claims: Claims) -> StatusItem:
    """What you last said of yourself."""
    return shown.status(await cases.desk.attend.status(claims.user))


async def say_status(cases: UseCases, claims: Claims, body: StatusDraft) -> StatusItem:
    """Available, busy or away, until you say otherwise."""
    return shown.status(await cases.desk.attend.say_status(claims.user, Status(body.status)))


async def desks(cases: UseCases, claims: Claims) -> list[DeskItem]:
    """The desks on whose staff you are; all of them for an administrator."""
    views = await cases.desk.look.desks(claims.user, administrator=_administers(claims))
    return [shown.desk(view) for view in views]


async def listed(
    cases: UseCases,
    claims: Claims,
    desk: str,
    state: Literal["waiting", "serving", "closed"],
    limit: _Limit = 50,
) -> list[CaseItem]:
    """Cases: of a supervisor all, of an agent who waits in their queues, and their own."""
    views = await cases.desk.look.cases(claims.user, desk, CaseState(state), limit)
    return [shown.case(view) for view in views]


async def detail(cases: UseCases, claims: Claims, case: str) -> CaseDetail:
    """A case with its history, its notes, and where the bot's business stands."""
    return shown.detail(await cases.desk.look.file(claims.user, case))


async def claim(cases: UseCases, claims: Claims, case: str) -> CaseItem:
    """Take a waiting case; of several who try, one gets it."""
    await cases.desk.attend.claim(claims.user, case)
    return await _case(cases, claims, case)


async def transfer(cases: UseCases, claims: Claims, case: str, body: TransferDraft) -> CaseItem:
    """Pass a case on to an agent or a queue, with a note."""
    done = await cases.desk.attend.transfer(
        claims.user, case, agent=body.agent, queue=body.queue, note=body.note
    )
    return shown.case(await cases.desk.look.shown(done))


async def give_back(cases: UseCases, claims: Claims, case: str, body: NotedDraft) -> CaseItem:
    """Put a case back into its queue."""
    done = await cases.desk.attend.give_back(claims.user, case, body.note)
    return shown.case(await cases.desk.look.shown(done))


async def hand_back(cases: UseCases, claims: Claims, case: str, body: NotedDraft) -> CaseItem:
    """Hand the customer back to the bot."""
    done = await cases.desk.attend.hand_back(claims.user, case, body.note)
    return shown.case(await cases.desk.look.shown(done))


async def close(cases: UseCases, claims: Claims, case: str, body: CloseDraft) -> CaseItem:
    """Close a case, and ask the customer how it was."""
    done = await cases.desk.attend.close(claims.user, case, body.note, ask_rating=body.ask_rating)
    return shown.case(await cases.desk.look.shown(done))


async def notes(cases: UseCases, claims: Claims, case: str) -> list[NoteItem]:
    """What staff wrote for each other; no customer can read it."""
    return list(shown.notes(await cases.desk.look.file(claims.user, case)))


async def add_note(cases: UseCases, claims: Claims, case: str, body: NoteDraft) -> NoteItem:
    """Write something for colleagues."""
    note: Note = await cases.desk.attend.note(claims.user, case, body.text)
    name = (await cases.people.me(claims.user)).name
    return NoteItem(note.author, name, note.at_ms, note.text)


async def log(
    cases: UseCases,
    claims: Claims,
    case: str,
    after: Annotated[int, Meta(ge=0)] = 0,
    limit: _Limit = 100,
) -> list[LogEvent]:
    """What was said, for a supervisor; looking leaves a line in the audit trail."""
    found = await cases.desk.look.log(claims.user, case, after=after, limit=limit)
    return [
        LogEvent(each.seq, each.sender, each.ts, each.kind.value, msgspec.json.decode(each.body))
        for each in found
    ]


async def agents(cases: UseCases, claims: Claims, desk: str) -> list[AgentItem]:
    """The staff of the desk, and how much each has to do."""
    found = await cases.desk.look.agents(claims.user, desk)
    return [shown.agent(each, name) for each, name in found]


async def replies(
    cases: UseCases, claims: Claims, desk: str, q: Annotated[str, Meta(max_length=64)] = ""
) -> list[ReplyItem]:
    """Canned replies, those first whose shortcut begins so."""
    found = await cases.desk.look.replies(claims.user, desk, q, administrator=_administers(claims))
    return [shown.reply(each) for each in found]


async def put_reply(
    cases: UseCases, claims: Claims, desk: str, reply: str, body: ReplyDraft
) -> list[ReplyItem]:
    """Add or replace a canned reply."""
    drafted = CannedReply(reply, body.shortcut, body.title, body.text)
    found = await cases.desk.configure.put_reply(
        claims.user, desk, drafted, administrator=_administers(claims)
    )
    return [shown.reply(each) for each in found]


async def drop_reply(cases: UseCases, claims: Claims, desk: str, reply: str) -> None:
    """Remove a canned reply."""
    await cases.desk.configure.drop_reply(
        claims.user, desk, reply, administrator=_administers(claims)
    )


async def fill_reply(cases: UseCases, claims: Claims, case: str, reply: str) -> FilledReply:
    """A canned reply with its places filled for this case."""
    return FilledReply(await cases.desk.look.fill(claims.user, case, reply))


async def figures(cases: UseCases, claims: Claims, desk: str) -> DeskFigures:
    """The desk at a glance, for its supervisor."""
    found, staff = await cases.desk.look.figures(claims.user, desk)
    return shown.figures(found, staff)


async def settings(cases: UseCases, claims: Claims, desk: str) -> DeskSettings:
    """The desk's settings, for its supervisor and for administrators."""
    found = await cases.desk.configure.read(claims.user, desk, administrator=_administers(claims))
    return shown.settings(found, cases.desk.calendar_until)


async def put_settings(
    cases: UseCases, claims: Claims, desk: str, body: DeskSettings
) -> DeskSettings:
    """Set the desk up, the whole of it."""
    put = await cases.desk.configure(claims.user, shown.desk_of(desk, body))
    return shown.settings(put, cases.desk.calendar_until)


async def _case(cases: UseCases, claims: Claims, case: str) -> CaseItem:
    return shown.case(await cases.desk.look.case(claims.user, case))


def _administers(claims: Claims) -> bool:
    return claims.role is StaffRole.ADMINISTRATOR
