"""Rich text from editors and partners: what of it is kept, and its plain words.

Nothing that runs, nothing that covers the page, no picture from elsewhere: readers are told of
to nobody. What is not kept is left out without a word, as editors paste from everywhere.
"""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3

from chat_server.domain.errors import InvalidValue


def _named(words: str) -> set[str]:
    return set(words.split())


MAX_BLOCKS = 8000  # which may all lie within each other: time grows with the square of that
_TAGS = _named(
    "a b blockquote br caption code col colgroup del div em figcaption figure h1 h2 h3 h4 h5 h6 hr "
    "i img ins li mark ol p pre s section small span strong sub sup table tbody td tfoot th thead "
    "tr u ul"
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "*": {"style"},
}
_STYLES = _named(
    "background-color border border-collapse border-radius color font-size font-style font-weight "
    "letter-spacing line-height list-style-type margin margin-bottom margin-left margin-right "
    "margin-top max-width padding padding-bottom padding-left padding-right padding-top text-align "
    "text-decoration text-indent vertical-align width"
)
_PICTURE = re.compile(r"/a/media/[0-9a-f]{64}|/mp/pic/[A-Za-z0-9_-]+/[A-Za-z0-9_-]+")
_OPENED = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)")
# What the parser is quick with, however it is nested.
_QUICK = _named(
    "a b br code col em font h1 h2 h3 h4 h5 h6 hr i img li p s small span strong sub sup table "
    "tbody td tfoot th thead tr u"
)


async def sanitised(html: str) -> str:
    """What may be shown of it. InvalidValue for what has more blocks than any page has."""
    blocks = sum(tag.lower() not in _QUICK for tag in _OPENED.findall(html))
    if blocks > MAX_BLOCKS:
        raise InvalidValue(f"html: at most {MAX_BLOCKS} blocks")
    return await asyncio.to_thread(_clean, html)


def paragraphs(html: str) -> list[str]:
    """The plain text of sanitised HTML, a string for each paragraph."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    words = (" ".join(each.split()) for each in reader.found)
    return [each for each in words if each]


def _clean(html: str) -> str:
    return nh3.clean(
        html.replace("\0", ""),
        tags=_TAGS,
        clean_content_tags={"script", "style", "iframe", "template", "head", "noscript"},
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    ).strip()


def _kept(tag: str, name: str, said: str) -> str | None:
    """Pictures only from this house, whatever name it was reached by."""
    if (tag, name) != ("img", "src"):
        return said
    try:
        path = urlsplit(said).path
    except ValueError:
        return None
    return path if _PICTURE.fullmatch(path) else None


class _Words(HTMLParser):
    _BLOCKS = _named(
        "p div section br li h1 h2 h3 h4 h5 h6 tr blockquote figure figcaption pre table"
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in self._BLOCKS:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._BLOCKS:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        self.found[-1] += data
