"""The store, as operations see it."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from recli.core.artifact import Files
from recli.core.reference import ArtifactRef, is_name
from recli.core.results.upkeep import Checked
from recli.store import aliases, catalog, gc, io, lookup, removal, status, verify
from recli.store.artifact import Artifact, open_artifact
from recli.store.checkpoints import hold, remove
from recli.store.downloads import download_folder
from recli.store.holding import RemovedError
from recli.store.layout import checkpoint_place, dataset_place, projection_place
from recli.store.manifest import OF
from recli.store.publish import check_publishable, point_latest, publish_replacing, publish_version
from recli.store.root import check_format, create_store, prove_writable
from recli.store.staging import staging
from recli.store.status import VersionStatus
from recli.store.studies import study_file


class Store:
    """Datasets, versions of models, and projections in one directory.

    A version is complete or absent, and never changes. Readers see the old or the new, never half. What is read is
    checked first. Reading creates nothing but the hint of ``verified``: a directory that does not exist is an empty
    store.

    Every method raises ``StorageError`` where the disk is full, read-only or refuses, and ``IntegrityError`` where the
    store has a format that this recli does not know.
    """

    def __init__(self, root: Path) -> None:
        """Name a store; the disk is not touched.

        Args:
            root: its directory, which need not exist.
        """
        self.root = root

    def exists(self) -> bool:
        """Tell whether anything stands where the store would."""
        with io.storage_errors(self.root):
            return io.kind(self.root) != "missing"

    def prepare(self) -> None:
        """Create the store where it is missing, and prove that it can be written to."""
        with self._writing():
            prove_writable(self.root)

    def publish_model(self, model: str, files: Files, about: Mapping[str, Any]) -> Artifact:
        """Publish the next version of a model; ``latest`` means it from then on.

        Args:
            model: its name.
            files: file name → content: bytes, an array (``.npy``) or arrays by name (``.npz``).
            about: JSON for the manifest, beside the store's own keys.

        Raises:
            ValueError: a name, an array or a key that can not be published.
        """
        check_publishable(model, files, about)
        with self._writing():
            artifact = publish_version(self.root, model, files, about)
            point_latest(self.root, model)
        return artifact

    def publish_dataset(self, name: str, files: Files, about: Mapping[str, Any]) -> Artifact:
        """Publish a dataset, in one step in place of one that has the name; arguments as ``publish_model``."""
        check_publishable(name, files, about)
        with self._writing():
            return publish_replacing(self.root, dataset_place(self.root, name), files, about)

    def publish_projection(self, artifact: Artifact, key: str, files: Files, about: Mapping[str, Any]) -> Artifact:
        """Publish a projection inside its version, in place of one that has the key; arguments as ``publish_model``."""
        check_publishable(key, files, about)
        with self._writing():
            place = projection_place(artifact.path, key)
            return publish_replacing(self.root, place, files, {**about, OF: place.of})

    def publish_checkpoint(self, key: str, files: Files, about: Mapping[str, Any]) -> Artifact:
        """Publish how far a run has come, in place of its earlier checkpoint; arguments as ``publish_model``."""
        check_publishable(key, files, about)
        with self._writing():
            return publish_replacing(self.root, checkpoint_place(self.root, key), files, about)

    def remove_checkpoint(self, key: str) -> None:
        """Remove the checkpoint of a run, if there is one: a reader finds it whole, or not at all."""
        with self._writing():
            remove(self.root, checkpoint_place(self.root, key))

    @contextmanager
    def checkpointing(self, key: str) -> Iterator[bool]:
        """Hold the checkpoint of a run for this process until the block is left; yield whether no other holds it.

        That keeps two equal runs from removing each other's. Without it they would still not damage one.
        """
        with self._writing():
            held = hold(self.root, key)
            alone = held.__enter__()
        try:
            yield alone
        finally:
            held.__exit__(None, None, None)

    @contextmanager
    def study(self, name: str, *, fresh: bool = False) -> Iterator[Path]:
        """Yield the file of a study, held for this process until the block is left; see ``studies.study_file``.

        Raises:
            BusyError: another process is writing to it.
        """
        with self._writing():
            held = study_file(self.root, name, fresh=fresh)
            path = held.__enter__()
        try:
            yield path
        finally:
            with io.storage_errors(path):
                held.__exit__(None, None, None)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Yield a folder on the store's disk, which is gone with all it holds when the block is left."""
        with self._writing():
            made = staging(self.root)
            folder = made.__enter__()
        try:
            yield folder
        finally:
            made.__exit__(None, None, None)

    @contextmanager
    def downloading(self, name: str) -> Iterator[Path | None]:
        """Yield a folder for a download, which stays where the block fails: what is in it is for the next process.

        ``None`` where another process is downloading the same. gc removes it when a day has passed.
        """
        with io.storage_errors(self.root):
            check_format(self.root)
            held = download_folder(self.root, name)
            folder = held.__enter__()
        try:
            yield folder
        except BaseException:
            with io.storage_errors(self.root):
                held.__exit__(*sys.exc_info())
            raise
        with io.storage_errors(self.root):
            held.__exit__(None, None, None)

    def model(self, ref: ArtifactRef) -> Artifact:
        """Open the version that a reference means; ``latest`` is the newest complete one.

        Raises:
            NotFoundError: no such model, version or alias; the nearest ones are the candidates.
            IntegrityError: it is damaged.
        """
        with self._reading():
            while True:
                place = lookup.find_version(self.root, ref)
                with suppress(RemovedError):  # in this instant: look again, and name what there is instead
                    return open_artifact(place)

    def dataset(self, name: str) -> Artifact:
        """Open a dataset.

        Raises:
            NotFoundError: there is none of this name; the nearest ones are the candidates.
            IntegrityError: it is damaged.
        """
        with self._reading():
            return open_artifact(lookup.find_dataset(self.root, name))

    def projection(self, artifact: Artifact, key: str) -> Artifact | None:
        """Open a projection of a version, or return ``None`` where there is none of this key.

        Raises:
            IntegrityError: it is damaged; publishing it anew repairs that.
        """
        place = projection_place(artifact.path, key)
        with self._reading():
            if not is_name(key) or io.kind(place.path) == "missing":
                return None
            return open_artifact(place)

    def checkpoint(self, key: str) -> Artifact | None:
        """Open the checkpoint of a run, or return ``None`` where there is none.

        Raises:
            IntegrityError: it is damaged.
        """
        place = checkpoint_place(self.root, key)
        with self._reading():
            return open_artifact(place) if is_name(key) and io.kind(place.path) != "missing" else None

    def dataset_names(self) -> list[str]:
        """Return the names of the datasets, sorted."""
        with self._reading():
            return catalog.dataset_names(self.root)

    def model_names(self) -> list[str]:
        """Return the names of the models that have a complete version, sorted."""
        with self._reading():
            return catalog.model_names(self.root)

    def versions(self, model: str) -> list[int]:
        """Return the complete versions of a model, ascending; none for an unknown model."""
        with self._reading():
            return catalog.complete_versions(self.root, model) if is_name(model) else []

    def statuses(self) -> list[VersionStatus]:
        """Check every file of every version: models sorted by name, versions ascending, damaged ones included."""
        with self._reading():
            return status.statuses(self.root)

    def status(self, ref: ArtifactRef) -> VersionStatus:
        """Check every file of the version that a reference means; a damaged one has a status too.

        Raises:
            NotFoundError: no such model, version or alias.
        """
        with self._reading():
            place = lookup.find_version(self.root, ref)
            return status.status_of(self.root, place.name, place.version or 0)

    def tag(self, ref: ArtifactRef, alias: str) -> tuple[int, int | None]:
        """Let an alias mean a version; return the version, and the one that the alias meant before.

        Raises:
            UsageError: no name, or ``latest``.
            NotFoundError: no such version.
            IntegrityError: it is damaged.
        """
        aliases.check_alias(alias)
        with self._writing():
            artifact = self.model(ref)  # held: no gc takes it until the alias stands
            version = artifact.manifest.version or 0
            return version, aliases.set_alias(self.root, ref.name, alias, version)

    def untag(self, model: str, alias: str) -> int | None:
        """Forget an alias; return the version that it meant, ``None`` where it was damaged.

        Raises:
            UsageError: no name, or ``latest``.
            NotFoundError: the model has no such alias.
        """
        aliases.check_alias(alias)
        with self._reading():
            return aliases.drop_alias(self.root, model, alias)

    def plan_removal(self, ref: ArtifactRef) -> removal.Removal:
        """Return what the removal of a version, which may be damaged, would take away.

        Raises:
            NotFoundError: no such version.
        """
        with self._reading():
            return removal.planned(self.root, lookup.find_version(self.root, ref))

    def remove(self, ref: ArtifactRef, *, force: bool = False) -> removal.Removal:
        """Remove a version, which may be damaged, in one step; its number is never used again.

        Args:
            ref: of the version.
            force: remove the aliases that mean it, too.

        Raises:
            NotFoundError: no such version.
            UsageError: it has aliases.
            BusyError: another process reads it.
        """
        with self._reading():
            return removal.remove_version(self.root, lookup.find_version(self.root, ref), force=force)

    def collect(self, keep_last: int, *, dry_run: bool = False) -> gc.Collection:
        """Remove all but the newest sound versions of each model, and leftovers; see ``gc.plan``.

        Raises:
            IntegrityError: an alias is damaged, so that it could mean any version.
            BusyError: another gc is at work.
        """
        with self._reading() if dry_run else self._writing():
            return gc.plan(self.root, keep_last) if dry_run else gc.collect(self.root, keep_last)

    def verify(self, refs: Sequence[ArtifactRef] = (), *, datasets: bool = False) -> list[Checked]:
        """Check every file of versions with their projections; without references, of everything in the store.

        Args:
            refs: versions to check.
            datasets: check the datasets beside them.

        Raises:
            NotFoundError: no such version.
        """
        with self._reading():
            if not refs and not datasets:
                return list(verify.check_all(self.root))
            places = [lookup.find_version(self.root, ref) for ref in refs]
            checks = list(verify.check_versions(self.root, places))
            return checks + (list(verify.check_datasets(self.root)) if datasets else [])

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with io.storage_errors(self.root):
            check_format(self.root)
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with io.storage_errors(self.root):
            create_store(self.root)
            yield
