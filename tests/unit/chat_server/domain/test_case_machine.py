"""Whatever is done to a case in whatever order, it stays one that makes sense."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chat_server.domain.desk import case as cases
from chat_server.domain.desk.case import Case, CaseState, Outcome, Reason
from chat_server.domain.desk.choosing import Agent, AgentStatus, Status, choose, estimate_s
from chat_server.domain.desk.clocks import clocks, look, next_look
from chat_server.domain.desk.hours import Hours
from chat_server.domain.desk.settings import Desk, DeskRole, DeskStaff, Queue, Targets
from chat_server.domain.errors import AlreadyRated, CaseClosed, CaseTaken, ChatError

AGENTS = st.sampled_from(["amy", "ben", "eve"])
TARGETS = Targets(60, 120, 3600, 80)
QUEUE = Queue("general", "综合")
DESK = Desk(
    desk="d", account="@a", name="n", week=(((540, 1080),),) * 5 + ((), ()), queues=(QUEUE,)
)
HOURS = Hours(DESK)
START = 1_770_601_200_000


def fresh(seq: int = 1, now: int = START) -> Case:
    return Case(
        case_id="c", desk="d", account="@a", conv="s:@a:ann", customer="ann", queue="general",
        state=CaseState.WAITING, reason=Reason.ASKED, opened_ms=now, opened_seq=seq, first_seq=1,
        queued_ms=now, heard_seq=seq, unanswered_ms=now,
    )  # fmt: skip


class CaseMachine(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.case, self.now, self.seq = fresh(), START, 1
        self.told: list[tuple[str, int, str]] = []
        self.ratings = 0

    def attempt(self, step: Callable[[], Case | None], *refused: type[ChatError]) -> bool:
        """Take the step, if the case lets one; its version grows by one and nothing else may."""
        before = self.case
        try:
            after = step()
        except refused:
            return False
        if after is None:
            return False
        assert after.version == before.version + 1
        assert after.case_id == before.case_id
        assert after.heard_seq >= before.heard_seq
        assert set(after.breached) >= set(before.breached)
        self.case = after
        return True

    @rule(seconds=st.integers(1, 20_000))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * 1000

    @rule(agent=AGENTS)
    def claim(self, agent: str) -> None:
        was = self.case.state
        done = self.attempt(
            lambda: cases.taken(self.case, agent, why="claimed", now_ms=self.now),
            CaseTaken,
            CaseClosed,
        )
        assert done is (was is CaseState.WAITING)

    @rule(agent=AGENTS)
    def pass_on(self, agent: str) -> None:
        was = self.case
        done = self.attempt(
            lambda: cases.passed_on(self.case, agent, why="transferred", now_ms=self.now),
            CaseTaken,
            CaseClosed,
        )
        same = was.state is CaseState.SERVING and was.agent == agent
        assert done is (was.open and not same)

    @rule()
    def give_back(self) -> None:
        place = self.case.place
        if self.attempt(
            lambda: cases.queued(self.case, "general", reason=Reason.RETURNED), CaseClosed
        ):
            assert self.case.place == place

    @rule(outcome=st.sampled_from(list(Outcome)))
    def close(self, outcome: Outcome) -> None:
        was = self.case.open
        done = self.attempt(
            lambda: cases.closed(self.case, outcome, rating_card="r", now_ms=self.now), CaseClosed
        )
        assert done is was

    @rule(urgent=st.booleans())
    def reopen(self, urgent: bool) -> None:
        self.seq += 1
        was = self.case.open
        done = self.attempt(
            lambda: cases.reopened(
                self.case, reason=Reason.REOPENED, urgent=urgent, seq=self.seq, now_ms=self.now
            ),
            CaseClosed,
        )
        assert done is not was

    @rule(score=st.integers(1, 5))
    def rate(self, score: int) -> None:
        self.ratings += self.attempt(
            lambda: cases.rated(self.case, score, "", now_ms=self.now), AlreadyRated, CaseClosed
        )
        assert self.ratings <= 1

    @rule()
    def customer_writes(self) -> None:
        self.seq += 1
        self.attempt(lambda: cases.customer_said(self.case, seq=self.seq, at_ms=self.now))

    @rule(agent=AGENTS)
    def staff_writes(self, agent: str) -> None:
        self.seq += 1
        done = self.attempt(
            lambda: cases.staff_said(self.case, agent, seq=self.seq, at_ms=self.now)
        )
        assert not done or (self.case.agent == agent and not self.case.unanswered_ms)

    @rule()
    def hurry(self) -> None:
        if self.attempt(lambda: cases.hastened(self.case, self.seq), CaseClosed):
            assert self.case.place[0] is False

    @rule()
    def look_at_the_clocks(self) -> None:
        after, telling = look(self.case, TARGETS, HOURS, self.now)
        assert (after is self.case) is (not telling)
        for each in telling:
            clock = next(
                c for c in clocks(self.case, TARGETS, HOURS, self.now) if c.name == each.name
            )
            told = (each.name, clock.started_ms, each.moment)
            assert told not in self.told
            self.told.append(told)
        self.case = after
        assert look(self.case, TARGETS, HOURS, self.now) == (self.case, [])
        later = next_look(self.case, TARGETS, HOURS, self.now)
        assert later is None or later > self.now

    @invariant()
    def makes_sense(self) -> None:
        case = self.case
        assert (case.state is CaseState.CLOSED) is bool(case.closed_ms)
        assert case.state is not CaseState.SERVING or case.agent
        assert case.open or not case.unanswered_ms
        for clock in clocks(case, TARGETS, HOURS, self.now):
            assert clock.warn_ms <= clock.due_ms
            assert (clock.left_s >= 0) or clock.state == "breached"


TestCaseMachine = CaseMachine.TestCase
TestCaseMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def agent(user: str, serving: int = 0, status: Status = Status.AVAILABLE, **more: object) -> Agent:
    fields = {"queues": ("general",), "capacity": 2, **more}
    staff = DeskStaff(user, DeskRole.AGENT, **fields)  # type: ignore[arg-type]
    return Agent(staff, AgentStatus(user, status), serving)


@pytest.mark.parametrize(
    ("agents", "chosen", "why"),
    [
        ([], "", "no_skill"),
        ([agent("amy", queues=())], "", "no_skill"),
        ([agent("amy", status=Status.BUSY)], "", "nobody_available"),
        ([agent("amy", 2)], "", "all_full"),
        ([agent("ben", 1), agent("eve")], "eve", "least_loaded"),
        ([agent("eve"), agent("ben")], "ben", "least_loaded"),
        ([agent("ben"), agent("amy", 1)], "amy", "sticky"),
        ([agent("ben"), agent("amy", 2)], "ben", "least_loaded"),
        ([agent("ben", 3, capacity=9), agent("eve", 1)], "ben", "least_loaded"),
    ],
)
def test_who_gets_a_case_and_why(agents, chosen, why):
    last = cases.replace(fresh(), agent="amy")
    for order in (agents, agents[::-1]):
        found = choose(last, QUEUE, order, open_now=True)
        assert (found.agent, found.why) == (chosen, why)


def test_skills_and_hours_are_asked_for_and_urgent_cases_know_no_hours():
    skilled = Queue("general", "x", skills=("fx",))
    able = agent("amy", skills=("fx", "en"))
    assert choose(fresh(), skilled, [agent("ben"), able], open_now=True).agent == "amy"
    assert choose(fresh(), QUEUE, [able], open_now=False).why == "closed_now"
    urgent = cases.replace(fresh(), urgent=True)
    assert choose(urgent, QUEUE, [able], open_now=False).agent == "amy"
    assert choose(urgent, QUEUE, [], open_now=False).why == "no_skill"
    manual = Queue("general", "x", auto=False)
    assert choose(fresh(), manual, [able], open_now=True).why == "manual"


def test_the_estimate_is_in_whole_minutes_or_nobody_knows():
    assert estimate_s(1, QUEUE, [agent("amy")], 300) == 180
    assert estimate_s(9, QUEUE, [agent("amy"), agent("ben")], 300) == 720
    assert estimate_s(1, QUEUE, [agent("amy", status=Status.AWAY)], 300) is None


def test_what_is_not_promised_or_never_comes_has_no_clock():
    nothing = Targets(0, 0, 0, 80)
    assert clocks(fresh(), nothing, HOURS, START) == []
    never = Hours(cases.replace(DESK, week=((),) * 7))
    assert clocks(fresh(), TARGETS, never, START) == []
    assert next_look(fresh(), TARGETS, never, START) is None


def test_further_answers_change_nothing():
    served = cases.taken(fresh(), "amy", why="x", now_ms=START)
    answered = cases.staff_said(served, "amy", seq=5, at_ms=START)
    assert answered is not None
    assert cases.staff_said(answered, "amy", seq=6, at_ms=START) is None
    assert cases.staff_said(served, "ben", seq=5, at_ms=START) is None
