"""The built web app: two pages, their assets, and what else the build put beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from string import Template

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from chat_server.transport.http.words import WORDS, language_of

_FOREVER = "public, max-age=31536000, immutable"  # asset names carry their digest
_ASK_AGAIN = "no-cache"
_NOT_BUILT = """<!doctype html>
<html lang="$language"><meta charset="utf-8"><title>Elian</title>
<body style="font: 1rem/1.6 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>$not_built</h1>
<p>$not_built_hint</p>
<p><a href="/docs">/docs</a></p>
</body></html>
"""


class _Files(StaticFiles):
    """Static files with one caching rule; whatever is not one of them is not found."""

    def __init__(self, directory: Path, cache_control: str) -> None:
        super().__init__(directory=directory, check_dir=False)
        self.config_checked = True  # a folder that is not there yet has no files, no more
        self._cache_control = cache_control

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except (HTTPException, OSError) as exc:
            raise HTTPException(404) from exc
        response.headers["cache-control"] = self._cache_control
        return response


def web_routes(web_dist: Path) -> list[BaseRoute]:
    """`/`, `/console` and `/assets/*`."""
    return [
        Route("/", _page(web_dist / "index.html")),
        Route("/console", _page(web_dist / "console.html")),
        Mount("/assets", _Files(web_dist / "assets", _FOREVER)),
    ]


def other_files(web_dist: Path) -> ASGIApp:
    """What else the build put into its folder, an icon for instance."""
    return _Files(web_dist, _ASK_AGAIN)


def _page(path: Path) -> Callable[[Request], Response]:
    def page(request: Request) -> Response:
        if not path.is_file():
            language = language_of(request)
            told = Template(_NOT_BUILT).substitute(WORDS[language], language=language)
            return HTMLResponse(told, 503, {"cache-control": "no-store"})
        return FileResponse(path, headers={"cache-control": _ASK_AGAIN})

    return page
