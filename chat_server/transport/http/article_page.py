"""The permanent page of an article, for everybody who has its address, and for what draws a card.

Nothing on it runs. Its text was sanitised when it was written; everything else is escaped here.
"""

from __future__ import annotations

from datetime import datetime
from html import escape
from string import Template
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from chat_server.domain.accounts.articles import article_path
from chat_server.domain.errors import ChatError, NotFound
from chat_server.domain.publishing import Article, Story
from chat_server.transport.http.answering import on_error
from chat_server.transport.http.use_cases import UseCases
from chat_server.transport.http.words import WORDS, language_of
from chat_server.usecases.public_accounts.articles import ArticleView

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_MANY = 1024  # bytes from which a size is told in the next unit
_HEADERS = {
    "cache-control": "public, max-age=60",
    "content-security-policy": (
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}
_GONE, _NOT_THERE = 410, 404
_PAGE = Template("""<!doctype html>
<html lang="$language" prefix="og: https://ogp.me/ns#">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
$card
<style>
body { font: 1.0625rem/1.75 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif;
  color: #1f2329; max-width: 42rem; margin: 0 auto; padding: 1.5rem 1rem 4rem;
  overflow-wrap: anywhere }
h1 { font-size: 1.5rem; line-height: 1.35; margin: 0 0 .5rem }
h2 { font-size: 1.25rem; line-height: 1.4 } h3 { font-size: 1.1rem }
header p, footer { color: #646a73; font-size: .875rem }
header p b { color: #8f1d21; font-weight: 500 }
img, table { max-width: 100% } img { height: auto; border-radius: 4px }
img:not([src]) { display: none }
table { border-collapse: collapse } td, th { border: 1px solid #dee0e3; padding: .25rem .5rem }
blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid #c9cdd4; color: #4e5560 }
pre { overflow-x: auto } a { color: #a8201a }
.cover { width: 100%; aspect-ratio: 2.35; object-fit: cover }
footer { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid #e8eaed }
footer ul { padding: 0; list-style: none }
.open { display: inline-block; padding: .625rem 1.25rem; border-radius: 6px; background: #c7000b;
  color: #fff; text-decoration: none }
</style>
</head>
<body>
<article><header><h1>$title</h1><p>$byline</p></header>
$cover
$html
</article>
<footer>$files$source<p><a class="open" href="$app">$open_in_app</a></p></footer>
</body></html>
""")
_SHORT = Template("""<!doctype html>
<html lang="$language"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>$told</title><body style="font: 1rem/1.6 system-ui; margin: 4rem auto; padding: 0 1rem;
text-align: center"><p>$told</p></body></html>
""")


def article_routes(cases: UseCases, public_url: str) -> list[BaseRoute]:
    """`/a/{broadcast}` and `/a/{broadcast}/{index}`. `public_url` is our name outside."""

    async def page(request: Request) -> Response:
        broadcast, index = request.path_params["broadcast"], request.path_params.get("index", 0)
        language = language_of(request)
        try:
            view = await cases.read_article.published(broadcast, index)
        except NotFound:
            return _short("article_none", language, _NOT_THERE)
        except ChatError as exc:
            return await on_error(request, exc)
        if view.withdrawn:
            return _short("article_gone", language, _GONE)
        base = public_url or f"{request.url.scheme}://{request.url.netloc}"
        app = f"/#/article/{quote(broadcast, safe='')}/{index}"
        path = article_path(broadcast, index)
        return HTMLResponse(_drawn(view, base, path, app, language), headers=_HEADERS)

    return [
        Route("/a/{broadcast}", page, methods=["GET"]),
        Route("/a/{broadcast}/{index:int}", page, methods=["GET"]),
    ]


def _short(word: str, language: str, status: int) -> Response:
    told = _SHORT.substitute(language=language, told=WORDS[language][word])
    return HTMLResponse(told, status, {**_HEADERS, "cache-control": "no-store"})


def _drawn(view: ArticleView, base: str, path: str, app: str, language: str) -> str:
    words, article = WORDS[language], view.article
    story = article.story or Story("")
    told = datetime.fromtimestamp(view.published_ms / 1000, _SHANGHAI)
    author = f"{escape(story.author)} · " if story.author else ""
    byline = f"<b>{escape(view.account_name)}</b> · {author}{told:%Y-%m-%d %H:%M}"
    source = escape(story.source)
    link = f'<p><a href="{source}" rel="noopener noreferrer">{words["article_source"]}</a></p>'
    return _PAGE.substitute(
        language=language,
        title=escape(article.title),
        card=_card(view, base, f"{base}{path}", told.isoformat()),
        byline=byline,
        cover=f'<p><img class="cover" src="/a/media/{article.cover}" alt=""></p>'
        if article.cover
        else "",
        html=story.html,
        files=_files(article, words["article_files"]),
        source=link if source else "",
        app=escape(app),
        open_in_app=words["article_open"],
    )


def _card(view: ArticleView, base: str, url: str, published: str) -> str:
    """What a chat or a social network shows of a link to it: ogp.me, and Twitter's own names."""
    article = view.article
    properties = {
        "og:type": "article",
        "og:title": article.title,
        "og:description": article.digest,
        "og:url": url,
        "og:site_name": view.account_name,
        "article:published_time": published,
        "article:author": article.story.author if article.story else "",
    }
    if article.cover:
        properties["og:image"] = f"{base}/a/media/{article.cover}"
    lines = [
        f'<meta property="{name}" content="{escape(said)}">'
        for name, said in properties.items()
        if said
    ]
    size = "summary_large_image" if article.cover else "summary"
    described = f'<meta name="description" content="{escape(article.digest)}">'
    card = f'<meta name="twitter:card" content="{size}">'
    canonical = f'<link rel="canonical" href="{escape(url)}">'
    return "\n".join([described, card, canonical, *lines])


def _files(article: Article, heading: str) -> str:
    files = article.story.attachments if article.story else ()
    items = "".join(
        f'<li><a href="/a/media/{each.media}?name={quote(each.name, safe="")}">'
        f"{escape(each.name)}</a> ({_size(each.size)})</li>"
        for each in files
    )
    return f"<p>{heading}</p><ul>{items}</ul>" if items else ""


def _size(count: int) -> str:
    if count < _MANY:
        return f"{count} B"
    return f"{count / _MANY:.0f} KB" if count < _MANY**2 else f"{count / _MANY**2:.1f} MB"
