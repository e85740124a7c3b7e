"""A folder of versions: files, a signed manifest of their digests, and which is the current one.

Called by the rooms that publish and load models. A version is complete or absent: it is written
aside, synced, and renamed. `current` names the version in use in its first line and, below it,
those that were in use before, so that one can go back. What was changed, cut short or made
elsewhere is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import mmap
import os
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from recommender.contract import RecommenderError

POINTER: Final = "current"
MANIFEST: Final = "manifest.json"
REPORT: Final = "report.json"
_KEY: Final = "model.key"
_KEY_BYTES: Final = 32
_VERSION: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_REMEMBERED: Final = 20  # versions to go back to
_SMALL_BYTES: Final = 64 * 1024 * 1024
_NPY_HEADER: Final = 4096  # more than any header of a plain array

Array = NDArray[np.generic]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    sha256: dict[str, str]
    signature: str = ""


def publish(
    models: Path, files: Mapping[str, bytes | Array], trained_at: datetime, report: bytes
) -> str:
    """Write a new version and return its name; it is not the current one yet.

    It is named by its time and content: the same again is the same version.
    """
    try:
        _ensure_key(models)
        aside = models / f".aside-{secrets.token_hex(8)}"
        aside.mkdir()
        try:
            digests = {name: _write(aside / name, content) for name, content in files.items()}
            named = hashlib.sha256(msgspec.json.encode(digests, order="sorted")).hexdigest()
            version = f"{trained_at:%Y%m%dT%H%M%S}-{named[:12]}"
            manifest = Manifest(
                version=version, sha256=digests | {REPORT: _write(aside / REPORT, report)}
            )
            signed = msgspec.structs.replace(manifest, signature=_signature(models, manifest))
            _write(aside / MANIFEST, msgspec.json.encode(signed))
            _sync(aside)
            if not (models / version).exists():  # else it is this very model, published before
                aside.rename(models / version)
            _sync(models)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as exc:
        raise RecommenderError(f"the model cannot be published: {exc}") from exc
    return version


def opened(
    models: Path, version: str, names: Sequence[str], most_bytes: int = _SMALL_BYTES
) -> dict[str, mmap.mmap]:
    """The named files of a version, mapped into memory, each what was signed here.

    What is checked is what is mapped: a file that is exchanged meanwhile changes nothing.
    RecommenderError: damaged, foreign, or larger than `most_bytes`.
    """
    if not _VERSION.fullmatch(version):
        raise RecommenderError("the model pointer does not name a version")
    try:
        folder = models / version
        manifest = msgspec.json.decode(_mapped(folder / MANIFEST, _SMALL_BYTES), type=Manifest)
        if manifest.version != version or not hmac.compare_digest(
            manifest.signature.encode(), _signature(models, manifest).encode()
        ):
            raise RecommenderError(f"model {version} was not signed by this installation")
        files = {name: _mapped(folder / name, most_bytes) for name in names}
    except (OSError, ValueError, msgspec.MsgspecError) as exc:
        raise RecommenderError(f"model {version} is damaged: {exc}") from exc
    for name, content in files.items():
        if manifest.sha256.get(name) != hashlib.sha256(content).hexdigest():
            raise RecommenderError(f"model {version} is damaged: {name} is not what was signed")
    return files


def report_of(models: Path, version: str) -> bytes:
    """What training wrote beside the version."""
    return opened(models, version, (REPORT,))[REPORT][:]


def array(content: mmap.mmap) -> Array:
    """The array of a mapped `.npy` file, read from the disk as it is used. ValueError: none."""
    head = BytesIO(content[:_NPY_HEADER])
    if npy.read_magic(head) != (1, 0):
        raise ValueError("an array of another format")
    shape, by_column, kind = npy.read_array_header_1_0(head)
    if kind.hasobject or by_column:
        raise ValueError("only plain arrays, row by row")
    return np.frombuffer(content, kind, offset=head.tell()).reshape(shape)


def versions(models: Path) -> list[str]:
    """All versions there are, oldest first; whether one is sound is known when it is loaded."""
    if not models.is_dir():
        return []
    found = (path.name for path in models.iterdir() if (path / MANIFEST).exists())
    return sorted(name for name in found if not name.startswith("."))


def current_version(models: Path) -> str | None:
    """The version in use, or none if nothing was ever published."""
    before = _in_use(models)
    return before[0] if before else None


def promote(models: Path, version: str) -> None:
    """Make a version the current one; servers notice within a second or two.

    Whoever calls has loaded it, so that it is sound.
    """
    before = [one for one in _in_use(models) if one]
    if before[:1] != [version]:
        _replace(models / POINTER, "\n".join([version, *before][:_REMEMBERED]).encode())


def before_current(models: Path) -> list[str]:
    """The versions to go back to, the last first."""
    return _in_use(models)[1:]


def go_back(models: Path, version: str) -> None:
    """Make one of `before_current` the current one again; what was in use since is passed over."""
    before = _in_use(models)
    _replace(models / POINTER, "\n".join(before[before.index(version, 1) :]).encode())


def pointer_mark(models: Path) -> tuple[int, int] | None:
    """Changes whenever the pointer does."""
    try:
        status = (models / POINTER).stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_ino


def _in_use(models: Path) -> list[str]:
    try:
        return (models / POINTER).read_text(encoding="ascii").split("\n")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as exc:
        raise RecommenderError(f"the model pointer cannot be read: {exc}") from exc


def _mapped(path: Path, most_bytes: int) -> mmap.mmap:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > most_bytes:
            raise RecommenderError(f"{path.name} is too large for a model")
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _signature(models: Path, manifest: Manifest) -> str:
    plain = msgspec.structs.replace(manifest, signature="")
    content = msgspec.json.encode(plain, order="deterministic")
    return hmac.new(_key(models), content, hashlib.sha256).hexdigest()


def _key(models: Path) -> bytes:
    key = (models / _KEY).read_bytes()
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


def _replace(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        _write(aside, content)
        aside.replace(path)
        _sync(path.parent)
    except OSError as exc:
        raise RecommenderError(f"the model pointer cannot be moved: {exc}") from exc


def _write(path: Path, content: bytes | Array, mode: int = 0o644) -> str:
    """Write and sync a file; its digest."""
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode), "w+b") as file:  # noqa: PTH123 - Path.open takes no mode
        if isinstance(content, bytes):
            file.write(content)
        else:
            npy.write_array(file, np.ascontiguousarray(content), allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
