"""Is the process alive, can it work, and what has it counted: for whoever watches the house.

Liveness asks nothing of anybody, so that a database that is away does not get the process
killed; readiness asks each part, with a limit, and names those that fail.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import msgspec
import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

log = structlog.get_logger()

Check = Callable[[], Awaitable[object]]  # raises when its part cannot work

_LIMIT_S = 2.0
_UNREADY = 503


class Readiness(msgspec.Struct, frozen=True):
    """What `/readyz` says; `failing` maps a part to the kind of its failure."""

    ready: bool
    failing: Mapping[str, str]


def health_routes(checks: Mapping[str, Check], registry: CollectorRegistry) -> list[Route]:
    """`/healthz`, `/readyz` over these named parts, and `/metrics` of this registry."""

    async def alive(_: Request) -> Response:
        return Response("ok\n", media_type="text/plain")

    async def ready(_: Request) -> Response:
        state = await readiness(checks)
        status = 200 if state.ready else _UNREADY
        return Response(msgspec.json.encode(state), status, media_type="application/json")

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), headers={"content-type": CONTENT_TYPE_LATEST})

    return [
        Route("/healthz", alive),
        Route("/readyz", ready),
        Route("/metrics", metrics),
    ]


async def readiness(checks: Mapping[str, Check]) -> Readiness:
    """Ask all parts at once."""
    failures = await asyncio.gather(*(_failure(name, check) for name, check in checks.items()))
    failing = {name: failure for name, failure in zip(checks, failures, strict=True) if failure}
    return Readiness(not failing, failing)


async def _failure(name: str, check: Check) -> str:
    try:
        async with asyncio.timeout(_LIMIT_S):
            await check()
    except Exception as exc:  # noqa: BLE001  whatever a part raises, the answer is its name
        log.warning("part_not_ready", part=name, error=type(exc).__name__)
        return type(exc).__name__
    return ""
