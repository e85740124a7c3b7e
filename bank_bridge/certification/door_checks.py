"""The door: only what the house signed, fresh, unchanged and for the first time."""

from __future__ import annotations

from joserfc.jwk import ECKey

from bank_bridge.certification.sandbox import Sandbox, body_of, expect
from bank_bridge.contract import RefusalCode
from bank_bridge.gateways.http import signing
from bank_bridge.gateways.http.operations import ENROL, LIST_ACCOUNTS, PURCHASE
from bank_bridge.gateways.http.shapes import Reply, decode_fault

_DENIED = 401
_TOO_LARGE = 413
_BAD = 400


def _denied(reply: Reply, what: str) -> None:
    expect(reply.status == _DENIED, f"{what}: answered {reply.status}, not {_DENIED}")


async def unsigned(box: Sandbox) -> None:
    """A request without a signature, or signed by somebody else, is refused."""
    path, body = LIST_ACCOUNTS.path, body_of(LIST_ACCOUNTS, customer="anyone")
    bare = box.raw.headers(path, body)
    del bare[signing.SIGNATURE]
    _denied(await box.raw.send(path, body, bare), "without a signature")
    stranger = box.raw.headers(path, body, by=ECKey.generate_key("P-256"))
    _denied(await box.raw.send(path, body, stranger), "signed by a stranger's key")


async def changed(box: Sandbox) -> None:
    """A body, path, key or device changed after signing is refused."""
    path = PURCHASE.path
    body = b'{"customer":"c","merchant":"m","amount":{"fen":1},"category":"retail"}'
    headers = box.raw.headers(path, body, key=box.new_id())
    dearer = body.replace(b'"fen":1', b'"fen":9')
    _denied(await box.raw.send(path, dearer, headers), "body changed")
    headers = box.raw.headers(path, body, key=box.new_id())
    _denied(await box.raw.send(ENROL.path, body, headers), "path changed")
    for name in (signing.IDEMPOTENCY_KEY, signing.DEVICE, signing.NONCE, signing.TIMESTAMP):
        headers = box.raw.headers(path, body, key=box.new_id())
        headers[name] = str(int(headers[name]) + 1) if name == signing.TIMESTAMP else box.new_id()
        _denied(await box.raw.send(path, body, headers), f"{name} changed")


async def stale(box: Sandbox) -> None:
    """A request more than a minute away from the bank's clock is refused."""
    path, body = LIST_ACCOUNTS.path, body_of(LIST_ACCOUNTS, customer="anyone")
    for late_s in (90, -90):
        reply = await box.raw.send(path, body, box.raw.headers(path, body, late_s=late_s))
        _denied(reply, f"{abs(late_s)} s {'late' if late_s > 0 else 'early'}")


async def replayed(box: Sandbox) -> None:
    """The same signed request is let in once."""
    path, body = LIST_ACCOUNTS.path, body_of(LIST_ACCOUNTS, customer="anyone")
    headers = box.raw.headers(path, body)
    first = await box.raw.send(path, body, headers)
    expect(first.status == 200, f"the first of two: answered {first.status}")  # noqa: PLR2004
    _denied(await box.raw.send(path, body, headers), "sent again")


async def malformed(box: Sandbox) -> None:
    """What is no request is refused with INVALID_REQUEST, what is too large with 413."""
    path = PURCHASE.path
    right = b'{"customer":"c","merchant":"m","amount":{"fen":1},"category":"retail"}'
    for body in (b"", b"{", b"[]", b"\xff", right[:-1] + b',"more":1}', b'{"customer":1}'):
        reply = await box.raw.send(path, body, box.raw.headers(path, body, key=box.new_id()))
        code = decode_fault(reply.body).error.code if reply.status == _BAD else reply.status
        expect(code == RefusalCode.INVALID_REQUEST, f"{body!r}: answered {code}")
    keyless = await box.raw.send(path, right, box.raw.headers(path, right))
    expect(keyless.status == _BAD, f"a write without a key: answered {keyless.status}")
    huge = b" " * 70_000
    reply = await box.raw.send(path, huge, box.raw.headers(path, huge, key=box.new_id()))
    expect(reply.status == _TOO_LARGE, f"70,000 bytes: answered {reply.status}")
