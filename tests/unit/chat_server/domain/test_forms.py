"""What becomes of messages that are acted on."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_server.domain.bodies import Action, Edit, Reaction, Recall, Text
from chat_server.domain.errors import MessageRecalled, TooLong
from chat_server.domain.forms import (
    MOST_REACTIONS,
    RECALLED,
    Form,
    acted,
    asked_about,
    current,
    seen_by,
    without_recalled,
)
from chat_server.domain.message import Event, EventKind

EMPTY = Form("c", 1)
WORDS = msgspec.json.encode(Text("words"))


def event(seq: int, kind: EventKind = EventKind.MESSAGE, body: bytes = WORDS) -> Event:
    return Event("c", seq, f"m{seq}", "ann", 1, kind, 1, body)


def edit_event(seq: int, target: int) -> Event:
    return event(seq, EventKind.EDIT, msgspec.json.encode(Edit(target, Text("new"))))


ACTIONS = st.one_of(
    st.builds(lambda words: Edit(1, Text(words)), st.text(min_size=1, max_size=5)),
    st.just(Recall(1)),
    st.sampled_from(["", "👍", "🎉"]).map(lambda emoji: Reaction(1, emoji)),
)


@given(st.lists(st.tuples(ACTIONS, st.sampled_from(["ann", "bob", "cyd"]))))
def test_a_form_is_what_the_actions_in_their_order_say(told: list[tuple[Action, str]]) -> None:
    form, words, recalled = EMPTY, b"", False
    emoji: dict[str, str] = {}
    for action, user in told:
        if recalled:
            with pytest.raises(MessageRecalled):
                acted(form, action, user)
            continue
        form, done = acted(form, action, user)
        match action:
            case Edit(body=body):
                words = msgspec.json.encode(body)
            case Recall():
                words, recalled = b"", True
                emoji.clear()
            case Reaction(emoji=one):
                assert isinstance(done, Reaction)
                assert done.was == emoji.get(user, "")
                emoji[user] = one
                if not one:
                    del emoji[user]
    assert (form.body, form.recalled, dict(form.reactions)) == (words, recalled, emoji)


def test_a_message_holds_only_so_many_reactions() -> None:
    full = Form("c", 1, reactions=tuple((f"u{n}", "👍") for n in range(MOST_REACTIONS)))
    with pytest.raises(TooLong):
        acted(full, Reaction(1, "👍"), "one-more")
    changed, _ = acted(full, Reaction(1, "🎉"), "u0")
    assert dict(changed.reactions)["u0"] == "🎉"


def test_an_edit_is_asked_about_by_its_message() -> None:
    reaction = event(9, EventKind.REACTION, msgspec.json.encode(Reaction(1, "👍")))
    assert asked_about([event(3), edit_event(4, 2), reaction]) == [3, 2]


def test_a_recalled_message_and_its_edits_lose_their_words() -> None:
    forms = {1: Form("c", 1, 5, recalled=True)}
    for one in (event(1), edit_event(4, 1)):
        assert current(one, forms, None).body == RECALLED
        assert current(one, forms, 2).body == RECALLED
        assert without_recalled(one, forms).body == RECALLED
    assert current(event(2), forms, None) == event(2)


def test_an_edit_after_one_left_is_not_shown() -> None:
    forms = {1: Form("c", 1, 5, body=b"new")}
    assert current(event(1), forms, None).body == b"new"
    assert current(event(1), forms, 5).body == b"new"
    assert current(event(1), forms, 4).body == WORDS
    assert not seen_by(forms[1], 4)
    assert without_recalled(event(1), forms).body == WORDS
