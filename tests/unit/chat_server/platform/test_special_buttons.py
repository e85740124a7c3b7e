"""Buttons that have the customer scan, photograph or choose, and those that give something."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import Image as Picture

from chat_server.domain.bodies import Image, Location, Menu, Pressed
from chat_server.platform.callbacks.telling import Telling
from chat_server.platform.keys import Keys
from chat_server.platform.media import MediaShelf
from chat_server.platform.menu_messages import MenuMessages
from chat_server.platform.openids import Openids
from chat_server.platform.registry import Apps
from tests.front_desk import KEY
from tests.partner_front import HERE, PartnerFront, desk, front

__all__ = ["desk", "front"]


def png() -> bytes:
    file = BytesIO()
    Picture.new("RGB", (4, 4), "red").save(file, "PNG")
    return file.getvalue()


def media(front: PartnerFront) -> MediaShelf:
    uploads = front.desk.cases.uploads
    return MediaShelf(front.store, front.desk.blobs, uploads, front.clock, temporary_s=60)


async def told(front: PartnerFront) -> list[Mapping[str, Any]]:
    """The callbacks' fields, as they would be sent now."""
    app = await Apps(front.store.shelf, front.clock).of_account(front.account)
    assert app is not None
    openids = Openids(front.store.shelf, front.store.conversations, Keys(KEY), front.clock)
    menus = MenuMessages(front.store.shelf, front.clock)
    messages, clock = front.store.messages, front.clock
    telling = Telling(messages, openids, media(front), menus, Keys(KEY), clock, base_url=HERE)
    found = [await telling.fields(app, each) for each in await front.callbacks()]
    return [each for each in found if each is not None]


async def pressed(front: PartnerFront, pressed: Pressed) -> Mapping[str, Any]:
    await front.say(Menu(key="K1", title="按钮", pressed=pressed))
    return (await told(front))[-1]


async def test_what_was_scanned_is_an_event(front: PartnerFront) -> None:
    await front.follow()
    scanned = Pressed("scancode_waitmsg", code="https://shop.example/1?a=<b>")
    event = await pressed(front, scanned)
    assert (event["Event"], event["EventKey"]) == ("scancode_waitmsg", "K1")
    assert event["ScanCodeInfo"] == {"ScanType": "qrcode", "ScanResult": scanned.code}
    assert (await front.callbacks())[-1].asks


async def test_a_chosen_place_is_told_with_the_event(front: PartnerFront) -> None:
    await front.follow()
    place = Location(latitude=31.2, longitude=121.5, title="外滩", address="中山东一路")
    sent = await front.say(place)
    event = await pressed(front, Pressed("location_select", sent=[sent.mid, "never-sent"]))
    assert event["SendLocationInfo"] == {
        "Location_X": "31.2",
        "Location_Y": "121.5",
        "Scale": "16",
        "Label": "中山东一路",
        "Poiname": "外滩",
    }


async def test_pictures_are_counted_with_their_sums(front: PartnerFront) -> None:
    await front.follow()
    _, item = await media(front).upload(front.account, "image", "a.png", png())
    mine = await front.say(Image(media=item.digest))
    others = await front.say(Image(media=item.digest), sender=front.account)
    event = await pressed(front, Pressed("pic_sysphoto", sent=[mine.mid, others.mid]))
    assert event["SendPicsInfo"] == {
        "Count": 1,
        "PicList": {"item": [{"PicMd5Sum": hashlib.md5(png(), usedforsecurity=False).hexdigest()}]},
    }


async def test_a_button_gives_its_material_once_and_asks_no_backend(front: PartnerFront) -> None:
    await front.follow()
    kept = await front.call(
        "/cgi-bin/material/add_material?type=image", media=("a.png", png(), "image/png")
    )
    button = {"type": "media_id", "name": "图", "media_id": kept["media_id"]}
    assert (await front.call("/cgi-bin/menu/create", {"button": [button]}))["errcode"] == 0
    [shown] = (await front.call("/cgi-bin/menu/get"))["menu"]["button"]
    assert shown == {**button, "sub_button": []}
    [native] = (await front.store.accounts.account(front.account)).menu
    before = len(await front.callbacks())
    await front.say(Menu(key=native.key, title="图"))
    assert len(await front.callbacks()) == before
    events = await front.store.messages.events(f"s:{front.account}:zhangwei", after=0, limit=9)
    assert [each.sender for each in events] == ["zhangwei", front.account]
    assert b'"image"' in events[-1].body
    nothing = {"type": "media_id", "name": "图"}
    assert (await front.call("/cgi-bin/menu/create", {"button": [nothing]}))["errcode"] == 47003
