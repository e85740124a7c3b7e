"""The use cases behind HTTP over a memory store, with a bank's few people in it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from bots.understanding.living import LivingReader
from chat_server.adapters.memory.blob import MemoryBlobStore
from chat_server.adapters.memory.bus import MemoryBus
from chat_server.adapters.memory.search import MemorySearchIndex
from chat_server.adapters.memory.store import open_store
from chat_server.adapters.open import CALENDARS
from chat_server.adapters.pictures.reader import ProcessPictureReader
from chat_server.adapters.sheets.reader import ProcessSheetReader
from chat_server.delivery.indexer import Indexer
from chat_server.domain.devices import PushAddress, PushKind
from chat_server.domain.errors import InvalidValue
from chat_server.domain.facts import Fact
from chat_server.domain.publishing import Article, MenuButton, PublicAccount
from chat_server.domain.reaching import ReachSettings
from chat_server.ports.bus import Signal
from chat_server.ports.clock import Clock
from chat_server.ports.notify import Carriage, PushNote, PushOutcome, SmsMessage
from chat_server.ports.store import Store
from chat_server.transport.http.reception import Reception
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.banking.day_ends import BankDays
from chat_server.usecases.banking.gifts import ChatGifts
from chat_server.usecases.compliance.audit import ReadAudit
from chat_server.usecases.compliance.consents import Consents
from chat_server.usecases.contacts.change import ChangeTie
from chat_server.usecases.contacts.open import open_contacts
from chat_server.usecases.desk.open import open_desk
from chat_server.usecases.files.downloads import Downloads
from chat_server.usecases.files.expiry import ExpireMedia
from chat_server.usecases.files.uploads import Uploads
from chat_server.usecases.groups.open import open_groups
from chat_server.usecases.identity.devices import Authenticate, Devices
from chat_server.usecases.identity.grants import Grant
from chat_server.usecases.identity.login import Credentials, LogIn
from chat_server.usecases.identity.managers import AssignManager, OwnCustomers
from chat_server.usecases.identity.passwords import Passwords
from chat_server.usecases.identity.people import AddBranch, AddPerson, NewPerson, People
from chat_server.usecases.identity.refresh import RefreshTokens
from chat_server.usecases.identity.tokens import AccessTokens
from chat_server.usecases.learning.open import open_learning
from chat_server.usecases.marketing.open import open_recommending
from chat_server.usecases.media import Media
from chat_server.usecases.messaging.pace import Pace
from chat_server.usecases.messaging.search import Search
from chat_server.usecases.messaging.send import body_hasher
from chat_server.usecases.notifying.open import open_notifying
from chat_server.usecases.public_accounts.articles import ReadArticle
from chat_server.usecases.public_accounts.broadcasts import Broadcasts
from chat_server.usecases.public_accounts.follow import Accounts
from chat_server.usecases.public_accounts.open import open_account_work
from chat_server.usecases.public_accounts.publish import PublishBroadcast
from chat_server.usecases.public_accounts.register import RegisterAccount
from recommender.contract import Consents as OfferConsents
from recommender.contract import (
    Contribution,
    Expected,
    Interest,
    ItemKind,
    ItemList,
    ItemsAsked,
    Likely,
    ModelCard,
    NextBest,
    Readings,
    SuggestedItem,
    UnknownProduct,
)

KEY = b"0123456789abcdef" * 2
REFRESH_S = 30 * 86_400
SERVICE = PublicAccount(
    account="@service",
    name="工银服务",
    description="银行的服务号",
    verified=True,
    bot="bank",
    menu=[
        MenuButton("查余额", "balance"),
        MenuButton("更多", children=[MenuButton("明细", "statement")]),
    ],
)
PEOPLE = {
    "zhangwei": ("张伟", "customer"),
    "lina": ("李娜", "customer"),
    "wangfang": ("王芳", "manager"),
    "ops": ("运营", "operator"),
    "shenhe": ("审核", "reviewer"),
    "admin": ("管理员", "administrator"),
}
ARTICLES = [Article("利率调整", "自下月起", ["第一段", "第二段"]), Article("网点", "", ["搬迁"])]


class SteppedClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.ms = 1_770_000_000_000

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.ms / 1000, UTC)

    def now_ms(self) -> int:
        return self.ms

    async def sleep(self, seconds: float) -> None:
        self.move(seconds)

    def move(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


class ListedScores:
    """Scores that a test puts into it; who is not in it has none."""

    def __init__(self) -> None:
        self.known: dict[str, float] = {}

    async def score(
        self, customers: Sequence[str], product: str, at: datetime
    ) -> Mapping[str, float]:
        del product, at
        return {each: self.known[each] for each in customers if each in self.known}


class ListedSms:
    """An SMS inbox that holds what a test puts into it."""

    def __init__(self) -> None:
        self.sent: list[SmsMessage] = []

    async def send(self, phone: str, text: str) -> None:
        self.sent.append(SmsMessage(phone, text, 0))

    async def messages(self, phone: str | None, limit: int) -> list[SmsMessage]:
        return [each for each in self.sent if phone in {None, each.phone}][-limit:]

    async def follow(self) -> AsyncIterator[SmsMessage]:
        for each in self.sent:
            yield each


class ListedHarm:
    """A scanner that finds what a test tells it to look for."""

    def __init__(self) -> None:
        self.known: dict[bytes, str] = {}

    async def scan(self, content: AsyncIterator[bytes]) -> str:
        whole = b"".join([part async for part in content])
        return next((name for mark, name in self.known.items() if mark in whole), "")


class ListedPushes:
    """A notifier that keeps what it was given, and answers as a test tells it to."""

    public_key = "BPublic"

    def __init__(self) -> None:
        self.sent: list[tuple[PushAddress, PushNote]] = []
        self.outcome = PushOutcome(Carriage.TAKEN)

    def check(self, address: PushAddress) -> None:
        if not address.endpoint.startswith("https://push.example/"):
            raise InvalidValue("endpoint: not a push service that this server knows")

    async def push(self, address: PushAddress, note: PushNote) -> PushOutcome:
        self.sent.append((address, note))
        return self.outcome


class ListedOffers:
    """A recommender that lists what a test puts into it, less what was refused."""

    def __init__(self) -> None:
        self.items: list[SuggestedItem] = []
        self.refused: set[str] = set()
        self.asked: list[ItemsAsked] = []
        self.chances: dict[str, float] = {}
        self.model = ModelCard()

    async def next_items(self, asked: ItemsAsked) -> ItemList:
        self.asked.append(asked)
        left = [one for one in self.items if one.item not in self.refused]
        personal = asked.consents.personalised_offers
        return ItemList(left, frozenset(self.refused), personal, "v-1")

    async def interests(
        self, customer: str, consents: OfferConsents, now: datetime
    ) -> list[Interest]:
        return [Interest("gold", 1.5)] if consents.personalised_offers else []

    async def next_best(
        self, customer: str, consents: OfferConsents, now: datetime
    ) -> list[NextBest]:
        reasons = [Contribution("gold_read", 2.0, 0.7)]
        offers = [NextBest("accumulated_gold", 0.4, reasons)]
        return offers if consents.personalised_offers else []

    async def likely(
        self, customers: Mapping[str, OfferConsents], product: str, at: datetime
    ) -> list[Likely]:
        if product != "fund":
            raise UnknownProduct(product)
        return [Likely(each, self.chances[each]) for each in customers if each in self.chances]

    async def expected(
        self, customers: Mapping[str, OfferConsents], product: str, at: datetime
    ) -> Expected:
        many = len(customers)
        return Expected(many, many, sum(map(self.chances.__getitem__, customers)), 0.0, many)

    async def card(self) -> ModelCard:
        return self.model

    def readings(self) -> Readings:
        return Readings(self.model.version, {"offer": 3}, drift=0.1)

    async def unwanted(self, customer: str, kind: ItemKind, item: str, at: datetime) -> None:
        self.refused.add(item)


class FrontDesk:
    """`cases` is what HTTP is built of; the rest is what the command line does."""

    def __init__(self, store: Store, clock: SteppedClock) -> None:
        ids = itertools.count(1)
        self.store, self.clock, self.bus, self.blobs = store, clock, MemoryBus(), MemoryBlobStore()
        self.sms = ListedSms()
        self.scores = ListedScores()
        self.scanner, self.pictures = ListedHarm(), ProcessPictureReader()
        self.index = MemorySearchIndex()
        self.signals: list[Signal] = []
        self.bus.subscribe(self.signals.append)
        self.passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.tokens = AccessTokens(KEY, clock)
        self.add_person = AddPerson(store.people, self.passwords, clock)
        self.add_branch = AddBranch(store.people, clock)
        self.assign = AssignManager(store.people, ChangeTie(store, self.bus, clock), clock)
        self.register = RegisterAccount(store.accounts, store.conversations, clock)
        self.publish = PublishBroadcast(store.accounts, store.messages, clock)
        self.expire_media = ExpireMedia(store, self.blobs, clock)
        self.carrier = ListedPushes()
        carriers = dict.fromkeys(PushKind, self.carrier)
        self.notifying = open_notifying(store, carriers, clock, ReachSettings())
        new_id = lambda: f"id-{next(ids)}"  # noqa: E731 - a callable port, given as one
        self.assist = open_desk(store, self.bus, clock, new_id, body_hasher(KEY), CALENDARS)
        self.consents = Consents(store.consents, store.people, clock)
        self.offers = ListedOffers()
        self.cases = UseCases(
            authenticate=Authenticate(self.tokens, store.devices),
            log_in=LogIn(
                store.people,
                store.devices,
                store.audit,
                self.passwords,
                self.tokens,
                self.bus,
                clock,
                new_id,
                refresh_life_s=REFRESH_S,
            ),
            refresh=RefreshTokens(
                store.people,
                store.devices,
                self.tokens,
                self.bus,
                clock,
                refresh_life_s=REFRESH_S,
            ),
            devices=Devices(store.devices, self.bus, clock),
            people=People(store.people, store.conversations, store.accounts, clock),
            own_customers=OwnCustomers(store.people),
            groups=open_groups(store, clock, new_id, body_hasher(KEY), link_key=KEY),
            contacts=open_contacts(
                store, self.bus, clock, new_id, body_hasher(KEY), ticket_key=KEY
            ),
            consents=self.consents,
            accounts=Accounts(store, self.bus, clock),
            account_work=open_account_work(
                store,
                self.bus,
                clock,
                new_id,
                new_id,
                body_hasher(KEY),
                sheets=ProcessSheetReader(),
                scores=self.scores,
                sms=self.sms,
            ),
            broadcasts=Broadcasts(store.accounts, store.people, self.blobs, clock, new_id),
            read_article=ReadArticle(store, clock),
            media=Media(self.blobs, store, clock),
            uploads=Uploads(store, self.blobs, self.scanner, self.pictures, clock, new_id),
            downloads=Downloads(store, self.blobs, clock, KEY),
            audit=ReadAudit(store.audit, store.people, clock),
            notifications=self.notifying.ask,
            search=Search(self.index, store.conversations, store.people, clock),
            desk=self.assist,
            recommending=open_recommending(store, self.offers, self.consents, clock),
            gifts=ChatGifts(store, None, clock, body_hasher(KEY)),
            bank_days=BankDays(None, clock),
            learning=open_learning(store, self.blobs, LivingReader(), clock, key=KEY, days=30),
            sms_inbox=self.sms,
        )

    async def open(self) -> None:
        for user, (name, role) in PEOPLE.items():
            new = NewPerson(
                user=user, name=name, role=role, password=f"demo-{user}", branch="chaoyang"
            )
            await self.add_person(new, actor="test")
        await self.assign("zhangwei", "wangfang", actor="test")
        await self.register(SERVICE, actor="test")
        self.signals.clear()

    async def log_in(self, user: str, device: str = "phone", password: str | None = None) -> Grant:
        given = Credentials(user, password or f"demo-{user}", device, "192.0.2.1")
        return await self.cases.log_in(given)

    async def facts(self, kind: str) -> list[Fact]:
        page = await self.store.audit.facts(limit=1000)
        return [change.fact for change in page if change.fact and change.fact.kind == kind]

    async def deliver_changes(self) -> None:
        """What the relay does: hand every change to what runs behind the outbox."""
        await Indexer(self.store.changes, self.index, self.clock, idle_s=1).catch_up()
        for change in await self.store.changes.changes(0, 1000):
            await self.publish.on_change(change)
            await self.cases.account_work.welcome.on_change(change)
            await self.cases.account_work.notices.on_change(change)


def wide_reception(clock: Clock) -> Reception:
    """Slows nobody down."""
    wide = Pace(10**9, 10**9)
    return Reception(clock, person=wide, staff=wide, address=wide)


@pytest.fixture
async def desk() -> AsyncIterator[FrontDesk]:
    clock = SteppedClock()
    async with open_store("memory://", clock=clock) as store:
        front_desk = FrontDesk(store, clock)
        await front_desk.open()
        yield front_desk
