"""Artifacts made to harm: whoever can write one can also compute its checksums."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

Record = dict[str, Any]
_MANIFESTS = ("manifest.json", "dataset.json")


def same(value: Any) -> Any:
    """Change nothing."""
    return value


def forge(
    directory: Path,
    content: Mapping[str, bytes] | None = None,
    arrays: Mapping[str, Any] | None = None,
    change: Callable[[Record], object] = same,
    rewrite: Callable[[bytes], bytes] = same,
) -> None:
    """Change an artifact so that its checksums hold all the same.

    Args:
        directory: of the artifact.
        content: file name → what it shall hold.
        arrays: file name → what the manifest shall say of its arrays, where that is not what it said before.
        change: does what it likes to the manifest.
        rewrite: does what it likes to the manifest's text.
    """
    path = next(directory / name for name in _MANIFESTS if (directory / name).exists())
    record = json.loads(path.read_bytes())
    for name, data in (content or {}).items():
        (directory / name).write_bytes(data)
        declared = (arrays or {}).get(name, record["files"].get(name, {}).get("arrays", {}))
        record["files"][name] = {"bytes": len(data), "sha256": _sha256(data), "arrays": declared}
    change(record)
    text = rewrite(json.dumps(record).encode())
    path.write_bytes(text)
    files = record["files"].items() if isinstance(record.get("files"), dict) else ()
    sums = [(entry["sha256"], name) for name, entry in files if "sha256" in entry]
    lines = [f"{digest}  {name}\n" for digest, name in [*sums, (_sha256(text), path.name)]]
    (directory / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", errors="surrogatepass")


class Copies:
    """Stores to spoil, one a case."""

    def __init__(self, sound: Path, folder: Path) -> None:
        self._sound, self._folder = sound, folder
        self._numbers: Iterator[int] = iter(range(10_000))

    def store(self) -> Path:
        """Return the root of a new copy of the sound store."""
        return Path(shutil.copytree(self._sound, self._folder / str(next(self._numbers))))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
