"""The endpoints of articles: their account's desk, and whoever reads them."""

from __future__ import annotations

from chat_server.domain import errors
from chat_server.domain.accounts.articles import MAX_ATTACHMENT
from chat_server.domain.people import StaffRole
from chat_server.transport.http.routes import articles
from chat_server.transport.http.routing import ANYONE, CUSTOMERS, OPEN, Roles, Route

_OPERATORS: Roles = frozenset({StaffRole.OPERATOR})
_ALL = _OPERATORS | {StaffRole.REVIEWER, StaffRole.ADMINISTRATOR}
_SEEN = (errors.NotFound, errors.Forbidden)
_SAVED = (*_SEEN, errors.TooLong, errors.InvalidValue, errors.VersionConflict)
_FILED = (*_SEEN, errors.TooLong, errors.MediaRefused)
_MADE = (errors.NotFound, errors.Forbidden)
_SAID = (*_MADE, errors.NotAccepting, errors.TooLong, errors.VersionConflict)
_ACCOUNT = "/v1/staff/accounts/{account}"
_DRAFT = f"{_ACCOUNT}/article-drafts/{{draft}}"
_OWN = f"{_ACCOUNT}/articles/{{broadcast}}/{{index}}"
_ARTICLE = "/v1/broadcasts/{broadcast}/articles/{index}"

ARTICLE_ROUTES = (
    Route("GET", f"{_ACCOUNT}/article-drafts", articles.drafts, _ALL, _SEEN),
    Route("POST", f"{_ACCOUNT}/article-drafts", articles.create_draft, _OPERATORS, _SAVED),
    Route("GET", _DRAFT, articles.draft, _ALL, _SEEN),
    Route("PUT", _DRAFT, articles.change_draft, _OPERATORS, _SAVED),
    Route("DELETE", _DRAFT, articles.delete_draft, _OPERATORS, _SEEN),
    Route("POST", f"{_DRAFT}/preview", articles.preview_draft, _OPERATORS, _SEEN),
    Route("POST", f"{_DRAFT}/submit", articles.submit_draft, _OPERATORS, _SAVED),
    Route(
        "POST",
        f"{_ACCOUNT}/attachments",
        articles.store_attachment,
        _OPERATORS,
        _FILED,
        max_body=MAX_ATTACHMENT,
    ),
    Route("GET", f"{_ACCOUNT}/articles", articles.own_articles, _ALL, _SEEN),
    Route(
        "POST", f"{_ACCOUNT}/articles/{{broadcast}}/draft", articles.draft_again, _OPERATORS, _SAVED
    ),
    Route("PATCH", _OWN, articles.decide_article, _OPERATORS, _SAVED),
    Route("GET", f"{_OWN}/comments", articles.article_comments, _ALL, _SEEN),
    Route("POST", f"{_OWN}/comments/{{number}}", articles.moderate_comment, _OPERATORS, _SAVED),
    Route("DELETE", f"{_OWN}/comments/{{number}}", articles.delete_comment, _OPERATORS, _SEEN),
    Route("GET", f"{_ARTICLE}/talk", articles.article_talk, ANYONE, (errors.NotFound,)),
    Route("PUT", f"{_ARTICLE}/like", articles.like_article, CUSTOMERS, _MADE),
    Route("DELETE", f"{_ARTICLE}/like", articles.unlike_article, CUSTOMERS, _MADE),
    Route("PUT", f"{_ARTICLE}/share", articles.share_article, CUSTOMERS, _MADE),
    Route("POST", f"{_ARTICLE}/comments", articles.comment_article, CUSTOMERS, _SAID),
    Route(
        "DELETE", f"{_ARTICLE}/comments/{{number}}", articles.take_comment_back, CUSTOMERS, _SAID
    ),
    Route("GET", "/a/media/{digest}", articles.public_medium, OPEN, (errors.NotFound,)),
)
