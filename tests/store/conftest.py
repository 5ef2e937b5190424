"""What the store's tests share: a store, contents, forged artifacts, and faults at any operation of the disk."""

import errno
import hashlib
import inspect
import json
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recli.core.errors import NotFoundError, StorageError
from recli.core.reference import ArtifactRef
from recli.store import Artifact, Store, io
from tests.torture import FULL

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


class Killed(BaseException):
    """A process that is gone: nothing that it would clean up is cleaned up."""


Owned = tuple[object, str]
"""A module or class, and the name of a function in it that touches the disk."""


class Disk:
    """Counts the operations of ``recli.store.io`` and lets something happen before or after one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, beside: Iterable[Owned] = ()) -> None:
        """Take hold of the store's disk; ``beside`` names operations of others that count, too."""
        self._monkeypatch = monkeypatch
        self._operations = [*((io, name) for name in OPERATIONS), *beside]
        self._open: set[int] = set()
        self.done: list[str] = []

    @contextmanager
    def meddle(self, before: Callable[[int, str], None], after: Callable[[int, str], None]) -> Iterator[None]:
        """Call both with the operation's number (from 0) and name, around each operation of the block."""
        self.done = []
        with self._monkeypatch.context() as patch:
            for owner, name in self._operations:
                patch.setattr(owner, name, self._wrapped(name, getattr(owner, name), before, after))
            yield

    def _wrapped(self, name: str, operation: Callable[..., Any], before: Any, after: Any) -> Callable[..., Any]:
        def wrapper(*args: Any, **options: Any) -> Any:
            number = len(self.done)
            self.done.append(name)
            before(number, name)
            result = operation(*args, **options)
            if name in ("create", "create_or_open"):
                self._open.add(result)
            elif name == "close":
                self._open.discard(args[0])
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
                raise type(error)(*error.args)  # a new one: its traceback holds what was open when it was raised

        hooks = {"before": (strike, nothing), "after": (nothing, strike)}
        with self.meddle(*hooks[when]):
            yield

    @contextmanager
    def killed(self, at: int, when: str) -> Iterator[None]:
        """End the process before or after one operation: none follows, and the system closes what was open."""

        def before(number: int, name: str) -> None:
            if number > at or (number == at and when == "before"):
                raise Killed

        def after(number: int, name: str) -> None:
            if number == at:
                raise Killed

        with self.meddle(before, after):
            yield

    @contextmanager
    def short(self, at: int) -> Iterator[None]:
        """Let one write take half of what it is given, and leave no room for what follows."""
        write = io.write

        def half(descriptor: int, data: memoryview) -> int:
            if (number := len(self.done) - 1) > at:
                raise os_error(errno.ENOSPC)
            return write(descriptor, data[: len(data) // 2] if number == at else data)

        with self._monkeypatch.context() as patch:
            patch.setattr(io, "write", half)
            with self.counted():
                yield

    def close_all(self) -> None:
        for descriptor in self._open:
            os.close(descriptor)
        self._open.clear()


def os_error(code: int) -> OSError:
    return OSError(code, os.strerror(code))


Fault = Callable[[Disk, int], AbstractContextManager[None]]

FAULTS: dict[str, Fault] = {
    "kill before": lambda disk, at: disk.killed(at, "before"),
    "kill after": lambda disk, at: disk.killed(at, "after"),
    "full": lambda disk, at: disk.failing(at, os_error(errno.ENOSPC)),
    "io error": lambda disk, at: disk.failing(at, os_error(errno.EIO)),
    "no access": lambda disk, at: disk.failing(at, os_error(errno.EACCES)),
    "short write": lambda disk, at: disk.short(at),
    "io error after": lambda disk, at: disk.failing(at, os_error(errno.EIO), "after"),
    "ctrl-c before": lambda disk, at: disk.failing(at, KeyboardInterrupt()),
    "ctrl-c after": lambda disk, at: disk.failing(at, KeyboardInterrupt(), "after"),
}
"""What can happen at an operation of the disk."""


def moments(done: Sequence[str], fault: str) -> list[int]:
    """Return the operations to try a fault at: all, or a sample, another one for each fault."""
    if fault == "short write":
        return [at for at, name in enumerate(done) if name == "write"][:: 1 if FULL else 4]
    # After a look, all is as before it: those moments are tried once.
    possible = [at for at, name in enumerate(done) if not fault.endswith("after") or name != "kind"]
    return possible if FULL else possible[list(FAULTS).index(fault) :: 4 * len(FAULTS)]


def struck(disk: Disk, fault: str, at: int, run: Callable[[], object]) -> bool:
    """Let something be done while a fault strikes at one operation, and tell whether it failed."""
    try:
        with FAULTS[fault](disk, at):
            run()
    except (StorageError, NotFoundError, Killed, KeyboardInterrupt):
        return True
    finally:
        disk.close_all()
    return False


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
