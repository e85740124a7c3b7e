"""Uploads, media, their owners and the places they were sent to, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from chat_server.adapters.memory.conversations import MemoryConversationStore
from chat_server.adapters.memory.log import MemoryLog
from chat_server.adapters.rules import merged
from chat_server.domain.facts import Fact
from chat_server.domain.media import Medium, Upload


class MemoryMedia:
    """UploadStore and MediaStore."""

    def __init__(self, log: MemoryLog, conversations: MemoryConversationStore) -> None:
        self._log, self._conversations = log, conversations
        self._uploads: dict[str, Upload] = {}
        self._media: dict[str, Medium] = {}
        self._owners: dict[str, set[str]] = {}
        self._condemned: set[str] = set()

    async def add_upload(self, upload: Upload, *, quota: int) -> bool:
        held = sum(one.size for one in self._uploads.values() if one.user == upload.user)
        if held + upload.size > quota:
            return False
        self._uploads[upload.upload_id] = upload
        return True

    async def upload(self, upload_id: str) -> Upload | None:
        return self._uploads.get(upload_id)

    async def finish_upload(self, upload_id: str, media: Sequence[str], fact: Fact) -> None:
        upload = self._uploads.get(upload_id)
        if upload is None or upload.digest:
            return
        self._uploads[upload_id] = replace(upload, digest=media[0])
        for digest in media:
            self._owners.setdefault(digest, set()).add(upload.user)
        self._log.note(fact)

    async def end_upload(self, upload_id: str) -> None:
        self._uploads.pop(upload_id, None)

    async def old_uploads(self, before_ms: int, limit: int) -> Sequence[Upload]:
        old = [one for one in self._uploads.values() if one.created_ms < before_ms]
        return sorted(old, key=lambda one: (one.created_ms, one.upload_id))[: max(limit, 0)]

    async def put_medium(self, medium: Medium) -> bool:
        if medium.digest in self._condemned:
            return False
        self._media[medium.digest] = merged(self._media.get(medium.digest), medium)
        return True

    async def medium(self, digest: str) -> Medium | None:
        return None if digest in self._condemned else self._media.get(digest)

    async def claim(self, user: str, digests: Iterable[str], at_ms: int) -> Sequence[Medium]:
        claimed = []
        for digest in sorted(set(digests)):
            medium = await self.medium(digest)
            if medium is not None and await self.may_read(user, digest):
                touched = max(medium.touched_ms, at_ms)
                self._media[digest] = medium = replace(medium, touched_ms=touched)
                claimed.append(medium)
        return claimed

    async def may_read(self, user: str, digest: str) -> bool:
        if user in self._owners.get(digest, ()):
            return True
        for conv, seq in self._log.uses(digest):
            member = await self._conversations.membership(conv, user)
            if member and member.first_seq <= seq <= member.last_readable(seq):
                return True
        return False

    async def condemn(self, before_ms: int, limit: int) -> Sequence[str]:
        doomed = sorted(self._condemned) + [
            one.digest
            for one in sorted(self._media.values(), key=lambda one: (one.touched_ms, one.digest))
            if one.touched_ms < before_ms
            and not one.public
            and one.digest not in self._condemned
            and not self._log.sent(one.digest)
        ]
        doomed = doomed[: max(limit, 0)]
        self._condemned.update(doomed)
        return doomed

    async def bury(self, digest: str) -> None:
        if digest in self._condemned:
            self._condemned.discard(digest)
            self._media.pop(digest, None)
            self._owners.pop(digest, None)
