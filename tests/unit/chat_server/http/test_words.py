"""The server's own pages speak both languages, Chinese first."""

from __future__ import annotations

import httpx2 as httpx
import pytest
from starlette.applications import Starlette

from chat_server.transport.http.demo_phone import phone_routes
from chat_server.transport.http.words import WORDS


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["zh-CN"].keys() == WORDS["en"].keys()


@pytest.mark.parametrize(
    ("asked", "language"), [("zh-CN,zh;q=0.9", "zh-CN"), ("en-GB", "en"), ("", "zh-CN")]
)
async def test_the_phone_speaks_the_language_that_is_asked_for(asked: str, language: str) -> None:
    transport = httpx.ASGITransport(app=Starlette(routes=phone_routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://elian") as client:
        page = (await client.get("/demo/phone", headers={"accept-language": asked})).text
    assert WORDS[language]["phone_heading"] in page
    assert f'lang="{language}"' in page
