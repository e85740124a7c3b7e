"""Proof by a device's signature, in a conversation (bank-services §1.7, A3)."""

from __future__ import annotations

import json

import pytest

from bank_bridge.contract import Money
from bank_bridge.gateways.embedded import EmbeddedBank
from bots.contract import Card, Language
from bots.understanding.devices import KeyWish, read_key_wish
from tests.soft_key import SoftKey

from .conftest import Customer, Phone, balance_of, said, shown
from .test_cards_and_words import check_card

LARGE = "给李娜转6万"


def asked_of(card: Card) -> dict[str, str]:
    """What the card's button asks the device for."""
    carried = [action["data"].get("webauthn") for action in card.card["actions"]]
    asked: dict[str, str] = json.loads(next(each for each in carried if each))
    return asked


def parts(credential: str) -> dict[str, str]:
    """The parts of WebAuthn's reply, as the screen sends them."""
    made = json.loads(credential)
    response = made["response"]
    more = {"webauthn_signature": response["signature"]} if "signature" in response else {}
    return {
        "webauthn_id": made["id"],
        "webauthn_client": response["clientDataJSON"],
        "webauthn_data": response.get("attestationObject") or response["authenticatorData"],
        **more,
    }


async def signs(customer: Customer, key: SoftKey, card: Card) -> str:
    """The words of what comes back."""
    signature = key.sign(asked_of(card)["challenge"])
    replies = await customer.presses("sign.submit", **parts(signature))
    return " ".join(shown(r) if isinstance(r, Card) else said([r]) for r in replies)


@pytest.fixture
async def key(bank: EmbeddedBank, customer: Customer, phone: Phone) -> SoftKey:
    """A device that signs, of a customer with enough to need it."""
    await bank.open_account("zhangwei", Money(500_000_00), "rich")
    await bank.grant_device_key("zhangwei")
    return await registered(customer, phone)


async def registered(customer: Customer, phone: Phone) -> SoftKey:
    (card,) = await customer.writes("开通设备签名")
    assert "1,000,000.00元" in shown(card)
    replies = await customer.presses("confirm")
    code_card = next(reply for reply in replies if isinstance(reply, Card))
    check_card(code_card)
    asked, made = asked_of(code_card), SoftKey()
    assert asked["makes_key"] is True
    attested = parts(made.register(asked["challenge"]))
    replies = await customer.presses("code.submit", code=phone.code, **attested)
    assert "设备签名已登记" in shown(next(r for r in replies if isinstance(r, Card)))
    return made


async def test_a_transfer_above_fifty_thousand_is_signed_not_texted(
    bank: EmbeddedBank, customer: Customer, phone: Phone, key: SoftKey
) -> None:
    rich = (await bank.list_accounts("zhangwei"))[1].tail
    texts = len(phone.texts)
    await customer.writes(f"从尾号{rich}的卡{LARGE}")
    replies = await customer.presses("confirm")
    card = next(reply for reply in replies if isinstance(reply, Card))
    check_card(card)
    assert "请用本机签名" in shown(card)
    assert len(phone.texts) == texts
    assert "转账成功" in await signs(customer, key, card)
    assert await balance_of(bank, "lina") == 80_000_00
    assert "签过 1 次" in said(await customer.writes("我的设备签名"))


async def test_what_another_device_signs_is_refused_and_may_be_tried_again(
    bank: EmbeddedBank, customer: Customer, key: SoftKey
) -> None:
    rich = (await bank.list_accounts("zhangwei"))[1].tail
    await customer.writes(f"从尾号{rich}的卡{LARGE}")
    replies = await customer.presses("confirm")
    card = next(reply for reply in replies if isinstance(reply, Card))
    assert "签名未通过，还可尝试 4 次" in await signs(customer, SoftKey(), card)
    assert "转账成功" in await signs(customer, key, card)


async def test_a_signature_that_died_with_the_server_is_asked_for_again(
    bank: EmbeddedBank, customer: Customer, key: SoftKey
) -> None:
    rich = (await bank.list_accounts("zhangwei"))[1].tail
    await customer.writes(f"从尾号{rich}的卡{LARGE}")
    replies = await customer.presses("confirm")
    card = next(reply for reply in replies if isinstance(reply, Card))
    assert "没有收到本机的签名" in said(await customer.presses("sign.submit"))
    assert "转账成功" in await signs(customer, key, card)


async def test_without_a_key_the_customer_hears_how_to_get_one(
    bank: EmbeddedBank, customer: Customer
) -> None:
    await bank.open_account("zhangwei", Money(500_000_00), "rich")
    rich = (await bank.list_accounts("zhangwei"))[1].tail
    assert "开通设备签名" in said(await customer.writes(f"从尾号{rich}的卡{LARGE}"))
    assert "首次登记请先到网点授权" in said(await customer.writes("开通设备签名"))


async def test_ending_them_needs_two_words_and_no_proof(
    bank: EmbeddedBank, customer: Customer, key: SoftKey
) -> None:
    assert "已停用全部 1 个" in said(await customer.writes("停用设备签名"))
    assert "还没有设备签名" in said(await customer.writes("我的设备签名"))
    assert await bank.device_keys("zhangwei") == []


async def test_a_second_device_is_approved_by_the_first(
    bank: EmbeddedBank, customer: Customer, phone: Phone, key: SoftKey
) -> None:
    customer.device = "laptop"
    await registered(customer, phone)
    assert "待批准" in said(await customer.writes("我的设备签名"))
    customer.device = "phone-1"
    await customer.writes("批准新设备")
    replies = await customer.presses("confirm")
    card = next(reply for reply in replies if isinstance(reply, Card))
    assert "新设备已批准" in await signs(customer, key, card)
    assert "待批准" not in said(await customer.writes("我的设备签名"))


@pytest.mark.parametrize(
    ("sentence", "wish"),
    [
        ("开通设备签名", KeyWish.MAKE),
        ("我要登记本机密钥", KeyWish.MAKE),
        ("set up device signature", KeyWish.MAKE),
        ("批准新设备", KeyWish.APPROVE),
        ("approve my new phone", KeyWish.APPROVE),
        ("我的设备签名", KeyWish.LOOK),
        ("show my passkeys", KeyWish.LOOK),
        ("停用设备签名", KeyWish.END),
        ("revoke device signature", KeyWish.END),
        ("设备签名是什么", None),
        ("手机充值", None),
        ("我的设备坏了", None),
    ],
)
def test_wishes_are_told_apart(sentence: str, wish: KeyWish | None) -> None:
    assert read_key_wish(sentence) is wish


async def test_it_is_all_said_in_english(bank: EmbeddedBank, customer: Customer) -> None:
    customer.language = Language.EN
    await bank.grant_device_key("zhangwei")
    (card,) = await customer.writes("set up device signature")
    assert "Confirm device signature" in shown(card)
    check_card(card)
