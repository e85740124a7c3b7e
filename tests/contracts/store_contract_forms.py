"""The store's suite: actions on messages, and the forms they leave."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from chat_server.domain.bodies import Action, Edit, Reaction, Recall, Recalled, Text
from chat_server.domain.errors import MessageRecalled, MidReused
from chat_server.domain.forms import Form
from chat_server.domain.message import Draft, Event, EventKind
from chat_server.ports.store import Store
from tests.contracts.store_contract_shared import OpenAgain
from tests.contracts.store_samples import CONV, append_many, draft, seqs

KINDS = {Edit: EventKind.EDIT, Recall: EventKind.RECALL, Reaction: EventKind.REACTION}


def act_draft(action: Action, *, sender: str = "ann", mid: str = "act-1") -> Draft:
    asked = draft(repr(action), sender=sender, mid=mid, counts=False)
    return msgspec.structs.replace(asked, kind=KINDS[type(action)])


async def act(store: Store, action: Action, *, sender: str = "ann", mid: str = "act-1") -> Event:
    return (await store.messages.act(act_draft(action, sender=sender, mid=mid), action)).event


class FormsContract:
    async def test_a_message_nobody_acted_on_has_no_form(self, store: Store) -> None:
        await append_many(store, 2)
        assert await store.messages.forms(CONV, [1, 2, 77]) == {}
        assert await store.messages.forms(CONV, []) == {}

    async def test_an_edit_is_an_event_and_leaves_the_new_text(self, store: Store) -> None:
        await append_many(store, 2)
        event = await act(store, Edit(1, Text("new")))
        assert (event.seq, event.kind, event.n) == (3, EventKind.EDIT, 2)
        assert msgspec.json.decode(event.body, type=Edit) == Edit(1, Text("new"))
        assert await store.messages.forms(CONV, [1, 2]) == {
            1: Form(CONV, 1, 3, msgspec.json.encode(Text("new")))
        }
        assert await store.messages.event(CONV, 3) == event
        assert (await store.messages.event(CONV, 1)).body == b"0"  # type: ignore[union-attr]

    async def test_the_last_edit_holds(self, store: Store) -> None:
        await append_many(store, 1)
        for number in range(3):
            await act(store, Edit(1, Text(f"{number}")), mid=f"m{number}")
        form = (await store.messages.forms(CONV, [1]))[1]
        assert (form.changed_seq, form.body) == (4, msgspec.json.encode(Text("2")))

    async def test_the_same_action_again_gets_the_first_answer(self, store: Store) -> None:
        await append_many(store, 1)
        first = await act(store, Recall(1))
        again = await store.messages.act(act_draft(Recall(1)), Recall(1))
        assert (again.duplicate, again.event) == (True, first)
        assert (await store.messages.head(CONV)).seq == 2

    async def test_the_same_name_for_another_action_is_refused(self, store: Store) -> None:
        await append_many(store, 2)
        await act(store, Recall(1))
        with pytest.raises(MidReused):
            await act(store, Recall(2))
        assert set(await store.messages.forms(CONV, [1, 2])) == {1}

    async def test_nothing_more_happens_to_a_recalled_message(self, store: Store) -> None:
        await append_many(store, 1)
        await act(store, Edit(1, Text("new")), mid="a")
        await act(store, Reaction(1, "👍"), mid="b")
        await act(store, Recall(1), mid="c")
        assert await store.messages.forms(CONV, [1]) == {1: Form(CONV, 1, 4, recalled=True)}
        for number, action in enumerate((Edit(1, Text("x")), Recall(1), Reaction(1, "👍"))):
            with pytest.raises(MessageRecalled):
                await act(store, action, mid=f"late-{number}")
        assert (await store.messages.head(CONV)).seq == 4
        assert msgspec.json.encode(Recalled()) == b'{"type":"recalled"}'

    async def test_a_reaction_says_what_it_replaces(self, store: Store) -> None:
        await append_many(store, 1)
        bodies = [
            (await act(store, Reaction(1, emoji), sender=who, mid=f"{number}")).body
            for number, (who, emoji) in enumerate(
                [("ann", "👍"), ("bob", "👍"), ("ann", "🎉"), ("bob", ""), ("bob", "")]
            )
        ]
        told = [msgspec.json.decode(body, type=Reaction) for body in bodies]
        assert [(one.was, one.emoji) for one in told] == [
            ("", "👍"), ("", "👍"), ("👍", "🎉"), ("👍", ""), ("", ""),
        ]  # fmt: skip
        form = (await store.messages.forms(CONV, [1]))[1]
        assert (form.changed_seq, form.reactions) == (6, (("ann", "🎉"),))

    async def test_many_who_react_at_once_are_all_counted(self, store: Store) -> None:
        await append_many(store, 1)
        acts = (act(store, Reaction(1, "👍"), sender=f"u{n}", mid="r") for n in range(30))
        events = await asyncio.gather(*acts)
        assert sorted(seqs(events)) == list(range(2, 32))
        form = (await store.messages.forms(CONV, [1]))[1]
        assert form.changed_seq == 31
        assert {who for who, _ in form.reactions} == {f"u{n}" for n in range(30)}

    async def test_actions_and_sends_leave_one_gapless_log(self, store: Store) -> None:
        await append_many(store, 1)
        edits = [act(store, Edit(1, Text(f"{n}")), mid=f"e{n}") for n in range(10)]
        await asyncio.gather(*edits, *(append_many(store, 5) for _ in range(3)))
        stored = await store.messages.events(CONV, after=0, limit=100)
        assert seqs(stored) == list(range(1, 27))
        last = [event for event in stored if event.kind is EventKind.EDIT][-1]
        form = (await store.messages.forms(CONV, [1]))[1]
        assert form.changed_seq == last.seq
        assert form.body == msgspec.json.encode(msgspec.json.decode(last.body, type=Edit).body)

    async def test_watchers_hear_of_actions_before_the_answer(self, store: Store) -> None:
        heard: list[Event] = []
        await append_many(store, 1)
        store.watch(heard.extend)
        event = await act(store, Recall(1))
        assert heard == [event]

    async def test_the_feed_has_them_too(self, store: Store) -> None:
        await append_many(store, 1)
        event = await act(store, Recall(1))
        changes = await store.changes.changes(0, 10)
        assert [change.event.seq for change in changes if change.event] == [1, event.seq]


class SharedFormsContract:
    async def test_another_process_sees_the_form(self, store: Store, open_again: OpenAgain) -> None:
        await append_many(store, 1)
        async with open_again() as other:
            await act(other, Edit(1, Text("new")), mid="a")
            with pytest.raises(MidReused):
                await act(store, Recall(1), mid="a")
            await act(store, Recall(1), mid="b")
            assert (await other.messages.forms(CONV, [1]))[1].recalled
