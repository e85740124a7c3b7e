"""The endpoints of public accounts' desks."""

from __future__ import annotations

from chat_server.domain import errors
from chat_server.domain.people import StaffRole
from chat_server.transport.http.routes import account_desk as desk
from chat_server.transport.http.routes import campaigns
from chat_server.transport.http.routing import CUSTOMERS, Roles, Route

_OPERATORS: Roles = frozenset({StaffRole.OPERATOR})
_ADMINISTRATORS: Roles = frozenset({StaffRole.ADMINISTRATOR})
_DECIDING: Roles = frozenset({StaffRole.REVIEWER}) | _ADMINISTRATORS
_ALL = _OPERATORS | _DECIDING
_SEEN = (errors.NotFound, errors.Forbidden)
_DONE = (*_SEEN, errors.TooLong)
_SET = (*_DONE, errors.VersionConflict)
_DECIDED = (*_SET, errors.FourEyes, errors.AlreadyDecided)
MAX_LIST = 2 * 1024 * 1024  # bytes of an uploaded list
_ACCOUNTS = "/v1/staff/accounts"
_ACCOUNT = f"{_ACCOUNTS}/{{account}}"
_CAMPAIGNS = f"{_ACCOUNT}/campaigns"
_CAMPAIGN = f"{_CAMPAIGNS}/{{campaign}}"
_TAG = f"{_ACCOUNT}/tags/{{tag}}"

ACCOUNT_ROUTES = (
    Route("POST", "/v1/scans/{ticket}", desk.scan_code, CUSTOMERS, (errors.NotFound,)),
    Route("GET", _ACCOUNTS, desk.own_accounts, _ALL),
    Route(
        "POST",
        _ACCOUNTS,
        desk.apply_for_account,
        _OPERATORS,
        (errors.AlreadyExists, errors.VersionConflict),
    ),
    Route("PATCH", _ACCOUNT, desk.change_account, _OPERATORS | _ADMINISTRATORS, _SET),
    Route("POST", f"{_ACCOUNT}/standing", desk.decide_account, _DECIDING, _DECIDED),
    Route("PUT", f"{_ACCOUNT}/withheld", desk.withhold, _ADMINISTRATORS, _SET),
    Route("GET", f"{_ACCOUNT}/followers", desk.followers, _ALL, _SEEN),
    Route("PUT", f"{_ACCOUNT}/followers/{{customer}}", desk.remark_follower, _OPERATORS, _SEEN),
    Route("POST", f"{_ACCOUNT}/black-list", desk.black_list, _OPERATORS, _DONE),
    Route("GET", f"{_ACCOUNT}/tags", desk.account_tags, _ALL, _SEEN),
    Route("POST", f"{_ACCOUNT}/tags", desk.create_tag, _OPERATORS, (*_DONE, errors.AlreadyExists)),
    Route("PUT", _TAG, desk.rename_tag, _OPERATORS, (*_SEEN, errors.AlreadyExists)),
    Route("DELETE", _TAG, desk.delete_tag, _OPERATORS, _SEEN),
    Route("POST", f"{_TAG}/followers", desk.tag_followers, _OPERATORS, _DONE),
    Route("GET", f"{_ACCOUNT}/conduct", desk.account_conduct, _ALL, _SEEN),
    Route("PUT", f"{_ACCOUNT}/menu", desk.put_menu, _OPERATORS, _SET),
    Route("POST", f"{_ACCOUNT}/menus", desk.add_menu, _OPERATORS, _SET),
    Route("DELETE", f"{_ACCOUNT}/menus/{{number}}", desk.remove_menu, _OPERATORS, _SET),
    Route("PUT", f"{_ACCOUNT}/replies", desk.put_replies, _OPERATORS, _SET),
    Route("POST", f"{_ACCOUNT}/codes", desk.create_code, _OPERATORS, _SET),
    Route("GET", f"{_ACCOUNT}/templates", desk.account_templates, _ALL, _SEEN),
    Route("POST", f"{_ACCOUNT}/templates", desk.make_template, _OPERATORS, _SET),
    Route("POST", f"{_ACCOUNT}/templates/{{template}}", desk.decide_template, _ALL, _DECIDED),
    Route("POST", f"{_ACCOUNT}/notices", desk.send_notice, _OPERATORS, _SET),
    Route("GET", _CAMPAIGNS, campaigns.campaigns, _ALL, _SEEN),
    Route("POST", _CAMPAIGNS, campaigns.submit_campaign, _OPERATORS, _SET),
    Route("PUT", _CAMPAIGN, campaigns.change_campaign, _OPERATORS, _DECIDED),
    Route("POST", _CAMPAIGN, campaigns.decide_campaign, _ALL, (*_DECIDED, errors.RecallTooLate)),
    Route(
        "POST",
        "/v1/accounts/{account}/leaflets/{seq}",
        campaigns.open_leaflet,
        CUSTOMERS,
        (errors.NotFound,),
    ),
    Route("GET", f"{_CAMPAIGN}/steps", campaigns.campaign_steps, _ALL, _SEEN),
    Route("GET", f"{_CAMPAIGN}/result", campaigns.campaign_result, _ALL, _SEEN),
    Route("GET", f"{_CAMPAIGN}/result/{{form}}", campaigns.export_campaign, _ALL, _SEEN),
    Route("POST", f"{_ACCOUNT}/audience", campaigns.size_audience, _OPERATORS, _SEEN),
    Route(
        "POST",
        f"{_ACCOUNT}/audience/list",
        campaigns.read_list,
        _OPERATORS,
        _SEEN,
        max_body=MAX_LIST,
    ),
    Route("GET", "/v1/staff/branches", campaigns.branches, _ALL),
    Route("GET", f"{_ACCOUNT}/notices/{{notice}}", desk.account_notice, _ALL, _SEEN),
)
