from __future__ import annotations

import pytest
from multidict import CIMultiDict

from chat_server.transport.handshake import Refusal, examine
from chat_server.wire.codec import JSON, MSGPACK

OURS = {"https://chat.bank.example"}


def ask(target: str = "/v1/ws", **headers: str):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return examine(target, CIMultiDict({"Host": "chat.local:8080"} | given), OURS)


@pytest.mark.parametrize("target", ["/v1/ws/", "/v1/WS", "/v2/ws", "//v1/ws", "/v1/ws%20"])
def test_there_is_one_place(target):
    with pytest.raises(Refusal) as refused:
        ask(target)
    assert refused.value.status == 404


def test_nothing_goes_into_the_url():
    with pytest.raises(Refusal):
        ask("/v1/ws?access_token=abc")


@pytest.mark.parametrize(
    "origin", ["http://chat.local:8080", "https://CHAT.local:8080", "https://chat.bank.example"]
)
def test_our_own_pages_may_connect(origin):
    assert ask(Origin=origin).dialect is JSON


@pytest.mark.parametrize(
    "origin", ["http://chat.local", "null", "", "http://[", "https://chat.bank.example:444"]
)
def test_others_may_not(origin):
    with pytest.raises(Refusal) as refused:
        ask(Origin=origin)
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("offered", "dialect"),
    [("elian.v1", JSON), ("elian.v1.msgpack, elian.v1", MSGPACK), ("x, elian.v1", JSON)],
)
def test_the_first_known_spelling_is_taken(offered, dialect):
    welcomed = ask(Sec_WebSocket_Protocol=offered)
    assert welcomed.dialect is dialect
    assert welcomed.protocol == dialect.name


def test_none_offered_is_json_and_unknown_ones_are_refused():
    assert ask().protocol == ""
    with pytest.raises(Refusal):
        ask(Sec_WebSocket_Protocol="graphql-ws")


def test_a_bearer_token_is_taken_from_its_header():
    assert ask(Authorization="Bearer abc").bearer == "abc"
    assert ask(Authorization="bearer  abc ").bearer == "abc"
    assert ask(Authorization="Basic abc").bearer == ""
