"""Fit ``als`` on a Spark cluster, and publish it like any other version."""

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from recli.core.config import ModelConfig
from recli.core.dataset import Dataset
from recli.core.errors import IntegrityError, UsageError, require
from recli.core.reference import DEFAULT_DATASET
from recli.core.results.train import TrainResult
from recli.core.run import Epoch, Metrics, Stage
from recli.core.split import Split, SplitSpec
from recli.data.files import dataset_files, dataset_record
from recli.data.splits import make_split
from recli.models import registry
from recli.models.als import AlsModel
from recli.models.configs import AlsConfig
from recli.models.predictor import Predictor
from recli.models.recommender import FitReport
from recli.operations.datasets import open_dataset
from recli.operations.environment import installed
from recli.operations.on_spark.source import Source, as_dataset, opened, require_new_name
from recli.operations.train import beside_baseline, judged, publish, split_for
from recli.spark.als import Errors, Learned, learn, load_mllib, require_checkpoints
from recli.spark.cluster import Cluster
from recli.spark.frames import TEST, TRAIN, VALIDATION, read_folder, write_ratings
from recli.spark.java import require_spark
from recli.spark.session import session
from recli.spark.source import with_parts
from recli.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

STEPS = 3
AGREE = 1e-3
"""How far the errors that the cluster finds and those of the published version may lie apart, on a scale of 1 to 5."""

OnStep = Callable[[Epoch | Stage], None]


def train_on_spark(
    store: Store,
    config: ModelConfig,
    cluster: Cluster,
    *,
    dataset: str = DEFAULT_DATASET,
    split: SplitSpec | None = None,
    source: Source | None = None,
    on_step: OnStep | None = None,
) -> TrainResult:
    """Fit on the training rows, judge on the cluster and at home, publish.

    Args:
        store: holds the dataset, or gets it, and the new version.
        config: of the model ``als``.
        cluster: where to fit.
        dataset: its name, or what the source's ratings are to be called.
        split: how to split; of a source, ``hash``, which a cluster can do.
        source: ratings that Spark reads; ``None`` for those of the dataset.
        on_step: called after each of ``STEPS``.

    Raises:
        UsageError: another model or split, a name that is taken, no pyspark, or not enough memory.
        NotFoundError: no dataset, no source, or no Java.
        InputDataError: the source holds what cannot be taken, or the dataset cannot be split so.
        NetworkError: the cluster is not there, or broke down.
        BusyError: it has no executor to give.
        StorageError: the store, or the cluster's disk, cannot be written.
        IntegrityError: what came home is not what the cluster judged.
    """
    started = time.perf_counter()
    if not isinstance(config, AlsConfig):
        raise UsageError(f"--engine spark fits als, not {config.model}", fix="recli train als --engine spark")
    spec = split_for(config, split or SplitSpec(method="hash" if source else "random"))
    require_spark()
    require_checkpoints(cluster, config.iterations)
    if source:
        require(spec.method == "hash", f"a cluster splits by --split hash, not {spec}", fix="--split hash")
        require_new_name(store, dataset, source)
    store.prepare()
    tell = on_step or (lambda step: None)
    with store.scratch() as folder:
        with session(cluster, folder) as spark:
            load_mllib()
            data, rows, frame = _read(store, spark, folder, dataset, spec, source)
            _told(tell, 1, started)
            learned = learn(frame, config.parameters(), len(data.users), len(data.items), len(data.ratings), data.scale)
        _told(tell, 2, started)
    predictor = _predictor(config, data, rows, learned)
    made = judged(predictor, FitReport(learned.seconds), data, spec, rows)
    errors = {name: _metrics(predictor, learned.errors[part]) for name, part in (("train", TRAIN), ("test", TEST))}
    for name, found in errors.items():
        _require_agreement(name, found, made.metrics[name], data)
    _told(tell, 3, started)
    if source:
        store.publish_dataset(dataset, dataset_files(data), dataset_record(data))
    engine = _engine(cluster, learned, errors, time.perf_counter() - started)
    return publish(store, dataclasses.replace(made, about={**made.about, "engine": engine}), started)


def _read(
    store: Store, spark: "SparkSession", folder: "Path", dataset: str, spec: SplitSpec, source: Source | None
) -> "tuple[Dataset, Split, DataFrame]":
    """Return the data at home, its split, and both on the cluster."""
    if source:
        found = opened(spark, source)
        data = as_dataset(dataset, source, found)
        return data, make_split(data, spec), with_parts(found.frame, spec)
    data = open_dataset(store, dataset)
    rows = make_split(data, spec)
    parts = np.full(len(data.ratings), VALIDATION, np.int8)
    parts[rows.train], parts[rows.test] = TRAIN, TEST
    return data, rows, read_folder(spark, write_ratings(folder, data.ratings, parts))


def _predictor(config: ModelConfig, data: Dataset, rows: Split, learned: Learned) -> Predictor:
    model = registry.create(config)
    if not isinstance(model, AlsModel):
        raise TypeError("the registry's als is another model")
    model.adopt(learned.users, learned.items)
    return beside_baseline(model, data, rows)


def _metrics(predictor: Predictor, errors: Errors) -> dict[str, float]:
    """Return the errors on the cluster, with the baseline's answers for the rows that the model is cold for."""
    users, items, stars = errors.cold
    missed = np.abs(stars - predictor.predict(users, items).values).astype(np.float64) if len(stars) else np.zeros(0)
    n = errors.n + len(stars)
    absolute, squared = errors.absolute + missed.sum(), errors.squared + (missed**2).sum()
    return {"n": n, "mae": float(absolute / n), "rmse": float(np.sqrt(squared / n))}


def _require_agreement(part: str, there: Mapping[str, float], here: Metrics | None, data: Dataset) -> None:
    """Require that the vectors that came home err as the cluster's model does: else ids were mixed up on the way."""
    if here is None:
        return
    apart = max(abs(there["mae"] - here.mae), abs(there["rmse"] - here.rmse))
    width = max(1.0, (data.scale.high - data.scale.low) / 4)
    if there["n"] != here.n or not apart <= AGREE * width:
        raise IntegrityError(
            f"on the {part} rows the cluster's model has RMSE {there['rmse']:.4f} ({there['n']:,.0f} rows), and what it"
            f" sent {here.rmse:.4f} ({here.n:,} rows): nothing was published",
            fix="recli train als --engine spark -v",
        )


def _engine(
    cluster: Cluster, learned: Learned, errors: Mapping[str, Mapping[str, float]], seconds: float
) -> dict[str, Any]:
    """Return what the manifest says of where the version was fitted."""
    return {
        "name": "spark",
        "version": installed("pyspark"),
        "master": cluster.shown,
        "blocks": learned.blocks,
        "seconds": round(seconds, 3),
        "metrics": {part: dict(found) for part, found in errors.items()},
    }


def _told(tell: OnStep, done: int, started: float) -> None:
    tell(Stage("step", done, STEPS, time.perf_counter() - started))
