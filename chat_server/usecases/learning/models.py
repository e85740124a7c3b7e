"""Models of the understanding: made beside the one in use, promoted, rolled back, taken up.

A model's bytes are a blob, its record lies on the shelf, and one record says which is in
use; so every process of the house comes to the same one. Bytes count only with the
signature that this house made over them: whoever can write blobs cannot make it understand
otherwise.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping, Sequence

import msgspec
import structlog

from bots.contract import BotError, Judged, Lesson, Pupil
from chat_server.domain.errors import InvalidValue, NotFound, VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.learning import OWNER, InUse, Model, Share
from chat_server.ports.blob import BlobStore
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.learning.drawer import Drawer

log = structlog.get_logger()

MOST_MODELS = 200
MOST_FORMER = 20
_IN_USE = "in_use"
_PURPOSE = b"elian bots model 1\0"
_TRIES = 5


class Serving(msgspec.Struct, frozen=True):
    """The models, the newest first; which is in use; and which this process answers with."""

    models: Sequence[Model]
    in_use: InUse
    here: int


class BotModels:
    """`key` signs models; it is the house's own and never leaves it."""

    def __init__(self, store: Store, blobs: BlobStore, clock: Clock, key: bytes) -> None:
        self._store, self._blobs, self._clock = store, blobs, clock
        self._key = hashlib.blake2b(key, digest_size=32, person=b"bot models").digest()
        self._models = Drawer(store.shelf, "bot_model", Model)
        self._pointer = Drawer(store.shelf, "bot_model_in_use", InUse)
        self._here, self._refused = 0, 0

    async def add(self, lesson: Lesson, compared_with: int, actor: str) -> Model:
        """Keep a trained model as a candidate; nothing answers with it yet."""
        blob = await self._blobs.put(lesson.model)
        for _ in range(_TRIES):
            newest = await self._models.all(1, newest=True)
            version = newest[0][1].version + 1 if newest else 1
            model = Model(
                version=version,
                blob=blob,
                corpus=lesson.corpus,
                signature=self._sign(version, lesson.corpus, lesson.model),
                made_ms=self._clock.now_ms(),
                learnt=lesson.learnt,
                labelled=lesson.labelled,
                compared_with=compared_with,
                before=_shares(lesson.before),
                after=_shares(lesson.after),
                lost=lesson.lost,
            )
            fact = self._fact("bot_model_trained", actor, version)
            try:
                await self._models.save(_name(version), model, 1, fact)
            except VersionConflict:  # another training ended just now
                continue
            return model
        raise VersionConflict("other models are being added")

    async def content(self, version: int) -> tuple[bytes, str]:
        """A model's bytes and its corpus; empty for the shipped one.

        NotFound: no such model. InvalidValue: not the bytes that were signed here.
        """
        if version == 0:
            return b"", ""
        model = await self._models.get(_name(version))
        if model is None:
            raise NotFound("no such model")
        content = await self._blobs.get(model.blob)
        if content is None:
            raise InvalidValue(f"the bytes of model {version} are gone")
        signed = self._sign(version, model.corpus, content)
        if not hmac.compare_digest(signed, model.signature):
            raise InvalidValue(f"model {version} is not what was signed here")
        return content, model.corpus

    async def serving(self) -> Serving:
        models = [one for _, one, _ in await self._models.all(MOST_MODELS, newest=True)]
        return Serving(models, await self.in_use(), self._here)

    async def in_use(self) -> InUse:
        return await self._pointer.get(_IN_USE) or InUse()

    async def promote(self, user: str, version: int, pupil: Pupil) -> InUse:
        """Let this model answer, in every process, from within seconds on.

        NotFound, InvalidValue: it is not there or cannot be used; the one in use stays.
        """
        now = await self.in_use()
        if version == now.version:
            return now
        await self._adopt(version, pupil)
        former = (*now.former, now.version)[-MOST_FORMER:]
        return await self._point(user, InUse(version, former, now.changes + 1), "promoted")

    async def roll_back(self, user: str, pupil: Pupil) -> InUse:
        """Let the model answer that did before. NotFound when there was none before."""
        now = await self.in_use()
        if not now.former:
            raise NotFound("no model was in use before")
        version = now.former[-1]
        await self._adopt(version, pupil)
        back = InUse(version, now.former[:-1], now.changes + 1)
        return await self._point(user, back, "rolled_back")

    async def take_up(self, pupil: Pupil) -> None:
        """Answer with the model that is in use, if this process does not yet.

        One that cannot be used is told of once (InvalidValue), and not tried again until
        another one is in use.
        """
        wanted = (await self.in_use()).version
        if wanted == self._here or (wanted and wanted == self._refused):
            return
        try:
            await self._adopt(wanted, pupil)
        except (InvalidValue, NotFound):
            self._refused = wanted
            raise
        self._refused = 0
        log.info("bot_model_taken_up", version=wanted)

    async def _adopt(self, version: int, pupil: Pupil) -> None:
        content, corpus = await self.content(version)
        try:
            await asyncio.to_thread(pupil.adopt, content, corpus)
        except BotError as exc:
            raise InvalidValue(f"model {version} cannot be used: {exc}") from exc
        self._here = version

    async def _point(self, user: str, to: InUse, how: str) -> InUse:
        """VersionConflict when somebody else did so just now; the loop then takes theirs up."""
        fact = self._fact(f"bot_model_{how}", user, to.version)
        await self._pointer.save(_IN_USE, to, to.changes, fact)
        return to

    def _fact(self, kind: str, actor: str, version: int) -> Fact:
        return Fact(kind, actor, OWNER, self._clock.now_ms(), {"version": version})

    def _sign(self, version: int, corpus: str, content: bytes) -> str:
        told = _PURPOSE + f"{version}\0{corpus}\0".encode() + hashlib.sha256(content).digest()
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()


def _name(version: int) -> str:
    return f"{version:08d}"


def _shares(judged: Mapping[str, Judged]) -> dict[str, Share]:
    return {name: msgspec.convert(msgspec.to_builtins(one), Share) for name, one in judged.items()}
