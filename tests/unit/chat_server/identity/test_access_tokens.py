from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from chat_server.domain.errors import ConfigError, NotAuthenticated
from chat_server.domain.people import StaffRole
from chat_server.usecases.identity.tokens import AccessTokens, Claims

KEY = b"k" * 32


class SettableClock:
    def __init__(self, ms: int = 1_700_000_000_250) -> None:
        self.ms = ms

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.ms / 1000, UTC)

    def now_ms(self) -> int:
        return self.ms

    async def sleep(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


def issue(tokens: AccessTokens) -> str:
    return tokens.issue(user="zhangwei", device="phone", session_id="s-1", role=StaffRole.CUSTOMER)


def test_a_token_says_who_it_was_issued_to() -> None:
    tokens = AccessTokens(KEY, SettableClock(), life_s=900)
    assert tokens.verify(issue(tokens)) == Claims(
        "zhangwei", "phone", "s-1", StaffRole.CUSTOMER, 1_700_000_901_000
    )


def test_a_token_lives_its_whole_life_and_not_longer() -> None:
    clock = SettableClock()
    tokens = AccessTokens(KEY, clock, life_s=60)
    token = issue(tokens)
    clock.ms += 60_000
    assert tokens.verify(token).user == "zhangwei"
    clock.ms += 1000
    with pytest.raises(NotAuthenticated):
        tokens.verify(token)


def test_a_token_of_another_key_is_refused() -> None:
    clock = SettableClock()
    with pytest.raises(NotAuthenticated):
        AccessTokens(KEY, clock).verify(issue(AccessTokens(b"x" * 32, clock)))


CLAIMS = {"sub": "admin", "dev": "d", "sid": "s", "role": "administrator", "exp": 2**40, "iat": 1}


def test_a_token_of_another_algorithm_is_refused() -> None:
    key = OctKey.import_key(b"k" * 64)
    forged = jwt.encode({"alg": "HS512"}, CLAIMS, key, algorithms=["HS512"])
    with pytest.raises(NotAuthenticated):
        AccessTokens(b"k" * 64, SettableClock()).verify(forged)


def test_an_unsigned_token_is_refused() -> None:
    header, claims = (
        urlsafe_b64encode(msgspec.json.encode(part)).decode().rstrip("=")
        for part in ({"alg": "none", "typ": "JWT"}, CLAIMS)
    )
    with pytest.raises(NotAuthenticated):
        AccessTokens(KEY, SettableClock()).verify(f"{header}.{claims}.")


def test_a_signed_token_without_our_claims_is_refused() -> None:
    foreign = jwt.encode({"alg": "HS256"}, {"sub": "admin"}, OctKey.import_key(KEY))
    with pytest.raises(NotAuthenticated):
        AccessTokens(KEY, SettableClock()).verify(foreign)


@given(st.text(max_size=300))
def test_no_text_makes_it_stumble(text: str) -> None:
    with pytest.raises(NotAuthenticated):
        AccessTokens(KEY, SettableClock()).verify(text)


@given(st.integers(min_value=0), st.sampled_from(".-_Aa0 é\n"))
def test_no_single_changed_character_is_accepted_as_another_statement(
    place: int, letter: str
) -> None:
    tokens = AccessTokens(KEY, SettableClock())
    token = issue(tokens)
    at = place % len(token)
    changed = token[:at] + letter + token[at + 1 :]
    try:
        said = tokens.verify(changed)
    except NotAuthenticated:
        return
    assert said == tokens.verify(token)  # base64's unused last bits, or the same letter


def test_a_short_key_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match="at least 32"):
        AccessTokens(b"short", SettableClock())


def test_claims_are_frozen() -> None:
    claims = Claims("a", "d", "s", StaffRole.CUSTOMER, 1)
    with pytest.raises(AttributeError):
        claims.user = "b"  # type: ignore[misc]
    assert msgspec.structs.asdict(claims)["user"] == "a"
