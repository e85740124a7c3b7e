"""The shipped figures of funds, the risk assessment, and what shares and values come to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from bank_bridge.fund_contract import RiskQuestion
from bank_bridge.instructions.routing import is_working_day
from bank_bridge.instructions.rules import SHANGHAI

_NAV_UNIT = 10_000
RISKS = range(1, 6)
# The most points that still make each level, 1 to 5 [A].
_LEVELS = (3, 7, 11, 15)


class FundFigures(msgspec.Struct, frozen=True, kw_only=True):
    cut_off: time = time(15)  # in China, on a working day [R]
    profile_life: timedelta = timedelta(days=365)  # of an assessment [R]


SHIPPED = FundFigures()

QUESTIONS: Sequence[RiskQuestion] = (
    RiskQuestion(
        "您的年龄在哪一段？",
        "How old are you?",
        ("65岁以上", "50至65岁", "30至49岁", "18至29岁"),
        ("over 65", "50 to 65", "30 to 49", "18 to 29"),
    ),
    RiskQuestion(
        "您的家庭年收入中，可用于投资的大约占多少？",
        "How much of your household's income can you invest?",
        ("10%以下", "10%至25%", "25%至50%", "50%以上"),
        ("less than 10%", "10% to 25%", "25% to 50%", "more than 50%"),
    ),
    RiskQuestion(
        "您的投资经验有多久？",
        "How long have you been investing?",
        ("没有经验", "不到2年", "2至5年", "5年以上"),
        ("never", "under 2 years", "2 to 5 years", "over 5 years"),
    ),
    RiskQuestion(
        "您打算投资多长时间？",
        "For how long do you want to invest?",
        ("不到1年", "1至3年", "3至5年", "5年以上"),
        ("under 1 year", "1 to 3 years", "3 to 5 years", "over 5 years"),
    ),
    RiskQuestion(
        "您的投资目标更接近哪一种？",
        "What do you invest for?",
        ("本金不受损失", "稳健增值", "较高收益，可承受一定损失", "高收益，可承受较大损失"),
        ("no loss at all", "steady growth", "more, at some loss", "much, at large losses"),
    ),
    RiskQuestion(
        "投资亏损到多少时，您会明显焦虑？",
        "At what loss would you worry?",
        ("出现任何亏损", "10%以内", "10%至30%", "30%以上"),
        ("any", "up to 10%", "10% to 30%", "over 30%"),
    ),
)


def level_of(answers: Sequence[int]) -> int:
    """1 to 5. Who wants no loss at all, or worries at any, can bear the least, whatever else."""
    if 0 in answers[-2:]:
        return 1
    points = sum(answers)
    return 1 + sum(points > most for most in _LEVELS)


def shares_for(amount: int, nav: int) -> int:
    """Hundredths of a share for fen, rounded down; what is left over is the fund's."""
    return amount * _NAV_UNIT // nav


def value_of(shares: int, nav: int) -> int:
    """Fen for hundredths of a share, half up."""
    return (2 * shares * nav + _NAV_UNIT) // (2 * _NAV_UNIT)


def trade_day(moment: datetime, figures: FundFigures) -> date:
    """The working day whose value an order of this moment has."""
    local = moment.astimezone(SHANGHAI)
    day = local.date() + timedelta(days=local.time() >= figures.cut_off)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
