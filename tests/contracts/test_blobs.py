"""Media in memory and in files keep the contract; files are whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_server.adapters.open import open_blobs
from chat_server.domain.errors import ConfigError, InvalidValue, StoreUnavailable
from chat_server.ports.blob import BlobStore
from tests.contracts.blob_contract import BlobContract, DraftsContract


class TestMemoryBlobs(BlobContract, DraftsContract):
    @pytest.fixture
    def blobs(self) -> BlobStore:
        return open_blobs("memory://")


class TestFileBlobs(BlobContract, DraftsContract):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> BlobStore:
        return open_blobs(f"file://{tmp_path}/media")

    async def test_they_outlive_the_store_and_leave_nothing_half_written(
        self, blobs: BlobStore, tmp_path: Path
    ) -> None:
        digest = await blobs.put(b"picture")
        assert await open_blobs(f"file://{tmp_path}/media").get(digest) == b"picture"
        files = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
        assert [path.parent.name + path.name for path in files] == [digest]

    async def test_a_draft_outlives_the_store(self, blobs: BlobStore, tmp_path: Path) -> None:
        await blobs.drafts.extend("d-1", 0, b"abc")
        again = open_blobs(f"file://{tmp_path}/media")
        assert await again.drafts.extend("d-1", 3, b"def") == 6
        with pytest.raises(InvalidValue):
            await again.drafts.extend("../d-1", 0, b"abc")

    async def test_a_place_that_cannot_be_written_is_a_typed_error(self, tmp_path: Path) -> None:
        blobs = open_blobs(f"file://{tmp_path}/media")
        digest = await blobs.put(b"picture")
        folder = tmp_path / "media" / digest[:2]
        (folder / digest[2:]).unlink()
        folder.rmdir()
        folder.write_bytes(b"in the way")
        with pytest.raises(StoreUnavailable):
            await blobs.put(b"picture")
        with pytest.raises(StoreUnavailable):
            await blobs.get(digest)


def test_a_folder_that_cannot_be_made_is_a_matter_of_settings(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for url in (f"file://{tmp_path}/file/media", "file://host/media", "file:///", "file:media?x"):
        with pytest.raises(ConfigError):
            open_blobs(url)
