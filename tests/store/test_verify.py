"""Everything in a store is checked, and all that is damaged is named."""

from pathlib import Path

import pytest

from recli.core.errors import NotFoundError
from recli.core.reference import ArtifactRef
from recli.store import Store

from .conftest import Forge

DOT = ArtifactRef("dot", 1)


@pytest.fixture
def full(store: Store, files: dict[str, object]) -> Store:
    """A store with one of each kind."""
    version = store.publish_model("dot", files, {})
    store.publish_projection(version, "tsne", {"z": b"9"}, {})
    store.publish_dataset("tiny", {"d": b"8"}, {})
    store.publish_checkpoint("dot-0123", {"x": b"7"}, {})
    store.tag(DOT, "best")
    with store.study("dot-mae") as path:
        path.write_bytes(b'{"number": 0}\n{"half')
    return store


def found(store: Store, *refs: ArtifactRef, datasets: bool = False) -> dict[str, bool]:
    return {check.name: not check.reason for check in store.verify(refs, datasets=datasets)}


ALL = ["dot:1", "dot:1/tsne", "dot@best", "tiny", "dot-0123", "dot-mae.jsonl"]


def test_all_kinds_are_checked(full: Store) -> None:
    assert found(full) == dict.fromkeys(ALL, True)
    assert [check.kind for check in full.verify()] == ["model", "projection", "alias", "dataset", "checkpoint", "study"]


@pytest.mark.parametrize(
    ("path", "content", "damaged"),
    [
        ("models/dot/0001/metrics.json", b'{"mae": 0.6}\n', "dot:1"),
        ("models/dot/0001/ratings/values.npy", b"", "dot:1"),
        ("models/dot/0001/projections/tsne/z", b"8", "dot:1/tsne"),
        ("models/dot/aliases/best", b"junk", "dot@best"),
        ("models/dot/aliases/best", b"0002\n", "dot@best"),
        ("datasets/tiny/dataset.json", b"{}", "tiny"),
        ("checkpoints/dot-0123/x", b"", "dot-0123"),
        ("studies/dot-mae.jsonl", b"[1]\n", "dot-mae.jsonl"),
    ],
)
def test_damage_is_found_and_hides_nothing(full: Store, root: Path, path: str, content: bytes, damaged: str) -> None:
    (root / path).write_bytes(content)
    assert found(full) == {name: name != damaged for name in ALL}


def test_versions_that_are_named_are_checked_with_their_projections(full: Store) -> None:
    assert list(found(full, DOT)) == ["dot:1", "dot:1/tsne"]
    assert list(found(full, DOT, datasets=True)) == ["dot:1", "dot:1/tsne", "tiny"]
    assert list(found(full, datasets=True)) == ["tiny"]
    with pytest.raises(NotFoundError):
        full.verify([ArtifactRef("dot", 7)])


def test_an_array_of_another_shape_than_the_manifest_says(store: Store, forge: Forge) -> None:
    """Sums and manifest agree: only the array's own header tells."""
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
    npy = b"\x93NUMPY\x01\x00v\x00" + header.ljust(117) + b"\n" + bytes(8)
    forge({"x.npy": npy}, {"x.npy": {"": ["float32", [1, 2]]}})
    (check,) = store.verify()
    assert "holds float32 (2,), not float32 (1, 2)" in check.reason
