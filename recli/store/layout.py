"""Where things lie in a store, and what they may be called."""

import re
import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from recli.core.errors import IntegrityError
from recli.core.reference import renewal

FORMAT_NUMBER = 1
"""Of the layout on disk, in ``FORMAT`` and in every manifest."""
FORMAT = "FORMAT"
TEMP_PREFIX = ".tmp-"
VERIFIED = ".verified.json"
"""A hint, see ``verified``: nothing is lost where it is."""
DATASETS = "datasets"
MODELS = "models"
ALIASES = "aliases"
LATEST = "latest"
PROJECTIONS = "projections"
STUDIES = "studies"
CHECKPOINTS = "checkpoints"
SUMS = "SHA256SUMS"
REMOVED = "REMOVED"
"""In a version's directory: there is no version any more, and its number is used up."""
MANIFESTS = {
    "dataset": "dataset.json",
    "model": "manifest.json",
    "projection": "projection.json",
    "checkpoint": "checkpoint.json",
}
"""Kind of artifact → the name of its manifest."""
MAX_RECORD = 16 << 20
"""Bytes that a manifest or ``SHA256SUMS`` can have, so that a damaged one cannot fill the memory."""

# Nine digits are what a reference can name; a directory with more is not ours.
_NUMBERED = re.compile(r"[0-9]{4,9}")
# No part is hidden, ".." or needs quoting in SHA256SUMS.
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")


@dataclass(frozen=True)
class Place:
    """Where one artifact lies, and therefore what its manifest must say."""

    base: Path
    """The store's root; of a projection, its version's directory. How a path gets there is the user's affair."""
    parts: tuple[str, ...]
    """Directories from ``base`` to the artifact: none of them may be a link."""
    kind: str
    """``model``, ``dataset``, ``projection`` or ``checkpoint``."""
    name: str
    """The model's or dataset's name; a projection's or checkpoint's key."""
    version: int | None = None
    """Of a model."""
    of: str | None = None
    """Of a projection: the version that it shows, ``dot:3``."""

    @property
    def path(self) -> Path:
        """The artifact's directory."""
        return self.base.joinpath(*self.parts)

    @property
    def manifest_name(self) -> str:
        """The manifest's file name."""
        return MANIFESTS[self.kind]

    @property
    def fix(self) -> str:
        """The command that helps when the artifact is damaged."""
        if self.kind == "dataset":
            return renewal(self.name)
        # A projection or a checkpoint can be computed anew: without it, the next run makes a new one.
        return "recli models list" if self.kind == "model" else f"rm -r {shlex.quote(str(self.path))}"

    def damaged(self, file: str, what: str) -> IntegrityError:
        """Return the error that says what is wrong with one of the artifact's files."""
        return IntegrityError(f"{self.path / file} {what}", fix=self.fix)


def dataset_place(root: Path, name: str) -> Place:
    """Return the place of a dataset."""
    return Place(root, (DATASETS, name), "dataset", name)


def version_place(root: Path, model: str, version: int) -> Place:
    """Return the place of one version of a model."""
    return Place(root, (MODELS, model, version_name(version)), "model", model, version)


def projection_place(version: Path, key: str) -> Place:
    """Return the place of a projection inside its version's directory."""
    return Place(version, (PROJECTIONS, key), "projection", key, of=f"{version.parent.name}:{int(version.name)}")


def checkpoint_place(root: Path, key: str) -> Place:
    """Return the place of a run's checkpoint: beside the models, as a run may never become a version of one."""
    return Place(root, (CHECKPOINTS, key), "checkpoint", key)


def version_name(version: int) -> str:
    """Return a version's directory name: at least four digits, so that ``ls`` sorts the first 9999."""
    return f"{version:04d}"


def version_number(name: str) -> int | None:
    """Return the number in a directory name or alias, ``None`` for any other text."""
    return int(name) if _NUMBERED.fullmatch(name) else None


def is_file_name(name: str) -> bool:
    """Tell whether an artifact may hold a file of this name: relative, plain, and not one the store writes itself."""
    reserved = {SUMS, REMOVED, *MANIFESTS.values()}
    return _FILE_NAME.fullmatch(name) is not None and name not in reserved and name.split("/")[0] != PROJECTIONS


def are_distinct(names: Collection[str]) -> bool:
    """Tell whether files may lie side by side on any system: macOS and Windows take ``A`` and ``a`` for one."""
    return len({name.casefold() for name in names}) == len(names)


def steps(base: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    """Yield each path on the way down from ``base``, ``base`` itself left out."""
    path = base
    for part in parts:
        path = path / part
        yield path
