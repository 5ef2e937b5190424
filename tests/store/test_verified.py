"""``models list`` hashes a large file once: what touches it since, in any way, is hashed again."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from recli.core.errors import IntegrityError
from recli.store import Store, io
from recli.store import verified as verified_module
from recli.store.layout import VERIFIED

from .conftest import DOT


@pytest.fixture
def hashed(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Look at a store whose one version has a large file; return how many files that hashes."""
    monkeypatch.setattr(verified_module, "LARGE", 100)
    monkeypatch.setattr("recli.store.artifact.LARGE", 100)
    store.publish_model("dot", {"large": bytes(1000), "small": b"few"}, {})
    later = verified_module.now() + 10**11
    monkeypatch.setattr("recli.store.artifact.now", lambda: later)  # the file has not changed for long by then
    digests: list[str] = []
    digest = io.digest

    def count(file: object) -> str:
        digests.append("")
        return digest(file)  # type: ignore[arg-type]

    monkeypatch.setattr(io, "digest", count)

    def look() -> int:
        digests.clear()
        store.statuses()
        return len(digests)

    return look


def test_a_large_file_is_hashed_once(hashed: Callable[[], int]) -> None:
    assert [hashed(), hashed(), hashed()] == [2, 1, 1]


@pytest.mark.parametrize("times", ["new", "kept"])
def test_a_file_that_was_written_is_hashed_again_whatever_its_times_say(
    store: Store, root: Path, hashed: Callable[[], int], times: str
) -> None:
    hashed()
    path = root / "models/dot/0001/large"
    before = path.stat()
    path.write_bytes(b"x" * 1000)
    if times == "kept":
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert store.statuses()[0].status == "corrupt"


def test_what_changed_a_moment_ago_is_not_remembered(
    store: Store, root: Path, hashed: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = io.changed(io.stamp(root / "models/dot/0001/large") or ())
    monkeypatch.setattr("recli.store.artifact.now", lambda: changed + 10**9)
    assert [hashed(), hashed()] == [2, 2]
    assert not (root / VERIFIED).exists()


def test_loading_and_verifying_never_ask_the_hint(store: Store, root: Path, hashed: Callable[[], int]) -> None:
    hashed()
    path = root / "models/dot/0001/large"
    stamp = io.stamp(path)
    path.write_bytes(b"x" * 1000)
    with pytest.MonkeyPatch.context() as patch:  # as a bit that flips on the disk: nothing of the file's record changes
        patch.setattr(io, "stamp", lambda of: stamp)
        assert store.statuses()[0].status == "ok"
        assert store.verify()[0].reason
        with pytest.raises(IntegrityError, match="large has changed"):
            store.model(DOT).read_bytes("large")


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b'{"models/dot/0001/large": 3}', b"[" * 100_000])
def test_a_malformed_hint_knows_nothing(root: Path, hashed: Callable[[], int], text: bytes) -> None:
    (root / VERIFIED).write_bytes(text)
    assert [hashed(), hashed()] == [2, 1]


def test_a_store_that_cannot_be_written_is_hashed_each_time(
    root: Path, hashed: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(io, "make_directory", refused)
    assert [hashed(), hashed()] == [2, 2]


def test_what_is_gone_is_forgotten(store: Store, root: Path, hashed: Callable[[], int]) -> None:
    hashed()
    assert b"0001/large" in (root / VERIFIED).read_bytes()
    store.remove(DOT)
    hashed()
    assert (root / VERIFIED).read_bytes() == b"{}"
