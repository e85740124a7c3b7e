"""SMS codes: made, bound to what they allow, hashed, compared, and put into words.

Called by the code desk. A code is never stored or logged; what is stored is a slow hash
of the code together with every fact it was made for, so that any other fact voids it.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import tomllib
import unicodedata
from importlib.resources import files

import msgspec
from argon2.low_level import Type, hash_secret_raw

from bank_bridge.contract import Money
from bank_bridge.instructions.records import Record
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.accounts import CURRENCY

_DIGITS = 6
_WORDS = tomllib.loads(files("bank_bridge.instructions").joinpath("words.toml").read_text("utf-8"))


def new_code() -> str:
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def new_salt() -> bytes:
    return secrets.token_bytes(16)


async def hash_code(code: str, salt: bytes, record: Record, device: str, rules: Rules) -> bytes:
    """The slow hash of the code and its binding; takes milliseconds, in a thread."""
    bound = (
        record.instruction_id,
        record.version,
        record.amount,
        CURRENCY,
        record.payee_account,
        record.customer,
        device,
        code,
    )
    return await asyncio.to_thread(
        hash_secret_raw,
        msgspec.json.encode(bound),
        salt,
        time_cost=rules.code_hash_passes,
        memory_cost=rules.code_hash_memory_kib,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )


async def is_right(
    typed: str, salt: bytes, expected: bytes, record: Record, device: str, rules: Rules
) -> bool:
    """Whether what the customer typed is the code, for this instruction from this device."""
    code = unicodedata.normalize("NFKC", typed).strip()  # a Chinese keyboard types １２３
    if len(code) != _DIGITS or not (code.isascii() and code.isdigit()):
        return False
    return hmac.compare_digest(await hash_code(code, salt, record, device, rules), expected)


def sms_text(record: Record, code: str, rules: Rules) -> str:
    """All that the customer must check before they type the code."""
    words = _WORDS[rules.sms_language]
    text: str = words["code"].format(
        sign=rules.sms_sign,
        purpose=words[record.kind],
        amount=Money(record.amount),
        payee=record.payee_name,
        payer=record.payer_tail,
        code=code,
        life=rules.code_life_s,
    )
    return text


def masked_phone(phone: str) -> str:
    """Enough for its owner to recognise it."""
    shown = 3 if len(phone) > 3 + 4 + 3 else 0
    return f"{phone[:shown]}****{phone[-4:]}"
