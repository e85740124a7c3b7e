"""What the bots learn from: sentences to label, models to promote, where people give up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chat_server.domain import errors
from chat_server.domain.learning import InUse, Model
from chat_server.domain.people import StaffRole
from chat_server.transport.http.learning_shapes import (
    BotFunnel,
    BotModelItem,
    BotModelList,
    IntentItem,
    JudgedShare,
    LabelChoice,
    LabelItem,
    LikelyIntent,
    MissedItem,
    MissedPage,
    SkillFunnelItem,
)
from chat_server.transport.http.routing import Roles, Route
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims

Most = Annotated[int, Meta(ge=1, le=200)]
_Sentence = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
_Version = Annotated[int, Meta(ge=1, le=99_999_999)]


async def intents(cases: UseCases, language: Literal["zh-CN", "en"] = "zh-CN") -> list[IntentItem]:
    """Every intent that a sentence can be given, by name."""
    named = cases.learning.labelling.intents(language)
    return [IntentItem(*each) for each in sorted(named.items())]


async def missed(cases: UseCases, limit: Most = 50) -> MissedPage:
    """Sentences that no bot understood, those said most often first, and what they may mean."""
    waiting, count = await cases.learning.labelling.waiting(limit)
    items = [
        MissedItem(
            sentence=each.name,
            shape=each.missed.shape,
            times=each.missed.times,
            first=each.missed.first_ms,
            last=each.missed.last_ms,
            suggested=[LikelyIntent(one.intent, one.confidence) for one in each.suggested],
        )
        for each in waiting
    ]
    return MissedPage(items, count)


async def label(cases: UseCases, claims: Claims, sentence: _Sentence, body: LabelChoice) -> None:
    """Say what a sentence means; the next training learns it."""
    await cases.learning.labelling.label(claims.user, sentence, body.intent)


async def discard(cases: UseCases, claims: Claims, sentence: _Sentence) -> None:
    """Nothing is to be learnt of this sentence; its words are forgotten."""
    await cases.learning.labelling.discard(claims.user, sentence)


async def labels(cases: UseCases, limit: Most = 50) -> list[LabelItem]:
    """What was labelled, the latest first."""
    return [
        LabelItem(name, one.shape, one.intent, one.by, one.at_ms)
        for name, one in await cases.learning.labelling.labels(limit)
    ]


async def take_label_back(cases: UseCases, claims: Claims, sentence: _Sentence) -> None:
    """A label that was wrong; no later training learns it."""
    await cases.learning.labelling.take_back(claims.user, sentence)


async def models(cases: UseCases) -> BotModelList:
    """Trained models, the newest first, how they compare, and which is in use."""
    found = await cases.learning.models.serving()
    return _models(found.models, found.in_use, found.here)


async def promote_model(cases: UseCases, claims: Claims, version: _Version) -> BotModelList:
    """Let this model answer, everywhere, from within seconds on."""
    await cases.learning.models.promote(claims.user, version, cases.learning.pupil)
    return await models(cases)


async def roll_model_back(cases: UseCases, claims: Claims) -> BotModelList:
    """Let the model answer that did before."""
    await cases.learning.models.roll_back(claims.user, cases.learning.pupil)
    return await models(cases)


async def funnel(cases: UseCases, days: Annotated[int, Meta(ge=1, le=90)] = 7) -> BotFunnel:
    """For each skill: how many began, how far they came, how it ended, where they gave up."""
    found = await cases.learning.figures.read(days)
    skills = [msgspec.convert(msgspec.to_builtins(one), SkillFunnelItem) for one in found.skills]
    return BotFunnel(found.since_ms, skills, found.cut)


def _models(found: Sequence[Model], in_use: InUse, here: int) -> BotModelList:
    items = [
        BotModelItem(
            version=one.version,
            made=one.made_ms,
            learnt=one.learnt,
            labelled=one.labelled,
            compared_with=one.compared_with,
            before=msgspec.convert(msgspec.to_builtins(one.before), dict[str, JudgedShare]),
            after=msgspec.convert(msgspec.to_builtins(one.after), dict[str, JudgedShare]),
            lost=one.lost,
        )
        for one in found
    ]
    return BotModelList(items, in_use.version, in_use.former, here)


_TEACHING: Roles = frozenset({StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR})
_ADMINISTRATORS: Roles = frozenset({StaffRole.ADMINISTRATOR})
_BOTS = "/v1/staff/bots"
_SENTENCE = f"{_BOTS}/missed/{{sentence}}"
_DECIDED = (errors.NotFound, errors.VersionConflict)
_CHANGED = (errors.NotFound, errors.InvalidValue, errors.VersionConflict)

LEARNING_ROUTES = (
    Route("GET", f"{_BOTS}/intents", intents, _TEACHING),
    Route("GET", f"{_BOTS}/missed", missed, _TEACHING),
    Route("PUT", _SENTENCE, label, _TEACHING, _DECIDED),
    Route("DELETE", _SENTENCE, discard, _TEACHING, _DECIDED),
    Route("GET", f"{_BOTS}/labels", labels, _TEACHING),
    Route("DELETE", f"{_BOTS}/labels/{{sentence}}", take_label_back, _TEACHING, (errors.NotFound,)),
    Route("GET", f"{_BOTS}/models", models, _TEACHING),
    Route("POST", f"{_BOTS}/models/{{version}}/promote", promote_model, _ADMINISTRATORS, _CHANGED),
    Route("POST", f"{_BOTS}/models/roll-back", roll_model_back, _ADMINISTRATORS, _CHANGED),
    Route("GET", f"{_BOTS}/funnel", funnel, _TEACHING),
)
