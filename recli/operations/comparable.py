"""Which versions could be compared where those that were named cannot."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from recli.core.errors import RecliError
from recli.core.reference import ArtifactRef
from recli.operations.record import RunRecord
from recli.store import Artifact, Store

_Rows = tuple[object, ...]
"""What decides which rows of which data judge a version."""


def comparison(store: Store, artifacts: Sequence[Artifact]) -> str:
    """Return a command that compares the same models on one split, or trains the second on the first's."""
    names = [artifact.manifest.name for artifact in artifacts]
    by_rows: dict[_Rows, dict[str, list[str]]] = {}
    for name in dict.fromkeys(names):
        for artifact in _newest_first(store, name):
            by_rows.setdefault(_rows(artifact), {}).setdefault(name, []).append(artifact.ref)
    for found in by_rows.values():
        if all(len(found.get(name, ())) >= names.count(name) for name in names):
            refs = {name: iter(found[name]) for name in found}
            return f"recli compare {' '.join(next(refs[name]) for name in names)}"
    return _train(names[1], artifacts[0])


def _newest_first(store: Store, name: str) -> Iterator[Artifact]:
    for version in sorted(store.versions(name), reverse=True):
        with suppress(RecliError):  # a damaged one is no help
            yield store.model(ArtifactRef(name, version=version))


def _split(artifact: Artifact) -> Mapping[str, Any]:
    split = artifact.manifest.about.get("split")
    return split if isinstance(split, Mapping) else {}


def _rows(artifact: Artifact) -> _Rows:
    split = _split(artifact)
    fingerprint = RunRecord.read(artifact.manifest).dataset.fingerprint
    return fingerprint, split.get("name", artifact.ref), split.get("seed"), split.get("test_fraction")


def _train(name: str, like: Artifact) -> str:
    split, dataset = _split(like), RunRecord.read(like.manifest).dataset.name
    options = [("--dataset", dataset), ("--split", split.get("name")), ("--test-fraction", split.get("test_fraction"))]
    options += [("--split-seed", split.get("seed"))]
    given = [word for option, value in options if value for word in (option, str(value))]
    return shlex.join(["recli", "train", name, *given])
