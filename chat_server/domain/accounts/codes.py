"""QR codes with a scene: one account, and a word that says where the code hangs."""

from __future__ import annotations

import msgspec

from chat_server.domain.errors import InvalidValue

MAX_SCENE = 64  # characters
LONGEST_S = 30 * 86_400  # of a temporary code
MAX_PERMANENT = 100_000  # of one account
_PART = "~"  # between the account and the random word of a ticket


class SceneCode(msgspec.Struct, frozen=True):
    """`expires_ms` of 0: permanent. `numeric`: the scene is a number to whoever made it."""

    ticket: str
    account: str
    scene: str
    maker: str
    created_ms: int
    expires_ms: int = 0
    numeric: bool = False

    def lives(self, now_ms: int) -> bool:
        return not self.expires_ms or self.expires_ms > now_ms


def ticket_for(account: str, word: str) -> str:
    return f"{account.removeprefix('@')}{_PART}{word}"


def account_of(ticket: str) -> str:
    """Whose code it is; empty for what is no ticket."""
    account, part, word = ticket.rpartition(_PART)
    return f"@{account}" if part and account and word else ""


def code_path(ticket: str) -> str:
    """Where a phone's camera leads; behind the `#`, so that no server on the way logs it."""
    return f"/#/scan/{ticket}"


def check_scene(scene: str) -> str:
    if not 1 <= len(scene) <= MAX_SCENE:
        raise InvalidValue(f"scene: 1 to {MAX_SCENE} characters")
    return scene
