"""Looking at what recli needs: Python and its packages, the machine, the store, the settings, the terminal."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from recli import __version__
from recli.core.errors import IntegrityError, NotFoundError, RecliError, StorageError, UsageError
from recli.core.results.doctor import Diagnosis, Finding
from recli.operations.doctor_shell import terminal
from recli.operations.environment import installed
from recli.store import Store

_LITTLE_MEMORY, _LITTLE_DISK, _NO_DISK = 4 << 30, 1 << 30, 64 << 20
"""Bytes: below the first two is a warning, below the last one no model can be published."""
_TENSORFLOW = """
import time
start = time.perf_counter()
import tensorflow as tf
seconds = time.perf_counter() - start
print(tf.__version__, f"{seconds:.1f}", *(d.device_type for d in tf.config.list_physical_devices()))
"""
"""Its last line: version, seconds of the import, and a word a device."""
_TENSORFLOW_SECONDS = 120
_EXTRAS = {"umap": "umap-learn", "tune": "optuna", "spark": "pyspark"}
"""Extra → the package that it brings."""


_WORST_FIRST = (IntegrityError, StorageError, UsageError, NotFoundError)
"""What was kept is damaged; nothing can be kept; no command runs until a file is mended; something is missing."""


def doctor(store: Store, read_settings: Callable[[], Path | None]) -> Diagnosis:
    """Look at everything that recli needs; nothing is changed.

    Args:
        store: need not be there.
        read_settings: reads the file with settings and returns which one it is; it may raise ``UsageError``.
    """
    python = (*_packages(), _tensorflow(), *_extras())
    place = (*_machine(), _disk(store.root), *_store(store))
    return Diagnosis((*python, *place, _settings(read_settings), *terminal()))


def require_usable(diagnosis: Diagnosis) -> None:
    """Raise for the worst problem what it would end a command with: see ``_WORST_FIRST``; of equals, the first.

    What stands in no rank, as a store that is busy, comes last.
    """
    kinds = {kind.exit_code: kind for kind in RecliError.__subclasses__()}
    rank = {kind.exit_code: n for n, kind in enumerate(_WORST_FIRST)}
    worst = min(diagnosis.problems, key=lambda problem: rank.get(problem.exit_code, len(rank)), default=None)
    if worst:
        kind = kinds[worst.exit_code]
        raise kind(f"{worst.about}, {worst.name}: {worst.detail}", fix=worst.fix or None)


def _packages() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    yield Finding("python", "recli", "ok", __version__)
    yield Finding("python", "Python", "ok", f"{sys.version.split()[0]} at {sys.executable}")
    try:
        declared = requires("recli") or ()
    except PackageNotFoundError:
        detail = "it runs from a folder and is not installed: what it requires is not known"
        yield Finding("python", "packages", "warning", detail, "pip install -e .")
        return
    for requirement in map(Requirement, declared):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield _package(requirement.name, str(requirement.specifier))


def _package(name: str, wanted: str) -> Finding:
    from packaging.specifiers import SpecifierSet

    has = installed(name)
    if has is not None and SpecifierSet(wanted).contains(has, prereleases=True):
        return Finding("python", name, "ok", has)
    detail = f"not installed, {wanted} is needed" if has is None else f"{has} does not fit {wanted}"
    return Finding("python", name, "problem", detail, f'pip install "{name}{wanted}"', NotFoundError.exit_code)


def _tensorflow() -> Finding:
    """Import it in a process of its own, which may crash as a broken build does."""
    try:
        ran = subprocess.run(  # noqa: S603 - this Python, and a constant
            [sys.executable, "-P", "-c", _TENSORFLOW],  # -P: no tensorflow.py that lies in this directory
            capture_output=True,
            text=True,
            timeout=_TENSORFLOW_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _no_tensorflow(f"its import took longer than {_TENSORFLOW_SECONDS} s")
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or ["it says nothing"])[-1]
        return _no_tensorflow(f"its import fails (exit {ran.returncode}): {last}")
    number, *words = (ran.stdout.strip().splitlines() or ["unknown"])[-1].split()
    devices, took = words[1:], f", imported in {words[0]} s" if words else ""
    counted = ", ".join(f"{devices.count(kind)} {kind}" for kind in sorted(set(devices))) or "no device"
    return Finding("python", "TensorFlow runs", "ok", f"{number} on {counted}{took}")


def _no_tensorflow(detail: str) -> Finding:
    fix = "pip install --force-reinstall tensorflow; bayes, ease, ranker and bias do without it"
    return Finding("python", "TensorFlow runs", "problem", detail, fix, NotFoundError.exit_code)


def _extras() -> Iterator[Finding]:
    for extra, package in _EXTRAS.items():
        has = installed(package)
        if has is not None:
            yield Finding("python", f"extra {extra}", "ok", f"{package} {has}")
        else:
            detail = f"{package} is not installed; nothing else needs it"
            yield Finding("python", f"extra {extra}", "warning", detail, f"pip install 'recli[{extra}]'")


def _machine() -> Iterator[Finding]:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding("machine", "processors", "ok", f"{usable} of {os.cpu_count()}")
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        little = memory < _LITTLE_MEMORY
        fix = "recli train dot --embedding-size 16" if little else ""
        yield Finding("machine", "memory", "warning" if little else "ok", f"{memory / (1 << 30):.1f} GiB", fix)


def _disk(root: Path) -> Finding:
    place = next(step for step in (_nearest(root), *_nearest(root).parents, Path("/")) if step.exists())
    free = shutil.disk_usage(place).free
    detail = f"{free / (1 << 30):.1f} GiB free at {place}"
    if free < _NO_DISK:
        return Finding("machine", "disk", "problem", detail, "recli models gc --keep-last 3", StorageError.exit_code)
    if free < _LITTLE_DISK:
        return Finding("machine", "disk", "warning", detail, "recli models gc --keep-last 3 --dry-run")
    return Finding("machine", "disk", "ok", detail)


def _nearest(root: Path) -> Path:
    """Return the place itself, or what is nearest above it."""
    with suppress(OSError):  # a working directory that was removed under us
        root = root.absolute()
    return next((step for step in (root, *root.parents) if os.path.lexists(step)), Path("/"))


def _store(store: Store) -> Iterator[Finding]:
    place = _nearest(store.root)
    if store.root.is_dir():
        writable = os.access(place, os.W_OK | os.X_OK)
        fix = "" if writable else "reading works; to train, name another: --artifacts DIR"
        detail = f"{place}{'' if writable else ' cannot be written to'}"
        yield Finding("store", "place", "ok" if writable else "warning", detail, fix)
        yield from _content(store)
    elif place.is_dir() and os.access(place, os.W_OK | os.X_OK):
        yield Finding("store", "place", "warning", f"{store.root} is not there yet", "recli fetch")
    else:
        detail = f"no store can be made at {store.root}: {place} is no directory that can be written to"
        yield Finding("store", "place", "problem", detail, "name another: --artifacts DIR", StorageError.exit_code)


def _settings(read_settings: Callable[[], Path | None]) -> Finding:
    try:
        path = read_settings()
    except UsageError as error:
        return Finding("settings", "file", "problem", error.message, error.fix or "", error.exit_code)
    return Finding("settings", "file", "ok", str(path) if path else "none: every default holds")


def _content(store: Store) -> Iterator[Finding]:
    try:
        checks = store.verify([])
    except RecliError as error:
        yield Finding("store", "content", "problem", error.message, error.fix or "", error.exit_code)
        return
    for check in checks:
        if check.reason:
            yield Finding("store", check.name, "problem", check.reason, check.fix, IntegrityError.exit_code)
    sound = [check for check in checks if not check.reason]
    counts = ", ".join(
        f"{n} {kind}{'' if n == 1 else 's'}"
        for kind in ("dataset", "model", "projection")
        if (n := sum(check.kind == kind for check in sound))
    )
    if sound:
        yield Finding("store", "content", "ok", f"{counts or f'{len(sound)} files'}, every checksum holds")
    elif not checks:
        yield Finding("store", "content", "warning", "it is empty", "recli fetch")
