import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recli.core.artifact import FileEntry, Manifest
from recli.core.errors import IntegrityError
from recli.store.layout import dataset_place, version_place
from recli.store.manifest import check_about, decode_manifest, encode_manifest, encode_sums

PLACE = version_place(Path("/s"), "dot", 3)
MANIFEST = Manifest(
    kind="model",
    name="dot",
    version=3,
    created="2026-01-02T03:04:05Z",
    recli="0.1.0",
    about={"dataset": "ml-100k", "parameters": {"seed": 0}},
    files={
        "metrics.json": FileEntry(2, "ab" * 32, {}),
        "weights.npz": FileEntry(300, "cd" * 32, {"w": ("float32", (3, 4)), "b": ("<U5", ())}),
    },
)
RECORD = {
    "format": 1,
    "kind": "model",
    "name": "dot",
    "version": 3,
    "created": "2026-01-02T03:04:05Z",
    "recli": "0.1.0",
    "dataset": "ml-100k",
    "parameters": {"seed": 0},
    "files": {
        "metrics.json": {"bytes": 2, "sha256": "ab" * 32, "arrays": {}},
        "weights.npz": {"bytes": 300, "sha256": "cd" * 32, "arrays": {"w": ["float32", [3, 4]], "b": ["<U5", []]}},
    },
}


def test_a_manifest_is_the_json_of_the_design() -> None:
    text = encode_manifest(MANIFEST).decode()
    assert json.loads(text) == RECORD
    assert list(json.loads(text)) == list(RECORD)
    assert text.startswith('{\n  "format": 1,\n  "kind": "model",\n') and text.endswith("}\n")


def test_decode_gives_back_what_was_encoded() -> None:
    assert decode_manifest(encode_manifest(MANIFEST), PLACE) == MANIFEST


def test_a_dataset_has_no_version() -> None:
    record = RECORD | {"kind": "dataset", "version": None}
    manifest = decode_manifest(json.dumps(record).encode(), dataset_place(Path("/s"), "dot"))
    assert manifest.version is None
    assert manifest.ref == "dot"


def entry(**changes: Any) -> dict[str, Any]:
    return {"files": {"x": {"bytes": 2, "sha256": "ab" * 32, "arrays": {}} | changes}}


def named(name: str) -> dict[str, Any]:
    return {"files": {name: RECORD["files"]["metrics.json"]}}


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"format": True},
        {"format": "1"},
        {"kind": "dataset"},
        {"name": "deep"},
        {"version": 4},
        {"version": 3.0},
        {"version": None},
        {"created": "yesterday"},
        {"created": 5},
        {"recli": None},
        {"files": []},
        {"files": {"x": 3}},
        entry(bytes=-1),
        entry(bytes=2.0),
        entry(bytes=True),
        entry(sha256="ab" * 31),
        entry(sha256="AB" * 32),
        entry(sha256=None),
        entry(arrays=[]),
        entry(arrays={"": "float32"}),
        entry(arrays={"": ["float32"]}),
        entry(arrays={"": [1, [2]]}),
        entry(arrays={"": ["float32", 2]}),
        entry(arrays={"": ["float32", [-2]]}),
        entry(arrays={"": ["float32", [True]]}),
        entry(more=1),
        named("../../escape"),
        named("/etc/passwd"),
        named("a/../b"),
        named("manifest.json"),
        named("SHA256SUMS"),
        named("a\nb"),
    ],
    ids=str,
)
def test_a_malformed_or_foreign_manifest_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=r"manifest\.json is no manifest") as caught:
        decode_manifest(json.dumps(RECORD | change).encode(), PLACE)
    assert caught.value.fix == "recli models list"


@pytest.mark.parametrize("key", ["format", "kind", "name", "version", "created", "recli", "files"])
def test_no_key_may_be_missing(key: str) -> None:
    record = {name: value for name, value in RECORD.items() if name != key}
    with pytest.raises(IntegrityError):
        decode_manifest(json.dumps(record).encode(), PLACE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"null",
        b"[1]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a": NaN}',
        b"1" * 5000,
        json.dumps(RECORD).encode()[:-1],
    ],
    ids=range(9),
)
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(IntegrityError):
        decode_manifest(data, PLACE)


@pytest.mark.parametrize("cut", range(0, 500, 7))
def test_a_truncated_manifest_is_refused(cut: int) -> None:
    with pytest.raises(IntegrityError):
        decode_manifest(encode_manifest(MANIFEST)[:cut], PLACE)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(json_values)
def test_no_json_makes_decode_raise_anything_else(value: Any) -> None:
    with pytest.raises(IntegrityError):
        decode_manifest(json.dumps(value).encode(), PLACE)


@settings(deadline=None)
@given(st.sampled_from(sorted(RECORD)), json_values)
def test_no_value_of_any_key_makes_decode_raise_anything_else(key: str, value: Any) -> None:
    data = json.dumps(RECORD | {key: value}).encode()
    try:
        manifest = decode_manifest(data, PLACE)
    except IntegrityError:
        return
    assert (manifest.kind, manifest.name, manifest.version) == ("model", "dot", 3)


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_no_bytes_make_decode_raise_anything_else(data: bytes) -> None:
    with pytest.raises(IntegrityError):
        decode_manifest(data, PLACE)


finite = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(st.text().filter(lambda key: key not in RECORD), finite, max_size=4))
def test_any_json_about_an_artifact_survives(about: dict[str, Any]) -> None:
    manifest = Manifest("model", "dot", 3, "2026-01-02T03:04:05Z", "0.1.0", about, {})
    assert decode_manifest(encode_manifest(manifest), PLACE) == manifest


def test_keys_of_the_store_are_reserved() -> None:
    with pytest.raises(ValueError, match="files, name"):
        check_about({"name": "x", "files": {}, "dataset": "ml-100k"})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "x" * (17 << 20)], ids=["nan", "inf", "long"])
def test_a_manifest_that_no_reader_accepts_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError, match=r"JSON|too long"):
        encode_manifest(Manifest("model", "dot", 3, "2026-01-02T03:04:05Z", "0.1.0", {"a": value}, {}))


def test_sums_list_every_file_and_the_manifest() -> None:
    data = b"the manifest"
    assert encode_sums(MANIFEST.files, "manifest.json", data).decode() == (
        f"{'ab' * 32}  metrics.json\n{'cd' * 32}  weights.npz\n{hashlib.sha256(data).hexdigest()}  manifest.json\n"
    )
