"""`/docs`: the two documents as pages that people read, and as files that tools read.

Made from the code at the first request, so that a running server never shows another
version's documents. No script, nothing from another host.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from chat_server.transport.schema.asyncapi import asyncapi
from chat_server.transport.schema.components import Schema
from chat_server.transport.schema.openapi import openapi
from chat_server.transport.schema.type_text import type_text
from chat_server.transport.schema.yaml_text import to_yaml

_REFERENCE = re.compile(r"#/components/schemas/\w+")
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:3rem;border-bottom:1px solid #d0d7de}h3{margin:2rem 0 .3rem;font-size:1rem}
code,td:first-child{font-family:ui-monospace,monospace;font-size:.9em}
b.m{display:inline-block;min-width:4.2em;color:#c8102e}table{border-collapse:collapse;width:100%}td:first-child{width:12rem}
td,th{border-top:1px solid #d0d7de;padding:.3rem .6rem;text-align:left;vertical-align:top}
p{margin:.3rem 0}.q{color:#59636e}:target{background:#fff8c5}
"""


def docs_routes() -> list[Route]:
    def page(_: Request) -> Response:
        return HTMLResponse(_page())

    def over_http(_: Request) -> Response:
        return Response(to_yaml(openapi()), media_type="application/yaml")

    def over_socket(_: Request) -> Response:
        return Response(to_yaml(asyncapi()), media_type="application/yaml")

    return [
        Route("/docs", page),
        Route("/docs/openapi.yaml", over_http),
        Route("/docs/asyncapi.yaml", over_socket),
    ]


@cache
def _page() -> str:
    http, socket = openapi(), asyncapi()
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Elian: what it speaks</title>',
        f"<style>{_STYLE}</style><h1>What Elian speaks</h1>",
        '<p><a href="#http">HTTP</a> (<a href="/docs/openapi.yaml">openapi.yaml</a>) · ',
        '<a href="#socket">Chat socket</a> (<a href="/docs/asyncapi.yaml">asyncapi.yaml</a>) · ',
        '<a href="#errors">Error words</a> · <a href="#closes">Close codes</a></p>',
        '<h2 id="http">HTTP</h2>',
        *(
            _operation(method, path, operation)
            for path, methods in http["paths"].items()
            for method, operation in methods.items()
        ),
        '<h2 id="shapes">HTTP shapes</h2>',
        *(_shape(name, schema) for name, schema in http["components"]["schemas"].items()),
        f'<h2 id="socket">Chat socket</h2><p>{_text(socket["info"]["description"])}</p>',
        *(_shape(name, schema) for name, schema in socket["components"]["schemas"].items()),
        '<h2 id="errors">Error words</h2>',
        _table(
            ("word", "HTTP", "retry helps", "meaning"),
            [
                (word, str(e["http"]), "yes" if e["retry"] else "no", e["meaning"])
                for word, e in socket["x-error-codes"].items()
            ],
        ),
        '<h2 id="closes">Close codes</h2>',
        _table(
            ("code", "why"),
            [
                (str(code), why)
                for code, why in socket["channels"]["socket"]["x-close-codes"].items()
            ],
        ),
    ]
    return "\n".join(parts)


def _operation(method: str, path: str, operation: Schema) -> str:
    asked = [f"<code>{escape(p['name'])}</code>" for p in operation.get("parameters", ())]
    if "requestBody" in operation:
        asked.append(_content(operation["requestBody"]["content"]))
    statuses = [
        f"{status} {_content(answer['content'])}" if "content" in answer else status
        for status, answer in operation["responses"].items()
        if status.startswith("2")
    ]
    refusals = ", ".join(s for s in operation["responses"] if not s.startswith("2"))
    who = ", ".join(operation.get("x-roles", ())) or (
        "anyone logged in" if "security" in operation else "open"
    )
    return (
        f'<h3><b class="m">{method.upper()}</b> <code>{escape(path)}</code></h3>'
        f"<p>{_text(operation['summary'])} {_text(operation.get('description', ''))}</p>"
        f'<p class="q">{escape(who)} · takes {", ".join(asked) or "nothing"}'
        f" · gives {', '.join(statuses)}{' · may refuse with ' + refusals if refusals else ''}</p>"
    )


def _content(content: Schema) -> str:
    kinds = {
        _type(media["schema"]) if "$ref" in str(media) else escape(kind)
        for kind, media in content.items()
    }
    return " or ".join(sorted(kinds))


def _shape(name: str, schema: Schema) -> str:
    head = f'<h3 id="{name}">{name}</h3><p>{_text(schema.get("description", ""))}</p>'
    if "oneOf" in schema:
        return head + "<p>" + " | ".join(_link(each["$ref"]) for each in schema["oneOf"]) + "</p>"
    required = schema.get("required", ())
    rows = "".join(
        f"<tr><td>{escape(field)}{'' if field in required else '?'}</td><td>{_type(part)}</td></tr>"
        for field, part in schema["properties"].items()
    )
    return f"{head}<table>{rows}</table>"


def _type(part: Schema) -> str:
    return _REFERENCE.sub(lambda found: _link(found[0]), escape(type_text(part, str)))


def _link(ref: str) -> str:
    name = ref.rpartition("/")[2]
    return f'<a href="#{name}">{name}</a>'


def _text(text: str) -> str:
    """Escaped, with what stands in backquotes as code."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{p}</code>" if at % 2 else p for at, p in enumerate(pieces))


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in heads) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows]
    return "<table>" + "".join(lines) + "</table>"
