"""Uploads, media, their owners, and where they were sent (see `Log.append`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from chat_server.adapters.rules import merged
from chat_server.adapters.sqlite.log import Log
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.tables import MEDIA, UPLOADS
from chat_server.adapters.sqlite.writer import Writer
from chat_server.domain.facts import Fact
from chat_server.domain.media import Medium, Upload

_HELD = "SELECT coalesce(sum(size), 0) FROM uploads WHERE user = ?"
_MAY_READ = """
SELECT 1 FROM media_owners WHERE digest = :digest AND user = :user
UNION ALL
SELECT 1 FROM media_uses AS u CROSS JOIN memberships AS m ON m.conv = u.conv AND m.user = :user
WHERE u.digest = :digest AND u.seq >= m.first_seq AND (m.left_seq IS NULL OR u.seq <= m.left_seq)
  AND NOT EXISTS (
    SELECT 1 FROM forms AS f WHERE f.conv = u.conv AND f.seq = u.seq AND f.recalled
  )
LIMIT 1
"""
_OLD = """
SELECT digest, (SELECT 1 FROM media_uses AS u WHERE u.digest = m.digest LIMIT 1)
FROM media AS m WHERE touched_ms < ? AND sent = 0 AND public = 0 AND condemned = 0
ORDER BY touched_ms, digest LIMIT ?
"""
_CONDEMNED = "SELECT digest FROM media WHERE condemned = 1 ORDER BY digest LIMIT ?"
_STANDING = "WHERE digest = ? AND condemned = 0"
_KEEP = """
INSERT INTO media (digest, mime, size, touched_ms, width, height, thumbnail, public)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (digest) DO UPDATE SET mime = excluded.mime, touched_ms = excluded.touched_ms,
  width = excluded.width, height = excluded.height, thumbnail = excluded.thumbnail,
  public = excluded.public
"""


class SqliteMedia:
    """UploadStore and MediaStore."""

    def __init__(self, writer: Writer, points: Reader, pages: Reader) -> None:
        self._writer, self._points, self._pages = writer, points, pages

    async def add_upload(self, upload: Upload, *, quota: int) -> bool:
        def work(log: Log) -> bool:
            (held,) = log.conn.execute(_HELD, (upload.user,)).fetchone()
            if held + upload.size > quota:
                return False
            log.conn.execute(UPLOADS.insert, UPLOADS.row(upload))
            return True

        return await self._writer.submit(work)

    async def upload(self, upload_id: str) -> Upload | None:
        return await self._points.ask(lambda conn: _upload(conn, upload_id))

    async def finish_upload(self, upload_id: str, media: Sequence[str], fact: Fact) -> None:
        def work(log: Log) -> None:
            upload = _upload(log.conn, upload_id)
            if upload is None or upload.digest:
                return
            log.conn.execute(UPLOADS.replace, UPLOADS.row(replace(upload, digest=media[0])))
            log.conn.executemany(
                "INSERT OR IGNORE INTO media_owners VALUES (?, ?)",
                [(digest, upload.user) for digest in media],
            )
            log.note(fact)

        await self._writer.submit(work)

    async def end_upload(self, upload_id: str) -> None:
        def work(log: Log) -> None:
            log.conn.execute("DELETE FROM uploads WHERE upload_id = ?", (upload_id,))

        await self._writer.submit(work)

    async def old_uploads(self, before_ms: int, limit: int) -> Sequence[Upload]:
        where = "WHERE created_ms < ? ORDER BY created_ms, upload_id LIMIT ?"
        return await self._pages.ask(
            lambda conn: UPLOADS.all(conn, where, before_ms, max(limit, 0))
        )

    async def put_medium(self, medium: Medium) -> bool:
        def work(log: Log) -> bool:
            if log.conn.execute(
                "SELECT 1 FROM media WHERE digest = ? AND condemned = 1", (medium.digest,)
            ).fetchone():
                return False
            former = MEDIA.one(log.conn, _STANDING, medium.digest)
            log.conn.execute(_KEEP, MEDIA.row(merged(former, medium)))
            return True

        return await self._writer.submit(work)

    async def medium(self, digest: str) -> Medium | None:
        return await self._points.ask(lambda conn: MEDIA.one(conn, _STANDING, digest))

    async def claim(self, user: str, digests: Iterable[str], at_ms: int) -> Sequence[Medium]:
        asked = sorted(set(digests))

        def work(log: Log) -> list[Medium]:
            claimed = []
            for digest in asked:
                medium = MEDIA.one(log.conn, _STANDING, digest)
                if medium is not None and _may_read(log.conn, user, digest):
                    touched = replace(medium, touched_ms=max(medium.touched_ms, at_ms))
                    log.conn.execute(_KEEP, MEDIA.row(touched))
                    claimed.append(touched)
            return claimed

        return await self._writer.submit(work)

    async def may_read(self, user: str, digest: str) -> bool:
        return await self._points.ask(lambda conn: _may_read(conn, user, digest))

    async def condemn(self, before_ms: int, limit: int) -> Sequence[str]:
        def work(log: Log) -> list[str]:
            """What was sent is marked, so that it is not looked at again for ever."""
            old = log.conn.execute(_OLD, (before_ms, max(limit, 0))).fetchall()
            for column, digests in (
                ("sent", [(digest,) for digest, sent in old if sent]),
                ("condemned", [(digest,) for digest, sent in old if not sent]),
            ):
                change = f"UPDATE media SET {column} = 1 WHERE digest = ?"  # noqa: S608 - our own names
                log.conn.executemany(change, digests)
            return [row[0] for row in log.conn.execute(_CONDEMNED, (max(limit, 0),))]

        return await self._writer.submit(work)

    async def bury(self, digest: str) -> None:
        def work(log: Log) -> None:
            gone = log.conn.execute(
                "DELETE FROM media WHERE digest = ? AND condemned = 1", (digest,)
            )
            if gone.rowcount:
                log.conn.execute("DELETE FROM media_owners WHERE digest = ?", (digest,))

        await self._writer.submit(work)


def _upload(conn: sqlite3.Connection, upload_id: str) -> Upload | None:
    return UPLOADS.one(conn, "WHERE upload_id = ?", upload_id)


def _may_read(conn: sqlite3.Connection, user: str, digest: str) -> bool:
    return conn.execute(_MAY_READ, {"user": user, "digest": digest}).fetchone() is not None
