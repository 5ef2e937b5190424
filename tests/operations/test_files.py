import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from recli.core.errors import StorageError
from recli.operations.files import check_destination, directory, write_chunks, write_file, write_together


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")
    write_file(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays_a_link_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        write_file(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_device_is_written_as_it_is() -> None:
    write_file(Path(os.devnull), b"anything")
    assert not Path(os.devnull).is_file()


def test_destinations_that_cannot_be_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is a directory"):
        check_destination(tmp_path)
    with pytest.raises(StorageError) as refusal:
        check_destination(tmp_path / "no such" / "out.csv")
    assert refusal.value.fix == f"mkdir -p '{tmp_path / 'no such'}'"


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(StorageError, match="circle"):
        write_file(tmp_path / "loop.csv", b"new")


def test_a_piece_that_cannot_be_made_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        write_chunks(target, pieces())
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_no_name_is_taken_before_all_files_are_whole(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"

    def pieces() -> Iterator[bytes]:
        yield b"half"
        assert not first.exists()
        assert not second.exists()

    write_together({first: (b"whole",), second: pieces()})
    assert (first.read_bytes(), second.read_bytes()) == (b"whole", b"half")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_directory_goes_with_what_could_not_be_written_into_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no more"), directory(tmp_path / "new"):
        raise ValueError("no more")
    assert list(tmp_path.iterdir()) == []
