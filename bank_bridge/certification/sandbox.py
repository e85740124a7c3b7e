"""The bank's sandbox as a check sees it: fresh customers, the phone, and the line at its rawest.

Every check asks for customers of its own, so that none spoils another's limits or codes.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec
from joserfc.jwk import ECKey

from bank_bridge.contract import BankCore, BankRefusal, Instruction, Money, Payee, TransferOrder
from bank_bridge.gateways.http import signing
from bank_bridge.gateways.http.client import open_http_bank, tls_of
from bank_bridge.gateways.http.keys import End, LineKeys, load_keys
from bank_bridge.gateways.http.line import LineTimes, open_session
from bank_bridge.gateways.http.operations import CREATE_TRANSFER, Operation, device_of
from bank_bridge.gateways.http.shapes import OK, Reply

DEVICE = "certification-phone"
DEPOSIT = Money(10_000_00)
_CODE = re.compile(r"(?<![\d.,])\d{6}(?![\d.])")
_SMS_PATIENCE = 50  # looks
_SMS_LOOK_S = 0.1


class Unmet(Exception):
    """A check saw something that the contract forbids; the text says what."""


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unmet(otherwise)


async def refuses(asking: Awaitable[object], *codes: str) -> BankRefusal:
    """The refusal, if it is one of `codes`."""
    try:
        value = await asking
    except BankRefusal as refusal:
        expect(refusal.code in codes, f"refused with {refusal.code}, not {' or '.join(codes)}")
        return refusal
    raise Unmet(f"accepted, where {' or '.join(codes)} was right: {_short(value)}")


class SmsLog:
    """A file of JSON lines `{"phone", "text"}` that the sandbox appends its texts to."""

    def __init__(self, path: Path, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._path, self._sleep = path, sleep
        self._used: set[str] = set()

    async def code(self, phone: str) -> str:
        """The newest code for that phone which nobody took yet; waits for it. Raises Unmet."""
        for _ in range(_SMS_PATIENCE):
            for text in reversed(await asyncio.to_thread(self._texts, phone)):
                if text not in self._used and (found := _CODE.findall(text)):
                    self._used.add(text)
                    return str(found[-1])
            await self._sleep(_SMS_LOOK_S)
        raise Unmet("no SMS with a code of six digits came")

    def _texts(self, phone: str) -> list[str]:
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
        except OSError as exc:
            raise Unmet(f"{self._path} cannot be read: {exc.strerror}") from exc
        return [m["text"] for m in map(msgspec.json.decode, lines) if m["phone"] == phone]


class Pair(msgspec.Struct, frozen=True):
    """A payer with an account and a saved payee; both are customers of this check alone."""

    payer: str
    payer_phone: str
    payer_number: str
    payee: Payee
    payee_customer: str

    def order(self, amount: Money) -> TransferOrder:
        return TransferOrder(self.payer, DEVICE, self.payee.payee_id, amount)


class Raw:
    """Sends what a well-behaved house never would."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        keys: LineKeys,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._tls = tls
        self._http, self._url, self._now, self._new_id = http, url.rstrip("/"), now, new_id
        self.keys = keys

    def headers(self, path: str, body: bytes, **options: str | int | ECKey) -> dict[str, str]:
        """Signed headers; options are `key`, `device`, `late_s`, `method`, `by` (who signs)."""
        made = {
            signing.TIMESTAMP: str(
                int(self._now().timestamp()) - int(str(options.get("late_s", 0)))
            ),
            signing.NONCE: f"nonce-{self._new_id()}-{self._new_id()}",
            signing.REQUEST_ID: self._new_id(),
        }
        for name, option in ((signing.IDEMPOTENCY_KEY, "key"), (signing.DEVICE, "device")):
            if option in options:
                made[name] = quote(str(options[option]), safe="")
        by = options.get("by", self.keys.own)
        if not isinstance(by, ECKey):
            raise TypeError("`by` is a key")
        target = urlsplit(self._url).path + path
        page = signing.request_page(str(options.get("method", "POST")), target, made, body)
        made[signing.SIGNATURE] = signing.sign(page, by)
        return made

    async def send(
        self, path: str, body: bytes, headers: Mapping[str, str], method: str = "POST"
    ) -> Reply:
        """One exchange, whose reply must be signed for this request. Raises Unmet."""
        async with self._http.request(
            method, self._url + path, data=body, headers=headers
        ) as answer:
            content = await answer.read()
        page = signing.reply_page(
            answer.status, headers.get(signing.NONCE, ""), answer.headers, content
        )
        signature = answer.headers.get(signing.SIGNATURE, "")
        expect(
            signing.is_signed(page, signature, self.keys.peer),
            f"the reply to {path} ({answer.status}) is not signed by the bank for this request",
        )
        return Reply(answer.status, content)

    async def hang_up(self, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Send it and leave before the answer."""
        parts = urlsplit(self._url)
        port = parts.port or (443 if self._tls else 80)
        _, writer = await asyncio.open_connection(parts.hostname, port, ssl=self._tls)
        lines = [f"POST {path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def write(self, operation: Operation[Any], key: str, **arguments: Any) -> Reply:  # noqa: ANN401 - as the operation says
        body = body_of(operation, **arguments)
        device = device_of(arguments)
        options = {"key": key} | ({"device": device} if device else {})
        return await self.send(operation.path, body, self.headers(operation.path, body, **options))

    async def inquire(self, key: str) -> Reply:
        path = f"/v1/requests/{quote(key, safe='')}"
        return await self.send(path, b"", self.headers(path, b"", method="GET"), "GET")


class Sandbox:
    """What every check is given."""

    def __init__(self, bank: BankCore, raw: Raw, sms: SmsLog, new_id: Callable[[], str]) -> None:
        self.bank, self.raw, self._sms, self.new_id = bank, raw, sms, new_id
        self.run = new_id()[-12:]
        self._made = 0

    async def pair(self, deposit: Money = DEPOSIT) -> Pair:
        """Two new customers, each with a default account, the first having saved the second."""
        self._made += 2
        payer, payee = (f"cert-{self.run}-{n}" for n in (self._made - 1, self._made))
        phones = [self._phone(n) for n in (self._made - 1, self._made)]
        await self.bank.enrol(payer, "认证甲", phones[0])
        await self.bank.enrol(payee, "认证乙", phones[1])
        number = await self.bank.open_account(payer, deposit, f"{payer}:open")
        await self.bank.open_account(payee, Money(0), f"{payee}:open")
        saved = await self.bank.save_payee(payer, payee)
        return Pair(payer, phones[0], number, saved, payee)

    async def quoted(self, pair: Pair, amount: Money, key: str | None = None) -> Instruction:
        return await self.bank.create_transfer(pair.order(amount), key or self.new_id())

    async def believed_quote(self, pair: Pair, amount: Money) -> Instruction:
        """As the gateway says it: the house's own adapter would not believe a wrong one."""
        order = pair.order(amount)
        reply = await self.raw.write(CREATE_TRANSFER, self.new_id(), order=order)
        expect(reply.status == OK, f"a quote answered {reply.status}")
        return CREATE_TRANSFER.decode_reply(reply.body)

    async def challenged(
        self, pair: Pair, amount: Money, key: str | None = None
    ) -> tuple[str, str]:
        """An instruction that waits for its code, and the code."""
        quoted = await self.quoted(pair, amount, key)
        await self.bank.confirm(quoted.instruction_id, pair.payer, DEVICE)
        await self.bank.challenge(quoted.instruction_id, pair.payer)
        return quoted.instruction_id, await self._sms.code(pair.payer_phone)

    async def debits(self, pair: Pair) -> Sequence[int]:
        """What left the payer's account, in fen, newest first."""
        lines = await self.bank.statement(pair.payer, pair.payer_number, 200)
        return [-line.amount.fen for line in lines if line.amount.fen < 0]

    async def balance(self, customer: str) -> int:
        """Posted, of the default account; nothing may be held."""
        account = (await self.bank.list_accounts(customer))[0]
        expect(account.posted == account.available, "money is still held")
        return account.posted.fen

    def _phone(self, number: int) -> str:
        return f"1{int(self.run.encode().hex(), 16) % 10**7:07d}{number:03d}"


def body_of(operation: Operation[Any], **arguments: Any) -> bytes:  # noqa: ANN401 - as the operation says
    return msgspec.json.encode(operation.request(**arguments))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def _short(value: object) -> str:
    return str(value)[:120]


@asynccontextmanager
async def open_sandbox(
    url: str,
    *,
    keys: Path,
    sms: Path,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    sleep: Callable[[float], Awaitable[None]],
) -> AsyncIterator[Sandbox]:
    """The gateway at the URL, asked as a house asks and as no house would. Raises BankError."""
    tls = tls_of(url, keys)
    house = open_http_bank(url, keys=keys, now=now, new_id=new_id, sleep=sleep)
    async with house as bank, open_session(LineTimes(), tls) as http:
        raw = Raw(http, url, load_keys(keys, End.HOUSE), now, new_id, tls)
        yield Sandbox(bank, raw, SmsLog(sms, sleep), new_id)
