"""The HTTP interface against its own document: whatever is asked, the answer is one that it names.

A real server in a process of its own, asked by schemathesis with values that fit the document
and values that do not, as nobody, a customer, a manager, an operator and an administrator.
"""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.house import ServedHouse, loaded_data

__all__ = ["loaded_data"]

EXAMPLES = 5  # of each kind for each operation
PEOPLE = ("", "zhangwei", "wangfang", "ops", "admin")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
WIDE = {
    "ELIAN_HTTP_BURST": "1000000",
    "ELIAN_HTTP_RATE": "1000000",
}
DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.yaml"
SCHEMA = schemathesis.openapi.from_path(DOCUMENT)
OPERATIONS = {
    f"{operation.method.upper()} {operation.path}": operation
    for operation in (found.ok() for found in SCHEMA.get_all_operations())
}


@pytest.fixture(scope="module")
def house(loaded_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHouse]:
    data = shutil.copytree(loaded_data, tmp_path_factory.mktemp("fuzz") / "data")
    house = ServedHouse(data, settings=WIDE)
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    return {}


def ask(house: ServedHouse, path: str, token: str = "", said: object = None) -> Any:
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    body = None if said is None else json.dumps(said).encode()
    asked = urllib.request.Request(house.url + path, data=body, headers=headers)
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


def logged_in(house: ServedHouse, tokens: dict[str, str], user: str) -> dict[str, str]:
    """Headers of that person, who is logged in again if something asked before ended that."""
    if not user:
        return {}
    with suppress(urllib.error.HTTPError, KeyError):
        ask(house, "/v1/me", tokens[user])
        return {"authorization": f"Bearer {tokens[user]}"}
    said = {"user": user, "password": f"demo-{user}", "device": "fuzz"}
    tokens[user] = ask(house, "/v1/login", said=said)["access_token"]
    return {"authorization": f"Bearer {tokens[user]}"}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_answer_is_documented(house: ServedHouse, tokens: dict[str, str], name: str) -> None:
    people = {user: logged_in(house, tokens, user) for user in PEOPLE}
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=OPERATIONS[name].as_strategy(generation_mode=mode), user=st.sampled_from(PEOPLE)
        )
        def answered(case: Any, user: str) -> None:
            case.call_and_validate(base_url=house.url, headers=people[user], checks=CHECKS)

        with suppress(Unsatisfiable):  # there is nothing in it that could be wrong
            answered()
