import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from recli.core.errors import IntegrityError, StorageError
from recli.core.reference import ArtifactRef
from recli.store import Store, io

from .conftest import OPERATIONS, Disk, tree


def test_prepare_leaves_an_empty_store(store: Store, root: Path) -> None:
    store.prepare()
    store.prepare()
    assert tree(root) == {"FORMAT": b"1\n"}


def test_prepare_creates_the_directories_above(tmp_path: Path) -> None:
    Store(tmp_path / "a" / "b" / "c").prepare()
    assert (tmp_path / "a" / "b" / "c" / "FORMAT").read_text() == "1\n"


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to("elsewhere")
    Store(tmp_path / "link").prepare()
    assert tree(tmp_path / "elsewhere") == {"FORMAT": b"1\n"}


def test_a_relative_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Store(Path("artifacts")).prepare()
    assert tree(tmp_path) == {"artifacts": None, "artifacts/FORMAT": b"1\n"}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("operation", ["make_directory", "create", "write", "sync"])
def test_prepare_fails_on_a_disk_that_refuses(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch, code: int, operation: str
) -> None:
    store.prepare()

    def refuse(*args: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(io, operation, refuse)
    with pytest.raises(StorageError, match=f"^{root}: ") as caught:
        store.prepare()
    assert caught.value.exit_code == 8
    monkeypatch.undo()
    assert tree(root) == {"FORMAT": b"1\n"}


def test_prepare_fails_where_it_could_not_tidy_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, "", str(path))

    monkeypatch.setattr(io, "remove_tree", refuse)
    with pytest.raises(StorageError, match="permission denied"):
        store.prepare()


def test_prepare_does_not_take_a_file_for_a_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=os.strerror(errno.ENOTDIR)):
        Store(tmp_path / "file").prepare()


def calls(store: Store) -> list[Callable[[], object]]:
    return [
        lambda: store.model(ArtifactRef("dot", 1)),
        lambda: store.dataset("ml-100k"),
        store.dataset_names,
        store.model_names,
        lambda: store.versions("dot"),
        store.statuses,
        store.prepare,
        lambda: store.publish_model("dot", {}, {}),
        lambda: store.publish_dataset("tiny", {}, {}),
    ]


@pytest.mark.parametrize("call", range(9))
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2\n", "has format 2, and this recli reads format 1"),
        ("", "no format number"),
        ("q\n", "no format number"),
        ("1" * 5000, "no format number"),
    ],
    ids=["newer", "empty", "text", "huge"],
)
def test_every_call_refuses_an_unknown_format(store: Store, root: Path, text: str, words: str, call: int) -> None:
    root.mkdir()
    (root / "FORMAT").write_text(text)
    with pytest.raises(IntegrityError, match=words) as caught:
        calls(store)[call]()
    assert caught.value.exit_code == 5
    assert tree(root) == {"FORMAT": text.encode()}


def test_a_newer_format_comes_with_the_way_to_read_it(store: Store, root: Path) -> None:
    root.mkdir()
    (root / "FORMAT").write_text("7\n")
    with pytest.raises(IntegrityError) as caught:
        store.prepare()
    assert caught.value.fix == "python -m pip install --upgrade recli"


def test_format_may_be_no_link(store: Store, root: Path, tmp_path: Path) -> None:
    root.mkdir()
    (tmp_path / "real").write_text("1\n")
    (root / "FORMAT").symlink_to(tmp_path / "real")
    with pytest.raises(IntegrityError, match="symbolic link"):
        store.prepare()


def test_every_operation_can_be_made_to_fail() -> None:
    """Whoever adds a touch of the disk elsewhere than in ``recli.store.io`` escapes the tests of faults."""
    assert {"make_directory", "create", "write", "sync", "sync_directory", "rename", "replace", "exchange"} <= set(
        OPERATIONS
    )


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, ""), KeyboardInterrupt()], ids=["full", "ctrl-c"])
def test_prepare_interrupted_anywhere_can_be_repeated(tmp_path: Path, disk: Disk, error: BaseException) -> None:
    with disk.counted():
        Store(tmp_path / "count").prepare()
    for at in range(len(disk.done)):
        store = Store(tmp_path / str(at))
        with suppress(StorageError, KeyboardInterrupt), disk.failing(at, error):
            store.prepare()
        store.prepare()
        names = {path.name for path in store.root.iterdir()}
        # Only a removal that itself failed leaves something.
        assert names == {"FORMAT"} or disk.done[at] == "remove_tree"
