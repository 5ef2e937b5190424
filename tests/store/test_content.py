import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recli.core.artifact import FileEntry
from recli.store import io
from recli.store.content import check_files, write_content, write_files


def test_the_entry_describes_what_is_on_the_disk(tmp_path: Path, files: dict[str, Any]) -> None:
    entries = write_files(tmp_path / "new", files)
    assert list(entries) == list(files)
    for name, entry in entries.items():
        data = (tmp_path / "new" / name).read_bytes()
        assert entry.size == len(data)
        assert entry.sha256 == hashlib.sha256(data).hexdigest()
    assert entries["metrics.json"].arrays == {}
    assert entries["ratings/values.npy"].arrays == {"": ("float32", (2, 3))}
    assert entries["weights.npz"].arrays == {"users/bias:0": ("float64", (2,)), "names": ("<U1", (2,))}


def test_an_empty_file(tmp_path: Path) -> None:
    empty = hashlib.sha256(b"").hexdigest()
    assert write_content(tmp_path / "x", b"") == FileEntry(0, empty, {})


def test_a_system_that_takes_few_bytes_at_a_time_gets_them_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = io.write
    monkeypatch.setattr(io, "write", lambda descriptor, data: write(descriptor, data[:7]))
    array = np.arange(100)
    entry = write_content(tmp_path / "x.npy", array)
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), array)
    assert entry.sha256 == hashlib.sha256((tmp_path / "x.npy").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "files",
    [
        {"../x": b""},
        {"/x": b""},
        {"SHA256SUMS": b""},
        {"manifest.json": b""},
        {"x.bin": np.arange(3)},
        {"x.npy": {"a": np.arange(3)}},
        {"x.npy": np.array([{}])},
        {"x.npz": {"a": np.array([None])}},
        {"x.npz": {"": np.arange(3)}},
        {"x.npz": {"../a": np.arange(3)}},
    ],
    ids=str,
)
def test_files_that_cannot_be_stored_are_refused(files: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"name|must end|cannot be stored"):
        check_files(files)


@pytest.mark.parametrize("content", ["text", [1, 2], None, 3.5])
def test_contents_of_other_types_are_refused(content: Any) -> None:
    with pytest.raises(TypeError, match="only bytes and arrays"):
        check_files({"x": content})
