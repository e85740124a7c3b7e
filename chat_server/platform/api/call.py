"""One call of the API, as its endpoint sees it, and what an endpoint may answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from chat_server.platform.api.multipart import Part, read_parts
from chat_server.platform.apps import App
from chat_server.platform.faults import (
    BAD_FIELD,
    EMPTY_BODY,
    NO_FILE,
    NO_OPENID,
    NOT_JSON,
    Refused,
)

T = TypeVar("T")
Json = dict[str, Any]
OK: Mapping[str, Any] = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True)
class Download:
    """Bytes with their own type, as an attachment of that name."""

    content: bytes
    mime: str
    name: str = ""


@dataclass(frozen=True)
class Page:
    html: str
    status: int = 200


@dataclass(frozen=True)
class Redirect:
    url: str


Answer = Mapping[str, Any] | Download | Page | Redirect


@dataclass(frozen=True)
class Call:
    """`app` is whose token was shown; endpoints without a token have none to ask for."""

    query: Mapping[str, str]
    raw: bytes
    content_type: str
    base_url: str  # as the caller reached us
    address: str
    now_ms: int
    authorization: str = ""
    signed_in: App | None = None

    @property
    def app(self) -> App:
        if self.signed_in is None:
            raise RuntimeError("this endpoint asks for no token")
        return self.signed_in

    @property
    def account(self) -> str:
        return self.app.account

    def text(self, name: str, missing: int = BAD_FIELD) -> str:
        """A parameter of the query that must be there."""
        value = self.query.get(name, "")
        if not value:
            raise Refused(missing, f"{name} missing")
        return value

    @cached_property
    def body(self) -> Json:
        """The body as JSON, whatever it says it is; fields that are null are left out."""
        if not self.raw.strip():
            raise Refused(EMPTY_BODY, "empty post data")
        try:
            found = msgspec.json.decode(self.raw.removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.DecodeError, UnicodeDecodeError) as exc:
            raise Refused(NOT_JSON, f"data format error: {exc}") from exc
        if not isinstance(found, dict):
            raise Refused(NOT_JSON, "data format error: not a JSON object")
        return {name: value for name, value in found.items() if value is not None}

    def fields(self, shape: type[T]) -> T:
        """The body in that shape. Raises Refused, naming the field that does not fit."""
        return fitted(self.body, shape)

    def said(self, name: str) -> str:
        """A text of the body, or of the query; empty where there is neither."""
        value = self.body.get(name, "") if self.raw.strip() else self.query.get(name, "")
        return str(value) if isinstance(value, str | int) else ""

    def openid(self, name: str = "openid") -> str:
        value = self.said(name) or self.query.get(name, "")
        if not value:
            raise Refused(NO_OPENID, f"{name} missing")
        return value

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        return read_parts(self.raw, self.content_type)

    def file(self) -> Part:
        """The file part named `media`; the only file, if it has another name."""
        found = self.parts.get("media")
        if found is None:
            files = [part for part in self.parts.values() if part.filename]
            if len(files) != 1:
                raise Refused(NO_FILE, "media data missing: a part named media")
            found = files[0]
        return found


def fitted(told: object, shape: type[T]) -> T:
    try:
        return msgspec.convert(told, shape, strict=False)
    except msgspec.ValidationError as exc:
        why, _, path = str(exc).partition(" - at `$")
        name = path.strip("`.").lstrip(".")
        raise Refused(BAD_FIELD, f"invalid args! {name or 'field'}: {why}") from exc
