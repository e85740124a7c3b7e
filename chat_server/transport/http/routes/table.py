"""Every endpoint of `/v1` and the demonstration, on one page."""

from __future__ import annotations

from chat_server.domain import errors
from chat_server.domain.people import StaffRole
from chat_server.transport.http.routes import accounts, demo, identity, staff
from chat_server.transport.http.routing import ANYONE, CUSTOMERS, OPEN, Roles, Route
from chat_server.usecases.media import MAX_PICTURE

_MANAGERS: Roles = frozenset({StaffRole.MANAGER})
_OPERATORS: Roles = frozenset({StaffRole.OPERATOR})
_REVIEWERS: Roles = frozenset({StaffRole.REVIEWER})
_ADMINISTRATORS: Roles = frozenset({StaffRole.ADMINISTRATOR})
_DESK = _OPERATORS | _REVIEWERS | _ADMINISTRATORS
_DECIDING = (errors.NotFound, errors.FourEyes, errors.AlreadyDecided, errors.VersionConflict)
_LOGIN = (errors.NotAuthenticated, errors.RateLimited, errors.Overloaded)
_REFRESH = (errors.NotAuthenticated, errors.SessionRevoked)
_NO_SUCH = (errors.NotFound,)
_FOLLOWED = "/v1/accounts/{account}/follow"
_BROADCAST = "/v1/staff/broadcasts/{broadcast}"

ROUTES = (
    Route("POST", "/v1/login", identity.log_in, OPEN, _LOGIN),
    Route("POST", "/v1/refresh", identity.refresh, OPEN, _REFRESH),
    Route("POST", "/v1/logout", identity.log_out, ANYONE),
    Route("GET", "/v1/me", identity.me, ANYONE),
    Route("GET", "/v1/people", identity.people, ANYONE, (errors.TooLong,)),
    Route("GET", "/v1/devices", identity.devices, ANYONE),
    Route("DELETE", "/v1/devices/{session}", identity.revoke_device, ANYONE, _NO_SUCH),
    Route("GET", "/v1/consents", accounts.consents, CUSTOMERS),
    Route("PUT", "/v1/consents/{purpose}", accounts.change_consent, CUSTOMERS),
    Route("GET", "/v1/accounts", accounts.directory, ANYONE),
    Route("GET", "/v1/accounts/{account}", accounts.account, ANYONE, _NO_SUCH),
    Route("POST", _FOLLOWED, accounts.follow, CUSTOMERS, _NO_SUCH),
    Route("DELETE", _FOLLOWED, accounts.unfollow, CUSTOMERS, _NO_SUCH),
    Route("GET", "/v1/broadcasts/{broadcast}/articles/{index}", accounts.article, ANYONE, _NO_SUCH),
    Route("GET", "/v1/media/{digest}", accounts.media, ANYONE, _NO_SUCH),
    Route("POST", "/v1/media", staff.store_media, _OPERATORS, max_body=MAX_PICTURE),
    Route("GET", "/v1/staff/customers", staff.customers, _MANAGERS),
    Route("GET", "/v1/staff/broadcasts", staff.broadcasts, _DESK),
    Route("POST", "/v1/staff/broadcasts", staff.submit_broadcast, _OPERATORS, _NO_SUCH),
    Route("POST", f"{_BROADCAST}/approve", staff.approve_broadcast, _REVIEWERS, _DECIDING),
    Route("POST", f"{_BROADCAST}/reject", staff.reject_broadcast, _REVIEWERS, _DECIDING),
    Route("GET", "/v1/staff/audit", staff.audit, _ADMINISTRATORS),
    Route("GET", "/demo/phone/messages", demo.phone_messages, OPEN, demo=True),
)
