"""Settings: read once, typed, frozen, and the only look at the environment.

Each comes from the last of these that has it: the default, one TOML file, an `ELIAN_*`
variable, the command line. A name that does not exist stops the start, for it is a
misspelt one.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Meta

from chat_server.domain.errors import ConfigError
from chat_server.domain.partnering import PartnerSettings

PREFIX = "ELIAN_"
_CONFIG = "ELIAN_CONFIG"
_TESTS = "ELIAN_TEST_"  # what the tests read; no setting of the server
_MIN_KEY = 32
_ONE_PROCESS = {
    "store_url": ({"memory", "sqlite"}, "mongodb://host/elian"),
    "bus_url": ({"memory"}, "redis://host/0"),
}


class Secret:
    """Text that does not print; `reveal` where it is used."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and secrets.compare_digest(
            self._text.encode(), other._text.encode()
        )

    def __hash__(self) -> int:
        return hash(self._text)


class Settings(PartnerSettings, frozen=True, kw_only=True):
    """One field for each setting; an empty URL is filled in from `data` when it is loaded."""

    data: Annotated[Path, Meta(description="folder of everything that is kept")] = Path("data")
    host: Annotated[str, Meta(description="address to listen on")] = "127.0.0.1"
    port: Annotated[
        int, Meta(description="port to listen on; 0 takes a free one", ge=0, le=65535)
    ] = 8080
    demo: Annotated[
        bool, Meta(description="demonstration mode: demo data, SMS shown at /demo/phone")
    ] = False
    workers: Annotated[int, Meta(description="server processes", ge=1, le=64)] = 1
    allowed_origins: Annotated[
        tuple[str, ...],
        Meta(description="further origins whose pages may connect, as https://host"),
    ] = ()
    web_dist: Annotated[Path, Meta(description="folder of the built web app")] = (
        Path(__file__).parents[1] / "web" / "dist"
    )

    store_url: Annotated[str, Meta(description="chat store: sqlite, mongodb or memory")] = ""
    search_url: Annotated[
        str, Meta(description="search index, made from the store: sqlite, mongodb or memory")
    ] = ""
    bus_url: Annotated[str, Meta(description="bus between processes: redis or memory")] = (
        "memory://"
    )
    bank_url: Annotated[
        str, Meta(description="bank core: embedded://FILE, or https:// a bank's own gateway")
    ] = ""
    bank_keys: Annotated[
        Path, Meta(description="keys of the line to a bank's gateway; a folder, from data")
    ] = Path("secrets/bank-line")
    bank_day_end: Annotated[
        time, Meta(description="when a business date is closed, in China; from 23:00 on")
    ] = time(23, 5)
    recommender_url: Annotated[str, Meta(description="recommender's events and models")] = ""
    blob_url: Annotated[str, Meta(description="where media are kept")] = ""
    scanner_url: Annotated[
        str, Meta(description="who scans files for harm: clamd://host:3310, or none")
    ] = "none://"
    media_quota: Annotated[
        int, Meta(description="bytes of media that one person may upload in a day", ge=1)
    ] = 1024 * 1024 * 1024
    sms_url: Annotated[
        str, Meta(description="how SMS are sent; file in demonstration mode, else log")
    ] = ""

    token_key: Annotated[
        Secret, Meta(description="signs access tokens; made once in data/secrets if not given")
    ] = Secret("")
    body_key: Annotated[
        Secret, Meta(description="hashes bodies, to know a resent one; made once in data/secrets")
    ] = Secret("")
    access_token_s: Annotated[
        int, Meta(description="life of an access token", ge=60, le=86_400)
    ] = 900
    refresh_token_days: Annotated[
        int, Meta(description="life of an unused log-in", ge=1, le=365)
    ] = 30

    edit_s: Annotated[
        int, Meta(description="how long one's own message may be edited", ge=0, le=86_400)
    ] = 900
    recall_s: Annotated[
        int, Meta(description="how long a customer may recall a message", ge=0, le=86_400)
    ] = 120
    staff_recall_s: Annotated[
        int, Meta(description="how long staff may recall theirs", ge=0, le=30 * 86_400)
    ] = 86_400
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="least severity that is logged"),
    ] = "info"
    log_format: Annotated[Literal["text", "json"], Meta(description="how log lines look")] = "text"

    sms_code_s: Annotated[
        int, Meta(description="life of an SMS code, never above ten minutes", ge=1, le=600)
    ] = 180
    offers_per_day: Annotated[int, Meta(description="offers one customer may get a day", ge=0)] = 1
    offers_per_week: Annotated[int, Meta(description="offers in any seven days on end", ge=0)] = 3
    missed_days: Annotated[
        int,
        Meta(description="how long a sentence that bots missed waits to be labelled", ge=1, le=365),
    ] = 30
    quiet_from: Annotated[time, Meta(description="no offers from this hour, of Shanghai")] = time(
        21
    )
    quiet_until: Annotated[time, Meta(description="until this one")] = time(8)
    quiet_exempt: Annotated[
        tuple[str, ...],
        Meta(description="events whose offers may come in quiet hours all the same"),
    ] = ("purchase",)


class SettingLine(msgspec.Struct, frozen=True):
    """One setting as `elian settings` shows it; secrets are masked."""

    name: str
    variable: str
    value: str
    source: str
    meaning: str


class _Given(msgspec.Struct, frozen=True):
    value: Any  # as found: checked by `_settings`
    source: str


_TYPES = get_type_hints(Settings, include_extras=True)


def load_settings(
    overrides: Mapping[str, object] | None = None,
    *,
    config: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Read, check and complete the settings; ConfigError says what is wrong and what is right.

    `overrides` come from the command line; those that are None were not given. Keys that
    nobody gave are made, once, below `data`.
    """
    settings = read_settings(overrides, config=config, environ=environ)
    return msgspec.structs.replace(
        settings,
        token_key=_key(settings.token_key, settings.data, "token"),
        body_key=_key(settings.body_key, settings.data, "body"),
    )


def read_settings(
    overrides: Mapping[str, object] | None = None,
    *,
    config: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """As `load_settings`, for who only looks: makes no keys, and so no folder."""
    return _settings(_gather(overrides or {}, config, environ))


def describe(
    overrides: Mapping[str, object] | None = None,
    *,
    config: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Sequence[SettingLine]:
    """Every setting, its value and where that came from. Makes no keys."""
    given = _gather(overrides or {}, config, environ)
    settings = _settings(given)
    return [
        SettingLine(
            name=name,
            variable=PREFIX + name.upper(),
            value=_shown(getattr(settings, name)),
            source=given[name].source if name in given else "default",
            meaning=_TYPES[name].__metadata__[0].description,
        )
        for name in _TYPES
    ]


def _gather(
    overrides: Mapping[str, object], config: Path | None, environ: Mapping[str, str]
) -> dict[str, _Given]:
    given: dict[str, _Given] = {}
    path = config or (Path(environ[_CONFIG]) if environ.get(_CONFIG) else None)
    if path is not None:
        for key, value in _toml(path).items():
            given[_known(key, f"{path}: {key}")] = _Given(value, str(path))
    for variable, text in environ.items():
        if _is_ours(variable):
            name = _known(variable.removeprefix(PREFIX).lower(), variable)
            given[name] = _Given(text, variable)
    for key, value in overrides.items():
        if value is not None:
            given[_known(key, key)] = _Given(value, "command line")
    return given


def _is_ours(variable: str) -> bool:
    return variable.startswith(PREFIX) and variable != _CONFIG and not variable.startswith(_TESTS)


def _toml(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be read: {exc.strerror}") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path}: is not TOML: {exc}") from exc


def _known(name: str, shown: str) -> str:
    if name in _TYPES:
        return name
    near = difflib.get_close_matches(name, _TYPES, n=3)
    if shown.startswith(PREFIX):
        near = [PREFIX + each.upper() for each in near]
    hint = f"; did you mean {' or '.join(near)}?" if near else "; `elian settings` lists them all"
    raise ConfigError(f"{shown}: there is no such setting{hint}")


def _settings(given: Mapping[str, _Given]) -> Settings:
    values = {name: _converted(name, each) for name, each in given.items()}
    settings = _completed(Settings(**values))
    _check_loopback(settings)
    _check_proxies(settings)
    _check_workers(settings)
    return settings


def _converted(name: str, given: _Given) -> Any:  # noqa: ANN401  what the field's type says
    value, kind = given.value, get_args(_TYPES[name])[0]
    if isinstance(value, str):
        if get_origin(kind) is tuple:
            value = [part.strip() for part in value.split(",") if part.strip()]
        elif kind is time and value.count(":") == 1:
            value = f"{value}:00"
    try:
        return msgspec.convert(value, _TYPES[name], strict=False, dec_hook=_from_text)
    except msgspec.ValidationError as exc:
        raise ConfigError(f"{name} (from {given.source}): {exc}") from exc


def _from_text(kind: type, value: object) -> object:
    if isinstance(value, kind):
        return value
    if not isinstance(value, str):
        raise TypeError(f"Expected text, got `{type(value).__name__}`")
    if kind is Path and not value:
        raise ValueError("Expected a path, got empty text")
    if kind is Secret and len(value) < _MIN_KEY:
        raise ValueError(f"Expected at least {_MIN_KEY} characters")
    return kind(value)


def _completed(settings: Settings) -> Settings:
    """Everything that is kept lies below `data`, unless somebody said otherwise."""
    data = settings.data.expanduser().absolute()
    below = quote(str(data))
    return msgspec.structs.replace(
        settings,
        data=data,
        web_dist=settings.web_dist.expanduser().absolute(),
        search_url=settings.search_url or _index_beside(settings.store_url, below),
        store_url=settings.store_url or f"sqlite:///{below}/chat.db",
        bank_url=settings.bank_url or f"embedded://{data}/bank.db",
        bank_keys=data / settings.bank_keys.expanduser(),
        recommender_url=settings.recommender_url or f"model://{below}/recommender",
        blob_url=settings.blob_url or f"file://{below}/media",
        sms_url=settings.sms_url or (f"file://{below}/sms.jsonl" if settings.demo else "log://"),
    )


def _index_beside(store_url: str, below: str) -> str:
    """An index must not outlive what it is made of."""
    memory = urlsplit(store_url).scheme == "memory"
    return "memory://" if memory else f"sqlite:///{below}/search.db"


def _check_loopback(settings: Settings) -> None:
    loopback = settings.host == "localhost"
    with suppress(ValueError):
        loopback = loopback or ipaddress.ip_address(settings.host).is_loopback
    if settings.demo and not loopback:
        raise ConfigError(
            f"host {settings.host}: demonstration mode has known passwords and shows SMS, so it "
            "listens on this machine only; use --host 127.0.0.1"
        )


def _check_proxies(settings: Settings) -> None:
    for each in settings.trusted_proxies:
        try:
            ipaddress.ip_network(each)
        except ValueError as exc:
            raise ConfigError(f"trusted_proxies: {exc}") from exc


def _check_workers(settings: Settings) -> None:
    if settings.workers == 1:
        return
    needed = [
        f"{PREFIX}{name.upper()}={example}"
        for name, (schemes, example) in _ONE_PROCESS.items()
        if urlsplit(getattr(settings, name)).scheme in schemes
    ]
    if needed:
        raise ConfigError(
            f"workers {settings.workers}: more than one process needs a store and a bus that they "
            f"can share; set {' and '.join(needed)}"
        )


def _key(given: Secret, data: Path, name: str) -> Secret:
    """What was given, or what `data/secrets` holds, or a fresh one kept there."""
    if given.reveal():
        return given
    path = data / "secrets" / f"{name}.key"
    if not path.exists():
        _keep_fresh_key(path)
    text = path.read_text(encoding="ascii").strip()
    if len(text) < _MIN_KEY:
        raise ConfigError(f"{path}: is not a key; restore it, or remove it to get a fresh one")
    return Secret(text)


def _keep_fresh_key(path: Path) -> None:
    """Whole or not at all, and the first of several processes wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(str(each) for each in value)
    if isinstance(value, Secret):
        return "***" if value.reveal() else "(made in data/secrets)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    text = str(value)
    parts = urlsplit(text) if "://" in text else None
    if parts and parts.password:
        return text.replace(f":{parts.password}@", ":***@")
    return text
