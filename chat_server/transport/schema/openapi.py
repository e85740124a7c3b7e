"""OpenAPI 3.1 of the HTTP side, from the route table."""

from __future__ import annotations

from typing import Any

import msgspec

from chat_server.domain.errors import ChatError
from chat_server.transport.http.downloading import NamedFile, NamedMedium
from chat_server.transport.http.routes.staff import store_media
from chat_server.transport.http.routes.table import ROUTES
from chat_server.transport.http.routing import ANYONE, Route
from chat_server.transport.http.shapes import ErrorAnswer
from chat_server.transport.schema.components import SHAPES, Schema, shape_components
from chat_server.wire.error_table import FAULTS, INTERNAL, Fault

_PREFIX = "#/components/schemas/"
_PICTURES = ("image/png", "image/jpeg", "image/webp")
_ANY_FILE = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
_OPEN = (
    ("/healthz", "The process is alive.", "text/plain"),
    ("/readyz", "Whether every part works; 503 names those that fail.", "application/json"),
    ("/metrics", "Counters and timings for Prometheus.", "text/plain"),
)


def openapi() -> Schema:
    """The whole document."""
    paths: dict[str, Schema] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    for path, summary, media in _OPEN:
        answered = {"description": summary, "content": {media: {}}}
        paths[path] = {"get": {"summary": summary, "responses": {"200": answered}}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Elian over HTTP",
            "version": "1",
            "description": "What is not real-time. The chat socket is in asyncapi.yaml.",
        },
        "paths": paths,
        "components": {
            "schemas": shape_components(_PREFIX),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route) -> Schema:
    summary, _, more = route.summary.partition("\n\n")
    said: Schema = {"operationId": route.handler.__name__, "summary": summary}
    if more:
        said["description"] = more
    if route.roles:
        said["security"] = [{"token": []}]
        if route.roles != ANYONE:
            said["x-roles"] = sorted(route.roles)
    if route.demo:
        said["x-demo"] = True
    parameters = _parameters(route)
    if parameters:
        said["parameters"] = parameters
    if route.signature.body:
        said["requestBody"] = {"required": True, "content": _body(route)}
    said["responses"] = _responses(route)
    return said


def _parameters(route: Route) -> list[Schema]:
    names = route.signature.parameters
    if not names.__struct_fields__:
        return []
    (ref,), found = msgspec.json.schema_components([names])
    schema = found[ref["$ref"].rpartition("/")[2]]
    return [
        {
            "name": name,
            "in": "path" if f"{{{name}}}" in route.path else "query",
            "required": name in schema.get("required", ()),
            "schema": _plain(part, found),
        }
        for name, part in schema["properties"].items()
    ]


def _plain(part: Schema, found: dict[str, Schema]) -> Schema:
    """A parameter's schema in place: none of them is shared."""
    return found[part["$ref"].rpartition("/")[2]] if "$ref" in part else part


def _body(route: Route) -> Schema:
    (_, shape) = route.signature.body or ("", bytes)
    if shape is bytes:
        binary = {"schema": {"type": "string", "format": "binary"}}
        kinds = _PICTURES if route.handler is store_media else ("application/octet-stream",)
        return dict.fromkeys(kinds, binary)
    return {"application/json": {"schema": {"$ref": f"{_PREFIX}{shape.__name__}"}}}


def _responses(route: Route) -> Schema:
    answers: Schema = {}
    shape = route.signature.answer
    if shape is None:
        answers["204"] = {"description": "Done."}
    elif shape is NamedFile:
        answers["200"] = {"description": "The file.", "content": _ANY_FILE}
    elif shape is NamedMedium:
        answers["200"] = {"description": "All of it.", "content": _ANY_FILE}
        answers["206"] = {"description": "The range.", "content": _ANY_FILE}
        answers["304"] = {"description": "As it was."}
        answers["416"] = {"description": "No such range."}
    else:
        answers["200"] = {
            "description": "Done.",
            "content": {"application/json": {"schema": _answer(shape)}},
        }
    return answers | _refusals(route.all_errors)


def _answer(shape: Any) -> Schema:  # noqa: ANN401  any type expression
    if shape in SHAPES:
        return {"$ref": f"{_PREFIX}{shape.__name__}"}
    (item,) = shape.__args__  # a list of shapes
    return {"type": "array", "items": {"$ref": f"{_PREFIX}{item.__name__}"}}


def _refusals(errors: tuple[type[ChatError], ...]) -> Schema:
    by_status: dict[int, list[Fault]] = {}
    for fault in sorted({FAULTS[error] for error in errors} | {INTERNAL}, key=lambda f: f.code):
        by_status.setdefault(fault.http, []).append(fault)
    ref = {"$ref": f"{_PREFIX}{ErrorAnswer.__name__}"}
    return {
        str(status): {
            "description": " ".join(f"`{fault.code}`: {fault.meaning}" for fault in faults),
            "content": {"application/json": {"schema": ref}},
        }
        for status, faults in sorted(by_status.items())
    }
