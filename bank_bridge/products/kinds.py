"""Every kind of instruction that a product has added, and what carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bank_bridge.instructions.office import Kind
from bank_bridge.product_contract import GiftKind
from bank_bridge.products.bills import agreements, notices, paying
from bank_bridge.products.epay import gifts, limits
from bank_bridge.products.savings import deposits

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        paying.KIND: paying.BillKind(),
        notices.REFUND: notices.RefundKind(),
        agreements.AGREEMENT: agreements.AgreementKind(),
        limits.AGREEMENT: limits.EpayAgreementKind(),
        GiftKind.P2P: gifts.GiftInstruction(),
        GiftKind.RED_PACKET: gifts.GiftInstruction(),
        gifts.TAKE: gifts.PassedOn(),
        gifts.RETURN: gifts.PassedOn(),
        deposits.DEPOSIT: deposits.DepositKind(),
        deposits.WITHDRAWAL: deposits.WithdrawalKind(),
        deposits.PAYOUT: deposits.PayoutKind(),
    }
)
