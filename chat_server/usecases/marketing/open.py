"""What people ask the recommender for, built once a process."""

from __future__ import annotations

from dataclasses import dataclass

from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.assist.effects import ConsentSwitch
from chat_server.usecases.marketing.advise import Advise
from chat_server.usecases.marketing.lists import RecommendedItems
from recommender.contract import Recommender


@dataclass(frozen=True, kw_only=True, slots=True)
class Recommending:
    items: RecommendedItems
    advise: Advise


def open_recommending(
    store: Store, recommender: Recommender, consents: ConsentSwitch, clock: Clock
) -> Recommending:
    return Recommending(
        items=RecommendedItems(store, recommender, consents, clock),
        advise=Advise(store, recommender, consents, clock),
    )
