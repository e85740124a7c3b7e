"""Every error word of the wire, once: its meaning, HTTP status, and whether a retry can help."""

from __future__ import annotations

import msgspec

from chat_server.domain import errors


class Fault(msgspec.Struct, frozen=True):
    code: str
    http: int
    meaning: str
    retry: bool = False


INTERNAL = Fault("internal", 500, "The server failed; it was logged.", retry=True)

FAULTS: dict[type[errors.ChatError], Fault] = {
    errors.Malformed: Fault("malformed", 400, "Not a frame or request that exists."),
    errors.InvalidValue: Fault("invalid_value", 400, "A field has a value it cannot have."),
    errors.TooLong: Fault("too_long", 413, "Over the stated limit."),
    errors.NotAuthenticated: Fault("not_authenticated", 401, "Log in first, or again."),
    errors.SessionRevoked: Fault("session_revoked", 401, "This device was logged out."),
    errors.Forbidden: Fault("forbidden", 403, "Not allowed for this person."),
    errors.NotAMember: Fault("not_a_member", 403, "No such conversation for this person."),
    errors.ReadOnly: Fault("read_only", 403, "Followers cannot write into a feed."),
    errors.Silenced: Fault("silenced", 403, "May read this group and not write in it."),
    errors.NotAccepting: Fault("not_accepting", 403, "The two cannot write to each other now."),
    errors.BankDuty: Fault("bank_duty", 403, "Account manager and customer stay in touch."),
    errors.GroupFull: Fault("group_full", 409, "No room for that many more members."),
    errors.LastOwner: Fault("last_owner", 409, "Hand the group over or dissolve it first."),
    errors.LinkExpired: Fault("link_expired", 410, "The invite link is no longer valid."),
    errors.FourEyes: Fault("four_eyes", 403, "Maker and reviewer must be two people."),
    errors.NotFound: Fault("not_found", 404, "No such thing, or none this person may see."),
    errors.MidReused: Fault("mid_reused", 409, "This mid was used with another body."),
    errors.CardNotOpen: Fault("card_not_open", 409, "Answered, replaced or expired."),
    errors.RecallTooLate: Fault("recall_too_late", 409, "No longer to be taken back."),
    errors.EditTooLate: Fault("edit_too_late", 409, "No longer to be edited."),
    errors.MessageRecalled: Fault("message_recalled", 409, "The message was taken back."),
    errors.AlreadyDecided: Fault("already_decided", 409, "Decided, or not what was reviewed."),
    errors.TooManyDevices: Fault("too_many_devices", 409, "Name the device that goes."),
    errors.CaseTaken: Fault("case_taken", 409, "Another agent was faster."),
    errors.CaseClosed: Fault("case_closed", 409, "The case is not in a state for this."),
    errors.AgentUnavailable: Fault("agent_unavailable", 409, "Away, or has enough cases."),
    errors.AlreadyRated: Fault("already_rated", 409, "A case is rated once."),
    errors.MissingVariable: Fault("missing_variable", 422, "A canned reply lacks a value."),
    errors.AlreadyExists: Fault("already_exists", 409, "There is one, with other facts."),
    errors.VersionConflict: Fault(
        "version_conflict", 409, "Changed meanwhile; read again.", retry=True
    ),
    errors.SecretRefused: Fault("secret_refused", 422, "Codes go into the card; nothing stored."),
    errors.MediaRefused: Fault("media_refused", 422, "A file of a kind that is not taken."),
    errors.RateLimited: Fault("rate_limited", 429, "Too many requests.", retry=True),
    errors.Overloaded: Fault("overloaded", 503, "Too busy; nothing was written.", retry=True),
    errors.StoreUnavailable: Fault("store_unavailable", 503, "Not certain; resend.", retry=True),
}


def fault_for(exc: BaseException) -> Fault:
    """The fault of an exception's nearest listed class; anything else is `internal`."""
    return next((FAULTS[c] for c in type(exc).__mro__ if c in FAULTS), INTERNAL)
