"""The embedded bank behind its own gateway on a real socket, for what is tested over the line."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp


@asynccontextmanager
async def served(
    app: ASGIApp, tls: ssl.SSLContext | None = None, port: int = 0
) -> AsyncIterator[str]:
    """The URL of the app, as long as the block lasts."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(app, lifespan="off", log_config=None, ws="none", access_log=False)
    config.load()
    config.ssl = tls
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    try:
        while not server.started:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.005)
        scheme = "https" if tls else "http"
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
