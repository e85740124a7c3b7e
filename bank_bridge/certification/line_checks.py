"""Lost answers: whoever asks by the key finds what became of it, also after a restart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from bank_bridge.certification.sandbox import (
    DEVICE,
    Pair,
    Sandbox,
    body_of,
    expect,
    refuses,
    wrong,
)
from bank_bridge.contract import Instruction, Money, RefusalCode
from bank_bridge.contract import InstructionState as State
from bank_bridge.gateways.http.operations import AUTHORISE, GET, PURCHASE
from bank_bridge.gateways.http.shapes import Reply

_OK, _ACCEPTED, _MISSING = 200, 202, 404
_LOOKS = 50


class _Inquired(msgspec.Struct):
    operation: str
    status: int
    reply: msgspec.Raw


def _inquired(found: Reply) -> _Inquired:
    expect(found.status == _OK, f"an inquiry by key answered {found.status}")
    return msgspec.json.decode(found.body, type=_Inquired)


async def inquiry(box: Sandbox) -> None:
    """GET by key gives the very reply again, by id the instruction; unknown ones are 404."""
    pair, key = await box.pair(), box.new_id()
    reply = await _bought(box, pair, key)
    found = _inquired(await box.raw.inquire(key))
    expect(found.status == reply.status, f"it says {found.status}, the reply was {reply.status}")
    expect(bytes(found.reply) == reply.body, "the reply found is not the reply given")
    bought = GET.decode_reply(reply.body)
    path = f"/v1/instructions/{bought.instruction_id}?customer={pair.payer}"
    by_id = await box.raw.send(path, b"", box.raw.headers(path, b"", method="GET"), "GET")
    expect(by_id.status == _OK, f"GET by id answered {by_id.status}")
    expect(GET.decode_reply(by_id.body) == bought, "GET by id gives something else")
    missing = await box.raw.inquire(box.new_id())
    expect(missing.status == _MISSING, f"an unknown key answered {missing.status}")


async def hung_up(box: Sandbox) -> None:
    """A payment whose caller hung up before the answer is found by its key, and is one debit."""
    pair, key = await box.pair(), box.new_id()
    instruction_id, code = await box.challenged(pair, Money(43_21))
    body = body_of(
        AUTHORISE, instruction_id=instruction_id, customer=pair.payer, device=DEVICE, code=code
    )
    await box.raw.hang_up(
        AUTHORISE.path, body, box.raw.headers(AUTHORISE.path, body, key=key, device=DEVICE)
    )
    for _ in range(_LOOKS):
        found = await box.raw.inquire(key)
        if found.status != _ACCEPTED:
            break
    if found.status == _MISSING:  # it never arrived: the same again, with the same key
        headers = box.raw.headers(AUTHORISE.path, body, key=key, device=DEVICE)
        reply = await box.raw.send(AUTHORISE.path, body, headers)
        expect(reply.status == _OK, f"sent again with its key: answered {reply.status}")
    done = await box.bank.get(instruction_id, pair.payer)
    expect(done.state is State.SUCCEEDED, f"it stands as {done.state}")
    expect(await box.debits(pair) == [43_21], f"debits: {await box.debits(pair)}")


async def wrong_code_again(box: Sandbox) -> None:
    """A wrong code that is sent again with the same key counts once, and answers the same."""
    pair, key = await box.pair(), box.new_id()
    instruction_id, code = await box.challenged(pair, Money(100))
    replies = [
        await box.raw.write(
            AUTHORISE,
            key,
            instruction_id=instruction_id,
            customer=pair.payer,
            device=DEVICE,
            code=wrong(code),
        )
        for _ in range(3)
    ]
    expect(len({(r.status, r.body) for r in replies}) == 1, "the answers differ")
    under_way = await box.bank.current_challenge(instruction_id, pair.payer)
    expect(under_way is not None and under_way.attempts_left == 2, "it counted more than once")  # noqa: PLR2004


def restarted(restart: Callable[[], Awaitable[None]]) -> Callable[[Sandbox], Awaitable[None]]:
    """The check that needs the gateway to be stopped and started in the middle."""

    async def check(box: Sandbox) -> None:
        """After a restart every key still has its meaning, and every payment its one debit."""
        pair, key = await box.pair(), box.new_id()
        before = await _bought(box, pair, key)
        open_id, code = await box.challenged(pair, Money(77_07))
        await restart()
        again = await _bought(box, pair, key)
        expect(_same(before, again), "a purchase sent again after the restart is another one")
        other = box.bank.purchase(pair.payer, "认证商户", Money(1), key)
        await refuses(other, RefusalCode.IDEMPOTENCY_CONFLICT)
        found = _inquired(await box.raw.inquire(key))
        expect(bytes(found.reply) == before.body, "the reply found by key is not the one given")
        done = await box.bank.authorise(open_id, pair.payer, DEVICE, code)
        expect(done.state is State.SUCCEEDED, f"a payment begun before it ended as {done.state}")
        expect(await box.debits(pair) == [77_07, 65_43], f"debits: {await box.debits(pair)}")

    return check


async def _bought(box: Sandbox, pair: Pair, key: str) -> Reply:
    reply = await box.raw.write(
        PURCHASE,
        key,
        customer=pair.payer,
        merchant="认证商户",
        amount=Money(65_43),
        category="retail",
    )
    expect(reply.status == _OK, f"a purchase answered {reply.status}")
    return reply


def _same(one: Reply, other: Reply) -> bool:
    first: Instruction = GET.decode_reply(one.body)
    return GET.decode_reply(other.body) == first
