from __future__ import annotations

import re

import httpx2
import yaml

from chat_server.transport.http.routes.table import ROUTES


async def test_the_documents_are_served_as_they_are_generated(http: httpx2.AsyncClient) -> None:
    over_http = yaml.safe_load((await http.get("/docs/openapi.yaml")).text)
    assert over_http["openapi"].startswith("3.1")
    assert {route.path for route in ROUTES} <= set(over_http["paths"])
    over_socket = yaml.safe_load((await http.get("/docs/asyncapi.yaml")).text)
    assert over_socket["asyncapi"] == "3.0.0"


async def test_the_page_names_every_route_frame_and_error(http: httpx2.AsyncClient) -> None:
    page = (await http.get("/docs")).text
    for route in ROUTES:
        assert route.path in page
    for word in ("HelloFrame", "AckFrame", "CardBody", "LoginRequest", "mid_reused", "4409"):
        assert word in page


async def test_its_links_lead_somewhere_and_nothing_comes_from_elsewhere(
    http: httpx2.AsyncClient,
) -> None:
    page = (await http.get("/docs")).text
    targets = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= targets
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
