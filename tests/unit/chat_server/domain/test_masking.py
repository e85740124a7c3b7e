from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from chat_server.domain.masking import holds_code, mask_cards

CARD = "6222020200112230335"
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"我的卡号 {CARD}", "我的卡号 6222***********0335"),
        ("6222 0202 0011 2230 335", "6222 **** **** ***0 335"),
        ("6222-0202-0011-2230-335", "6222-****-****-***0-335"),
        ("6222－0202－0011－2230－335", "6222－****－****－***0－335"),
        (CARD.translate(WIDE), "６２２２***********０３３５"),
        (" ".join(CARD), "6 2 2 2 * * * * * * * * * * * 0 3 3 5"),
        (f"{CARD} 2024 年", "6222***********0335 2024 年"),
        (f"2024 {CARD}", "2024 6222***********0335"),
        (f"{CARD}，{CARD}", "6222***********0335，6222***********0335"),
        ("4111111111111111", "4111********1111"),
    ],
)
def test_a_card_number_is_masked_however_it_is_written(text, masked):
    assert mask_cards(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "6222020200112230339",
        "订单 2024110512345678",
        "18 位 110101199003077",
        "123456789012",
        "45" * 15,
        "",
        "没有数字",
        "1,234,567,890,123.00",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert mask_cards(text) == text


@given(digits=st.text("0123456789", min_size=12, max_size=18), other=st.text(max_size=20))
def test_any_number_with_a_right_check_digit_is_masked(digits, other):
    number = digits + luhn.calc_check_digit(digits)
    assert number not in mask_cards(f"{other}号{number}号{other}")


@given(text=st.text(max_size=100))
def test_masking_keeps_the_length_and_everything_but_digits(text):
    masked = mask_cards(text)
    assert len(masked) == len(text)
    assert all(m in {t, "*"} for m, t in zip(masked, text, strict=True))
    assert mask_cards(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "123456",
        "验证码123456。",
        "12-34-56",
        "123 456",
        "１２３４５６",
        "code: 123456!",
        "a 1 2 3 4 5 6",
    ],
)
def test_six_digits_together_may_be_a_code(text):
    assert holds_code(text)


@pytest.mark.parametrize("text", ["12345", "1234567", "给李娜转500块", "", "13800138000", CARD])
def test_fewer_or_more_are_none(text):
    assert not holds_code(text)
