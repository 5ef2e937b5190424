from pathlib import Path

import pytest

from recli.store import io
from recli.store.staging import ensure_directory, replace_file, staging

from .conftest import leftovers


def test_staging_is_removed_when_all_goes_well(tmp_path: Path) -> None:
    with staging(tmp_path) as temp:
        assert temp.parent == tmp_path and temp.name.startswith(".tmp-")
        (temp / "file").touch()
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, ValueError])
def test_staging_is_removed_when_it_does_not(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), staging(tmp_path) as temp:
        (temp / "file").touch()
        raise error
    assert leftovers(tmp_path) == []


def test_the_error_of_the_block_wins_over_that_of_the_removal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise OSError("cannot remove")

    monkeypatch.setattr(io, "remove_tree", refuse)
    with pytest.raises(ValueError, match="mine"), staging(tmp_path):
        raise ValueError("mine")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(143)])
def test_an_interrupt_while_tidying_up_waits_until_that_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    remove = io.remove_tree

    def interrupted(path: Path) -> None:
        monkeypatch.setattr(io, "remove_tree", remove)
        raise error

    monkeypatch.setattr(io, "remove_tree", interrupted)
    with pytest.raises(type(error)), staging(tmp_path):
        pass
    assert leftovers(tmp_path) == []


def test_ensure_directory_creates_what_is_missing(tmp_path: Path) -> None:
    ensure_directory(tmp_path / "a" / "b")
    ensure_directory(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_ensure_directory_accepts_that_another_process_was_faster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def race(path: Path) -> None:
        path.mkdir()
        raise FileExistsError

    monkeypatch.setattr(io, "make_directory", race)
    ensure_directory(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_replace_file(tmp_path: Path) -> None:
    for content in (b"old", b"new"):
        replace_file(tmp_path, tmp_path / "x", content)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_bytes() == b"new"
