"""Which path a `file:` URL names. As everywhere, such a path is absolute: `file:///var/media`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from chat_server.domain.errors import ConfigError


def path_of(url: str) -> Path:
    parts = urlsplit(url)
    if parts.netloc or parts.query or parts.fragment or not parts.path.strip("/"):
        raise ConfigError(f"{url!r}: write file:///absolute/path")
    return Path(unquote(parts.path))


def make_folder(folder: Path) -> None:
    """Make it, readable by nobody else; ConfigError where that cannot be."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise ConfigError(f"{folder} cannot be made a folder: {exc.strerror}") from exc
