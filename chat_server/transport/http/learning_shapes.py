"""What HTTP says of the bots' learning: sentences to label, labels, models, the funnel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

IntentName = Annotated[str, Meta(min_length=1, max_length=64)]


class _Answer(msgspec.Struct, frozen=True):
    pass


class IntentItem(_Answer, frozen=True):
    intent: str
    name: str


class LikelyIntent(_Answer, frozen=True):
    """`confidence` is from 0 to 1."""

    intent: str
    confidence: float


class MissedItem(_Answer, frozen=True):
    """`shape`: the sentence with stand-ins for names, amounts and numbers. `times` it was said."""

    sentence: str
    shape: str
    times: int
    first: int
    last: int
    suggested: Sequence[LikelyIntent]


class MissedPage(_Answer, frozen=True):
    """Those said most often first; `waiting` counts all."""

    items: Sequence[MissedItem]
    waiting: int


class LabelChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`unknown` says that the sentence is out of scope."""

    intent: IntentName


class LabelItem(_Answer, frozen=True):
    sentence: str
    shape: str
    intent: str
    by: str
    at: int


class JudgedShare(_Answer, frozen=True):
    """Shares from 0 to 1; with no sentences, nothing was judged.

    `right`: of sentences with an intent, refused ones counting as wrong; `answered_right`: of
    those answered; `outside`: of those out of scope, how many were refused.
    """

    sentences: int
    right: float
    answered_right: float
    outside: float


class BotModelItem(_Answer, frozen=True):
    """A trained model, and how it did beside the one that was in use (`compared_with`, 0: the
    shipped one): `parts` by cross-validation, `unseen` and `labelled` on sentences that
    neither had learnt. `lost`: intents that it understands less of, and by what share.
    """

    version: int
    made: int
    learnt: int
    labelled: int
    compared_with: int
    before: Mapping[str, JudgedShare]
    after: Mapping[str, JudgedShare]
    lost: Mapping[str, float]


class BotModelList(_Answer, frozen=True):
    """`in_use` and `former` are versions (0: the shipped model); `here`: what this process
    answers with, which within seconds is the one in use.
    """

    models: Sequence[BotModelItem]
    in_use: int
    former: Sequence[int]
    here: int


class SkillFunnelItem(_Answer, frozen=True):
    """`reached` counts attempts by step, `ends` by how they ended, and `given_up` those that
    came to nothing by the last step before. `seconds`: median of those that were done.
    """

    skill: str
    began: int
    done: int
    under_way: int
    reached: Mapping[str, int]
    ends: Mapping[str, int]
    given_up: Mapping[str, int]
    seconds: float | None


class BotFunnel(_Answer, frozen=True):
    """`cut`: more attempts than are read at once; the oldest are left out."""

    since: int
    skills: Sequence[SkillFunnelItem]
    cut: bool
