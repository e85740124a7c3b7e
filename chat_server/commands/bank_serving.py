"""Serving a bank core: the gateway on one listening socket, until a signal says stop."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path

import typer
import uvicorn

from chat_server.bootstrap.bank import gateway_tls, open_bank_gateway
from chat_server.commands.logs import set_up_logs
from chat_server.domain.errors import ConfigError
from chat_server.settings import Settings


async def serve_bank(settings: Settings, listener: socket.socket, tls: Path | None) -> None:
    set_up_logs(settings)
    host, port = listener.getsockname()[:2]
    if tls is None and not ipaddress.ip_address(host).is_loopback:
        raise ConfigError(f"{host}: without --tls a bank listens on this machine only")
    async with open_bank_gateway(settings) as app:
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=10,
        )
        config.load()
        config.ssl = None if tls is None else gateway_tls(tls)
        shown = f"[{host}]" if ":" in host else host
        typer.echo(f"The bank core is serving on {'https' if tls else 'http'}://{shown}:{port}")
        typer.echo(f"The house's keys to it are in {settings.bank_keys}")
        await uvicorn.Server(config).serve(sockets=[listener])
