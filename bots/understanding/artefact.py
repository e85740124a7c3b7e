"""A trained classifier as bytes: plain arrays and a description, no pickle.

Damaged bytes, bytes of another format or of other training sentences are refused as a whole.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib

import msgspec
import numpy as np

from bots.contract import BotError
from bots.understanding.classifier import IntentClassifier, Layers
from bots.understanding.features import Feature, Rarity

_DIGEST = hashlib.sha256
_DIGEST_BYTES = 32


class DamagedModelError(BotError):
    """These bytes are not a classifier that was written here."""


class Description(msgspec.Struct, frozen=True, kw_only=True, tag="elian-intents-1"):
    """What the arrays mean; the tag is the format. `names` are the features, one a row."""

    intents: tuple[str, ...]
    names: tuple[str, ...]
    unseen: float
    say: tuple[float, ...]
    temperature: float
    corpus: str = ""  # the digest of the sentences it was trained on


def encode(classifier: IntentClassifier, corpus: str = "") -> bytes:
    """The classifier as bytes, with their digest in front."""
    rarity = classifier.rarity
    description = Description(
        intents=classifier.intents,
        names=tuple(rarity.known),
        unseen=rarity.unseen,
        say=tuple(rarity.say),
        temperature=classifier.temperature,
        corpus=corpus,
    )
    rarities = np.array([feature.rarity for feature in rarity.known.values()], np.float32)
    meaning = np.frombuffer(msgspec.json.encode(description), np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, description=meaning, rarities=rarities, **classifier.layers._asdict()
    )
    content = buffer.getvalue()
    return _DIGEST(content).digest() + content


def decode(content: bytes, corpus: str = "") -> IntentClassifier:
    """The classifier again. DamagedModelError: not what `encode` gave for that corpus."""
    digest, content = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if _DIGEST(content).digest() != digest:
        raise DamagedModelError("the model's bytes are not those that were written")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            description = msgspec.json.decode(arrays["description"].tobytes(), type=Description)
            rarities = arrays["rarities"]
            layers = Layers(*(arrays[name] for name in Layers._fields))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as exc:
        raise DamagedModelError(f"the model cannot be read: {exc}") from exc
    if description.corpus != corpus:
        raise DamagedModelError("the model was trained on other sentences")
    known = {
        name: Feature(row, float(rarity))
        for row, (name, rarity) in enumerate(zip(description.names, rarities, strict=True))
    }
    rarity = Rarity(known, description.unseen, description.say)
    return IntentClassifier(description.intents, rarity, layers, description.temperature)
