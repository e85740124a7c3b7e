"""The gateway's door: who asks, whether it is fresh, and whether it came before.

Called by the server before anything is read of a request. A request is let in once: its
signature must be the house's, its time within a minute of ours, its nonce new. Nonces are
kept for as long as their time would be let in; after a restart a repeated write still meets
its idempotency key.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime

from joserfc.jwk import ECKey

from bank_bridge.gateways.http import signing

WINDOW_S = 60
MOST_NONCES = 200_000
_LONGEST = 400  # of a header


class Unwelcome(Exception):
    """Not let in; nothing was done. `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Door:
    """Lets in what the owner of `key` signed, once."""

    def __init__(self, key: ECKey, now: Callable[[], datetime]) -> None:
        self._key, self._now = key, now
        self._seen: OrderedDict[str, float] = OrderedDict()  # nonce -> when it may be forgotten

    def admit(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        """Raises Unwelcome."""
        signature = headers.get(signing.SIGNATURE, "")
        if not signature or len(signature) > _LONGEST:
            raise Unwelcome("SIGNATURE_INVALID", "the request is not signed")
        page = signing.request_page(method, target, headers, body)
        if not signing.is_signed(page, signature, self._key):
            raise Unwelcome("SIGNATURE_INVALID", "not signed by a key that is known here")
        moment = headers.get(signing.TIMESTAMP, "")
        now = self._now().timestamp()
        if not (moment.isascii() and moment.isdigit()) or abs(int(moment) - now) > WINDOW_S:
            raise Unwelcome("TIMESTAMP_OUT_OF_WINDOW", "the request's time is not ours")
        self._use(headers.get(signing.NONCE, ""), now)

    def _use(self, nonce: str, now: float) -> None:
        while self._seen and next(iter(self._seen.values())) < now:
            self._seen.popitem(last=False)
        if not 16 <= len(nonce) <= _LONGEST:  # noqa: PLR2004 - no shorter one is unlikely enough
            raise Unwelcome("NONCE_INVALID", "a nonce has 16 characters or more")
        if nonce in self._seen:
            raise Unwelcome("REPLAYED", "this request came before")
        if len(self._seen) >= MOST_NONCES:
            raise Unwelcome("TOO_MANY_REQUESTS", "too many within two minutes")
        self._seen[nonce] = now + 2 * WINDOW_S
