"""A store with a speed, and senders who want more or less than that."""

from __future__ import annotations

from collections import deque

from chat_server.transport.intake import EVERY_S, FIRST, LEAST, MOST, Intake


class Queue:
    """Sends that are let in wait their turn; each tick the store does as many as it can."""

    def __init__(self, patience_s: float = 1.0) -> None:
        self.intake = Intake(patience_s, 0.0)
        self.now, self.done, self.waited_s = 0.0, 0, 0.0
        self.waiting: deque[float] = deque()
        self.refused, self.refused_ever, self.longest_s = 0, 0, 0.0

    def run(self, seconds: float, *, asked_per_s: float, done_per_s: float) -> None:
        self.refused, self.longest_s = 0, 0.0
        for _ in range(round(seconds / EVERY_S)):
            for _ in range(round(asked_per_s * EVERY_S)):
                if len(self.waiting) < self.intake.width:
                    self.waiting.append(self.now)
                else:
                    self.refused += 1
                    self.refused_ever += 1
            self.now += EVERY_S
            for _ in range(min(round(done_per_s * EVERY_S), len(self.waiting))):
                waited_s = self.now - self.waiting.popleft()
                self.done += 1
                self.waited_s += waited_s
                self.longest_s = max(self.longest_s, waited_s)
            self.intake.measure(
                self.now,
                in_flight=len(self.waiting),
                done=self.done,
                waited_s=self.waited_s,
                refused=self.refused_ever,
            )


def test_within_capacity_nothing_is_refused():
    queue = Queue()
    queue.run(60, asked_per_s=5_000, done_per_s=6_000)
    assert queue.refused == 0
    assert queue.longest_s <= 1.0


def test_beyond_capacity_the_rest_is_refused_and_those_let_in_do_not_wait_long():
    queue = Queue()
    queue.run(30, asked_per_s=20_000, done_per_s=2_000)
    assert queue.refused > 400_000
    queue.run(30, asked_per_s=20_000, done_per_s=2_000)
    assert queue.longest_s <= 2.0
    assert queue.done >= 100_000  # the store is kept at work


def test_a_store_that_becomes_slow_is_asked_for_less():
    queue = Queue()
    queue.run(10, asked_per_s=5_000, done_per_s=6_000)
    queue.run(30, asked_per_s=5_000, done_per_s=100)
    queue.run(30, asked_per_s=5_000, done_per_s=100)
    assert queue.longest_s <= 2.0


def test_it_recovers_by_itself():
    queue = Queue()
    queue.run(30, asked_per_s=20_000, done_per_s=500)
    queue.run(5, asked_per_s=5_000, done_per_s=6_000)
    queue.run(30, asked_per_s=5_000, done_per_s=6_000)
    assert queue.refused == 0


def test_a_store_that_stands_still_takes_next_to_nothing():
    queue = Queue()
    queue.run(5, asked_per_s=10, done_per_s=100)
    queue.run(60, asked_per_s=1_000, done_per_s=0)
    assert len(queue.waiting) <= FIRST
    assert queue.intake.width == LEAST


def test_silence_changes_nothing():
    queue = Queue()
    queue.run(600, asked_per_s=0, done_per_s=1_000)
    assert queue.intake.width == FIRST


def test_it_never_grows_beyond_what_the_store_takes():
    queue = Queue()
    queue.run(60, asked_per_s=1_000_000, done_per_s=200_000)
    assert queue.intake.width <= MOST


def test_a_loop_that_was_late_counts_as_a_store_that_was():
    queue = Queue()
    queue.run(5, asked_per_s=1_000, done_per_s=2_000)
    queue.intake.measure(
        queue.now + 3.0, in_flight=10, done=queue.done, waited_s=queue.waited_s, refused=0
    )
    assert queue.intake.width < FIRST
