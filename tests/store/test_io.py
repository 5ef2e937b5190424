import errno
import os
from pathlib import Path

import pytest

from recli.core.errors import StorageError
from recli.store import io


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full (quota used up)"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EACCES, "permission denied"),
        (errno.EPERM, "permission denied"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_storage_errors_says_what_the_disk_refused_and_where(code: int, words: str) -> None:
    with pytest.raises(StorageError) as caught, io.storage_errors(Path("/a store")):
        raise OSError(code, os.strerror(code))
    assert caught.value.message == f"/a store: {words}"
    assert caught.value.exit_code == 8


def test_storage_errors_prefers_the_path_that_the_system_names() -> None:
    with pytest.raises(StorageError, match=r"^/b/c: the disk is full$"), io.storage_errors(Path("/a")):
        raise OSError(errno.ENOSPC, "", "/b/c")


def test_a_full_disk_comes_with_the_command_that_shows_it() -> None:
    with pytest.raises(StorageError) as caught, io.storage_errors(Path("/a store")):
        raise OSError(errno.ENOSPC, "")
    assert caught.value.fix == "df -h '/a store'"


def test_storage_errors_lets_everything_else_through() -> None:
    with pytest.raises(KeyboardInterrupt), io.storage_errors(Path("/a")):
        raise KeyboardInterrupt


def test_kind_does_not_follow_links(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    found = [io.kind(tmp_path / name) for name in (".", "file", "link", "pipe", "none", "file/below")]
    assert found == ["directory", "file", "link", "other", "missing", "missing"]


def test_create_does_not_write_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine")
    (tmp_path / "link").symlink_to("target")
    with pytest.raises(OSError, match="symbolic"):
        io.create(tmp_path / "link")
    assert (tmp_path / "target").read_text() == "mine"


def test_open_existing_does_not_read_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").touch()
    (tmp_path / "link").symlink_to("target")
    with pytest.raises(OSError, match="symbolic"):
        io.open_existing(tmp_path / "link")


def test_rename_does_not_replace_a_directory_with_content(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    with pytest.raises(OSError) as caught:
        io.rename(tmp_path / "one", tmp_path / "two")
    assert caught.value.errno in (errno.EEXIST, errno.ENOTEMPTY)
    assert (tmp_path / "two" / "file").read_text() == "two"


def test_exchange_swaps_directories(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    io.exchange(tmp_path / "one", tmp_path / "two")
    assert (tmp_path / "one" / "file").read_text() == "two"
    assert (tmp_path / "two" / "file").read_text() == "one"


def test_exchange_with_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    with pytest.raises(FileNotFoundError):
        io.exchange(tmp_path / "one", tmp_path / "none")


def test_remove_tree_does_not_follow_links_and_accepts_absence(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "link").symlink_to("../kept")
    io.remove_tree(tmp_path / "gone")
    io.remove_tree(tmp_path / "gone")
    assert not (tmp_path / "gone").exists()
    assert (tmp_path / "kept" / "file").exists()


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_sync_directory_accepts_file_systems_that_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    asked = []

    def refuse(descriptor: int) -> None:
        asked.append(descriptor)
        raise OSError(code, "")

    monkeypatch.setattr("os.fsync", refuse)
    io.sync_directory(tmp_path)
    assert len(asked) == 1


def test_sync_directory_reports_a_failing_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(errno.EIO, "")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(OSError) as caught:
        io.sync_directory(tmp_path)
    assert caught.value.errno == errno.EIO
