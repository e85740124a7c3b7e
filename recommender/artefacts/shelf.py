"""The model in use, exchanged while the server runs.

Asked by serving for every occasion; looks at the pointer at most once a second. A bad model
never replaces a good one: it is refused, said so, and the old one goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Generic, TypeVar

import structlog

from recommender.artefacts.signed import current_version, pointer_mark
from recommender.contract import RecommenderError

_LOOK_EVERY: Final = timedelta(seconds=1)
_log = structlog.get_logger()
M = TypeVar("M")
Job = Callable[[], None]


def _at_once(job: Job) -> None:
    job()


class Shelf(Generic[M]):
    """Where serving takes a model from. Opening it on a bad model raises.

    `load` makes the model of a version; `aside` runs it, elsewhere when models are large.
    """

    def __init__(
        self,
        models: Path,
        load: Callable[[Path, str], M],
        now: Callable[[], datetime],
        aside: Callable[[Job], object] = _at_once,
    ) -> None:
        self._models, self._load, self._now, self._aside = models, load, now, aside
        self._looked_at = now()
        self._mark = pointer_mark(models)
        self._model = self._of(current_version(models))

    def current(self) -> M | None:
        """The newest good model, or none if there never was one."""
        now = self._now()
        if abs(now - self._looked_at) >= _LOOK_EVERY:
            self._looked_at = now
            mark = pointer_mark(self._models)
            if mark != self._mark:
                self._mark = mark
                self._aside(self._take)
        return self._model

    def _take(self) -> None:
        try:
            version = current_version(self._models)
            self._model = self._of(version)
            _log.info("model_taken", models=self._models.name, version=version)
        except RecommenderError as exc:
            _log.error("model_refused", models=self._models.name, reason=str(exc))

    def _of(self, version: str | None) -> M | None:
        return None if version is None else self._load(self._models, version)
