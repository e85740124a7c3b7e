from __future__ import annotations

import pytest

from chat_server.domain.accounts.directory import MOST_FOUND, found_accounts
from chat_server.domain.publishing import AccountState, PublicAccount

ACCOUNTS = [
    PublicAccount("@credit", "信用卡中心", "刷卡优惠", verified=True),
    PublicAccount("@fund", "工银基金", "理财与信用评级", verified=True),
    PublicAccount("@fan", "卡友 Card Club", "信用卡爱好者", verified=False),
    PublicAccount("@gone", "信用卡旧号", "", verified=True, state=AccountState.SUSPENDED),
]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("信用", ["@credit", "@fund", "@fan"]),
        ("用卡", ["@credit", "@fan"]),
        ("基", ["@fund"]),
        ("CARD", ["@fan"]),
        ("ｃａｒｄ　club", ["@fan"]),
        ("@fund", ["@fund"]),
        ("没有", []),
        ("旧号", []),
        ("", ["@credit", "@fan", "@fund"]),
        (" \t", ["@credit", "@fan", "@fund"]),
    ],
)
def test_an_account_is_found_by_a_part_of_its_words(search: str, found: list[str]) -> None:
    assert [each.account for each in found_accounts(ACCOUNTS, search)] == found


def test_a_name_that_begins_with_it_comes_before_one_that_has_it() -> None:
    two = [
        PublicAccount("@a", "我的理财", "", verified=True),
        PublicAccount("@b", "理财", "", verified=True),
    ]
    assert [each.account for each in found_accounts(two, "理财")] == ["@b", "@a"]


def test_of_many_the_first_are_told() -> None:
    many = [PublicAccount(f"@n{n:03}", "网点", "", verified=False) for n in range(200)]
    assert len(found_accounts(many, "网点")) == MOST_FOUND
