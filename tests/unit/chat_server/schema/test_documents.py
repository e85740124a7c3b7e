from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import yaml

from chat_server.domain import bodies
from chat_server.transport.http.routes.table import ROUTES
from chat_server.transport.http.shapes import BroadcastItem
from chat_server.transport.schema.asyncapi import asyncapi
from chat_server.transport.schema.components import SHAPES, wire_components
from chat_server.transport.schema.export import documents, drift, export_schemas
from chat_server.transport.schema.openapi import openapi
from chat_server.transport.schema.typescript import typescript
from chat_server.wire import frames
from chat_server.wire.close_codes import CloseCode
from chat_server.wire.error_table import FAULTS

ROOT = Path(__file__).parents[4]


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for word, value in part.items():
            if word == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from references(each)


def resolves(document: Any, reference: str) -> bool:
    for step in reference.removeprefix("#/").split("/"):
        if step not in document:
            return False
        document = document[step]
    return True


def test_the_files_in_the_repository_say_what_the_code_says() -> None:
    assert drift(ROOT) == []


def test_export_writes_what_drift_misses_and_nothing_twice(tmp_path: Path) -> None:
    assert drift(tmp_path) == list(documents())
    assert export_schemas(tmp_path) == list(documents())
    assert export_schemas(tmp_path) == []
    changed = tmp_path / "docs/openapi.yaml"
    changed.write_text(changed.read_text(encoding="utf-8") + "#", encoding="utf-8")
    assert drift(tmp_path) == ["docs/openapi.yaml"]


def test_the_same_documents_in_every_process() -> None:
    program = "from chat_server.transport.schema.export import documents; print(documents())"
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


@pytest.mark.parametrize("document", [openapi(), asyncapi()], ids=["openapi", "asyncapi"])
def test_every_reference_leads_somewhere(document: Any) -> None:
    found = list(references(document))
    assert found
    assert [each for each in found if not resolves(document, each)] == []


@pytest.mark.parametrize("place", ["docs/openapi.yaml", "docs/asyncapi.yaml"])
def test_yaml_reads_back_as_it_was(place: str) -> None:
    text = documents()[place]
    document = openapi() if "openapi" in place else asyncapi()
    assert yaml.safe_load(text) == msgspec.json.decode(msgspec.json.encode(document))
    assert "&id" not in text


def test_every_route_is_in_the_document_with_its_errors() -> None:
    paths = openapi()["paths"]
    for route in ROUTES:
        operation = paths[route.path][route.method.lower()]
        statuses = {str(FAULTS[error].http) for error in route.all_errors}
        assert statuses <= set(operation["responses"])
        assert ("security" in operation) is bool(route.roles)
        names = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
        assert names == set(re.findall(r"{(\w+)}", route.path))


def test_operation_names_are_unique() -> None:
    names = [route.handler.__name__ for route in ROUTES]
    assert len(set(names)) == len(names)


def test_every_frame_error_and_close_code_is_in_the_document() -> None:
    document = asyncapi()
    tags = {message["name"] for message in document["components"]["messages"].values()}
    both = (*get_args(frames.ClientFrame), *get_args(frames.ServerFrame))
    assert tags == {frame.__struct_config__.tag for frame in both}
    assert set(document["x-error-codes"]) == {f.code for f in FAULTS.values()} | {"internal"}
    closes = document["channels"]["socket"]["x-close-codes"]
    assert set(closes) == {str(code.value) for code in CloseCode}


def test_what_the_server_writes_is_stated_as_always_there() -> None:
    schemas = wire_components("")
    assert set(schemas["CardBody"]["required"]) == set(schemas["CardBody"]["properties"])
    assert "duplicate" not in schemas["AckFrame"]["required"]  # left out while false
    assert "id" not in schemas["SendFrame"]["required"]  # a client may leave it out


def test_a_raw_body_is_stated_as_a_body() -> None:
    schemas = wire_components("")
    assert schemas["EventFrame"]["properties"]["body"] == {"$ref": "Body"}
    assert schemas["AckFrame"]["properties"]["body"] == {"$ref": "Body"}
    assert schemas["SendFrame"]["properties"]["body"] == {"$ref": "ClientBody"}
    members = {each["$ref"] for each in schemas["Body"]["oneOf"]}
    assert members == {f"{body.__name__}Body" for body in get_args(bodies.Body)}


def test_typescript_has_every_shape_and_refers_to_what_it_declares() -> None:
    text = typescript()
    declared = re.findall(r"^export (?:interface|type|const) (\w+)", text, re.MULTILINE)
    assert len(set(declared)) == len(declared)
    assert {shape.__name__ for shape in SHAPES} <= set(declared)
    assert BroadcastItem in SHAPES
    code = re.sub(r"/\*\*.*?\*/|\"[^\"]*\"|//.*", "", text, flags=re.DOTALL)
    used = set(re.findall(r"\b[A-Z][A-Za-z]+\b", code)) - {"ReadonlyArray", "Readonly", "Record"}
    constants = set(re.findall(r"\b[A-Z]+\b", code))
    assert used - constants <= set(declared)
