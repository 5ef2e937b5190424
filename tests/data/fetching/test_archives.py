import io
import os
import stat
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recli.core.errors import IntegrityError, NotFoundError, StorageError
from recli.data.fetching.archives import MAX_ARCHIVE_BYTES, Layout, is_folder, read_file, read_folder, read_zip

LAYOUT = Layout(names=frozenset({"u.data", "u.item"}), folders=frozenset({"", "ml-100k"}))
MEMBERS = {"u.data": b"1\t2\t3\t4\n" * 50, "u.item": b"1|A (1990)|\n"}
ZipOf = Callable[[Mapping[str, bytes]], bytes]


def packed(entries: list[tuple[zipfile.ZipInfo | str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile's own, about duplicates
        for name, member in entries:
            archive.writestr(name, member)
    return content.getvalue()


GOOD = packed(list(MEMBERS.items()))


@pytest.mark.parametrize("folder", ["", "ml-100k/"])
def test_a_zip_gives_the_wanted_members(zip_of: ZipOf, folder: str) -> None:
    content = zip_of({folder + name: member for name, member in MEMBERS.items()} | {"README": b"", "x/u.item": b""})
    assert read_zip(content, LAYOUT, "x.zip") == MEMBERS


@pytest.mark.parametrize("folder", ["", "ml-100k"])
def test_a_folder_gives_the_wanted_files(tmp_path: Path, folder: str) -> None:
    place = tmp_path / folder
    place.mkdir(exist_ok=True)
    for name, content in MEMBERS.items():
        (place / name).write_bytes(content)
    assert read_folder(tmp_path, LAYOUT) == MEMBERS


def test_a_folder_that_lacks_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "u.data").write_bytes(b"")
    with pytest.raises(IntegrityError, match=r"has no u\.item"):
        read_folder(tmp_path, LAYOUT)


def test_a_folder_with_a_pipe_in_it_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "u.data").write_bytes(b"")
    os.mkfifo(tmp_path / "u.item")
    with pytest.raises(IntegrityError, match="no regular file"):
        read_folder(tmp_path, LAYOUT)


def special(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def declared(content: bytes, name: bytes, offset: int, value: int, size: int) -> bytes:
    """Overwrite a field of a member's entry in the central directory, by its offset."""
    start = content.rindex(name) - 46 + offset
    return content[:start] + value.to_bytes(size, "little") + content[start + size :]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no zip at all"),
        (b"PK\x03\x04 but not really", "no zip at all"),
        (b"<html>Please log in</html>", "no zip at all"),
        (GOOD[:-30], "no zip at all"),
        (GOOD[40:], "x.zip"),
        (packed([("u.data", b"")]), r"has no u\.item"),
        (packed([("../u.data", b""), ("/u.item", b"")]), r"has no u\.data, u\.item"),
        (packed([("u.data", b""), ("u.data", b""), ("u.item", b"")]), r"has u\.data twice"),
        (packed([("u.data", b""), ("ml-100k/u.data", b""), ("u.item", b"")]), r"has u\.data twice"),
        (packed([(special("u.data", stat.S_IFLNK), b"/etc/passwd"), ("u.item", b"")]), "is a link"),
        (packed([("u.data", bytes(1_000_000)), ("u.item", b"")]), "would inflate from"),
        (packed([("u.data", b"1"), ("u.item", b"")], zipfile.ZIP_BZIP2), "compressed by method 12"),
        (packed([(f"{n}", b"") for n in range(1_001)]), "has 1001 entries"),
        (declared(GOOD, b"u.data", 24, 2**31, 4), "would inflate from"),
        (declared(GOOD, b"u.data", 24, 100, 4), "CRC"),
        (declared(GOOD, b"u.data", 8, 1, 2), "encrypted"),
        (declared(GOOD, b"u.item", 42, 0, 4), "overlap|no zip at all"),
        (declared(GOOD, b"u.data", 42, 2**31, 4), "x.zip"),
    ],
)
def test_a_damaged_or_hostile_zip_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(IntegrityError, match=message) as caught:
        read_zip(content, LAYOUT, "x.zip")
    assert caught.value.exit_code == 5
    assert caught.value.fix == "recli fetch"


@given(st.integers(0, len(GOOD) - 1))
def test_a_truncated_zip_is_refused(length: int) -> None:
    with pytest.raises(IntegrityError):
        read_zip(GOOD[:length], LAYOUT, "x.zip")


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_zip_with_wrong_bytes_is_refused_or_gives_the_right_content(changes: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD)
    for place, byte in changes:
        content[place] = byte
    try:
        assert read_zip(bytes(content), LAYOUT, "x.zip") == MEMBERS
    except IntegrityError as error:
        assert "x.zip" in error.message


@given(st.binary())
def test_any_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(IntegrityError):
        read_zip(content, LAYOUT, "x.zip")


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"gone\.zip"):
        read_file(tmp_path / "gone.zip")


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="no regular file"):
        read_file(tmp_path)


def test_a_file_too_long_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "long.zip"
    with path.open("wb") as file:
        file.truncate(MAX_ARCHIVE_BYTES + 1)  # sparse: takes no disk
    with pytest.raises(IntegrityError, match=r"long\.zip is \d+ bytes long"):
        read_file(path)


@pytest.mark.parametrize("read", [read_file, is_folder])
@pytest.mark.parametrize("name", ["a\0b", "a" * 300])
def test_a_path_the_system_refuses_is_a_storage_error(
    tmp_path: Path, read: Callable[[Path], object], name: str
) -> None:
    with pytest.raises(StorageError):
        read(tmp_path / name)


def test_a_path_through_a_file_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotFoundError):
        is_folder(tmp_path / "file" / "ml-100k.zip")
