"""The HTTP side of the house as one ASGI app. The chat socket is carried beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from chat_server.transport.health import Check, health_routes
from chat_server.transport.http.answering import on_error
from chat_server.transport.http.article_page import article_routes
from chat_server.transport.http.demo_phone import phone_routes
from chat_server.transport.http.docs_page import docs_routes
from chat_server.transport.http.guard import Guarded
from chat_server.transport.http.measure import Measured
from chat_server.transport.http.reception import Received, Reception
from chat_server.transport.http.routes.table import ROUTES
from chat_server.transport.http.serving import serve
from chat_server.transport.http.use_cases import UseCases
from chat_server.transport.http.web_app import other_files, web_routes


def build_http(
    cases: UseCases,
    *,
    checks: Mapping[str, Check],
    registry: CollectorRegistry,
    web_dist: Path,
    allowed_origins: Sequence[str] = (),
    reception: Reception,
    partners: Sequence[BaseRoute] = (),
    public_url: str = "",
) -> Starlette:
    """`checks` are what `/readyz` asks, by name; `partners` the open platform's routes."""
    routes: list[BaseRoute] = [
        serve(route, cases, reception) for route in ROUTES if cases.demo >= route.demo
    ]
    routes += health_routes(checks, registry)
    routes += docs_routes()
    if cases.demo:
        routes += phone_routes()
    routes += article_routes(cases, public_url)
    routes += partners
    routes += web_routes(web_dist)
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(Measured, registry=registry),
            Middleware(Guarded, allowed_origins=allowed_origins),
            Middleware(Received, reception=reception),
        ],
        exception_handlers={HTTPException: on_error, Exception: on_error},
    )
    app.router.default = other_files(web_dist)
    return app
