"""The console's desk for partners' programs, over the open platform that they call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest
from msgspec.structs import replace as changed
from starlette.applications import Starlette

from chat_server.platform.callbacks.records import State, delivered, waiting
from chat_server.transport.http.routes.partners import PARTNER_ROUTES
from chat_server.transport.http.serving import serve
from tests.front_desk import wide_reception
from tests.partner_front import PartnerFront, desk, front

__all__ = ["desk", "front"]

DEVELOPER = "/v1/staff/accounts/@shop/developer"


@pytest.fixture
async def admin(front: PartnerFront) -> AsyncIterator[httpx2.AsyncClient]:
    async with logged_in(front, (await front.desk.log_in("admin")).access_token) as client:
        yield client


def logged_in(front: PartnerFront, token: str) -> httpx2.AsyncClient:
    cases = replace(front.desk.cases, partners=front.platform.parts.developing)
    reception = wide_reception(front.clock)
    app = Starlette(routes=[serve(route, cases, reception) for route in PARTNER_ROUTES])
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app),
        base_url="http://127.0.0.1:8080",
        headers={"authorization": f"Bearer {token}"},
    )


async def test_a_new_secret_is_told_once_and_ends_the_old_tokens(
    front: PartnerFront, admin: httpx2.AsyncClient
) -> None:
    seen = (await admin.get(DEVELOPER)).json()
    assert (seen["appid"], seen["secret"]) == (front.created.appid, "")
    renewed = (await admin.post(f"{DEVELOPER}/secret")).json()
    assert len(renewed["secret"]) == 32
    assert (await admin.get(DEVELOPER)).json()["secret"] == ""
    assert (await front.call("/cgi-bin/user/get"))["errcode"] == 40001
    asked = f"/cgi-bin/token?grant_type=client_credential&appid={front.created.appid}&secret="
    assert (await front.call(f"{asked}{front.created.appsecret}", token=""))["errcode"] == 40125
    assert "access_token" in await front.call(f"{asked}{renewed['secret']}", token="")


async def test_settings_are_checked_and_hold_for_the_api(
    front: PartnerFront, admin: httpx2.AsyncClient
) -> None:
    change = {
        "mode": "aes",
        "timeout_ms": 800,
        "callers": ["10.1.0.0/16"],
        "web_hosts": ["a.example"],
    }
    changed = (await admin.patch(DEVELOPER, json=change)).json()
    assert [changed[name] for name in change] == list(change.values())
    with_address = "/cgi-bin/token?grant_type=client_credential&appid={}&secret={}"
    asked = with_address.format(front.created.appid, front.created.appsecret)
    refused = await front.call(asked, token="")
    assert refused["errcode"] == 40164
    assert "127.0.0.1" in refused["errmsg"]
    assert (await admin.patch(DEVELOPER, json={"callers": []})).status_code == 200
    assert "access_token" in await front.call(asked, token="")
    for wrong in (
        {"callers": ["nonsense"]},
        {"token": "!"},
        {"aes_key": "short"},
        {"timeout_ms": 9},
    ):
        answer = await admin.patch(DEVELOPER, json=wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_value")
    elsewhere = await admin.patch(DEVELOPER, json={"callback": "http://10.0.0.1/x"})
    assert elsewhere.status_code == 400


async def test_callbacks_are_listed_and_sent_again(
    front: PartnerFront, admin: httpx2.AsyncClient
) -> None:
    await front.follow()
    [waits] = (await admin.get(f"{DEVELOPER}/callbacks")).json()
    assert (waits["event"], waits["state"], waits["customer"]) == (
        "subscribe",
        "waiting",
        "zhangwei",
    )
    path = f"{DEVELOPER}/callbacks/{waits['msgid']}"
    assert (await admin.post(path)).status_code == 404  # it was not sent yet
    wait, log = (each(front.store.shelf, front.clock) for each in (waiting, delivered))
    [(name, callback)] = await wait.page(front.account, limit=9)
    await wait.take(front.account, name)
    await log.put(front.account, name, changed(callback, state=State.FAILED))
    [failed] = (await admin.get(f"{DEVELOPER}/callbacks")).json()
    assert failed["state"] == "failed"
    assert (await admin.post(path)).status_code == 204
    assert await wait.count(front.account) == 1
    older = await admin.get(f"{DEVELOPER}/callbacks?before={waits['msgid']}")
    assert older.json() == []


async def test_a_refused_call_is_found_by_its_rid_and_quotas_are_counted(
    front: PartnerFront, admin: httpx2.AsyncClient
) -> None:
    refused = await front.call("/cgi-bin/tags/create", {"tag": {"name": 7}})
    rid = refused["errmsg"].rpartition(" rid: ")[2]
    found = (await admin.get(f"{DEVELOPER}/calls/{rid}")).json()
    assert found["request"] == "/cgi-bin/tags/create?access_token=***"
    assert "47003" in found["answer"]
    assert (await admin.get(f"{DEVELOPER}/calls/nothing")).status_code == 404
    used = {each["path"]: each for each in (await admin.get(f"{DEVELOPER}/quotas")).json()}
    assert used["/cgi-bin/tags/create"]["used"] == 1
    assert used["/cgi-bin/message/mass/sendall"] == {
        "path": "/cgi-bin/message/mass/sendall",
        "limit": 100,
        "used": 0,
    }


async def test_an_account_without_an_application_gets_one_and_operators_none_of_others(
    front: PartnerFront, admin: httpx2.AsyncClient
) -> None:
    service = "/v1/staff/accounts/@service/developer"
    assert (await admin.get(service)).json()["appid"] == ""
    made = (await admin.post(service)).json()
    assert made["appid"].startswith("wx")
    assert made["secret"]
    assert (await admin.post(service)).status_code == 409
    ops = (await front.desk.log_in("ops")).access_token
    async with logged_in(front, ops) as operator:
        assert (await operator.get(DEVELOPER)).status_code == 403  # keys are the owner's
        assert (await operator.post(f"{DEVELOPER}/secret")).status_code == 403
        assert (await operator.get(f"{DEVELOPER}/callbacks")).status_code == 200
