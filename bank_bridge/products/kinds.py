"""Every kind of instruction that a product has added, and what carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bank_bridge.instructions.office import Kind
from bank_bridge.products.bills import agreements, notices, paying

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        paying.KIND: paying.BillKind(),
        notices.REFUND: notices.RefundKind(),
        agreements.AGREEMENT: agreements.AgreementKind(),
    }
)
