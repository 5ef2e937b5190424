"""Damage to any file of a version, its manifest and ``SHA256SUMS`` included, is detected and named."""

import hashlib
import json
import os
from collections.abc import Callable

import numpy as np
import pytest

from recli.core.errors import IntegrityError, StorageError
from recli.core.reference import ArtifactRef
from recli.store import Artifact, Store, io

from .conftest import DOT, read_everything

EVERY_FILE = ["metrics.json", "ratings/values.npy", "weights.npz", "manifest.json", "SHA256SUMS"]


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_flipped_bit_anywhere_is_refused(store: Store, published: Artifact, name: str) -> None:
    path = published.path / name
    good = path.read_bytes()
    bits = np.random.default_rng(2).integers(8, size=len(good))
    with path.open("r+b", buffering=0) as file:
        for position in range(len(good)):
            os.pwrite(file.fileno(), bytes([good[position] ^ 1 << int(bits[position])]), position)
            with pytest.raises(IntegrityError, match=str(published.path)) as caught:
                read_everything(store)
            assert caught.value.exit_code == 5
            assert caught.value.fix == "recli models list"
            os.pwrite(file.fileno(), good[position : position + 1], position)
    read_everything(store)


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_file_cut_off_anywhere_is_refused(store: Store, published: Artifact, name: str) -> None:
    path = published.path / name
    for length in reversed(range(path.stat().st_size)):
        os.truncate(path, length)
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


def test_sums_and_manifest_of_two_versions_do_not_mix(store: Store, published: Artifact) -> None:
    other = store.publish_model("dot", {"metrics.json": b"{}"}, {})
    record = json.loads((other.path / "manifest.json").read_text()) | {"version": 1}
    (published.path / "manifest.json").write_text(json.dumps(record))
    digest = hashlib.sha256((published.path / "manifest.json").read_bytes()).hexdigest()
    assert digest not in (published.path / "SHA256SUMS").read_text()
    with pytest.raises(IntegrityError, match=r"SHA256SUMS and manifest\.json disagree"):
        store.model(DOT)
