from __future__ import annotations

import pytest

from chat_server.domain.accounts.campaigns import RecipientState, Tally
from chat_server.domain.accounts.figures import (
    OTHERS,
    funnel,
    lift,
    newcombe,
    results,
    segments,
    wilson,
    winner,
)

SENT, READ, HELD = RecipientState.SENT, RecipientState.READ, RecipientState.HELD_OUT


def test_a_winner_is_named_when_the_difference_is_certain() -> None:
    def told(first: int, second: int, of: int) -> int | None:
        tallies = []
        for variant, read in enumerate((first, second)):
            tallies.append(Tally(variant, READ, "", read, read=read))
            tallies.append(Tally(variant, SENT, "", of - read))
        return winner(results(tallies))

    assert told(60, 40, 100) == 0
    assert told(40, 60, 100) == 1
    assert told(55, 45, 100) is None
    assert winner(results([Tally(0, READ, "", 9, read=9)])) is None
    low, high = wilson(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [  # Newcombe 1998, table II, method 10
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_the_interval_of_a_difference_is_newcombes(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    difference, *found = newcombe(*counts)
    assert [round(each, 4) for each in found] == [low, high]
    assert difference == pytest.approx(counts[0] / counts[1] - counts[2] / counts[3])


def test_the_funnel_counts_people_in_every_step_that_they_took() -> None:
    tallies = [
        Tally(0, RecipientState.QUEUED, "", 1),
        Tally(0, HELD, "", 9, converted=2, revenue=77),
        Tally(0, RecipientState.SUPPRESSED, "cap", 4, converted=1, revenue=5),
        Tally(0, RecipientState.FAILED, "NotFound", 2),
        Tally(0, SENT, "", 10),
        Tally(0, RecipientState.CONVERTED, "", 3, "", "", 3, 3, 2, 3, 1, 900),
        Tally(0, RecipientState.RECALLED, "", 5, delivered=5, read=4),
    ]
    told = funnel(tallies)
    assert (told.enrolled, told.held_out, told.queued, told.suppressed, told.failed) == (
        34, 9, 1, 4, 2,
    )  # fmt: skip
    assert (told.sent, told.delivered, told.read, told.clicked) == (18, 8, 7, 2)
    assert (told.converted, told.unsubscribed, told.revenue) == (3, 1, 900)
    assert funnel([]).enrolled == 0


def test_small_segments_are_told_of_together_or_not_at_all() -> None:
    tallies = [
        Tally(0, SENT, "", 50, "zh-CN", "hai", read=0),
        Tally(0, READ, "", 30, "zh-CN", "chao", read=30),
        Tally(0, SENT, "", 12, "en", "hu"),
        Tally(1, SENT, "", 9, "en", "su"),
        Tally(1, HELD, "", 500, "en", "held"),
    ]
    told = [(each.kind, each.value, each.sent, each.read) for each in segments(tallies)]
    assert told == [
        ("language", "zh-CN", 80, 30),
        ("language", "en", 21, 0),
        ("branch", "hai", 50, 0),
        ("branch", "chao", 30, 30),
        ("branch", OTHERS, 21, 0),
    ]
    assert [each.value for each in segments(tallies[:2] + tallies[3:4])] == [
        "zh-CN", "hai", "chao",
    ]  # fmt: skip


def test_the_lift_compares_all_who_were_not_held_out_with_those_who_were() -> None:
    tallies = [
        Tally(0, RecipientState.CONVERTED, "", 50, converted=50),
        Tally(0, SENT, "", 340),
        Tally(0, RecipientState.SUPPRESSED, "consent", 10, converted=2),
        Tally(0, HELD, "", 100, converted=3),
    ]
    told = lift(tallies)
    assert told is not None
    assert (told.offered, told.offered_converted, told.held, told.held_converted) == (
        400, 52, 100, 3,
    )  # fmt: skip
    assert told.difference == pytest.approx(0.13 - 0.03)
    assert told.low > 0
    assert lift(tallies[:3]) is None
    assert lift(tallies[3:]) is None
