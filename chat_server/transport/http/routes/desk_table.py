"""The endpoints of the assist desk."""

from __future__ import annotations

from chat_server.domain import errors
from chat_server.domain.people import StaffRole
from chat_server.transport.http.routes import desk
from chat_server.transport.http.routing import CUSTOMERS, Roles, Route

_SERVING: Roles = frozenset({StaffRole.AGENT, StaffRole.SUPERVISOR})
_PRESENT: Roles = _SERVING | {StaffRole.MANAGER}
_SUPERVISORS: Roles = frozenset({StaffRole.SUPERVISOR})
_ADMINISTRATORS: Roles = frozenset({StaffRole.ADMINISTRATOR})
_SETTING_UP = _SUPERVISORS | _ADMINISTRATORS
_NO_SUCH = (errors.NotFound,)
_SEEN = (errors.NotFound, errors.Forbidden)
_DONE = (*_SEEN, errors.CaseClosed, errors.VersionConflict)
_TAKEN = (*_DONE, errors.CaseTaken, errors.AgentUnavailable)
_SET = (errors.NotFound, errors.VersionConflict)
_SERVICE = "/v1/service/{conv}"
_CASE = "/v1/desk/cases/{case}"
_DESK = "/v1/desks/{desk}"
_REPLY = f"{_DESK}/replies/{{reply}}"

DESK_ROUTES = (
    Route("GET", _SERVICE, desk.place, CUSTOMERS, _NO_SUCH),
    Route("POST", f"{_SERVICE}/person", desk.call_person, CUSTOMERS, _SET),
    Route(
        "POST",
        "/v1/cases/{case}/rating",
        desk.rate,
        CUSTOMERS,
        (*_SET, errors.AlreadyRated, errors.CaseClosed),
    ),
    Route("GET", "/v1/desk/status", desk.own_status, _PRESENT),
    Route("PUT", "/v1/desk/status", desk.say_status, _PRESENT),
    Route("GET", "/v1/desks", desk.desks, _SERVING | _ADMINISTRATORS),
    Route("GET", f"{_DESK}/cases", desk.listed, _SERVING, _SEEN),
    Route("GET", f"{_DESK}/agents", desk.agents, _SERVING, _SEEN),
    Route("GET", f"{_DESK}/figures", desk.figures, _SUPERVISORS, _SEEN),
    Route("GET", f"{_DESK}/settings", desk.settings, _SETTING_UP, _SEEN),
    Route(
        "PUT",
        f"{_DESK}/settings",
        desk.put_settings,
        _ADMINISTRATORS,
        (*_SET, errors.AlreadyExists),
    ),
    Route("GET", f"{_DESK}/replies", desk.replies, _SERVING | _ADMINISTRATORS, _SEEN),
    Route("PUT", _REPLY, desk.put_reply, _SETTING_UP, (*_SEEN, errors.VersionConflict)),
    Route("DELETE", _REPLY, desk.drop_reply, _SETTING_UP, (*_SEEN, errors.VersionConflict)),
    Route("GET", _CASE, desk.detail, _SERVING, _SEEN),
    Route("POST", f"{_CASE}/claim", desk.claim, _SERVING, _TAKEN),
    Route("POST", f"{_CASE}/transfer", desk.transfer, _SERVING, _TAKEN),
    Route("POST", f"{_CASE}/return", desk.give_back, _SERVING, _DONE),
    Route("POST", f"{_CASE}/bot", desk.hand_back, _SERVING, _DONE),
    Route("POST", f"{_CASE}/close", desk.close, _SERVING, _DONE),
    Route("GET", f"{_CASE}/notes", desk.notes, _SERVING, _SEEN),
    Route("POST", f"{_CASE}/notes", desk.add_note, _SERVING, (*_SEEN, errors.VersionConflict)),
    Route("GET", f"{_CASE}/log", desk.log, _SUPERVISORS, _SEEN),
    Route(
        "POST",
        f"{_CASE}/replies/{{reply}}",
        desk.fill_reply,
        _SERVING,
        (*_SEEN, errors.MissingVariable),
    ),
)
