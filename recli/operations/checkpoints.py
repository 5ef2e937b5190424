"""Checkpoints of ``train``: which run they are of, when they are kept, and whether one may be gone on from."""

import hashlib
import json
import logging
import shlex
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from recli.core.config import ModelConfig
from recli.core.errors import BusyError, IntegrityError, StorageError, require
from recli.core.split import SplitSpec
from recli.models.recommender import Arrays
from recli.operations.environment import environment
from recli.store import Artifact, Store

STATE = "state.npz"
EVERY = 5.0
"""Seconds between checkpoints, unless somebody says otherwise; most fits of MovieLens-100K take less."""
SHARE = 0.02
"""Of the time that writing checkpoints may take."""
_SAME = ("recli", "numpy", "tensorflow", "keras")
"""Packages whose other versions may draw or round otherwise."""

_T = TypeVar("_T")

_log = logging.getLogger("recli")


@dataclass(frozen=True)
class FitOptions:
    """How to run a fit; no part of what is fitted."""

    resume: bool = False
    """Go on with an interrupted run of the same model, parameters, data and split, if there is one."""
    every: float = EVERY
    """Seconds between checkpoints, at least; 0 keeps one after each epoch or chain."""
    deterministic: bool = False
    """Compute the same bits on any number of cores."""
    on_kept: Callable[[int], None] = lambda done: None
    """Called whenever there is something to go on from, with the epochs or chains that are done."""

    def __post_init__(self) -> None:
        require(self.every >= 0, f"--checkpoint-every must be at least 0, not {self.every}", fix="recli train --help")


@contextmanager
def computing(*, deterministic: bool) -> Iterator[None]:
    """Compute what the block computes the same way on any number of cores, if that is asked for.

    Raises:
        UsageError: TensorFlow runs already, and with several threads.
    """
    if deterministic:
        from recli.models import backend
        from recli.models.blas import one_thread

        backend.be_deterministic()
    with one_thread() if deterministic else nullcontext():
        yield


@contextmanager
def checkpoints_of(
    store: Store, config: ModelConfig, dataset: str, spec: SplitSpec, how: FitOptions
) -> Iterator["StoredCheckpoints"]:
    """Yield the checkpoints of one run, held until the block is left.

    Raises:
        BusyError: the run shall go on, and another process is at it.
    """
    key = run_key(config, store.dataset(dataset), spec, deterministic=how.deterministic)
    if config.resumes_after is None:
        if how.resume:
            _log.warning("%s is solved in one go: there is nothing to resume", config.model)
        yield StoredCheckpoints(store, key, "", how, alone=False)
        return
    with store.checkpointing(key) as alone:
        if how.resume and not alone:
            raise BusyError("another process is training the run that is to be resumed: wait for it, or end it")
        yield StoredCheckpoints(store, key, config.resumes_after, how, alone=alone)


def run_key(config: ModelConfig, dataset: Artifact, spec: SplitSpec, *, deterministic: bool) -> str:
    """Return the name of a run: equal for those that compute the same, and for no others."""
    what = {
        "model": config.model,
        "parameters": config.parameters(),
        "dataset": {name: entry.sha256 for name, entry in dataset.manifest.files.items()},
        "split": spec.record(),
        "deterministic": deterministic,
    }
    digest = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
    return f"{config.model}-{digest[:32]}"


class StoredCheckpoints:
    """Keeps how far a run has come in the store, where the same run finds it."""

    def __init__(self, store: Store, key: str, unit: str, how: FitOptions, *, alone: bool) -> None:
        """Name a run.

        Args:
            store: where they lie.
            key: of the run, by ``run_key``.
            unit: ``epoch`` or ``chain``.
            how: when to keep one, and whether to go on from one.
            alone: whether no other process is at the same run; else this one leaves its checkpoint alone.
        """
        self._store, self.key, self._unit, self._how, self._alone = store, key, unit, how, alone
        self._wait, self._last = how.every, time.monotonic()

    def found(self, read: Callable[[Arrays], _T]) -> _T | None:
        """Let a function read what an earlier process kept, if the run shall go on from it.

        Raises:
            IntegrityError: it is damaged, written by other versions of what computes, or the function refuses it.
        """
        self._last = time.monotonic()  # TensorFlow has started by now, and training begins
        if not self._how.resume:
            return None
        artifact = self._store.checkpoint(self.key)
        if artifact is None:
            _log.warning("no checkpoint of this run: it begins at the start")
            return None
        _check_environment(artifact)
        try:
            found = read(artifact.read_arrays(STATE))
        except IntegrityError as error:
            raise IntegrityError(f"{artifact.path}: {error.message}", fix=_without(artifact)) from error
        done = artifact.manifest.about.get("done")
        _log.warning("resuming after %s %s", self._unit, done)
        self._how.on_kept(done if type(done) is int else 0)
        return found

    def offer(self, done: int, arrays: Callable[[], Arrays]) -> None:
        """Keep how far the run has come, if enough time has passed; a disk that refuses ends no training."""
        began = time.monotonic()
        if not self._alone or began - self._last < self._wait:
            return
        try:
            kept = self._keep(done, arrays())
        except StorageError as error:
            _log.warning("no checkpoint could be kept: %s", error.message)
            kept = False
        self._last = time.monotonic()
        self._wait = max(self._how.every, (self._last - began) / SHARE) if self._how.every else 0.0
        if kept:
            self._how.on_kept(done)

    def _keep(self, done: int, arrays: Arrays) -> bool:
        # What is not finite could not be read again, and training is about to end over it.
        state = (array for name, array in arrays.items() if name != "history")
        if not all(np.isfinite(array).all() for array in state):
            return False
        about = {"done": done, "unit": self._unit, "environment": _environment()}
        self._store.publish_checkpoint(self.key, {STATE: arrays}, about)
        return True

    def forget(self) -> None:
        """Remove what was kept: the run is published. What cannot be removed is only in the way."""
        if self._alone:
            try:
                self._store.remove_checkpoint(self.key)
            except (StorageError, IntegrityError) as error:
                _log.warning("the checkpoint of this run stays: %s", error.message)


def _environment() -> dict[str, Any]:
    found = environment()
    return {name: found[name] for name in (*_SAME, "machine")}


def _check_environment(artifact: Artifact) -> None:
    """Refuse a checkpoint that other versions wrote: what they computed and what these do would not be one run."""
    recorded, own = artifact.manifest.about.get("environment"), _environment()
    if not isinstance(recorded, Mapping):
        raise IntegrityError(f"{artifact.path} does not say what wrote it", fix=_without(artifact))
    for name, version in own.items():
        wrote = recorded.get(name)
        if wrote != version:
            install = f"python -m pip install {shlex.quote(f'{name}=={wrote}')}"
            raise IntegrityError(
                f"{artifact.path} was written with {name} {wrote}, and this is {version}: that would not be one run",
                fix=install if name in _SAME else _without(artifact),
            )


def _without(artifact: Artifact) -> str:
    """Return the command after which the run begins at its start."""
    return f"rm -r {shlex.quote(str(artifact.path))}"
