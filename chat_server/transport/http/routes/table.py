"""Every endpoint of `/v1` and the demonstration, on one page."""

from __future__ import annotations

from chat_server.domain import errors
from chat_server.domain.media import MAX_PICTURE
from chat_server.domain.people import StaffRole
from chat_server.transport.http.routes import (
    accounts,
    advising,
    contacts,
    demo,
    gifts,
    groups,
    identity,
    media,
    notifying,
    recommending,
    searching,
    staff,
)
from chat_server.transport.http.routes.account_table import ACCOUNT_ROUTES
from chat_server.transport.http.routes.article_table import ARTICLE_ROUTES
from chat_server.transport.http.routes.bank import BANK_ROUTES
from chat_server.transport.http.routes.desk_table import DESK_ROUTES
from chat_server.transport.http.routes.learning import LEARNING_ROUTES
from chat_server.transport.http.routes.media import MAX_PIECE
from chat_server.transport.http.routes.partners import PARTNER_ROUTES
from chat_server.transport.http.routing import ANYONE, CUSTOMERS, OPEN, Roles, Route

_MANAGERS: Roles = frozenset({StaffRole.MANAGER})
_OPERATORS: Roles = frozenset({StaffRole.OPERATOR})
_REVIEWERS: Roles = frozenset({StaffRole.REVIEWER})
_ADMINISTRATORS: Roles = frozenset({StaffRole.ADMINISTRATOR})
_DESK = _OPERATORS | _REVIEWERS | _ADMINISTRATORS
_DECIDING = (errors.NotFound, errors.FourEyes, errors.AlreadyDecided, errors.VersionConflict)
_RECALLING = (*_DECIDING, errors.Forbidden, errors.RecallTooLate)
_LOGIN = (
    errors.NotAuthenticated,
    errors.RateLimited,
    errors.Overloaded,
    errors.TooManyDevices,
)
_REFRESH = (errors.NotAuthenticated, errors.SessionRevoked)
_SEARCH = (errors.NotAMember, errors.TooLong, errors.RateLimited)
_NO_SUCH = (errors.NotFound,)
_SEEN = (errors.NotFound, errors.NotAMember)
_READ_BY = (errors.NotFound, errors.NotAMember, errors.Forbidden, errors.TooLong)
_RACED = (errors.VersionConflict,)
_CHANGED = (errors.NotFound, errors.NotAMember, errors.Forbidden, errors.VersionConflict)
_LINKED = (errors.LinkExpired,)
_GROUP = "/v1/groups/{conv}"
_GROUP_MEMBER = f"{_GROUP}/members/{{user}}"
_GROUP_REQUEST = f"{_GROUP}/requests/{{user}}"
_BEGINNING = (errors.NotAMember, errors.ReadOnly, errors.RateLimited)
_EXTENDING = (errors.NotFound, errors.VersionConflict)
_FINISHING = (errors.NotFound, errors.InvalidValue, errors.MediaRefused)
_TICKETED = (errors.NotFound, errors.Forbidden)
_UPLOAD = "/v1/media/uploads/{upload}"
_FOLLOWED = "/v1/accounts/{account}/follow"
_BROADCAST = "/v1/staff/broadcasts/{broadcast}"
_FINDING = (errors.NotFound, errors.RateLimited)
_ASKING = (errors.NotFound, errors.RateLimited, errors.Forbidden, errors.VersionConflict)
_PARTING = (errors.NotFound, errors.BankDuty, errors.VersionConflict)
_CONTACT = "/v1/contacts/{user}"
_CONTACT_REQUEST = "/v1/contact-requests/{user}"

ROUTES = (
    Route("POST", "/v1/login", identity.log_in, OPEN, _LOGIN),
    Route("POST", "/v1/refresh", identity.refresh, OPEN, _REFRESH),
    Route("POST", "/v1/logout", identity.log_out, ANYONE),
    Route("GET", "/v1/me", identity.me, ANYONE),
    Route("PUT", "/v1/me/language", identity.choose_language, ANYONE),
    Route("GET", "/v1/people", identity.people, ANYONE, (errors.TooLong,)),
    Route("GET", "/v1/search", searching.search, ANYONE, _SEARCH),
    Route("GET", "/v1/devices", identity.devices, ANYONE),
    Route("DELETE", "/v1/devices", identity.revoke_others, ANYONE),
    Route(
        "PATCH",
        "/v1/devices/{session}",
        identity.rename_device,
        ANYONE,
        (errors.NotFound, errors.TooLong),
    ),
    Route("DELETE", "/v1/devices/{session}", identity.revoke_device, ANYONE, _NO_SUCH),
    Route("GET", "/v1/notifications", notifying.notifications, ANYONE),
    Route("PUT", "/v1/notifications", notifying.wish, ANYONE),
    Route("PUT", "/v1/notifications/device", notifying.subscribe, ANYONE),
    Route("DELETE", "/v1/notifications/device", notifying.unsubscribe, ANYONE),
    Route("GET", "/v1/consents", accounts.consents, CUSTOMERS),
    Route("PUT", "/v1/consents/{purpose}", accounts.change_consent, CUSTOMERS),
    Route("GET", "/v1/accounts", accounts.directory, ANYONE),
    Route("GET", "/v1/accounts/{account}", accounts.account, ANYONE, _NO_SUCH),
    Route("POST", "/v1/accounts/{account}/pages", accounts.open_page, CUSTOMERS, _NO_SUCH),
    Route("POST", _FOLLOWED, accounts.follow, CUSTOMERS, (*_NO_SUCH, errors.NotAccepting)),
    Route("DELETE", _FOLLOWED, accounts.unfollow, CUSTOMERS, _NO_SUCH),
    Route("GET", "/v1/broadcasts/{broadcast}/articles/{index}", accounts.article, ANYONE, _NO_SUCH),
    Route("GET", "/v1/staff/recommender", advising.model_card, _DESK),
    Route(
        "GET",
        "/v1/staff/customers/{user}/next-offers",
        advising.next_offers,
        _MANAGERS,
        _NO_SUCH,
    ),
    Route(
        "POST",
        "/v1/staff/accounts/{account}/foresee",
        advising.foresee,
        _DESK,
        (errors.NotFound,),
    ),
    Route("GET", "/v1/interests", recommending.interests, CUSTOMERS),
    Route("GET", "/v1/recommended/{kind}", recommending.recommended, CUSTOMERS),
    Route(
        "POST",
        "/v1/recommended/{kind}/unwanted",
        recommending.refuse_recommended,
        CUSTOMERS,
        _NO_SUCH,
    ),
    Route("GET", "/v1/contacts", contacts.contacts, ANYONE),
    Route("PATCH", _CONTACT, contacts.note_contact, ANYONE, (*_NO_SUCH, *_RACED)),
    Route("DELETE", _CONTACT, contacts.remove_contact, CUSTOMERS, _PARTING),
    Route("PUT", f"{_CONTACT}/block", contacts.block_contact, CUSTOMERS, _PARTING),
    Route("DELETE", f"{_CONTACT}/block", contacts.unblock_contact, CUSTOMERS, _RACED),
    Route("POST", "/v1/contact-search", contacts.find_by_number, CUSTOMERS, _FINDING),
    Route("POST", "/v1/contact-search/card", contacts.find_by_card, CUSTOMERS, _FINDING),
    Route("GET", "/v1/contact-requests", contacts.contact_requests, CUSTOMERS),
    Route("POST", "/v1/contact-requests", contacts.ask_contact, CUSTOMERS, _ASKING),
    Route("POST", _CONTACT_REQUEST, contacts.accept_contact, CUSTOMERS, (*_NO_SUCH, *_RACED)),
    Route("DELETE", _CONTACT_REQUEST, contacts.refuse_contact, CUSTOMERS, (*_NO_SUCH, *_RACED)),
    Route("GET", "/v1/contact-card", contacts.own_card, CUSTOMERS, _RACED),
    Route("POST", "/v1/contact-card", contacts.renew_card, CUSTOMERS, _RACED),
    Route("GET", "/v1/privacy", contacts.privacy, ANYONE),
    Route("PUT", "/v1/privacy", contacts.change_privacy, ANYONE),
    Route("POST", "/v1/groups", groups.create, ANYONE, (errors.Forbidden, errors.TooLong)),
    Route("POST", "/v1/groups/look", groups.look_at_link, ANYONE, _LINKED),
    Route(
        "POST", "/v1/groups/join", groups.join_group, ANYONE, (*_LINKED, errors.GroupFull, *_RACED)
    ),
    Route("GET", _GROUP, groups.group, ANYONE, _SEEN),
    Route("PATCH", _GROUP, groups.change, ANYONE, _CHANGED),
    Route("DELETE", _GROUP, groups.dissolve, ANYONE, _CHANGED),
    Route("GET", f"{_GROUP}/members", groups.members, ANYONE, _SEEN),
    Route("POST", f"{_GROUP}/members", groups.invite, ANYONE, (*_CHANGED, errors.GroupFull)),
    Route("PATCH", _GROUP_MEMBER, groups.change_member, ANYONE, _CHANGED),
    Route("DELETE", _GROUP_MEMBER, groups.remove, ANYONE, _CHANGED),
    Route(
        "GET", f"{_GROUP}/people", groups.group_people, ANYONE, (errors.NotAMember, errors.TooLong)
    ),
    Route("POST", f"{_GROUP}/owner", groups.hand_over, ANYONE, _CHANGED),
    Route("POST", f"{_GROUP}/leave", groups.leave_group, ANYONE, (*_CHANGED, errors.LastOwner)),
    Route("POST", f"{_GROUP}/links", groups.make_link, ANYONE, (*_SEEN, errors.Forbidden)),
    Route("DELETE", f"{_GROUP}/links", groups.withdraw_links, ANYONE, _CHANGED),
    Route("GET", f"{_GROUP}/requests", groups.requests, ANYONE, (*_SEEN, errors.Forbidden)),
    Route("POST", _GROUP_REQUEST, groups.approve, ANYONE, (*_CHANGED, errors.GroupFull)),
    Route("DELETE", _GROUP_REQUEST, groups.refuse, ANYONE, (*_SEEN, errors.Forbidden)),
    Route("GET", f"{_GROUP}/readers/{{seq}}", groups.readers, ANYONE, _READ_BY),
    Route("GET", "/v1/gifts/{gift}", gifts.gift, ANYONE, _NO_SUCH),
    Route("POST", "/v1/gifts/{gift}/take", gifts.take_gift, CUSTOMERS, _NO_SUCH),
    Route("POST", "/v1/media/uploads", media.begin_upload, ANYONE, _BEGINNING),
    Route("GET", _UPLOAD, media.upload_progress, ANYONE, _NO_SUCH),
    Route("PUT", _UPLOAD, media.extend_upload, ANYONE, _EXTENDING, max_body=MAX_PIECE),
    Route("POST", f"{_UPLOAD}/finish", media.finish_upload, ANYONE, _FINISHING),
    Route("DELETE", _UPLOAD, media.abandon_upload, ANYONE, _NO_SUCH),
    Route("GET", "/v1/media/{digest}", media.medium, ANYONE, _NO_SUCH),
    Route("POST", "/v1/media/{digest}/link", media.link_medium, ANYONE, _NO_SUCH),
    Route("GET", "/v1/media/{digest}/{ticket}", media.linked_medium, OPEN, _TICKETED),
    Route("POST", "/v1/media", staff.store_media, _OPERATORS, max_body=MAX_PICTURE),
    Route("GET", "/v1/staff/customers", staff.customers, _MANAGERS),
    Route("GET", "/v1/staff/broadcasts", staff.broadcasts, _DESK),
    Route("POST", "/v1/staff/broadcasts", staff.submit_broadcast, _OPERATORS, _NO_SUCH),
    Route("POST", f"{_BROADCAST}/approve", staff.approve_broadcast, _REVIEWERS, _DECIDING),
    Route("POST", f"{_BROADCAST}/reject", staff.reject_broadcast, _REVIEWERS, _DECIDING),
    Route("POST", f"{_BROADCAST}/recall", staff.recall_broadcast, _OPERATORS, _RECALLING),
    Route("GET", "/v1/staff/audit", staff.audit, _ADMINISTRATORS),
    *ACCOUNT_ROUTES,
    *PARTNER_ROUTES,
    *ARTICLE_ROUTES,
    *DESK_ROUTES,
    *LEARNING_ROUTES,
    *BANK_ROUTES,
    Route("GET", "/demo/phone/messages", demo.phone_messages, OPEN, demo=True),
)
