"""All models of a directory by name, for whoever promotes one or goes back to another.

Called by the builder for the command line. A version is loaded, and so proved sound, before it
becomes the current one; servers on the directory take it within a second or two.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from recommender.artefacts import signed
from recommender.candidates import item_model
from recommender.candidates.window import FOLDER
from recommender.contract import ItemKind, RecommenderError
from recommender.ranking import artefact, uplift
from recommender.topics import model as topic_model

OFFERS: Final = "offers"
TOPICS: Final = "topics"
UPLIFT: Final = "uplift"


class Kept(msgspec.Struct, frozen=True):
    """One version on disk."""

    model: str  # offers, uplift, topics, article, account, goods
    version: str
    current: bool
    sound: bool  # signed here and undamaged


class _Place(NamedTuple):
    folder: Path
    load: Callable[[Path, str], object]


def kept(directory: Path) -> list[Kept]:
    """Every version of every model, oldest first."""
    return [
        Kept(name, version, version == signed.current_version(place.folder), _sound(place, version))
        for name, place in _places(directory).items()
        for version in signed.versions(place.folder)
    ]


def promote(directory: Path, version: str) -> str:
    """Make the version the current one of its model; that model's name."""
    for name, place in _places(directory).items():
        if version in signed.versions(place.folder):
            place.load(place.folder, version)
            signed.promote(place.folder, version)
            return name
    raise RecommenderError(f"there is no version {version}: `elian recommend models list`")


def rollback(directory: Path, model: str) -> str:
    """Make the last sound version before the current one of the model current again; which it is.

    The one that is left stays on disk and can be promoted again.
    """
    places = _places(directory)
    if model not in places:
        raise RecommenderError(f"{model!r} is not a model: {', '.join(places)}")
    place = places[model]
    for version in signed.before_current(place.folder):
        if _sound(place, version):
            signed.go_back(place.folder, version)
            return version
    raise RecommenderError(f"there is no sound version of {model} to go back to")


def _sound(place: _Place, version: str) -> bool:
    try:
        place.load(place.folder, version)
    except RecommenderError:
        return False
    return True


def _places(directory: Path) -> dict[str, _Place]:
    places = {
        OFFERS: _Place(directory / "models", artefact.to_serve),
        UPLIFT: _Place(directory / uplift.FOLDER, uplift.load),
        TOPICS: _Place(directory / topic_model.FOLDER, topic_model.load),
    }
    for kind in ItemKind:
        places[kind.value] = _Place(directory / FOLDER / kind, item_model.load)
    return places
