"""What the store holds."""

from pathlib import Path
from typing import Any

from recli.core.artifact import Manifest
from recli.core.reference import ArtifactRef
from recli.core.results.models import ModelDetails, ModelListing
from recli.core.run import Metrics
from recli.operations.artifacts import METRICS, open_version
from recli.store import Store, VersionStatus


def list_models(store: Store) -> tuple[ModelListing, ...]:
    """Return every version in the store, damaged ones among them and marked, by model and version."""
    return tuple(_listing(store, status) for status in store.statuses())


def show_model(store: Store, ref: ArtifactRef) -> ModelDetails:
    """Return all that a version says about itself.

    Raises:
        NotFoundError: there is no such version.
        IntegrityError: it is damaged.
    """
    artifact = open_version(store, ref)
    arrays = [
        (f"{file}/{name}" if name else file, dtype, shape)
        for file, entry in artifact.manifest.files.items()
        for name, (dtype, shape) in entry.arrays.items()
    ]
    return ModelDetails(
        listing=_listing(store, store.status(ref)),
        record=_record(artifact.manifest),
        metrics=artifact.read_json(METRICS),
        arrays=tuple(arrays),
    )


def model_path(store: Store, ref: ArtifactRef) -> Path:
    """Return a version's directory.

    Raises:
        NotFoundError: there is no such version.
        IntegrityError: it is damaged.
    """
    return open_version(store, ref).path.absolute()


def _record(manifest: Manifest) -> dict[str, Any]:
    return {"created": manifest.created, "recli": manifest.recli, **manifest.about}


def _listing(store: Store, status: VersionStatus) -> ModelListing:
    manifest = status.manifest
    return ModelListing(
        ref=status.ref,
        created=manifest.created if manifest else "",
        dataset=manifest.about["dataset"]["name"] if manifest else "",
        metrics=_test_metrics(store, status) if status.status == "ok" else None,
        aliases=status.aliases,
        bytes=status.bytes,
        status=status.status,
        reason=status.reason,
        path=status.path,
    )


def _test_metrics(store: Store, status: VersionStatus) -> Metrics:
    return Metrics(**store.model(ArtifactRef.parse(status.ref)).read_json(METRICS)["metrics"]["test"])
