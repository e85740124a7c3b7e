"""What every blob store promises. The heirs give a fixture `blobs`: an empty one."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from chat_server.ports.blob import BlobStore


class BlobContract:
    @pytest.mark.parametrize("content", [b"", b"x", bytes(range(256)) * 5000])
    async def test_what_was_put_comes_back_by_its_digest(
        self, blobs: BlobStore, content: bytes
    ) -> None:
        digest = await blobs.put(content)
        assert digest == hashlib.sha256(content).hexdigest()
        assert await blobs.get(digest) == content

    async def test_the_same_bytes_again_change_nothing(self, blobs: BlobStore) -> None:
        digests = await asyncio.gather(*(blobs.put(b"picture") for _ in range(20)))
        assert len(set(digests)) == 1
        assert await blobs.get(digests[0]) == b"picture"

    async def test_what_was_never_put_is_not_there(self, blobs: BlobStore) -> None:
        assert await blobs.get("0" * 64) is None

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", "ab", "A" * 64, "0" * 65, "é" * 64])
    async def test_what_is_no_digest_names_nothing(self, blobs: BlobStore, name: str) -> None:
        await blobs.put(b"x")
        assert await blobs.get(name) is None
