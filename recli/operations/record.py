"""What a version's manifest says of a training run, written and read in one place."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from recli.core.artifact import Manifest
from recli.core.config import Scalar
from recli.core.dataset import Dataset
from recli.core.errors import IntegrityError
from recli.core.ratings import RatingScale
from recli.core.run import Metrics


@dataclass(frozen=True)
class DatasetRecord:
    """The dataset that a version was trained on."""

    name: str
    fingerprint: str
    scale: RatingScale
    n_users: int
    n_items: int

    @staticmethod
    def describe(dataset: Dataset) -> dict[str, Any]:
        """Return what the manifest says of a dataset."""
        return {
            "name": dataset.name,
            "fingerprint": dataset.fingerprint,
            "source": dataset.source.get("source"),
            "users": len(dataset.users),
            "items": len(dataset.items),
            "ratings": len(dataset.ratings),
            "scale": dataclasses.asdict(dataset.scale),
        }


@dataclass(frozen=True)
class RunRecord:
    """What readers need of a manifest."""

    parameters: Mapping[str, Scalar]
    """The model's hyperparameters."""
    baseline: Mapping[str, Scalar]
    """The bias baseline's."""
    dataset: DatasetRecord

    @classmethod
    def read(cls, manifest: Manifest) -> Self:
        """Read a version's manifest.

        Raises:
            IntegrityError: it is sound for the store, but describes no training run of this recli.
        """
        about = manifest.about
        try:
            dataset = about["dataset"]
            scale = RatingScale(float(dataset["scale"]["low"]), float(dataset["scale"]["high"]))
            counts = int(dataset["users"]), int(dataset["items"])
            record = DatasetRecord(str(dataset["name"]), str(dataset["fingerprint"]), scale, *counts)
            return cls(dict(about["parameters"]), dict(about["baseline"]), record)
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(
                f"the manifest of {manifest.ref} describes no training run: {type(error).__name__} {error}",
                fix="recli models list",
            ) from error


def read_metrics(record: Any, ref: str) -> Metrics:
    """Read one set of errors from ``metrics.json``; what a later recli added is passed over.

    Raises:
        IntegrityError: an error is missing or no number.
    """
    try:
        return Metrics(
            n=int(record["n"]),
            mae=float(record["mae"]),
            mse=float(record["mse"]),
            rmse=float(record["rmse"]),
            cold=int(record["cold"]),
            clipped=int(record["clipped"]),
            median_mae=None if record.get("median_mae") is None else float(record["median_mae"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"the metrics of {ref} are malformed: {error}", fix="recli models list") from error
