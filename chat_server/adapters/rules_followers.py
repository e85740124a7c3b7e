"""What every store does alike with followers and the black list: pure steps."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from chat_server.adapters.rules import rejoined
from chat_server.domain.accounts.following import FIRST_TAG, MAX_TAGS, Follower, Tag
from chat_server.domain.conversation import Membership
from chat_server.domain.errors import AlreadyExists, NotFound, TooLong
from chat_server.domain.facts import Fact

FULL = "a follower has at most 20 tags"


def arrived(former: Follower | None, follower: Follower) -> Follower:
    """How they came this time, and the remark that they had."""
    remark = former.remark if former else ""
    return replace(follower, remark=remark, following=True, blocked=False, returns=False, tags=())


def barred(
    former: Follower, places: Collection[Membership], head: int, *, blocked: bool
) -> tuple[Follower, Sequence[Membership]]:
    """The follower and the places in feed and service conversation after that.

    `places` are those that exist; the feed's is the one of a follower. `head` is the feed's.
    """
    kept = []
    for place in places:
        if not place.conv.startswith("f:"):
            kept.append(replace(place, silenced=blocked))
        elif blocked and place.left_seq is None:
            kept.append(replace(place, left_seq=head))
        elif not blocked and former.returns:
            kept.append(rejoined(place, replace(place, left_seq=None)))
    returns = blocked and former.following
    following = not blocked and former.returns
    tags = () if blocked else former.tags
    after = replace(former, blocked=blocked, returns=returns, following=following, tags=tags)
    return after, kept


def next_tag(former: Collection[Tag], account: str, name: str) -> Tag:
    """A new tag beside those that are or were; the names of deleted ones are empty."""
    living = [each for each in former if each.name]
    if any(each.name == name for each in living):
        raise AlreadyExists(f"name: there is a tag {name}")
    if len(living) >= MAX_TAGS:
        raise TooLong(f"an account has at most {MAX_TAGS} tags")
    last = max((each.tag for each in former), default=FIRST_TAG - 1)
    return Tag(account, last + 1, name)


def renamed_tag(former: Collection[Tag], tag: int, name: str) -> Tag:
    found = found_tag(former, tag)
    if any(each.name == name and each.tag != tag for each in former):
        raise AlreadyExists(f"name: there is a tag {name}")
    return replace(found, name=name)


def found_tag(former: Collection[Tag], tag: int) -> Tag:
    found = next((each for each in former if each.tag == tag and each.name), None)
    if found is None:
        raise NotFound("no such tag")
    return found


def counted(fact: Fact, count: int) -> Fact:
    return replace(fact, detail={**fact.detail, "count": count})
