"""What the store's tests share: a store, contents, forged artifacts, and faults at any operation of the disk."""

import errno
import hashlib
import inspect
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recli.core.reference import ArtifactRef
from recli.store import Artifact, Store, io

DOT = ArtifactRef.parse("dot:1")
LATEST = ArtifactRef.parse("dot")
OPERATIONS = [
    name for name, member in inspect.getmembers(io, inspect.isfunction)
    if member.__module__ == io.__name__ and not name.startswith("_") and name != "storage_errors"
]  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "artifacts"


@pytest.fixture
def store(root: Path) -> Store:
    return Store(root)


@pytest.fixture
def files() -> dict[str, Any]:
    return {
        "metrics.json": b'{"mae": 0.5}\n',
        "ratings/values.npy": np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32),
        "weights.npz": {"users/bias:0": np.array([0.5, -0.5]), "names": np.array(["a", "ü"])},
    }


@pytest.fixture
def no_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the disk where a test publishes hundreds of times; ``io.sync`` is still called, and can still fail."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


@pytest.fixture
def published(store: Store, files: dict[str, Any]) -> Artifact:
    store.publish_model("dot", files, {"dataset": "ml-100k"})
    return store.model(DOT)


Forge = Callable[..., Path]


@pytest.fixture
def forge(root: Path) -> Forge:
    """Write version 1 of ``dot`` by hand, valid but for the changes asked for: an attacker can compute sums too."""

    def write(content: dict[str, bytes], arrays: dict[str, Any] | None = None, **changes: Any) -> Path:
        directory = root / "models" / "dot" / "0001"
        directory.mkdir(parents=True)
        entries = {}
        for name, data in content.items():
            if "/" not in name:
                (directory / name).write_bytes(data)
            digest = hashlib.sha256(data).hexdigest()
            entries[name] = {"bytes": len(data), "sha256": digest, "arrays": (arrays or {}).get(name, {})}
        record = {"format": 1, "kind": "model", "name": "dot", "version": 1, "created": "2026-01-02T03:04:05Z"}
        record |= {"recli": "0.1.0", "files": entries} | changes
        manifest = json.dumps(record).encode()
        (directory / "manifest.json").write_bytes(manifest)
        sums = [(entry["sha256"], name) for name, entry in entries.items()]
        sums.append((hashlib.sha256(manifest).hexdigest(), "manifest.json"))
        (directory / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for digest, name in sums))
        return directory

    return write


class Disk:
    """Counts the operations of ``recli.store.io`` and lets something happen before or after one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.done: list[str] = []

    @contextmanager
    def meddle(self, before: Callable[[int, str], None], after: Callable[[int, str], None]) -> Iterator[None]:
        """Call both with the operation's number (from 0) and name, around each operation of the block."""
        self.done = []
        with self._monkeypatch.context() as patch:
            for name in OPERATIONS:
                patch.setattr(io, name, self._wrapped(name, getattr(io, name), before, after))
            yield

    def _wrapped(self, name: str, operation: Callable[..., Any], before: Any, after: Any) -> Callable[..., Any]:
        def wrapper(*args: Any) -> Any:
            number = len(self.done)
            self.done.append(name)
            before(number, name)
            result = operation(*args)
            after(number, name)
            return result

        return wrapper

    @contextmanager
    def counted(self) -> Iterator[None]:
        with self.meddle(nothing, nothing):
            yield

    @contextmanager
    def failing(self, at: int, error: BaseException, when: str = "before") -> Iterator[None]:
        """Raise an error before or after one operation, as a full disk or a Ctrl-C would."""

        def strike(number: int, name: str) -> None:
            if number == at:
                raise error

        hooks = {"before": (strike, nothing), "after": (nothing, strike)}
        with self.meddle(*hooks[when]):
            yield


def nothing(number: int, name: str) -> None:
    pass


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def tree(root: Path) -> dict[str, bytes | None]:
    """Return every path below a directory with its content, ``None`` for directories."""
    return {str(p.relative_to(root)): p.read_bytes() if p.is_file() else None for p in sorted(root.rglob("*"))}


def leftovers(root: Path) -> list[str]:
    """Return the drafts that are left; what has come of a download stays on purpose, for the next try."""
    return [path.name for path in root.glob(".tmp-*") if not path.name.startswith(".tmp-download-")]


def read_everything(store: Store) -> None:
    artifact = store.model(DOT)
    artifact.read_json("metrics.json")
    artifact.read_array("ratings/values.npy")
    artifact.read_arrays("weights.npz")


def checksums_hold(directory: Path) -> bool:
    check = ["sha256sum", "--strict", "--check", "SHA256SUMS"]
    return subprocess.run(check, cwd=directory, capture_output=True, check=False).returncode == 0


def refuse_exchange(one: Path, other: Path) -> None:
    raise OSError(errno.ENOSYS, "")
