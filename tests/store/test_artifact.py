import hashlib
import json
import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recli.core.artifact import ArtifactReader, ArtifactRef
from recli.core.errors import BusyError, IntegrityError, StorageError
from recli.store import Artifact, Store, io

from .conftest import Disk, Forge, tree

DOT = ArtifactRef.parse("dot:1")


@pytest.fixture
def published(store: Store, files: dict[str, Any]) -> Artifact:
    store.publish_model("dot", files, {"dataset": "ml-100k"})
    return store.model(DOT)


def read_everything(store: Store) -> None:
    artifact = store.model(DOT)
    artifact.read_json("metrics.json")
    artifact.read_array("ratings/values.npy")
    artifact.read_arrays("weights.npz")


def test_round_trip(published: Artifact, files: dict[str, Any]) -> None:
    assert published.ref == "dot:1"
    assert published.manifest.about == {"dataset": "ml-100k"}
    assert published.read_bytes("metrics.json") == files["metrics.json"]
    assert published.read_json("metrics.json") == {"mae": 0.5}
    np.testing.assert_array_equal(published.read_array("ratings/values.npy"), files["ratings/values.npy"], strict=True)
    arrays = published.read_arrays("weights.npz")
    assert list(arrays) == ["users/bias:0", "names"]
    for name, array in files["weights.npz"].items():
        np.testing.assert_array_equal(arrays[name], array, strict=True)


def test_it_is_what_the_other_layers_expect(published: Artifact) -> None:
    reader: ArtifactReader = published
    assert reader.manifest.name == "dot"


def test_arrays_are_mapped_and_read_only(published: Artifact) -> None:
    array = published.read_array("ratings/values.npy")
    assert isinstance(array, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        array[0, 0] = 9


@pytest.mark.parametrize("array", [np.array(2.5), np.empty((0, 4), dtype=np.float32), np.array(["ä", "bc"])], ids=str)
def test_arrays_of_unusual_shape_and_dtype(store: Store, array: np.ndarray) -> None:
    artifact = store.publish_model("dot", {"x.npy": array}, {})
    np.testing.assert_array_equal(artifact.read_array("x.npy"), array, strict=True)


def test_a_mapped_array_outlives_its_dataset(store: Store) -> None:
    array = store.publish_dataset("tiny", {"x.npy": np.arange(5)}, {}).read_array("x.npy")
    store.publish_dataset("tiny", {"x.npy": np.zeros(9)}, {})
    assert array.tolist() == [0, 1, 2, 3, 4]


# Damage: every file of a version, its manifest and SHA256SUMS included.

EVERY_FILE = ["metrics.json", "ratings/values.npy", "weights.npz", "manifest.json", "SHA256SUMS"]


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_flipped_bit_anywhere_is_refused(store: Store, published: Artifact, name: str) -> None:
    path = published.path / name
    good = path.read_bytes()
    bits = np.random.default_rng(2).integers(8, size=len(good))
    for position in range(len(good)):
        flipped = bytearray(good)
        flipped[position] ^= 1 << int(bits[position])
        path.write_bytes(flipped)
        with pytest.raises(IntegrityError, match=str(published.path)) as caught:
            read_everything(store)
        assert caught.value.exit_code == 5
        assert caught.value.fix == "recli models list"
    path.write_bytes(good)
    read_everything(store)


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_file_cut_off_anywhere_is_refused(store: Store, published: Artifact, name: str) -> None:
    path = published.path / name
    good = path.read_bytes()
    for length in range(len(good)):
        path.write_bytes(good[:length])
        with pytest.raises(IntegrityError, match=str(published.path)):
            read_everything(store)


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_missing_or_longer_file_is_refused_and_named(store: Store, published: Artifact, name: str) -> None:
    path = published.path / name
    good = path.read_bytes()
    path.write_bytes(good + b"\n")
    with pytest.raises(IntegrityError, match=str(published.path)):
        read_everything(store)
    path.unlink()
    with pytest.raises(IntegrityError, match=f"{path} is missing"):
        read_everything(store)


@pytest.mark.parametrize("name", ["metrics.json", "ratings/values.npy", "weights.npz"])
def test_damage_after_opening_is_refused_too(published: Artifact, name: str) -> None:
    path = published.path / name
    path.write_bytes(path.read_bytes()[::-1])
    read: dict[str, Callable[[str], object]] = {
        "metrics.json": published.read_json,
        "ratings/values.npy": published.read_array,
        "weights.npz": published.read_arrays,
    }
    with pytest.raises(IntegrityError, match=f"{path} has changed: its sha256 is not the recorded one"):
        read[name](name)
    with pytest.raises(IntegrityError, match=str(path)):
        published.verify()


def test_a_damaged_dataset_is_fetched_again(store: Store) -> None:
    dataset = store.publish_dataset("ml-100k", {"x": b"1"}, {})
    (dataset.path / "x").write_bytes(b"2")
    with pytest.raises(IntegrityError) as caught:
        store.dataset("ml-100k").read_bytes("x")
    assert caught.value.fix == "recli fetch ml-100k --force"


def test_a_file_that_is_not_listed_is_not_read(published: Artifact) -> None:
    (published.path / "extra.json").write_text("{}")
    with pytest.raises(IntegrityError, match=r"extra\.json is not in the manifest"):
        published.read_json("extra.json")


@pytest.mark.parametrize("data", [b"{", b"\xff", b"[" * 100_000], ids=["cut", "not text", "deep"])
def test_malformed_json_is_refused(store: Store, data: bytes) -> None:
    with pytest.raises(IntegrityError, match=r"x\.json is not JSON"):
        store.publish_model("dot", {"x.json": data}, {}).read_json("x.json")


def test_files_are_read_as_what_they_are(published: Artifact) -> None:
    for name in ("metrics.json", "weights.npz"):
        with pytest.raises(IntegrityError, match=r"listed as no \.npy"):
            published.read_array(name)
    for name in ("metrics.json", "ratings/values.npy"):
        with pytest.raises(IntegrityError, match=name):
            published.read_arrays(name)


def test_a_foreign_directory_is_refused(store: Store, published: Artifact) -> None:
    published.path.rename(published.path.with_name("0002"))
    with pytest.raises(IntegrityError, match="of another artifact"):
        store.model(ArtifactRef.parse("dot:2"))


def test_a_huge_record_is_not_read_into_memory(store: Store, published: Artifact) -> None:
    for name in ("SHA256SUMS", "manifest.json"):
        with (published.path / name).open("r+b") as file:
            file.truncate(1 << 40)  # sparse
        with pytest.raises(IntegrityError, match=f"{name} is larger than"):
            store.model(DOT)


def test_a_huge_file_is_not_read_into_memory(store: Store, published: Artifact) -> None:
    with (published.path / "weights.npz").open("r+b") as file:
        file.truncate(1 << 40)
    with pytest.raises(IntegrityError, match="has 1099511627776 bytes, not"):
        published.read_arrays("weights.npz")


def test_a_failing_disk_is_no_damage(published: Artifact, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise OSError(5, "Input/output error")

    for operation in ("read", "open_existing"):
        with monkeypatch.context() as patch, pytest.raises(StorageError, match="Input/output error"):
            patch.setattr(io, operation, fail)
            published.read_bytes("metrics.json")


# Hostility: whoever writes the directory can also compute checksums.


@pytest.mark.parametrize(
    "name", ["../../secret", "/etc/hostname", "a/../../secret", "..", "./x", "manifest.json", "x\ny"]
)
def test_names_that_lead_out_of_the_directory_are_refused(store: Store, root: Path, forge: Forge, name: str) -> None:
    (root / "models").mkdir(parents=True)
    (root / "models" / "secret").write_text("secret")
    forge(
        {name: b"secret"} if "/" in name else {"x": b""}, files={name: {"bytes": 6, "sha256": "0" * 64, "arrays": {}}}
    )
    with pytest.raises(IntegrityError, match="not the name of a file"):
        store.model(DOT)


def test_a_forged_but_honest_version_is_read(store: Store, forge: Forge) -> None:
    forge({"metrics.json": b'{"mae": 1}'})
    assert store.model(DOT).read_json("metrics.json") == {"mae": 1}


class Bomb:
    """Creates a directory when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.canary),)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


def saved(canary: Path, save: Callable[..., None]) -> bytes:
    buffer = BytesIO()
    save(buffer, np.array([Bomb(canary)], dtype=object))
    return buffer.getvalue()


def test_the_canary_would_sing(canary: Path) -> None:
    assert str(canary).encode() in saved(canary, np.save)
    function, arguments = Bomb(canary).__reduce__()
    function(*arguments)
    assert canary.exists()


@pytest.mark.parametrize("dtype", ["object", "|O", "O", "float64", "int64"])
def test_object_arrays_are_never_unpickled(store: Store, forge: Forge, canary: Path, dtype: str) -> None:
    content = {"x.npy": saved(canary, np.save), "x.npz": saved(canary, np.savez)}
    forge(content, arrays={"x.npy": {"": [dtype, [1]]}, "x.npz": {"arr_0": [dtype, [1]]}})
    with pytest.raises(IntegrityError, match=r"x\.npy is no \.npy file of plain"):
        store.model(DOT).read_array("x.npy")
    with pytest.raises(IntegrityError, match=r"x\.npz is no \.npy file of plain"):
        store.model(DOT).read_arrays("x.npz")
    assert not canary.exists()


def test_a_bare_pickle_is_no_array(store: Store, forge: Forge, canary: Path) -> None:
    data = saved(canary, np.save)[128:]
    forge({"x.npy": data, "x.npz": data}, arrays={"x.npy": {"": ["float64", [1]]}, "x.npz": {"a": ["float64", [1]]}})
    with pytest.raises(IntegrityError):
        store.model(DOT).read_array("x.npy")
    with pytest.raises(IntegrityError):
        store.model(DOT).read_arrays("x.npz")
    assert not canary.exists()


def test_a_header_of_a_billion_floats_is_refused(store: Store, forge: Forge) -> None:
    buffer = BytesIO()
    np.save(buffer, np.zeros(2, dtype=np.float32))
    data = buffer.getvalue().replace(b"(2,), }         ", b"(1000000000,), }")
    forge({"x.npy": data}, arrays={"x.npy": {"": ["float32", [1_000_000_000]]}})
    with pytest.raises(IntegrityError, match="does not fit"):
        store.model(DOT).read_array("x.npy")


def test_dtype_and_shape_must_be_the_recorded_ones(store: Store, forge: Forge) -> None:
    buffer = BytesIO()
    np.save(buffer, np.zeros((2, 3), dtype=np.float32))
    forge({"x.npy": buffer.getvalue()}, arrays={"x.npy": {"": ["float32", [3, 2]]}})
    with pytest.raises(IntegrityError, match=r"x\.npy holds float32 \(2, 3\), not float32 \(3, 2\)"):
        store.model(DOT).read_array("x.npy")


@pytest.mark.parametrize("name", ["metrics.json", "ratings", "manifest.json", "SHA256SUMS", "."])
def test_links_are_refused_even_to_the_right_content(
    store: Store, published: Artifact, tmp_path: Path, name: str
) -> None:
    (published.path / name).rename(tmp_path / "real")
    (published.path / name).symlink_to(tmp_path / "real")
    with pytest.raises(IntegrityError, match="is a symbolic link"):
        read_everything(store)


@pytest.mark.parametrize("name", ["metrics.json", "manifest.json", "SHA256SUMS"])
def test_a_pipe_is_refused_and_not_waited_for(store: Store, published: Artifact, name: str) -> None:
    (published.path / name).unlink()
    os.mkfifo(published.path / name)
    with pytest.raises(IntegrityError, match=f"{name} is not a file"):
        read_everything(store)


# A dataset that is replaced while it is read: old, new, or "try again", and never a false alarm.


def test_a_dataset_replaced_after_it_was_opened(store: Store) -> None:
    dataset = store.publish_dataset("tiny", {"x": b"old", "y": b"old"}, {})
    assert dataset.read_bytes("x") == b"old"
    store.publish_dataset("tiny", {"x": b"new"}, {})
    for name in ("x", "y"):
        with pytest.raises(BusyError, match="was replaced while it was being read"):
            dataset.read_bytes(name)
    assert store.dataset("tiny").read_bytes("x") == b"new"


def test_a_dataset_replaced_at_any_moment_of_a_read(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch, no_sync: None
) -> None:
    def publish(root: Path, value: int) -> None:
        Store(root).publish_dataset("tiny", {"x.npy": np.full(value, value)}, {})

    def read(root: Path) -> list[int]:
        return Store(root).dataset("tiny").read_array("x.npy").tolist()

    publish(tmp_path / "count", 3)
    with disk.counted():
        read(tmp_path / "count")
    seen = []
    for at in range(len(disk.done)):
        root = tmp_path / str(at)
        publish(root, 3)

        def interfere(number: int, name: str, root: Path = root, at: int = at) -> None:
            if number == at:
                publish(root, 4)

        with disk.meddle(before=interfere, after=lambda number, name: None):
            try:
                seen.append(str(read(root)))
            except BusyError:
                seen.append("busy")
    assert set(seen) == {"[4, 4, 4, 4]", "[3, 3, 3]", "busy"}
    assert seen.count("busy") < len(seen) / 2


def test_reading_changes_nothing(store: Store, root: Path, published: Artifact) -> None:
    before = tree(root)
    read_everything(store)
    published.verify()
    assert tree(root) == before


def test_sums_and_manifest_of_two_versions_do_not_mix(store: Store, published: Artifact) -> None:
    other = store.publish_model("dot", {"metrics.json": b"{}"}, {})
    record = json.loads((other.path / "manifest.json").read_text()) | {"version": 1}
    (published.path / "manifest.json").write_text(json.dumps(record))
    digest = hashlib.sha256((published.path / "manifest.json").read_bytes()).hexdigest()
    assert digest not in (published.path / "SHA256SUMS").read_text()
    with pytest.raises(IntegrityError, match=r"SHA256SUMS and manifest\.json disagree"):
        store.model(DOT)
