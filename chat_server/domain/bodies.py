"""What an event says: bodies, tagged by `type`. They cross the wire as they are stored.

`ClientBody` is what a person's device may send; the rest only the house and its
bots write. Bodies are stored as the JSON that these structs encode to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chat_server.domain.media import MAX_MEDIUM

MAX_TEXT = 4000  # characters
Title = Annotated[str, Meta(min_length=1, max_length=64)]


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who wrote what is passed on, and when; not where: the readers may not know the place."""

    from_: str = msgspec.field(name="from")
    ts: int


class About(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a message refers to, written by the house from the fields beside the body in `send`.

    `reply_to` is the seq of the message that is answered, in the same conversation; its words
    are not copied, so that they go when they are recalled. `mentions` are people, or `*`.
    """

    reply_to: int = 0
    mentions: Sequence[str] = ()
    forwarded: Origin | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every body has that a person's device may send."""

    about: About | None = None


class Text(Said, frozen=True, tag="text", forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]


class Pressed(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a button of such a kind had the customer do.

    `sent` are the `mid`s of what they sent for it, in this conversation and before this:
    pictures, or a place. `code` is what a scanned code says.
    """

    kind: Literal[
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    ]
    sent: Annotated[
        Sequence[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(max_length=9)
    ] = ()
    code: Annotated[str, Meta(max_length=2048)] = ""
    code_type: Literal["qrcode", "barcode"] = "qrcode"


class Menu(Said, frozen=True, tag="menu", forbid_unknown_fields=True):
    """The customer pressed a button of the public account's menu; `title` as they saw it."""

    key: Annotated[str, Meta(min_length=1, max_length=128)]
    title: Title
    pressed: Pressed | None = None


Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
FileName = Annotated[str, Meta(max_length=255)]
_Size = Annotated[int, Meta(ge=0, le=MAX_MEDIUM)]
_Pixels = Annotated[int, Meta(ge=0, le=100_000)]
_Milliseconds = Annotated[int, Meta(ge=0, le=24 * 3_600_000)]


class _Medium(Said, frozen=True, forbid_unknown_fields=True):
    """`media` names an upload by its digest. What the server knows better, it puts right."""

    media: Digest
    name: FileName = ""
    size: _Size = 0
    mime: Annotated[str, Meta(max_length=100)] = ""


class Image(_Medium, frozen=True, tag="image"):
    width: _Pixels = 0
    height: _Pixels = 0
    thumbnail: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""


class Voice(_Medium, frozen=True, tag="voice"):
    duration_ms: _Milliseconds = 0


class Video(_Medium, frozen=True, tag="video"):
    width: _Pixels = 0
    height: _Pixels = 0
    duration_ms: _Milliseconds = 0
    thumbnail: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""


class File(_Medium, frozen=True, tag="file"):
    pass


class Location(Said, frozen=True, tag="location", forbid_unknown_fields=True):
    """A place on the earth, WGS 84; `title` and `address` as the sender's device says them."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    title: Annotated[str, Meta(max_length=100)] = ""
    address: Annotated[str, Meta(max_length=200)] = ""


class Link(Said, frozen=True, tag="link", forbid_unknown_fields=True):
    """What the sender's device says of a page. The server never looks at it."""

    url: Annotated[str, Meta(max_length=2048, pattern="^https?://[^\\s/?#@]+([/?#][^\\s]*)?$")]
    title: Annotated[str, Meta(min_length=1, max_length=200)]


class ArticleItem(msgspec.Struct, frozen=True):
    """One article; its text is at `GET /v1/broadcasts/{broadcast}/articles/{index}`."""

    title: str
    digest: str
    cover: str = ""


class Article(msgspec.Struct, frozen=True, tag="article"):
    broadcast: str
    items: Sequence[ArticleItem]


class Card(msgspec.Struct, frozen=True, tag="card"):
    """An Adaptive Card 1.6. `secret_inputs` are sent in a `submit` and never stored.

    `secret_until` is when the code that they ask for ends; the card may outlive it, for the next.
    """

    card_id: str
    card: dict[str, Any]
    fallback: str
    expires_at: int | None = None
    secret_inputs: Sequence[str] = ()
    secret_until: int | None = None


class NoticeField(msgspec.Struct, frozen=True):
    label: str
    value: str


class Notice(msgspec.Struct, frozen=True, tag="notice", omit_defaults=True):
    """The bank tells something, for instance that money moved on an account.

    One that runs on a template has its title, its fields and a note below them as well; `text`
    says all of it.
    """

    text: str
    topic: str  # balance, offer, system
    title: str = ""
    fields: Sequence[NoticeField] = ()
    note: str = ""


class Leaflet(msgspec.Struct, frozen=True, tag="leaflet"):
    """Words of a campaign with a button that leads to a page.

    The device opens `url`, and tells at `POST /v1/accounts/{account}/leaflets/{seq}`.
    """

    text: str
    title: str
    url: str


class Gift(msgspec.Struct, frozen=True, tag="gift", omit_defaults=True):
    """Money to people of this conversation; who took what is at `GET /v1/gifts/{gift}`.

    `kind` is `red_packet` or `p2p`; `amount` (fen) is told of the latter only, `taker` where
    one person alone may take it.
    """

    gift: str
    kind: str
    greeting: str = ""
    shares: int = 1
    amount: int = 0
    taker: str = ""


class GiftTaken(msgspec.Struct, frozen=True, tag="gift_taken"):
    """Its sender took a share of the gift, which was from `sender`; the amount is at the gift."""

    gift: str
    sender: str


class CardState(msgspec.Struct, frozen=True, tag="card_state"):
    """What became of a card. Values are never kept.

    `submitted` names the button and the device that pressed it; `open` means that the card
    takes answers again (a wrong code); every other state is final.
    """

    card: int  # the card's seq
    card_id: str
    state: str  # submitted, open, done, confirmed, cancelled, expired, failed, replaced, refused
    action: str = ""
    device: str = ""


class Edit(msgspec.Struct, frozen=True, tag="edit"):
    """The message at `target` reads like this from now on."""

    target: int
    body: Text


class Recall(msgspec.Struct, frozen=True, tag="recall"):
    """The message at `target` is taken back."""

    target: int


Emoji = Literal["", "👍", "❤️", "😄", "😮", "😢", "🙏", "🎉", "👌"]


class Reaction(msgspec.Struct, frozen=True, tag="reaction"):
    """Somebody's one emoji on the message at `target`; none takes back what `was` there."""

    target: int
    emoji: Emoji
    was: Emoji = ""


class MemberChange(msgspec.Struct, frozen=True, tag="member", omit_defaults=True):
    """What happened to a group's members, or to the group. `whom` may be many at once.

    `created`, `invited` and `joined` (by `by`'s link) add `whom`; `left` and `removed` take
    them out, `dissolved` everybody. `role` and `owner` change places, `text` is the new role;
    `silenced`, `unsilenced`; `renamed` and `announced` have their words in `text`; `setting` has
    `silent`, `open`, `approval` or `no_approval` there.
    """

    what: str
    who: str
    whom: Sequence[str] = ()
    text: str = ""
    by: str = ""


class Assign(msgspec.Struct, frozen=True, tag="assign", omit_defaults=True):
    """Who serves the customer of a service conversation, or where they stand in the queue.

    `waiting`, `serving` by `agent` (whose `name` is shown), `closed`, or back with the `bot`;
    `former` was taken off. `text` says it in the customer's language.
    """

    case: str
    state: str
    text: str
    agent: str = ""
    name: str = ""
    former: Sequence[str] = ()
    reason: str = ""
    position: int = 0
    estimate_s: int = 0  # 0: nobody can say
    opens: int = 0  # when the desk opens; 0: it is open


class Recalled(msgspec.Struct, frozen=True, tag="recalled"):
    """Stands where the words of a recalled message, or of its edits, were."""


Action = Edit | Recall | Reaction
MediaBody = Image | Voice | Video | File
ClientBody = Text | Menu | Image | Voice | Video | File | Location | Link
HouseBody = Article | Card | Notice | Leaflet | Gift | GiftTaken
Body = ClientBody | HouseBody | CardState | Action | MemberChange | Assign | Recalled
