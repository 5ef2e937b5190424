from io import BufferedReader
from pathlib import Path

import pytest

from recli.core.reference import ArtifactRef
from recli.store import Store, io

from .conftest import tree


@pytest.fixture
def three(store: Store, root: Path) -> Store:
    for model in ("dot", "dot", "deep"):
        store.publish_model(model, {"x": b"12345", "a/y": b"678"}, {"model": model})
    (root / "models/dot/aliases/best").write_text("0001\n")
    (root / "models/dot/aliases/champion").write_text("0001\n")
    return store


def test_a_clean_store(three: Store, root: Path) -> None:
    deep, first, second = three.statuses()
    assert [deep.ref, first.ref, second.ref] == ["deep:1", "dot:1", "dot:2"]
    assert [deep.aliases, first.aliases, second.aliases] == [("latest",), ("best", "champion"), ("latest",)]
    for status in (deep, first, second):
        assert (status.status, status.reason) == ("ok", "")
        assert status.artifact.manifest is not None and status.artifact.manifest.ref == status.ref
        assert status.bytes == sum(len(data) for data in tree(status.path).values() if data is not None)
    assert first.path == root / "models/dot/0001"


def test_projections_count_as_bytes_of_their_version(three: Store) -> None:
    before = three.statuses()[0].bytes
    artifact = three.publish_projection(three.model(ArtifactRef("deep", 1)), "tsne", {"z": b"9"}, {})
    added = sum(path.stat().st_size for path in artifact.path.iterdir())
    assert three.statuses()[0].bytes == before + added


@pytest.mark.parametrize("name", ["x", "a/y", "manifest.json", "SHA256SUMS"])
@pytest.mark.parametrize("damage", ["flip", "cut", "delete", "link", "directory"])
def test_damage_is_shown_and_hides_nothing(three: Store, root: Path, tmp_path: Path, name: str, damage: str) -> None:
    path = root / "models" / "dot" / "0001" / name
    data = path.read_bytes()
    path.unlink()
    if damage == "flip":
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    elif damage == "cut":
        path.write_bytes(data[:-1])
    elif damage == "link":
        (tmp_path / "real").write_bytes(data)
        path.symlink_to(tmp_path / "real")
    elif damage == "directory":
        path.mkdir()
    statuses = three.statuses()
    assert [status.ref for status in statuses] == ["deep:1", "dot:1", "dot:2"]
    assert [status.status for status in statuses] == ["ok", "corrupt", "ok"]
    assert f"0001/{name}" in statuses[1].reason or "disagree" in statuses[1].reason
    assert statuses[1].aliases == ("best", "champion")


def test_a_link_that_no_manifest_lists_is_damage_too(three: Store, root: Path) -> None:
    (root / "models/dot/0001/a/link").symlink_to("/etc")
    assert "a/link is a symbolic link" in three.statuses()[1].reason


def test_a_version_that_is_a_link(three: Store, root: Path, tmp_path: Path) -> None:
    (root / "models/dot/0001").rename(tmp_path / "real")
    (root / "models/dot/0001").symlink_to(tmp_path / "real")
    assert [status.status for status in three.statuses()] == ["ok", "corrupt", "ok"]


def test_a_disk_that_fails_on_one_version_shows_the_others(three: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    open_existing = io.open_existing

    def fail(path: Path) -> BufferedReader:
        if "0001/x" in str(path) and "dot" in str(path):
            raise OSError(5, "Input/output error", str(path))
        return open_existing(path)

    monkeypatch.setattr(io, "open_existing", fail)
    statuses = three.statuses()
    assert [status.status for status in statuses] == ["ok", "corrupt", "ok"]
    assert "Input/output error" in statuses[1].reason


def test_what_is_no_version_is_not_listed(three: Store, root: Path) -> None:
    for name in (
        "models/dot/junk",
        "models/dot/00003",
        "models/dot/12",
        "models/.hidden/0001",
        "models/UPPER/0001",
        ".tmp-x",
    ):
        (root / name).mkdir(parents=True)
    (root / "models/dot/notes.txt").touch()
    (root / "models/file").touch()
    assert [status.ref for status in three.statuses()] == ["deep:1", "dot:1", "dot:2"]
    assert three.model_names() == ["deep", "dot"]


def test_malformed_aliases_name_no_version(three: Store, root: Path) -> None:
    (root / "models/dot/aliases/best").write_text("junk")
    (root / "models/dot/aliases/gone").write_text("0099\n")
    (root / "models/dot/aliases/latest").write_text("0001\n")
    assert [status.aliases for status in three.statuses()] == [("latest",), ("champion",), ("latest",)]
