"""Loads the story into a house: people, bank, accounts, consents, a population to learn from.

Each step is idempotent, and a fact says when all of it was done: loading again does nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from typing import Any

import msgspec

from bank_bridge.device_contract import DeviceKeys
from chat_server.bootstrap.house import House
from chat_server.demo.billers import load_billers
from chat_server.demo.funds import load_funds
from chat_server.demo.money import parse_yuan
from chat_server.domain.bodies import Text
from chat_server.domain.desk.settings import Desk
from chat_server.domain.errors import AlreadyDecided, AlreadyExists, VersionConflict
from chat_server.domain.facts import Fact, Purpose
from chat_server.domain.ids import direct_conversation
from chat_server.domain.message import Draft, EventKind
from chat_server.domain.people import Branch
from chat_server.domain.publishing import Article, MenuButton, PublicAccount, hash_content
from chat_server.usecases.identity.people import NewPerson

ACTOR = "demo"
LOADED = "demo_loaded"
FIRST_BROADCAST = "demo-first-broadcast"
POPULATION = 5_000
SEED = 20151

Say = Callable[[str], None]


async def load_demo(house: House, say: Say, population: int = POPULATION) -> bool:
    """Load the story; False if this folder has it. `population`: customers to learn from."""
    if await house.rooms.store.audit.facts(subject=ACTOR, limit=1):
        return False
    say("loading the demonstration, once:")
    story = tomllib.loads(files("chat_server.demo").joinpath("story.toml").read_text("utf-8"))
    say("  people and branches")
    await _people(house, story)
    say("  bank accounts")
    await _bank(house, story)
    say("  billers and what they are owed")
    await load_billers(house.bank, story, house.rooms.clock.now())
    say("  funds on sale")
    await load_funds(house.bank, story, house.rooms.clock.now())
    say("  public account, conversations, a first broadcast")
    await _account(house, story["account"])
    await _desk(house, story["desk"], story["account"]["account"])
    await _greetings(house, story["greetings"])
    await _broadcast(house, story)
    await _consents(house, story["consents"])
    say(f"  a population of {population} to learn from")
    await house.learn_from_population(customers=population, seed=SEED)
    say("  purchases from before")
    await _purchases(house, story["purchases"])
    await house.take_bank_history()
    await house.rooms.store.audit.record(Fact(LOADED, ACTOR, ACTOR, house.rooms.clock.now_ms()))
    return True


async def _people(house: House, story: Mapping[str, Any]) -> None:
    for branch in story["branches"]:
        await house.rooms.add_branch(msgspec.convert(branch, Branch), actor=ACTOR)
    for person in story["people"]:
        fields = {key: value for key, value in person.items() if key != "deposit"}
        new = NewPerson(password=f"demo-{person['user']}", **fields)
        try:
            await house.rooms.add_person(new, actor=ACTOR)
        except AlreadyExists:  # loading was cut off here before
            continue
    for each in story["assignments"]:
        await house.rooms.assign_manager(each["customer"], each["manager"], actor=ACTOR)


async def _bank(house: House, story: Mapping[str, Any]) -> None:
    for person in story["people"]:
        if person["role"] == "customer":
            user = person["user"]
            await house.bank.enrol(user, person["name"], person["phone"])
            deposit = parse_yuan(person["deposit"])
            await house.bank.open_account(user, deposit, f"demo:open:{user}")
            if isinstance(house.bank, DeviceKeys):
                await house.bank.grant_device_key(user)  # as the branch does, face to face
    for each in story["payees"]:
        await house.bank.save_payee(each["customer"], each["payee"])
    for each in story["outside_payees"]:
        await house.bank.save_outside_payee(**each)


async def _account(house: House, account: Mapping[str, Any]) -> None:
    await house.rooms.register_account(
        PublicAccount(
            account=account["account"],
            name=account["name"],
            description=account["description"],
            verified=True,
            bot=account["bot"],
            menu=msgspec.convert(account["menu"], list[MenuButton]),
        ),
        actor=ACTOR,
    )
    for follower in account["followers"]:
        await house.rooms.accounts.follow(follower, account["account"])


async def _desk(house: House, told: Mapping[str, Any], account: str) -> None:
    """Its staff say themselves when they are there."""
    if await house.rooms.store.desks.desks():
        return
    week = [[_period(hours) for hours in day] for day in told["week"]]
    fields = {**told, "week": week, "account": account, "version": 0}
    with suppress(VersionConflict):  # another process that loads has just made it
        await house.rooms.desk.configure(ACTOR, msgspec.convert(fields, Desk))


def _period(hours: str) -> tuple[int, int]:
    """`09:00-18:00` -> minutes from midnight."""
    begin, end = (
        int(hour) * 60 + int(minute)
        for hour, _, minute in (each.partition(":") for each in hours.split("-"))
    )
    return begin, end


async def _greetings(house: House, greetings: Sequence[Mapping[str, str]]) -> None:
    for each in greetings:
        body = msgspec.json.encode(Text(each["text"]))
        conv = direct_conversation(each["sender"], each["to"])
        said = await house.rooms.store.messages.append(
            Draft(
                conv=conv,
                sender=each["sender"],
                mid="demo:greeting",
                kind=EventKind.MESSAGE,
                body=body,
                body_hash=house.rooms.hash_body(body),
                at_ms=house.rooms.clock.now_ms(),
            )
        )
        await house.rooms.store.conversations.advance(conv, each["sender"], read=said.event.seq)


async def _broadcast(house: House, story: Mapping[str, Any]) -> None:
    """One that maker and reviewer have sent before; the relay puts it into the feed."""
    told, account = story["broadcast"], story["account"]["account"]
    articles = [
        Article(each["title"], each["digest"], each["paragraphs"]) for each in told["articles"]
    ]
    broadcasts, reviewed = house.rooms.broadcasts, hash_content(account, articles)
    # named, so that two processes that load one empty store send it once
    with suppress(VersionConflict):
        await broadcasts.submit(told["maker"], account, articles, FIRST_BROADCAST)
    with suppress(VersionConflict, AlreadyDecided):
        await broadcasts.approve(told["reviewer"], FIRST_BROADCAST, reviewed)


async def _consents(house: House, consents: Sequence[Mapping[str, Any]]) -> None:
    for each in consents:
        for purpose in each["purposes"]:
            await house.rooms.consents.change(
                each["customer"],
                Purpose(purpose),
                granted=True,
                text_hash="0" * 64,  # no words were shown: the story says that they agreed
                channel="demo",
            )


async def _purchases(house: House, purchases: Sequence[Mapping[str, str]]) -> None:
    for index, each in enumerate(purchases):
        amount = parse_yuan(each["amount"])
        key = f"demo:buy:{index}"
        await house.bank.purchase(each["customer"], each["merchant"], amount, key)
