"""One POST to a push service, and what its answer means.

A service that does not answer is left alone for a while, longer each time, so that one
that is down costs neither time nor connections.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import structlog

from chat_server.ports.clock import Clock
from chat_server.ports.notify import Carriage, PushOutcome

log = structlog.get_logger()

TIMEOUT_S = 5.0
FAILURES = 3  # in a row, until a service is left alone
_HOSTS = 1000  # whose doings are remembered
_REST_S = 30.0
_LONGEST_REST_S = 600.0
_LONGEST_WAIT_S = 3600.0  # that a service may ask for
_TAKEN = {200, 201, 202, 204}
_GONE = {404, 410}
_AGAIN = {408, 425, 429}
_SERVER_ERROR = 500


class Circuit:
    """How one service is doing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._closed_until_ms = 0

    @property
    def rest_s(self) -> float:
        """How long it is still left alone."""
        return max(0.0, (self._closed_until_ms - self._clock.now_ms()) / 1000)

    def answered(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        over = self._failures - FAILURES
        if over >= 0:
            rest_s = min(_REST_S * 2 ** min(over, 10), _LONGEST_REST_S)
            self._closed_until_ms = self._clock.now_ms() + round(rest_s * 1000)


class Post:
    """Requests through one session, with a circuit for each host."""

    def __init__(self, session: aiohttp.ClientSession, clock: Clock) -> None:
        self._session, self._clock = session, clock
        self._circuits: dict[str, Circuit] = {}

    async def __call__(
        self, host: str, url: str, body: bytes, headers: Mapping[str, str]
    ) -> PushOutcome:
        if host not in self._circuits and len(self._circuits) >= _HOSTS:
            self._circuits.clear()  # a device may name any host below a known one
        circuit = self._circuits.setdefault(host, Circuit(self._clock))
        if circuit.rest_s:
            return PushOutcome(Carriage.LATER, circuit.rest_s)
        try:
            async with self._session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                outcome = self._meaning(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            log.warning("push_unanswered", service=host, error=type(exc).__name__)
            circuit.failed()
            return PushOutcome(Carriage.LATER)
        if answer.status >= _SERVER_ERROR:
            circuit.failed()
        else:
            circuit.answered()
        return outcome

    def _meaning(self, answer: aiohttp.ClientResponse) -> PushOutcome:
        if answer.status in _TAKEN:
            return PushOutcome(Carriage.TAKEN)
        if answer.status in _GONE:
            return PushOutcome(Carriage.GONE)
        if answer.status in _AGAIN or answer.status >= _SERVER_ERROR:
            after_s = _seconds(answer.headers.get("Retry-After", ""), self._clock.now())
            return PushOutcome(Carriage.LATER, after_s)
        log.warning("push_refused", service=answer.url.host, status=answer.status)
        return PushOutcome(Carriage.REFUSED)


def _seconds(text: str, now: datetime) -> float:
    """Retry-After as seconds or as a date; nonsense is none."""
    if text.isdecimal():
        return min(float(text[:9]), _LONGEST_WAIT_S)
    try:
        wanted = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    aware = wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), _LONGEST_WAIT_S)
