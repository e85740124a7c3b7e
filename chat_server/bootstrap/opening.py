"""Settings in, a house out: the neighbours are opened and wired to the rooms."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from prometheus_client import CollectorRegistry

from bank_bridge.open import LineRoom, open_bank
from bank_bridge.open import Rules as BankRules
from bots.open import open_bots
from chat_server.adapters.clock import new_uuid7
from chat_server.adapters.open import (
    open_allowed_sms,
    open_carriers,
)
from chat_server.bootstrap.counters import use_cases
from chat_server.bootstrap.house import BANK_ACCOUNT, House
from chat_server.bootstrap.partners import open_partners
from chat_server.bootstrap.rooms import open_rooms
from chat_server.domain.texting import SmsPurpose
from chat_server.settings import Settings
from chat_server.transport.allowances import door, paces, reception, socket_limits
from chat_server.transport.bank_metrics import BankDayMetrics
from chat_server.transport.health import Check
from chat_server.transport.http.app import build_http
from chat_server.transport.offer_metrics import OfferMetrics
from chat_server.transport.websocket import SocketRoom
from chat_server.usecases.assist.effects import Effects
from chat_server.usecases.assist.papers import Papers
from chat_server.usecases.assist.submit import SubmitCard, SubmittedValues
from chat_server.usecases.assist.turns import BotTurns
from chat_server.usecases.banking.account_changes import AccountChanges
from chat_server.usecases.banking.bank_events import BankEvents
from chat_server.usecases.banking.gifts import ChatGifts
from chat_server.usecases.banking.places import ChatPlaces
from chat_server.usecases.identity.tokens import AccessTokens
from chat_server.usecases.learning.open import open_learning
from chat_server.usecases.marketing.next_offer import NextOffer
from chat_server.usecases.marketing.open import open_recommending
from chat_server.usecases.messaging.act import Windows
from chat_server.usecases.notifying.open import open_notifying
from recommender.open import Rules, open_recommender


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        rooms = await stack.enter_async_context(open_rooms(settings))
        store, clock, hash_body = rooms.store, rooms.clock, rooms.hash_body
        sms = open_allowed_sms(settings.sms_url, SmsPurpose.ONE_TIME_CODE, clock=clock)
        bank = await stack.enter_async_context(
            open_bank(
                settings.bank_url,
                now=clock.now,
                new_id=new_uuid7,
                send_sms=sms.send,
                rules=BankRules(
                    code_life_s=settings.sms_code_s,
                    site=settings.public_url,
                    day_end=settings.bank_day_end,
                ),
                line=LineRoom(settings.bank_keys, clock.sleep),
            )
        )
        recommender = await stack.enter_async_context(
            open_recommender(settings.recommender_url, now=clock.now, rules=_rules(settings))
        )
        rooms.scores.ask(recommender)
        bots = open_bots(bank, ChatPlaces(store))
        learning = open_learning(
            store,
            rooms.blobs,
            bots.pupil,
            clock,
            key=settings.token_key.reveal().encode(),
            days=settings.missed_days,
        )
        gifts = ChatGifts(store, bank, clock, hash_body)
        values = SubmittedValues(clock)
        persons = rooms.desk.attention
        effects = Effects(store, rooms.consents, recommender, clock, hash_body, persons, learning)
        offers = NextOffer(
            store,
            recommender,
            bots.herald,
            rooms.consents,
            clock,
            hash_body,
            account=BANK_ACCOUNT,
        )
        carriers = open_carriers(settings, settings.data / "secrets", clock=clock)
        notifying = open_notifying(
            store, await stack.enter_async_context(carriers), clock, settings
        )
        tokens = AccessTokens(settings.token_key.reveal().encode(), clock, settings.access_token_s)
        checks: Mapping[str, Check] = {
            "store": store.ping,
            "bus": rooms.bus.ping,
            "bank": lambda: bank.events(0, 1),
        }
        registry = CollectorRegistry()
        registry.register(OfferMetrics(recommender.readings))
        recommending = open_recommending(store, recommender, rooms.consents, clock)
        cases = use_cases(rooms, tokens, notifying, gifts, learning, recommending, bank)
        days = cases.bank_days
        registry.register(BankDayMetrics(lambda: days.latest, lambda: days.failures))
        partners = await stack.enter_async_context(open_partners(rooms, cases))
        cases = replace(cases, partners=partners.parts.developing)
        yield House(
            socket=SocketRoom(
                store,
                rooms.bus,
                clock,
                authenticate=tokens.verify,
                submit=SubmitCard(store, values, clock, hash_body, rooms.desk.rate),
                hash_body=hash_body,
                paces=paces(settings),
                limits=socket_limits(settings),
                windows=Windows(settings.edit_s, settings.recall_s, settings.staff_recall_s),
                door=door(
                    settings, clock, origins=settings.allowed_origins, only_here=settings.demo
                ),
                registry=registry,
            ),
            http=build_http(
                cases,
                checks=checks,
                registry=registry,
                web_dist=settings.web_dist,
                partners=partners.routes,
                public_url=settings.public_url,
                allowed_origins=settings.allowed_origins,
                reception=reception(
                    settings, clock, origins=settings.allowed_origins, only_here=settings.demo
                ),
            ),
            checks=checks,
            rooms=rooms,
            bank=bank,
            recommender=recommender,
            bots=bots,
            learning=learning,
            bank_events=BankEvents(
                store,
                bots.herald,
                offers,
                clock,
                hash_body,
                gifts,
                AccountChanges(rooms.account_work.notices, bots.herald, account=BANK_ACCOUNT),
                account=BANK_ACCOUNT,
            ),
            bank_days=days,
            notifying=notifying,
            partners=partners,
            turns=BotTurns(
                store,
                bots.bot,
                bots.herald,
                effects,
                values,
                clock,
                hash_body,
                persons,
                rooms.account_work.rules,
                Papers(store.media, rooms.blobs, clock),
            ),
        )


def _rules(settings: Settings) -> Rules:
    return Rules(
        per_day=settings.offers_per_day,
        per_week=settings.offers_per_week,
        quiet_from=settings.quiet_from,
        quiet_until=settings.quiet_until,
        quiet_hours_exempt_triggers=frozenset(settings.quiet_exempt),
    )
