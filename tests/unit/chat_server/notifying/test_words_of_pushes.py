from __future__ import annotations

import pytest

from chat_server.domain import bodies
from chat_server.domain.errors import InvalidValue
from chat_server.domain.notifying import Wishes
from tests.unit.chat_server.notifying.conftest import SERVICE_CONV, Absence


async def test_what_was_written_is_shown_only_to_who_asked(absence: Absence) -> None:
    await absence.subscribe()
    await absence.wish(hide_content=False)
    await absence.say("下午有空吗\n我在网点")
    (note,) = await absence.look()
    assert note.body == "下午有空吗 我在网点"


@pytest.mark.parametrize(
    "text",
    [
        "给你转500",
        "卡号 6222020200112230335",
        "验证码是 ８８６６４４",
        "转了五百块",
        "收到伍佰元",
        "your code follows",
        "¥ soon",
        "密码发你了",
    ],
)
async def test_amounts_codes_and_cards_are_never_shown(absence: Absence, text: str) -> None:
    await absence.subscribe()
    await absence.wish(hide_content=False)
    await absence.say(text)
    (note,) = await absence.look()
    assert note.body == "您有一条新消息"


async def test_a_long_text_is_cut(absence: Absence) -> None:
    await absence.subscribe()
    await absence.wish(hide_content=False)
    await absence.say("好" * 4000)
    (note,) = await absence.look()
    assert note.body == "好" * 60 + "…"


async def test_a_picture_is_named(absence: Absence) -> None:
    await absence.subscribe()
    await absence.wish(hide_content=False)
    await absence.say(bodies.Image(media="0" * 64))
    (note,) = await absence.look()
    assert note.body == "[图片]"


async def test_a_card_of_the_bank_says_no_more_than_that_it_is_there(absence: Absence) -> None:
    await absence.subscribe()
    await absence.open_service()
    await absence.wish(hide_content=False)
    card = bodies.Card(card_id="c", card={}, fallback="确认转账 500.00 元")
    await absence.say(card, conv=SERVICE_CONV, sender="@service")
    (note,) = await absence.look()
    assert note.body == "您有一条新的服务消息"


AT = 1_770_000_000_000  # 2026-02-02 02:40 UTC, 10:40 in Shanghai, 03:40 in Berlin


@pytest.mark.parametrize(
    ("quiet_from", "quiet_until", "zone", "ends_in_min"),
    [
        ("", "", "Asia/Shanghai", None),
        ("22:00", "08:00", "Asia/Shanghai", None),
        ("10:00", "12:00", "Asia/Shanghai", 80),
        ("10:40", "10:41", "Asia/Shanghai", 1),
        ("10:41", "10:40", "Asia/Shanghai", None),
        ("22:00", "08:00", "Europe/Berlin", 260),
        ("22:00", "08:00", "UTC", 320),
        ("02:00", "01:00", "UTC", 22 * 60 + 20),
        ("09:00", "09:00", "Asia/Shanghai", None),
    ],
)
def test_quiet_hours_are_of_the_persons_own_clock(
    quiet_from: str, quiet_until: str, zone: str, ends_in_min: int | None
) -> None:
    wishes = Wishes("ann", quiet_from=quiet_from, quiet_until=quiet_until, zone=zone)
    wishes.check()
    end = wishes.quiet_end_ms(AT)
    assert end == (None if ends_in_min is None else AT + ends_in_min * 60_000)


@pytest.mark.parametrize(
    "wishes",
    [
        Wishes("a", quiet_from="22:00"),
        Wishes("a", quiet_from="24:00", quiet_until="08:00"),
        Wishes("a", quiet_from="22", quiet_until="08:00"),
        Wishes("a", zone="Mars/Olympus"),
        Wishes("a", zone="../../etc/passwd"),
        Wishes("a", zone=""),
    ],
)
def test_hours_that_do_not_exist_are_refused(wishes: Wishes) -> None:
    with pytest.raises(InvalidValue):
        wishes.check()
