"""Words of the server's own pages, in the language that the browser asks for; Chinese first."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files

from starlette.requests import Request

_TEXT = files("chat_server.transport.http").joinpath("words.toml").read_text("utf-8")
WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(_TEXT)


def language_of(request: Request) -> str:
    """`en` for a browser that prefers English, else `zh-CN`."""
    preferred = request.headers.get("accept-language", "").strip().lower()
    return "en" if preferred.startswith("en") else "zh-CN"
