"""From what the desk's use cases give to what HTTP answers, and back for the settings."""

from __future__ import annotations

from collections.abc import Sequence

from chat_server.domain.desk.choosing import Agent, AgentStatus
from chat_server.domain.desk.replies import CannedReply
from chat_server.domain.desk.settings import (
    Desk,
    DeskRole,
    DeskStaff,
    Period,
    Queue,
    SpecialDay,
    Targets,
)
from chat_server.transport.http import desk_shapes as shapes
from chat_server.usecases.desk.look import (
    Alert,
    CaseFile,
    CaseView,
    DeskView,
    Figures,
    Line,
    Place,
)


def place(found: Place) -> shapes.ServicePlace:
    case, standing = found.case, found.standing
    serving = found.state == "serving"
    return shapes.ServicePlace(
        has_desk=found.has_desk,
        case=case.case_id if case else "",
        state=found.state,
        agent=case.agent if case and serving else "",
        agent_name=found.agent_name if serving else "",
        position=standing.position if standing else 0,
        estimate_s=standing.estimate_s if standing else None,
        open=found.open,
        opens=found.opens_ms,
        rate=bool(case and case.rating_card and not case.rated_ms),
    )


def status(found: AgentStatus) -> shapes.StatusItem:
    return shapes.StatusItem(found.status.value, found.since_ms)


def line(found: Line) -> shapes.QueueLine:
    queue = found.queue
    return shapes.QueueLine(queue.queue, queue.name, found.waiting, found.longest_wait_s)


def desk(found: DeskView) -> shapes.DeskItem:
    of = found.floor.desk
    return shapes.DeskItem(
        desk=of.desk,
        account=of.account,
        account_name=found.account_name,
        name=of.name,
        role=found.role,
        open=found.open,
        opens=found.opens_ms,
        closes=found.closes_ms,
        queues=[line(each) for each in found.lines],
    )


def case(found: CaseView) -> shapes.CaseItem:
    of = found.case
    return shapes.CaseItem(
        case=of.case_id,
        desk=of.desk,
        conv=of.conv,
        customer=of.customer,
        customer_name=found.customer_name,
        state=of.state.value,
        queue=of.queue,
        queue_name=found.queue_name,
        agent=of.agent if found.agent_name else "",
        agent_name=found.agent_name,
        urgent=of.urgent,
        reason=of.reason.value,
        opened=of.opened_ms,
        waiting_since=of.queued_ms,
        position=found.position,
        preview=found.preview,
        first_seq=of.first_seq,
        opened_seq=of.opened_seq,
        why=found.why,
        manager=of.manager,
        clocks=[
            shapes.ClockItem(each.name, each.due_ms, each.left_s, each.state.value, each.ended)
            for each in found.clocks
        ],
        breached=of.breached,
        rating=of.rating,
        comment=of.comment,
        reopened=of.reopened,
        closed=of.closed_ms,
        outcome=of.outcome,
        version=of.version,
    )


def notes(found: CaseFile) -> Sequence[shapes.NoteItem]:
    return [
        shapes.NoteItem(
            each.author, found.names.get(each.author, each.author), each.at_ms, each.text
        )
        for each in found.notes
    ]


def detail(found: CaseFile) -> shapes.CaseDetail:
    return shapes.CaseDetail(
        case=case(found.view),
        dialogue=shapes.BotStand(found.stage, found.open_cards),
        history=[
            shapes.CaseFact(
                each.at_ms, each.kind, each.actor, found.names.get(each.actor, ""), each.detail
            )
            for each in found.history
        ],
        notes=notes(found),
        canned=found.canned,
    )


def agent(found: Agent, name: str) -> shapes.AgentItem:
    return shapes.AgentItem(
        user=found.staff.user,
        name=name,
        role=found.staff.role.value,
        status=found.status.status.value,
        since=found.status.since_ms,
        serving=found.serving,
        capacity=found.staff.capacity,
        skills=found.staff.skills,
        queues=found.staff.queues,
    )


def reply(found: CannedReply) -> shapes.ReplyItem:
    return shapes.ReplyItem(found.reply, found.shortcut, found.title, found.text)


def figures(found: Figures, staff: Sequence[tuple[Agent, str]]) -> shapes.DeskFigures:
    rated = sum(found.ratings)
    points = sum(score * count for score, count in enumerate(found.ratings, start=1))
    return shapes.DeskFigures(
        waiting=sum(each.waiting for each in found.lines),
        longest_wait_s=max((each.longest_wait_s for each in found.lines), default=0),
        serving=found.serving,
        closed_today=found.closed_today,
        breaches_today=found.breaches_today,
        rating_average=round(points / rated, 2) if rated else None,
        rating_count=rated,
        ratings=found.ratings,
        queues=[line(each) for each in found.lines],
        alerts=[_alert(each) for each in found.alerts],
        agents=[agent(each, name) for each, name in staff],
    )


def settings(found: Desk, calendar_until: str) -> shapes.DeskSettings:
    targets = found.targets
    return shapes.DeskSettings(
        version=found.version,
        account=found.account,
        name=found.name,
        timezone=found.timezone,
        week=[_hours(periods) for periods in found.week],
        calendar=found.calendar,
        days=[shapes.DayShape(each.day, _hours(each.periods)) for each in found.days],
        queues=[
            shapes.QueueShape(each.queue, each.name, each.skills, each.language, each.auto)  # type: ignore[arg-type]  # a language that was checked when it came in
            for each in found.queues
        ],
        staff=[
            shapes.StaffShape(each.user, each.role.value, each.skills, each.queues, each.capacity)
            for each in found.staff
        ],
        targets=shapes.TargetsShape(
            targets.first_response_s,
            targets.next_response_s,
            targets.resolution_s,
            targets.warn_percent,
        ),
        reopen_s=found.reopen_s,
        typical_s=found.typical_s,
        covers_managers=found.covers_managers,
        calendar_until=calendar_until if found.calendar else "",
    )


def desk_of(name: str, asked: shapes.DeskSettings) -> Desk:
    targets = asked.targets
    return Desk(
        desk=name,
        account=asked.account,
        name=asked.name,
        timezone=asked.timezone,
        week=[[_period(each) for each in day] for day in asked.week],
        calendar=asked.calendar,
        days=[SpecialDay(each.day, [_period(two) for two in each.hours]) for each in asked.days],
        queues=[
            Queue(each.queue, each.name, each.skills, each.language, each.auto)
            for each in asked.queues
        ],
        staff=[
            DeskStaff(each.user, DeskRole(each.role), each.skills, each.queues, each.capacity)
            for each in asked.staff
        ],
        targets=Targets(
            targets.first_response_s,
            targets.next_response_s,
            targets.resolution_s,
            targets.warn_percent,
        ),
        reopen_s=asked.reopen_s,
        typical_s=asked.typical_s,
        covers_managers=asked.covers_managers,
        version=asked.version,
    )


def _alert(found: Alert) -> shapes.AlertItem:
    view, clock = found.view, found.clock
    late = "breached" if clock.left_s < 0 or clock.state == "breached" else "warned"
    return shapes.AlertItem(
        view.case.case_id, view.customer_name, view.agent_name, clock.name, late, clock.due_ms
    )


def _hours(periods: Sequence[Period]) -> list[shapes.Period]:
    return [(_clock(begin), _clock(end)) for begin, end in periods]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _period(period: shapes.Period) -> Period:
    begin, end = period
    return _minutes(begin), _minutes(end)


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)
