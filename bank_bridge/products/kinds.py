"""Every kind of instruction that a product has added, and what carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bank_bridge.instructions.key_rows import NEW_KEY
from bank_bridge.instructions.office import Kind
from bank_bridge.product_contract import GiftKind
from bank_bridge.products.bills import agreements, notices, paying
from bank_bridge.products.devices import keys
from bank_bridge.products.epay import gifts, limits
from bank_bridge.products.funds import trading
from bank_bridge.products.savings import deposits
from bank_bridge.products.standing import agreeing

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        paying.KIND: paying.BillKind(),
        notices.REFUND: notices.RefundKind(),
        agreements.AGREEMENT: agreements.AgreementKind(),
        NEW_KEY: keys.DeviceKeyKind(),
        keys.APPROVAL: keys.KeyApprovalKind(),
        limits.AGREEMENT: limits.EpayAgreementKind(),
        GiftKind.P2P: gifts.GiftInstruction(),
        GiftKind.RED_PACKET: gifts.GiftInstruction(),
        gifts.TAKE: gifts.PassedOn(),
        gifts.RETURN: gifts.PassedOn(),
        deposits.DEPOSIT: deposits.DepositKind(),
        deposits.WITHDRAWAL: deposits.WithdrawalKind(),
        deposits.PAYOUT: deposits.PayoutKind(),
        trading.BUY: trading.BuyKind(),
        trading.SELL: trading.SellKind(),
        trading.REFUND: trading.BackKind(),
        trading.PAYOUT: trading.BackKind(),
        agreeing.AGREEMENT: agreeing.StandingKind(),
    }
)
