"""The manifest as JSON, and ``SHA256SUMS``; what comes from the disk is believed only after every field is checked."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from recli.core.artifact import FileEntry, Manifest
from recli.store.layout import FORMAT_NUMBER, MAX_RECORD, Place, are_distinct, is_file_name

_T = TypeVar("_T")

OF = "of"
"""In the manifest of a projection: the version that it shows."""
_RESERVED = ("format", "kind", "name", "version", "created", "recli", "files", OF)
_CREATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def check_about(about: Mapping[str, Any]) -> None:
    """Raise ``ValueError`` where a writer's own keys would hide those of the manifest."""
    taken = sorted(set(_RESERVED) & set(about))
    if taken:
        raise ValueError(f"reserved for the store: {', '.join(taken)}")


def encode_manifest(manifest: Manifest) -> bytes:
    """Return a manifest as JSON.

    Raises:
        ValueError: ``about`` holds NaN or infinity, or the text is longer than a reader accepts.
        TypeError: ``about`` is not JSON.
    """
    record = {
        "format": FORMAT_NUMBER,
        "kind": manifest.kind,
        "name": manifest.name,
        "version": manifest.version,
        "created": manifest.created,
        "recli": manifest.recli,
        **manifest.about,
        "files": {name: _encode_entry(entry) for name, entry in manifest.files.items()},
    }
    data = (json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    if len(data) > MAX_RECORD:
        raise ValueError(f"a manifest of {len(data)} bytes is too long: put large things into files")
    return data


def _encode_entry(entry: FileEntry) -> dict[str, Any]:
    arrays = {name: [dtype, list(shape)] for name, (dtype, shape) in entry.arrays.items()}
    return {"bytes": entry.size, "sha256": entry.sha256, "arrays": arrays}


def encode_sums(files: Mapping[str, FileEntry], manifest_name: str, manifest: bytes) -> bytes:
    """Return the one possible ``SHA256SUMS`` of an artifact; ``sha256sum -c`` reads it.

    Manifest and sums vouch for each other, so a changed byte in either is seen.
    """
    sums = {name: entry.sha256 for name, entry in files.items()}
    sums[manifest_name] = hashlib.sha256(manifest).hexdigest()
    return "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()


def decode_manifest(data: bytes, place: Place) -> Manifest:
    """Read a manifest.

    Args:
        data: the file's bytes, from anywhere.
        place: where it was found: kind, name and version must say the same.

    Raises:
        IntegrityError: it is malformed, or belongs elsewhere.
    """
    try:
        return _decode(_parsed(data.decode()), place)
    except (ValueError, RecursionError) as error:
        raise place.damaged(place.manifest_name, f"is no manifest: {error}") from error


def _parsed(text: str) -> Any:
    """Read JSON that means the same to every reader: no NaN, no number beyond float64, no key twice in an object."""
    return json.loads(text, parse_constant=_refuse_number, parse_float=_finite, object_pairs_hook=_distinct)


def _refuse_number(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_number(text)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _require(len(found := dict(pairs)) == len(pairs), "an object has a key twice")
    return found


def _decode(record: Any, place: Place) -> Manifest:
    _require(isinstance(record, dict), "not an object")
    number = _field(record, "format", int)
    _require(number == FORMAT_NUMBER, f"its format is {number}, and this recli reads {FORMAT_NUMBER}")
    identity = (record.get("kind"), record.get("name"), record.get("version"))
    _require(identity == (place.kind, place.name, place.version), f"it is of another artifact: {identity}")
    # Maps of early versions of recli do not say; the others must be of the version in whose directory they lie.
    _require(record.get(OF, place.of) == place.of, f"it is of another version: {record.get(OF)}")
    _require(record.get("version") is None or type(record["version"]) is int, "version is no integer")
    files = _field(record, "files", dict)
    _require(are_distinct(files), "names of its files differ only in case")
    created = _field(record, "created", str)
    _require(_CREATED.fullmatch(created) is not None, "created is no time")
    return Manifest(
        kind=place.kind,
        name=place.name,
        version=place.version,
        created=created,
        recli=_field(record, "recli", str),
        about={key: value for key, value in record.items() if key not in _RESERVED},
        files={name: _decode_entry(name, entry) for name, entry in files.items()},
    )


def _decode_entry(name: str, entry: Any) -> FileEntry:
    _require(is_file_name(name), f"not the name of a file: {name!r}")
    _require(
        isinstance(entry, dict) and entry.keys() == {"bytes", "sha256", "arrays"}, f"the entry of {name} is malformed"
    )
    sha256 = _field(entry, "sha256", str)
    _require(_SHA256.fullmatch(sha256) is not None, f"the sha256 of {name} is malformed")
    arrays = {key: _decode_array(value) for key, value in _field(entry, "arrays", dict).items()}
    return FileEntry(_natural(_field(entry, "bytes", int)), sha256, arrays)


def _decode_array(value: Any) -> tuple[str, tuple[int, ...]]:
    _require(isinstance(value, list) and len(value) == 2, "an array is not [dtype, shape]")
    dtype, shape = value
    _require(isinstance(dtype, str) and isinstance(shape, list), "an array is not [dtype, shape]")
    return dtype, tuple(_natural(n) for n in shape)


def _natural(value: Any) -> int:
    _require(type(value) is int and value >= 0, "a size is no natural number")
    return int(value)


def _field(record: Mapping[str, Any], key: str, kind: type[_T]) -> _T:
    value = record.get(key)
    # Not isinstance: JSON's true is no 1.
    if type(value) is not kind:
        raise ValueError(f"{key} is no {kind.__name__}")
    return value


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise ValueError(rule)
