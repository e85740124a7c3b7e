"""What the bots' learning keeps: sentences to label, labels, models, attempts at a skill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

OWNER = "bots"  # of everything here, on the shelf
DISCARDED = ""  # the intent of a sentence that says nothing worth learning
MOST_SAYERS = 20


class Missed(msgspec.Struct, frozen=True):
    """A shape that was not understood, and the turns in which it was said, the latest last.

    `times` counts them all, `turns` names at most MOST_SAYERS of them (`<conv>:<seq>`).
    """

    shape: str
    times: int
    turns: Sequence[str]
    first_ms: int
    last_ms: int


class Label(msgspec.Struct, frozen=True):
    """What a person said a shape means. Of what was discarded the words are not kept."""

    shape: str
    intent: str
    by: str
    at_ms: int


class Share(msgspec.Struct, frozen=True):
    """How a model did on so many sentences, as `bots.contract.Judged`."""

    sentences: int
    right: float
    answered_right: float
    outside: float


class Model(msgspec.Struct, frozen=True):
    """A trained model: `blob` names its bytes, `signature` says that they came from here.

    `compared_with` is the version that was in use then (0: the shipped one); the rest is how
    the two did.
    """

    version: int
    blob: str
    corpus: str
    signature: str
    made_ms: int
    learnt: int
    labelled: int
    compared_with: int
    before: Mapping[str, Share]
    after: Mapping[str, Share]
    lost: Mapping[str, float]


class InUse(msgspec.Struct, frozen=True):
    """Which model answers (0: the shipped one), and which ones did before, the last one last."""

    version: int = 0
    former: Sequence[int] = ()
    changes: int = 0  # how often it was changed; the version of the record


class Attempt(msgspec.Struct, frozen=True):
    """One customer's attempt at a skill: what it came to, and when."""

    skill: str
    began_ms: int
    last_ms: int
    steps: Sequence[str]
