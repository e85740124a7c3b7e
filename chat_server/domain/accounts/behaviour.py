"""What narrows an audience beside who people are: what they did, and what they might want.

What somebody did is looked for in a window that ends now; a campaign's audience is what it is
when its recipients are enrolled, not when it was planned.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from chat_server.domain.errors import InvalidValue

MAX_BEHAVIOURS = 5
MAX_DAYS = 180
MAX_SUBJECT = 128
MAX_TOP = 100_000
DAY_MS = 86_400_000


class Deed(StrEnum):
    """`subject` narrows it: an article's id, a campaign's, a menu button's key or page."""

    READ_ARTICLE = "read_article"
    READ_CAMPAIGN = "read_campaign"
    CLICKED_CAMPAIGN = "clicked_campaign"
    OPENED_MENU = "opened_menu"
    WROTE = "wrote"
    FOLLOWED = "followed"


_OF_ONE = frozenset({Deed.READ_CAMPAIGN, Deed.CLICKED_CAMPAIGN})  # these need a subject
_OF_NONE = frozenset({Deed.WROTE, Deed.FOLLOWED})


class Behaviour(msgspec.Struct, frozen=True):
    """Whoever did (or with `did` off, did not do) that in the last `days`."""

    deed: Deed
    subject: str = ""
    days: int = 30
    did: bool = True


class Likely(msgspec.Struct, frozen=True):
    """Whoever the recommender gives at least that score for the product; the `top` of them.

    Only who allowed offers has a score. `top` of 0 is all of them.
    """

    product: str
    at_least: float = 0.0
    top: int = 0


class Cut(msgspec.Struct, frozen=True):
    """Where the best `top` end: who stands after it is not among them. Scored as of `at_ms`."""

    at_ms: int
    score: float = 0.0
    customer: str = ""  # of equals, who comes first by id


def check_narrowing(behaviours: Sequence[Behaviour], likely: Likely | None) -> None:
    """InvalidValue, naming the field."""
    if len(behaviours) > MAX_BEHAVIOURS:
        raise InvalidValue(f"audience.behaviours: at most {MAX_BEHAVIOURS}")
    for each in behaviours:
        if not 1 <= each.days <= MAX_DAYS:
            raise InvalidValue(f"audience.behaviours.days: 1 to {MAX_DAYS}")
        wrong = not each.subject if each.deed in _OF_ONE else each.deed in _OF_NONE and each.subject
        if wrong or len(each.subject) > MAX_SUBJECT:
            raise InvalidValue("audience.behaviours.subject: a campaign's id for a campaign")
    if likely is None:
        return
    if not likely.product or len(likely.product) > MAX_SUBJECT:
        raise InvalidValue("audience.likely.product: which one")
    if not 0 <= likely.at_least <= 1:
        raise InvalidValue("audience.likely.at_least: a chance from 0 to 1")
    if not 0 <= likely.top <= MAX_TOP:
        raise InvalidValue(f"audience.likely.top: 0 to {MAX_TOP}")
    if not likely.at_least and not likely.top:
        raise InvalidValue("audience.likely: a least score, or how many")
