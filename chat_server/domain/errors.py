"""What can go wrong, in the domain's words. Only `wire/error_table.py` knows how it is told."""

from __future__ import annotations

from collections.abc import Sequence

from chat_server.domain.people import DeviceSession


class ChatError(Exception):
    """A request that cannot be done; `retry_after_s` when waiting helps."""

    def __init__(self, message: str = "", *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s


class Malformed(ChatError):
    """Not a frame or request that exists."""


class NotAuthenticated(ChatError):
    """No valid token, or wrong name or password: which of them is never said."""


class Forbidden(ChatError):
    """Known, but not allowed to do this."""


class NotFound(ChatError):
    """No such thing, or none this person may see: the two look alike."""


class NotAMember(ChatError):
    """The conversation does not exist for this person."""


class ReadOnly(ChatError):
    """A follower cannot write into a feed."""


class Silenced(ChatError):
    """Silenced in this group, or the whole group is: reading goes on."""


class NotAccepting(ChatError):
    """The two do not write to each other now; which of them wanted it so is not told."""


class BankDuty(ChatError):
    """An account manager and their customer cannot part from each other."""


class GroupFull(ChatError):
    """The group has no room for that many more."""


class LastOwner(ChatError):
    """The owner hands the group over, or dissolves it, before leaving."""


class LinkExpired(ChatError):
    """The invite link is too old, was withdrawn, or is none of ours."""


class TooLong(ChatError):
    """A text, list or frame over its limit."""


class InvalidValue(ChatError):
    """A field has a value that it cannot have; the message names it."""


class MidReused(ChatError):
    """The same sender and mid with another body."""


class RateLimited(ChatError):
    """Too many requests; come back after `retry_after_s`."""


class Overloaded(ChatError):
    """The server takes no more for now; nothing was written."""


class SecretRefused(ChatError):
    """A one-time code typed as plain text; it was not stored."""


class CardNotOpen(ChatError):
    """The card is answered, replaced or expired, or not this person's."""


class RecallTooLate(ChatError):
    """The time in which this person may take a message back has passed."""


class EditTooLate(ChatError):
    """The time in which a message may be edited has passed."""


class MessageRecalled(ChatError):
    """The message was taken back; nothing more happens to it."""


class AlreadyDecided(ChatError):
    """The broadcast is decided, or its content is not what was reviewed."""


class FourEyes(ChatError):
    """Maker and reviewer must be two people."""


class CaseTaken(ChatError):
    """Another agent was faster; the message names them."""


class CaseClosed(ChatError):
    """The case is not in a state in which this can be done."""


class AgentUnavailable(ChatError):
    """The agent is away, or has as many cases as they can serve."""


class AlreadyRated(ChatError):
    """A case is rated once."""


class MissingVariable(ChatError):
    """A canned reply needs a value that is not known; the message names it."""


class AlreadyExists(ChatError):
    """There is one already, with other facts."""


class SessionRevoked(ChatError):
    """The device was logged out."""


class TooManyDevices(ChatError):
    """Logged in on as many devices as one may have: one of `devices` must go first."""

    def __init__(self, message: str = "", devices: Sequence[DeviceSession] = ()) -> None:
        super().__init__(message)
        self.devices = devices


class MediaRefused(ChatError):
    """The file is of a kind that is not taken, or the scanner found something in it."""


class StoreUnavailable(ChatError):
    """The store cannot take or give data now; nothing was acknowledged."""


class VersionConflict(ChatError):
    """Somebody else changed the record meanwhile; read it again."""


class ConfigError(Exception):
    """The settings cannot work; the message says which one and what would."""
