"""Amounts: never a wrong value. What is certain is exact; what is not is asked back."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import cn2an
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.phrasing.capitals import capitals
from bots.understanding.amounts import find_amounts, plain
from bots.understanding.numerals import read_number
from bots.understanding.protected import protect
from bots.understanding.slots import read_slots
from bots.understanding.text import MAX_SENTENCE, fold

CERTAIN = """
500 = 500
500块 = 500
500块钱 = 500
500元 = 500
500 元 = 500
500元整 = 500
500.00 = 500
500.5 = 500.50
0.01元 = 0.01
99.99 = 99.99
1,200.50 = 1200.50
1,234,567.89元 = 1234567.89
¥500 = 500
￥500 = 500
¥1,200.50 = 1200.50
¥ 1200 = 1200
RMB 500 = 500
rmb500 = 500
CNY 500 = 500
500rmb = 500
500 RMB = 500
500CNY = 500
人民币500元 = 500
人民币 8千元 = 8000
500元人民币 = 500
５００ = 500
５００元 = 500
转５百 = 500
五百 = 500
五百元 = 500
五百块 = 500
五百块钱 = 500
伍佰元整 = 500
伍佰圆 = 500
壹万贰仟叁佰肆拾伍元陆角柒分 = 12345.67
1.2万 = 12000
1.25万元 = 12500
1.2345万 = 12345
1.23456万元 = 12345.60
转五百一下 = 500
给李娜转二十一块 = 21
二万一千 = 21000
2万 = 20000
5w = 50000
1.5W = 15000
1.2k = 1200
10k = 10000
1万2 = 12000
1万2千 = 12000
1万2000 = 12000
1万零500 = 10500
5千 = 5000
5千5 = 5500
3百 = 300
10万 = 100000
1千万 = 10000000
两千三 = 2300
两千 = 2000
两百五 = 250
二百五 = 250
三百五 = 350
一千五 = 1500
一万五 = 15000
一万五千 = 15000
十万五 = 105000
三千零五十 = 3050
一千零五 = 1005
一百零五 = 105
一百一十五 = 115
一百十五 = 115
一万零五百 = 10500
一万零五 = 10005
两万三千四百五十六 = 23456
十 = 10
十五 = 15
二十 = 20
二十五块 = 25
五 = 5
五块 = 5
两块 = 2
一百万 = 1000000
三百二十万 = 3200000
五块五 = 5.50
五块五毛 = 5.50
五百块五 = 500.50
5块5 = 5.50
5块5毛5 = 5.55
5块5毛5分 = 5.55
五元三毛 = 5.30
50元6角三分 = 50.63
500块零5分 = 500.05
五毛 = 0.50
5毛5 = 0.55
5角 = 0.50
三分钱 = 0.03
一点二万 = 12000
三点五万元 = 35000
轉五百塊 = 500
兩萬三千 = 23000
貳佰圓整 = 200
500 yuan = 500
500yuan = 500
500 kuai = 500
five hundred yuan = 500
five hundred = 500
a thousand yuan = 1000
two thousand three hundred = 2300
one hundred and five yuan = 105
twenty-five yuan = 25
fifteen hundred = 1500
2 thousand = 2000
1.2 million = 1200000
FIVE HUNDRED YUAN = 500
转500一下 = 500
转500吧 = 500
转账500谢谢 = 500
转500给李娜 = 500
给李娜转500块 = 500
给李娜转500。 = 500
给李娜转500, = 500
给李娜转500! = 500
转账给王五2000.50元 = 2000.50
给李万千转三百 = 300
给王五五百 = 500
给李四五百块 = 500
给张三一千 = 1000
给张三丰一百二十块 = 120
给李娜二十五块 = 25
给伍佰转一万 = 10000
给王五500 = 500
尾号8888转500 = 500
从尾号1234转500到尾号8888 = 500
用尾号为8888的卡给李娜转300 = 300
卡号6222021234567890123转500元给李娜 = 500
往13800138000转500元 = 500
12:30转500 = 500
下周五给李娜转500块 = 500
2026-11-23给李娜转500 = 500
5月3号给李娜转500 = 500
第2次转500 = 500
转2笔,每笔的金额是500元 = 500
转500,不对,600 = 600
不是500是600 = 600
转600不是500 = 600
转账五百元(500.00) = 500
给李娜转500块,五百块 = 500
transfer 500 to Li Na = 500
send lina 200 yuan = 200
send five hundred to lina = 500
wire Li Na ¥1,200.50 today = 1200.50
transfer 500 from card 1234 to Li Na = 500
订单号20261123转500元 = 500
万一不够就转500 = 500
千万别弄错,转500元 = 500
"""

PROBLEMS = """
三五百 = unreadable
转七八千 = unreadable
两三百块 = unreadable
一万多 = approximate
五百多块 = approximate
五百左右 = approximate
500元左右 = approximate
五百来块 = approximate
几百块 = approximate
十几块 = approximate
大约500 = approximate
大概五百块 = approximate
差不多500 = approximate
约500元 = approximate
不到500元 = approximate
至少500 = approximate
最多500 = approximate
不超过500元 = approximate
500以上 = approximate
500以内 = approximate
500上下 = approximate
about 500 = approximate
around 500 yuan = approximate
roughly 500 = approximate
at least 500 yuan = approximate
up to 500 = approximate
more than 500 yuan = approximate
500 or so = approximate
500-600 = approximate
500~600元 = approximate
500到600 = approximate
500至600元 = approximate
500或者600 = approximate
500还是600 = approximate
三到五百 = approximate
500 or 600 = approximate
send two to three hundred yuan = approximate
half a million = approximate
a couple hundred yuan = approximate
1 500 = approximate
一万半 = approximate
500和600 = several
给李娜转500元,给王五转300元 = several
转500,手续费5元 = several
500。50 = several
１，２００．５０ = several
500.123 = precision
0.001元 = precision
1.2345678万元 = precision
卡号1,200元 = unreadable
0 = zero
0元 = zero
零元 = zero
0.00 = zero
-500 = negative
转-500元 = negative
负五百 = negative
转负500 = negative
¥-500 = negative
minus 500 yuan = negative
1e3 = unreadable
5e2元 = unreadable
0x1f4 = unreadable
1.2.3元 = unreadable
1,20 = unreadable
12,34元 = unreadable
00500元 = unreadable
007 = unreadable
.5元 = unreadable
五二零 = unreadable
五二零块 = unreadable
1万20 = unreadable
500元50 = unreadable
五百块零五 = unreadable
百元 = unreadable
千元 = unreadable
50² = unreadable
2*500 = unreadable
500^2元 = unreadable
100/3元 = approximate
¥500 usd = unreadable
500m = unreadable
给李二十五万 = unreadable
twelve fifty yuan = unreadable
二百零五十 = unreadable
"""

NOT_AMOUNTS = """
查余额
李娜
尾号8888
尾号是8888的卡
卡尾号8888
ending 8888
card 8888
13800138000
138 0013 8000
138-0013-8000
+8613800138000
6222021234567890123
6222 0212 3456 7890 123
95588
打95588
010-66108888
验证码123456
验证码是 123456
订单号A202107211321363588510367
2026年11月23日
2026-11-23
12:30
8点
最近10笔
最近十笔交易
三个月
5次
第3笔
五分钟
百分之五十
50%
五折
500积分
500股
20克黄金
三月
周五
星期三
万一
千万别
十分感谢
一下
一起
五角大楼
标准普尔指数下降
send500
lina500
no one
3 days
10 transactions
2 accounts
五角星
"""


def cases(table: str) -> list[tuple[str, str]]:
    return [tuple(line.rsplit(" = ", 1)) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("sentence", "amount"), cases(CERTAIN))
def test_a_certain_amount_is_read_exactly(sentence, amount):
    slots = read_slots(sentence).slots
    assert slots.get("amount") == amount
    assert slots["currency"] == "CNY"
    assert "amount_problem" not in slots


@pytest.mark.parametrize(("sentence", "problem"), cases(PROBLEMS))
def test_an_unsure_amount_is_a_problem_and_never_a_value(sentence, problem):
    slots = read_slots(sentence).slots
    assert "amount" not in slots
    assert slots["amount_problem"] == problem


@pytest.mark.parametrize("sentence", NOT_AMOUNTS.strip().splitlines())
def test_other_numbers_are_no_amounts(sentence):
    assert not {"amount", "amount_problem"} & read_slots(sentence).slots.keys()


@pytest.mark.parametrize(
    ("sentence", "currency"),
    [
        ("100美元", "USD"),
        ("$20", "USD"),
        ("20 dollars", "USD"),
        ("100港币", "HKD"),
        ("€5", "EUR"),
        ("20个比特币", "XBT"),
    ],
)
def test_another_currency_is_named(sentence, currency):
    assert read_slots(sentence).slots["currency"] == currency


RECOGNIZERS = json.loads(
    (Path(__file__).parent / "data" / "recognizers-currency-zh.json").read_text("utf-8")
)


@pytest.mark.parametrize("case", RECOGNIZERS, ids=[case["Input"] for case in RECOGNIZERS])
def test_the_public_currency_cases(case):
    text, _ = protect(fold(case["Input"]))
    found = [one for one in find_amounts(text) if one.marked and not one.problem]
    wanted = [(Decimal(value), currency) for value, currency in case["Amounts"]]
    assert [(one.value, one.currency) for one in found if (one.value, one.currency) in wanted] == [
        pair for pair in wanted if pair[1] in {one.currency for one in found}
    ]
    assert all((one.value, one.currency) in wanted for one in found)
    assert [pair for pair in wanted if pair[1] == "CNY"] == [
        (one.value, one.currency) for one in found if one.currency == "CNY"
    ]


fens = st.integers(1, 10**15)


@given(st.integers(10, 10**15))  # a bare 壹分 might be a mark or a minute
@example(10)
@example(1_000_000_000_01)
@example(10_0000_0000_00)
def test_chinese_capitals_are_read_back_exactly(fen):
    assert read_slots(f"给李娜转{capitals(fen)}").slots["amount"] == plain(Decimal(fen) / 100)


@given(fens)
def test_digits_with_and_without_grouping_are_read_back_exactly(fen):
    value = Decimal(fen) / 100
    for written in (f"{value:.2f}元", f"¥{value:,.2f}", f"rmb {value:.2f}"):
        assert read_slots(f"转{written}给李娜").slots["amount"] == plain(value)


@given(st.integers(1, 10**12))
def test_colloquial_numerals_are_read_back_exactly(number):
    written = cn2an.an2cn(number)
    assert read_number(written) == number
    assert read_slots(f"给李娜转{written}块").slots["amount"] == str(number)


@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.sampled_from([("千", 1000), ("百", 100), ("万", 10_000)]),
)
def test_a_lone_last_digit_counts_in_the_next_smaller_unit(head, tail, unit):
    name, size = unit
    written = f"{cn2an.an2cn(head)}{name}{cn2an.an2cn(tail)}"
    assert read_number(written) == head * size + tail * size // 10


@given(st.text(alphabet="零一二两三四五六七八九十百千万亿", min_size=1, max_size=8))
def test_numerals_agree_with_another_reader_or_are_refused(numeral):
    value = read_number(numeral)
    if value is None:
        return
    try:
        other = cn2an.cn2an(numeral, "normal")
    except (ValueError, KeyError):
        return  # it refuses, or fails on, what we accept: 一百十五, 一亿一
    assert value == other


@given(
    st.text(alphabet="0123456789.,零一二三五十百千万亿元块毛分角¥-~到给李娜转多约 kwe", max_size=24)
)
def test_any_amount_found_is_positive_and_whole_fen(sentence):
    amount = read_slots(sentence).slots.get("amount")
    if amount is not None:
        value = Decimal(amount)
        assert value > 0
        assert value * 100 == int(value * 100)
        assert "e" not in amount.lower()


@given(st.text(max_size=MAX_SENTENCE))
def test_no_text_at_all_breaks_the_reading(sentence):
    reading = read_slots(sentence)
    assert not ({"amount", "amount_problem"} <= reading.slots.keys())
    assert len(fold(sentence)) == len(sentence)
