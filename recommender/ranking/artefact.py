"""A model on disk: plain arrays, a description, and a signed manifest of both.

Called by training to publish and by the shelf to load. A version is complete or absent:
it is written aside, synced, and renamed; then the `current` pointer is moved in the same
way. What was changed, cut short or made elsewhere is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import re
import secrets
import shutil
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from recommender.contract import RecommenderError
from recommender.ranking.model import Floats, LinearModel

ARRAYS: Final = "weights.npz"
DESCRIPTION: Final = "model.json"
REPORT: Final = "report.json"
POINTER: Final = "current"
_MANIFEST: Final = "manifest.json"
_KEY: Final = "model.key"
_KEY_BYTES: Final = 32
_MAX_BYTES: Final = 64 * 1024 * 1024
_VERSION: Final = re.compile(r"[0-9A-Za-z-]{1,64}")


class Description(msgspec.Struct, frozen=True, kw_only=True, tag="elian-linear-1"):
    """What the arrays mean; the tag is the format."""

    products: tuple[str, ...]
    features: tuple[str, ...]
    trained_at: datetime


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    sha256: dict[str, str]
    signature: str = ""


def publish(models: Path, model: LinearModel, trained_at: datetime, report: bytes) -> str:
    """Write the model as a new version, make it the current one, and return the version.

    The version is named by its time and content: the same again is the same version.
    """
    buffer = io.BytesIO()
    arrays = {"weights": model.weights, "intercepts": model.intercepts}
    if model.doubt is not None:
        arrays["doubt"] = model.doubt
    np.savez(buffer, **arrays)  # type: ignore[arg-type] # arrays, and no flag among them
    description = Description(
        products=model.products, features=model.features, trained_at=trained_at
    )
    files = {
        ARRAYS: buffer.getvalue(),
        DESCRIPTION: msgspec.json.encode(description),
        REPORT: report,
    }
    digest = hashlib.sha256(files[ARRAYS] + files[DESCRIPTION]).hexdigest()
    version = f"{trained_at:%Y%m%dT%H%M%S}-{digest[:12]}"
    manifest = Manifest(version=version, sha256={n: _sha256(b) for n, b in files.items()})
    try:
        _ensure_key(models)
        signed = msgspec.structs.replace(manifest, signature=_signature(models, manifest))
        _write_version(models, version, files | {_MANIFEST: msgspec.json.encode(signed)})
        point_at(models, version)
    except OSError as exc:
        raise RecommenderError(f"the model cannot be published: {exc}") from exc
    return version


def point_at(models: Path, version: str) -> None:
    """Make a version the current one; servers notice within a second or two."""
    load(models, version)
    _replace(models / POINTER, version.encode())


def versions(models: Path) -> list[str]:
    """All versions there are, oldest first; whether one is sound is known when it is loaded."""
    if not models.is_dir():
        return []
    return sorted(path.name for path in models.iterdir() if (path / _MANIFEST).exists())


def current_version(models: Path) -> str | None:
    """The version that the pointer names, or none if nothing was ever published."""
    try:
        return (models / POINTER).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as exc:
        raise RecommenderError(f"the model pointer cannot be read: {exc}") from exc


def load(models: Path, version: str) -> LinearModel:
    """The model, if every byte of it is the one that was signed here."""
    if not _VERSION.fullmatch(version):
        raise RecommenderError("the model pointer does not name a version")
    try:
        files = _verified(models, version)
        description = msgspec.json.decode(files[DESCRIPTION], type=Description)
        with np.load(io.BytesIO(files[ARRAYS]), allow_pickle=False) as arrays:
            weights, intercepts = arrays["weights"], arrays["intercepts"]
            doubt = arrays.get("doubt", None)  # older models have none
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, msgspec.MsgspecError) as exc:
        raise RecommenderError(f"model {version} is damaged: {exc}") from exc
    products, wide = len(description.products), len(description.features)
    return LinearModel(
        version=version,
        products=description.products,
        features=description.features,
        weights=_shaped(weights, (products, wide)),
        intercepts=_shaped(intercepts, (products,)),
        doubt=None if doubt is None else _shaped(doubt, (products, wide + 1, wide + 1)),
    )


def _verified(models: Path, version: str) -> Mapping[str, bytes]:
    folder = models / version
    manifest = msgspec.json.decode(_read(folder / _MANIFEST), type=Manifest)
    if manifest.version != version or not hmac.compare_digest(
        manifest.signature.encode(), _signature(models, manifest).encode()
    ):
        raise RecommenderError(f"model {version} was not signed by this installation")
    files = {name: _read(folder / name) for name in (ARRAYS, DESCRIPTION)}
    for name, content in files.items():
        if manifest.sha256.get(name) != _sha256(content):
            raise RecommenderError(f"model {version} is damaged: {name} is not what was signed")
    return files


def _shaped(array: Floats, shape: tuple[int, ...]) -> Floats:
    if array.dtype != np.float64 or array.shape != shape or not np.isfinite(array).all():
        raise RecommenderError("the model's arrays do not fit its description")
    return array


def _signature(models: Path, manifest: Manifest) -> str:
    plain = msgspec.structs.replace(manifest, signature="")
    content = msgspec.json.encode(plain, order="deterministic")
    return hmac.new(_key(models), content, hashlib.sha256).hexdigest()


def _key(models: Path) -> bytes:
    key = _read(models / _KEY)
    if len(key) != _KEY_BYTES:
        raise RecommenderError("the model signing key is damaged")
    return key


def _ensure_key(models: Path) -> None:
    """Make this installation's signing key on first use; of two makers, both get the first's."""
    if (models / _KEY).exists():
        return
    models.mkdir(parents=True, exist_ok=True)
    fresh = models / f".key-{secrets.token_hex(8)}"
    _write(fresh, secrets.token_bytes(_KEY_BYTES), mode=0o600)
    with suppress(FileExistsError):
        os.link(fresh, models / _KEY)
    fresh.unlink()
    _sync(models)


def _write_version(models: Path, version: str, files: Mapping[str, bytes]) -> None:
    aside = models / f".{version}-{secrets.token_hex(8)}"
    aside.mkdir(parents=True)
    try:
        for name, content in files.items():
            _write(aside / name, content)
        _sync(aside)
        if not (models / version).exists():  # else it is this very model, published before
            aside.rename(models / version)
        _sync(models)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _replace(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    _write(aside, content)
    aside.replace(path)
    _sync(path.parent)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise RecommenderError(f"{path.name} is too large for a model")
    return content


def _write(path: Path, content: bytes, mode: int = 0o644) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123 - Path.open takes no mode
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
