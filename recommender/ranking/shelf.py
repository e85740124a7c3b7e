"""The model in use, exchanged while the server runs.

Asked by serving for every occasion; looks at the `current` pointer at most once a second.
A bad model never replaces a good one: it is refused, said so, and the old one goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from recommender.contract import RecommenderError
from recommender.features.columns import FEATURES
from recommender.ranking.artefact import POINTER, current_version, load
from recommender.ranking.model import LinearModel

_LOOK_EVERY: Final = timedelta(seconds=1)
_log = structlog.get_logger()


class ModelShelf:
    """Where serving takes its model from. Opening it on a bad model raises."""

    def __init__(self, models: Path, now: Callable[[], datetime]) -> None:
        self._models, self._now = models, now
        self._looked_at = now()
        self._mark = self._pointer_mark()
        self._model = self._load()

    def current(self) -> LinearModel | None:
        """The newest good model, or none if there never was one."""
        now = self._now()
        if abs(now - self._looked_at) >= _LOOK_EVERY:
            self._looked_at = now
            self._look()
        return self._model

    def _look(self) -> None:
        mark = self._pointer_mark()
        if mark == self._mark:
            return
        self._mark = mark
        try:
            self._model = self._load()
        except RecommenderError as exc:
            _log.error("model_refused", reason=str(exc))
        else:
            _log.info("model_taken", version=self._model and self._model.version)

    def _load(self) -> LinearModel | None:
        version = current_version(self._models)
        if version is None:
            return None
        model = load(self._models, version)
        if model.features != FEATURES:
            raise RecommenderError(f"model {version} was trained on other features: train again")
        return model

    def _pointer_mark(self) -> tuple[int, int] | None:
        try:
            status = (self._models / POINTER).stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino
