"""What the store holds."""

from contextlib import suppress
from pathlib import Path

from recli.core.errors import IntegrityError, NotFoundError
from recli.core.reference import ArtifactRef
from recli.core.results.models import ModelDetails, ModelListing
from recli.core.run import Metrics
from recli.operations.artifacts import METRICS, open_version
from recli.operations.record import RunRecord, read_metrics
from recli.store import Artifact, Store, VersionStatus


def list_models(store: Store) -> tuple[ModelListing, ...]:
    """Return every version in the store, damaged ones among them and marked, by model and version."""
    listings = []
    for status in store.statuses():
        with suppress(NotFoundError):  # removed since
            listings.append(_listing(status))
    return tuple(listings)


def show_model(store: Store, ref: str) -> ModelDetails:
    """Return all that a version says about itself.

    Raises:
        NotFoundError: there is no such version.
        IntegrityError: it is damaged.
    """
    status = store.status(ArtifactRef.parse(open_version(store, ref).ref))
    listing = _listing(status)
    if status.artifact is None or listing.reason:
        raise IntegrityError(listing.reason, fix="recli models list")
    manifest, report = status.artifact.manifest, status.artifact.read_json(METRICS)
    arrays = [
        (f"{file}/{name}" if name else file, dtype, shape)
        for file, entry in manifest.files.items()
        for name, (dtype, shape) in entry.arrays.items()
    ]
    parts = {part: read_metrics(errors, listing.ref) for part, errors in report["metrics"].items() if errors}
    return ModelDetails(
        listing=listing,
        about={"created": manifest.created, "recli": manifest.recli, **manifest.about},
        metrics=parts,
        baseline=read_metrics(report["baseline"], listing.ref),
        arrays=tuple(arrays),
    )


def model_path(store: Store, ref: str) -> Path:
    """Return a version's directory.

    Raises:
        NotFoundError: there is no such version.
        IntegrityError: it is damaged.
    """
    return open_version(store, ref).path.absolute()


def _listing(status: VersionStatus) -> ModelListing:
    dataset, metrics, reason = "", None, status.reason
    if status.artifact is not None and not reason:
        try:
            dataset = RunRecord.read(status.artifact.manifest).dataset.name
            metrics = _test_metrics(status.artifact)
        except IntegrityError as error:
            reason = error.message
    return ModelListing(
        ref=status.ref,
        created=status.artifact.manifest.created if status.artifact else "",
        dataset=dataset,
        metrics=metrics,
        aliases=status.aliases,
        bytes=status.bytes,
        status="corrupt" if reason else "ok",
        reason=reason,
        path=status.path,
    )


def _test_metrics(artifact: Artifact) -> Metrics:
    report = artifact.read_json(METRICS)
    if not isinstance(report, dict) or not isinstance(report.get("metrics"), dict) or "baseline" not in report:
        raise IntegrityError(f"{METRICS} of {artifact.ref} is malformed", fix="recli models list")
    return read_metrics(report["metrics"].get("test"), artifact.ref)
