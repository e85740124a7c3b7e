"""What the API answers instead of doing something: the error codes that client libraries know.

Source: the table of error codes of the WeChat Official Account platform. A permission problem is
never 40001, which libraries take for an old token and answer with a new attempt.
"""

from __future__ import annotations

from collections.abc import Mapping

from chat_server.domain.errors import (
    ChatError,
    Forbidden,
    InvalidValue,
    MediaRefused,
    MidReused,
    NotFound,
    Overloaded,
    RateLimited,
    StoreUnavailable,
    TooLong,
    VersionConflict,
)

BUSY = -1
BAD_CREDENTIAL = 40001
BAD_GRANT_TYPE = 40002
BAD_OPENID = 40003
BAD_MEDIA_TYPE = 40004
BAD_FILE_TYPE = 40005
BAD_FILE_SIZE = 40006
BAD_MEDIA_ID = 40007
BAD_MESSAGE_TYPE = 40008
BAD_APPID = 40013
BAD_TOKEN = 40014
BAD_BUTTONS = 40016
BAD_BUTTON_NAME = 40018
BAD_BUTTON_KEY = 40019
BAD_BUTTON_URL = 40020
BAD_SUB_BUTTONS = 40023
BAD_BUTTON_TYPE = 40017
BAD_CODE = 40029
BAD_REFRESH_TOKEN = 40030
LIST_TOO_LONG = 40032
BAD_PARAMETER = 40035
BAD_TEMPLATE = 40037
BAD_MASS_ID = 40059
BAD_ARGUMENT = 40097
BAD_SECRET = 40125
USED_CODE = 40163
BAD_ADDRESS = 40164
NO_TOKEN = 41001
NO_APPID = 41002
NO_REFRESH_TOKEN = 41003
NO_SECRET = 41004
NO_FILE = 41005
NO_MEDIA_ID = 41006
NO_CODE = 41008
NO_OPENID = 41009
OLD_TOKEN = 42001
OLD_REFRESH_TOKEN = 42002
OLD_CODE = 42003
NEEDS_GET = 43001
NEEDS_POST = 43002
NOT_FOLLOWING = 43004
BLACKLISTED = 43019
EMPTY_FILE = 44001
EMPTY_BODY = 44002
EMPTY_ARTICLES = 44003
EMPTY_TEXT = 44004
FILE_TOO_BIG = 45001
TOO_LONG = 45002
TITLE_TOO_LONG = 45003
QUOTA_USED = 45009
TOO_FREQUENT = 45011
OUTSIDE_WINDOW = 45015
TOO_MANY_TAGS = 45056
TAG_TOO_FULL = 45057
TAG_RESERVED = 45058
TAGS_OF_FOLLOWER = 45059
SENT_BEFORE = 45065
SENT_JUST_NOW = 45066
CLIENT_ID_TOO_LONG = 45067
MESSAGES_USED = 45047
MASS_USED = 45028
BAD_COMMAND = 45072
NO_RECENT_MESSAGE = 45080
TYPING_ALREADY = 45081
TAG_EXISTS = 45157
TAG_NAME_TOO_LONG = 45158
NO_SUCH_TAG = 45159
NO_MENU = 46003
NO_SUCH_USER = 46004
NOT_JSON = 47001
BAD_FIELD = 47003
NOT_AUTHORISED = 48001
RESETS_USED = 48006
FOREIGN_OPENID = 49003
BAD_DATE = 61500
BAD_RANGE = 61501
NO_SUCH_AGENT = 61452
AGENT_EXISTS = 61453
AGENT_NAME_TOO_LONG = 61454
BAD_AGENT_NAME = 61455
TOO_MANY_AGENTS = 61456
BAD_PORTRAIT = 61457
WORKER_MISSING = 65402
BAD_NICKNAME = 65403
WORKER_BOUND = 65408
NO_SUCH_WORKER = 65409
NO_SESSION = 65413
SERVED_BY_ANOTHER = 65414
AGENT_OFFLINE = 65415
BAD_RECORD_QUERY = 65416
RECORDS_TOO_LONG = 65417
NO_DEFAULT_MENU = 65303
EMPTY_RULE = 65304
NO_SUCH_MENU = 65301
NO_SUCH_DRAFT = 53503
NO_SUCH_ARTICLE = 88001
TOO_MANY_ELECTED = 88003
BAD_REPLY = 88007
NO_SUCH_COMMENT = 88008
BAD_COMMENT_RANGE = 88010
BAD_SHORT_DATA = 9410010
BAD_SHORT_LIFE = 9410011
NO_SUCH_SHORT = 9410012

_OF_THE_HOUSE: Mapping[type[ChatError], int] = {
    RateLimited: TOO_FREQUENT,
    Overloaded: BUSY,
    StoreUnavailable: BUSY,
    VersionConflict: BUSY,
    InvalidValue: BAD_FIELD,
    TooLong: TOO_LONG,
    NotFound: BAD_PARAMETER,
    Forbidden: NOT_AUTHORISED,
    MediaRefused: BAD_FILE_TYPE,
    MidReused: BAD_PARAMETER,
}


class Refused(Exception):
    """One call was not done. `why` names the field that is wrong, where it is a field."""

    def __init__(self, code: int, why: str, **more: object) -> None:
        super().__init__(why)
        self.code, self.why, self.more = code, why, more


def refusal_of(exc: ChatError) -> Refused:
    """The house's own error in the platform's words."""
    code = next((_OF_THE_HOUSE[kind] for kind in type(exc).__mro__ if kind in _OF_THE_HOUSE), BUSY)
    return Refused(code, exc.message or type(exc).__name__)
