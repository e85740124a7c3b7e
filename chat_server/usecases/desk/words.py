"""The desk's own words to a customer, in the customer's language, and its rating card."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from chat_server.domain.bodies import Card
from chat_server.domain.desk.case import BEST_RATING, MAX_COMMENT, Case, Reason
from chat_server.usecases.desk.floor import Floor, Standing

ENGLISH, CHINESE = "en", "zh-CN"
RATE = "rate_"


@cache
def _catalogue() -> Mapping[str, Mapping[str, str]]:
    text = files("chat_server.usecases.desk").joinpath("words.toml").read_text("utf-8")
    return tomllib.loads(text)


class Words:
    def __init__(self, language: str) -> None:
        self._words = _catalogue()[ENGLISH if language == ENGLISH else CHINESE]

    def say(self, key: str, **values: object) -> str:
        return self._words[key].format(**values)

    def waiting(self, floor: Floor, standing: Standing, now_ms: int, manager: str = "") -> str:
        """The truth about the wait; what led to it comes first."""
        case = standing.case
        line = self._line(floor, standing, now_ms)
        match case.reason:
            case Reason.URGENT:
                return self.say("urgent")
            case Reason.MANAGER_AWAY if manager:
                return f"{self.say('manager_away', manager=manager)}{self._gap}{line}"
            case Reason.RETURNED:
                return self.say("returned")
            case Reason.TRANSFERRED:
                return self.say("transferred", queue=floor.queue_of(case).name)
            case _:
                return line

    def opens(self, floor: Floor, opens_ms: int, now_ms: int) -> str:
        zone = ZoneInfo(floor.desk.timezone)
        at = datetime.fromtimestamp(opens_ms / 1000, zone)
        days = (at.date() - datetime.fromtimestamp(now_ms / 1000, zone).date()).days
        time = f"{at:%H:%M}"
        if days < 2:  # noqa: PLR2004 - today and tomorrow have words of their own
            return self.say(("today", "tomorrow")[days], time=time)
        weekday = self._words["weekdays"].split()[at.weekday()]
        return self.say("on_day", month=at.month, day=at.day, weekday=weekday, time=time)

    def rating_card(self, case: Case, agent_name: str) -> Card:
        body: list[dict[str, Any]] = [
            {
                "type": "TextBlock",
                "text": self.say("rating_title"),
                "size": "Medium",
                "weight": "Bolder",
                "wrap": True,
            }
        ]
        if agent_name:
            named = self.say("rating_agent", name=agent_name)
            body.append({"type": "TextBlock", "text": named, "isSubtle": True, "wrap": True})
        body.append(
            {
                "type": "Input.Text",
                "id": "comment",
                "isMultiline": True,
                "maxLength": MAX_COMMENT,
                "placeholder": self.say("rating_comment"),
            }
        )
        scores = range(BEST_RATING, 0, -1)
        actions = [
            {
                "type": "Action.Submit",
                "title": self.say(f"rating_{score}"),
                "data": {"action": f"{RATE}{score}"},
            }
            for score in scores
        ]
        return Card(
            card_id=case.rating_card,
            card={
                "type": "AdaptiveCard",
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "version": "1.6",
                "body": body,
                "actions": actions,
            },
            fallback=self.say("rating_title"),
        )

    def _line(self, floor: Floor, standing: Standing, now_ms: int) -> str:
        if not floor.hours.is_open(now_ms):
            opens_ms = floor.hours.opens(now_ms)
            if opens_ms is None:
                return self.say("waiting_never")
            return self.say("waiting_closed", opens=self.opens(floor, opens_ms, now_ms))
        ahead = standing.position - 1
        if standing.estimate_s is None:
            return self.say("waiting_after", ahead=ahead) if ahead else self.say("waiting")
        minutes = standing.estimate_s // 60
        key = "waiting_estimate" if ahead else "waiting_next_estimate"
        return self.say(key, ahead=ahead, minutes=minutes)

    @property
    def _gap(self) -> str:
        return " " if self._words is _catalogue()[ENGLISH] else ""
