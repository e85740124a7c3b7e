"""A route says once what it takes, gives and refuses; serving and OpenAPI both read that.

A handler's signature is its contract: `UseCases`, `Claims`, `Address` and `UserAgent` are
handed in; a struct is the JSON body, `bytes` a raw one; every other parameter is in the path if the
path names it, else in the query.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NewType, get_type_hints

import msgspec

from chat_server.domain.errors import (
    ChatError,
    Forbidden,
    InvalidValue,
    Malformed,
    NotAuthenticated,
    RateLimited,
    SessionRevoked,
    StoreUnavailable,
    TooLong,
)
from chat_server.domain.people import StaffRole
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims

Address = NewType("Address", str)  # where a request came from
UserAgent = NewType("UserAgent", str)  # what it says it is
Handler = Callable[..., Awaitable[Any]]  # its own signature is the contract
Roles = frozenset[StaffRole]
_GIVEN = {UseCases, Claims, Address, UserAgent}

OPEN: Roles = frozenset()  # no token asked
ANYONE: Roles = frozenset(StaffRole)
CUSTOMERS: Roles = frozenset({StaffRole.CUSTOMER})
MAX_BODY = 1024 * 1024


@dataclass(frozen=True)
class Signature:
    """What a handler takes, sorted by where it comes from. Names of None are not taken."""

    use_cases: str | None
    claims: str | None
    address: str | None
    user_agent: str | None
    body: tuple[str, type] | None  # a struct, or `bytes`
    parameters: type[msgspec.Struct]  # path and query together
    answer: Any  # a type expression; None: no content


@dataclass(frozen=True)
class Route:
    """One line of the table. `errors` are those beside what every route of its kind has."""

    method: str
    path: str
    handler: Handler
    roles: Roles
    errors: tuple[type[ChatError], ...] = ()
    max_body: int = MAX_BODY
    demo: bool = False  # exists in demonstration mode only

    @property
    def summary(self) -> str:
        return inspect.cleandoc(self.handler.__doc__ or self.handler.__name__)

    @cached_property
    def signature(self) -> Signature:
        return _read(self.handler)

    @property
    def all_errors(self) -> tuple[type[ChatError], ...]:
        """With those that come from being checked at the door."""
        found: list[type[ChatError]] = []
        if self.roles:
            found += [NotAuthenticated, SessionRevoked]
        if self.roles not in (OPEN, ANYONE):
            found.append(Forbidden)
        if self.signature.body:
            found += [Malformed, InvalidValue, TooLong]
        elif self.signature.parameters.__struct_fields__:
            found.append(InvalidValue)
        return tuple(dict.fromkeys((*found, *self.errors, RateLimited, StoreUnavailable)))


def _read(handler: Handler) -> Signature:
    hints = get_type_hints(handler, include_extras=True)
    answer = hints.pop("return")
    given = {hint: name for name, hint in hints.items() if hint in _GIVEN}
    body = next(((name, hint) for name, hint in hints.items() if _is_body(hint)), None)
    taken = {*given.values(), *(body[:1] if body else ())}
    defaults = inspect.signature(handler).parameters
    fields = [
        (name, hint)
        if defaults[name].default is inspect.Parameter.empty
        else (name, hint, defaults[name].default)
        for name, hint in hints.items()
        if name not in taken
    ]
    return Signature(
        use_cases=given.get(UseCases),
        claims=given.get(Claims),
        address=given.get(Address),
        user_agent=given.get(UserAgent),
        body=body,
        parameters=msgspec.defstruct(f"{handler.__name__}_parameters", fields, kw_only=True),
        answer=None if answer is type(None) else answer,
    )


def _is_body(hint: Any) -> bool:  # noqa: ANN401  any type expression
    if not isinstance(hint, type) or hint is Claims:
        return False
    return hint is bytes or issubclass(hint, msgspec.Struct)
