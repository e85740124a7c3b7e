"""Opening the file: where it is, how it is written, and which schema it has."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from urllib.parse import unquote, urlsplit

from chat_server.domain.errors import ConfigError

BUSY_S = 10.0  # how long a commit of another process is waited for
_AGAIN_S = 0.01
_OURS = 0x456C_6961  # application_id: "Elia"
_STATEMENTS = 256  # prepared statements that a connection keeps


def path_of(url: str) -> Path:
    """`sqlite:///relative/file.db` or `sqlite:////absolute/file.db`, as SQLAlchemy has it."""
    parts = urlsplit(url)
    path = unquote(parts.path[1:])
    if parts.netloc or parts.query or parts.fragment or not path or path.startswith(":"):
        raise ConfigError(
            "store URL: write sqlite:///relative/file.db or sqlite:////absolute/file.db"
            " (memory:// is the store without a file)"
        )
    return Path(path)


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection for one thread; commits are durable when they return."""
    conn = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, cached_statements=_STATEMENTS
    )
    try:
        conn.execute("PRAGMA synchronous = FULL")
        # KiB: appends touch pages all over the file, and so does a page of history
        conn.execute("PRAGMA cache_size = -65536")
        if read_only:
            conn.execute("PRAGMA query_only = ON")
        else:
            _use_wal(conn)
            conn.execute("PRAGMA wal_autocheckpoint = 4000")  # pages; fewer and longer is cheaper
            conn.execute("PRAGMA journal_size_limit = 67108864")
    except sqlite3.Error:
        conn.close()
        raise
    return conn


def _use_wal(conn: sqlite3.Connection) -> None:
    """Changing to WAL does not wait for others who do the same, so it is tried again."""
    give_up_at = time.monotonic() + BUSY_S
    while True:
        try:
            conn.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as exc:
            busy = exc.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > give_up_at:
                raise
            time.sleep(_AGAIN_S)
        else:
            return


def prepare(path: Path) -> None:
    """Make the file, or bring its schema up to ours; ConfigError where that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        conn = connect(path)
        try:
            _migrate(conn, path)
        finally:
            conn.close()
    except (OSError, sqlite3.Error) as exc:
        raise ConfigError(f"store URL: {path} cannot be opened as a store: {exc}") from exc


def migrations() -> list[tuple[int, str]]:
    """Number and SQL of every schema step, in order."""
    folder = resources.files(__package__).joinpath("migrations")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=str)
    return [(int(file.name[:4]), file.read_text(encoding="utf-8")) for file in files]


def _migrate(conn: sqlite3.Connection, path: Path) -> None:
    steps = migrations()
    newest = steps[-1][0]
    for number, script in steps:
        conn.execute("BEGIN IMMEDIATE")  # another process may be migrating it, too
        try:
            version = _version(conn, path)
            if version > newest:
                raise ConfigError(
                    f"store URL: {path} has schema {version}, written by a newer version of"
                    f" this program; this one knows schema {newest}"
                )
            if version < number:
                for statement in _statements(script):
                    conn.execute(statement)
                conn.execute(f"PRAGMA application_id = {_OURS}")
                conn.execute(f"PRAGMA user_version = {number}")
            conn.execute("COMMIT")
        finally:
            if conn.in_transaction:
                conn.execute("ROLLBACK")


def _version(conn: sqlite3.Connection, path: Path) -> int:
    (owner,) = conn.execute("PRAGMA application_id").fetchone()
    (tables,) = conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and owner != _OURS:
        raise ConfigError(f"store URL: {path} is another program's database")
    version: int = conn.execute("PRAGMA user_version").fetchone()[0]
    return version


def _statements(script: str) -> Iterator[str]:
    """A trigger has semicolons of its own, so a script is not split at each."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
