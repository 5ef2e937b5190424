"""Fit a model on a dataset and publish it as a new version."""

import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.artifact import Files
from recli.core.config import ModelConfig, Scalar
from recli.core.dataset import Dataset
from recli.core.errors import UsageError
from recli.core.reference import DEFAULT_DATASET
from recli.core.results.train import TrainResult
from recli.core.run import Epoch, Metrics, ParameterCount, Stage
from recli.core.split import Split, SplitSpec
from recli.data.splits import make_split
from recli.models import registry
from recli.models.bias import BiasModel
from recli.models.checkpoints import NOWHERE, Checkpoints, ResumableRecommender
from recli.models.configs import BiasConfig
from recli.models.predictor import Predictor, Support
from recli.models.recommender import FitReport, Recommender, TrainingData
from recli.operations.artifacts import CARD, ITEM_VECTORS, METRICS, NEIGHBORS, metrics_json, model_files
from recli.operations.card import model_card
from recli.operations.checkpoints import FitOptions, checkpoints_of, computing
from recli.operations.datasets import open_dataset
from recli.operations.environment import environment
from recli.operations.judging import judge
from recli.operations.record import DatasetRecord
from recli.store import Store
from recli.store.abandoned import RUN

BASELINE = BiasConfig()
"""What every model is held against."""


def configure(model: str, options: Mapping[str, Scalar]) -> ModelConfig:
    """Check a model's hyperparameters before anything slow begins.

    Args:
        model: a name of the registry.
        options: the hyperparameters given; others keep the model's defaults.

    Raises:
        NotFoundError: there is no such model.
        UsageError: an option is not the model's, or its value cannot be.
    """
    return registry.configure(model, options)


def split_for(config: ModelConfig, spec: SplitSpec) -> SplitSpec:
    """Return the split as a model needs it: a closed form has no use for rows that watch, and learns from them.

    Raises:
        UsageError: patience without rows to watch.
    """
    if not config.has_epochs:
        return dataclasses.replace(spec, validation_fraction=0.0)
    if config.parameters().get("patience") is not None and spec.validation_fraction == 0:
        raise UsageError(
            "--patience watches validation rows, and --validation-fraction 0 leaves none", fix="recli train --help"
        )
    return spec


@dataclass(frozen=True, eq=False)
class Draft:
    """A version that is whole but for its place in the store; a process can hand it to another."""

    config: ModelConfig
    dataset: str
    """Name."""
    files: Files
    about: Mapping[str, Any]
    """For the manifest."""
    layers: tuple[ParameterCount, ...]
    report: FitReport
    metrics: Mapping[str, Metrics | None]
    """``train``, ``validation``, ``test`` → errors; ``None`` for a part without rows."""
    baseline: Metrics
    """Of the bias model on the test rows."""


def train(
    store: Store,
    config: ModelConfig,
    *,
    dataset: str = DEFAULT_DATASET,
    split: SplitSpec | None = None,
    on_epoch: Callable[[Epoch | Stage], None] | None = None,
    how: FitOptions | None = None,
) -> TrainResult:
    """Fit on the training rows, judge on all parts, publish.

    A fit of more than some seconds keeps checkpoints, one at a time, which go once the version is published.

    Args:
        store: holds the dataset, and the new version afterwards.
        config: of the model, from ``configure``.
        dataset: its name.
        split: how to split, adapted by ``split_for``; the default is the notebook's.
        on_epoch: called after each epoch, or each stage of a model without epochs.
        how: whether to go on with an interrupted run, and to compute the same bits on any number of cores.

    Raises:
        NotFoundError: the dataset is not in the store, or has no such fold.
        InputDataError: the dataset cannot be split so.
        UsageError: the fit needs more memory than this machine has.
        StorageError: the store cannot be written; found out before the fit.
        TrainingDivergedError: nothing was published.
        IntegrityError: the checkpoint to go on from is damaged, or of other versions of recli or TensorFlow.
        BusyError: another process is at the run that is to go on.
    """
    started = time.perf_counter()
    how = how or FitOptions()
    spec = split_for(config, split or SplitSpec())
    data = open_dataset(store, dataset)
    registry.create(config).require_room(len(data.users), len(data.items), len(data.ratings))
    store.prepare()
    rows = make_split(data, spec)
    with checkpoints_of(store, config, dataset, spec, how) as checkpoints:
        made = draft(config, data, spec, rows, on_epoch, checkpoints, deterministic=how.deterministic)
        # The run's name tells gc that a checkpoint which stays, since the process is killed now, is of no use.
        result = publish(store, dataclasses.replace(made, about={**made.about, RUN: checkpoints.key}), started)
        checkpoints.forget()
    return result


def draft(
    config: ModelConfig,
    data: Dataset,
    spec: SplitSpec,
    rows: Split,
    on_epoch: Callable[[Epoch | Stage], None] | None = None,
    checkpoints: Checkpoints = NOWHERE,
    *,
    deterministic: bool = False,
) -> Draft:
    """Fit on the training rows of a split and judge on all its parts; write nothing but checkpoints.

    Raises:
        TrainingDivergedError: the numbers ran off.
    """
    with computing(deterministic=deterministic):
        predictor, report = fit(config, data, rows, on_epoch or (lambda epoch: None), checkpoints)
        return judged(predictor, report, data, spec, rows, deterministic=deterministic)


def judged(
    predictor: Predictor,
    report: FitReport,
    data: Dataset,
    spec: SplitSpec,
    rows: Split,
    *,
    deterministic: bool = False,
) -> Draft:
    """Judge what was fitted on the training rows of a split on all its parts, and make it a draft."""
    config = predictor.model.config
    metrics, baseline = judge_parts(predictor, data, rows)
    about = _about(config, data, spec, rows, predictor, report) | {"environment": environment()}
    about["fit"]["deterministic"] = deterministic
    return Draft(
        config=config,
        dataset=data.name,
        files=_files(predictor, data, rows, report, about, metrics, baseline),
        about=about,
        layers=predictor.model.parameter_counts(),
        report=report,
        metrics=metrics,
        baseline=baseline,
    )


def publish(store: Store, made: Draft, started: float) -> TrainResult:
    """Publish a draft as the next version of its model; ``started`` is when the work began, by ``perf_counter``."""
    artifact = store.publish_model(made.config.model, made.files, made.about)
    return TrainResult(
        ref=artifact.ref,
        model=made.config.model,
        version=artifact.manifest.version or 0,
        path=artifact.path,
        dataset=made.dataset,
        parameters=made.about["parameter_count"],
        layers=made.layers,
        config=made.config.parameters(),
        fit_seconds=made.report.seconds,
        total_seconds=time.perf_counter() - started,
        history=made.report.history,
        best_epoch=made.report.best_epoch,
        stopped_early=made.report.stopped_early,
        resumed_after=made.report.resumed_after,
        metrics=made.metrics,
        baseline=made.baseline,
        has_vectors=ITEM_VECTORS in artifact.manifest.files,
        has_neighbors=NEIGHBORS in artifact.manifest.files,
    )


def fit(
    config: ModelConfig,
    data: Dataset,
    rows: Split,
    on_epoch: Callable[[Epoch | Stage], None],
    checkpoints: Checkpoints = NOWHERE,
) -> tuple[Predictor, FitReport]:
    """Fit a model on the training rows, and beside it the bias baseline on every row that is not a test row.

    The baseline has no use for validation rows, so it learns from them: the bar is as high as it can honestly be.
    """
    model = registry.create(config)
    if isinstance(model, BiasModel) and config == BASELINE and not len(rows.validation):
        return _fit_baseline_alone(model, data, rows, on_epoch)
    baseline, baseline_support = _baseline(data, np.concatenate([rows.train, rows.validation]))
    seen = TrainingData.of(data, rows.train, rows.validation)
    if isinstance(model, ResumableRecommender):
        report = model.fit(seen, on_epoch, checkpoints)
    else:
        report = model.fit(seen, on_epoch)
    return Predictor(model, Support.of(seen), baseline, baseline_support, data.scale), report


def _fit_baseline_alone(
    model: BiasModel, data: Dataset, rows: Split, on_epoch: Callable[[Epoch | Stage], None]
) -> tuple[Predictor, FitReport]:
    """Fit a model that is the baseline itself, on the same rows: a second fit would come to the same bits."""
    seen = TrainingData.of(data, rows.train, rows.validation)
    report, support = model.fit(seen, on_epoch), Support.of(seen)
    return Predictor(model, support, model, support, data.scale), report


def _baseline(data: Dataset, rows: NDArray[np.int64]) -> tuple[BiasModel, Support]:
    """Fit the bias baseline on some rows; the copy of them that it learns from goes when it is done."""
    learnable = dataclasses.replace(TrainingData.of(data, rows[:0], rows[:0]), train=data.ratings.take_untimed(rows))
    baseline = BiasModel(BASELINE)
    baseline.fit(learnable, lambda epoch: None)
    return baseline, Support.of(learnable)


def beside_baseline(model: Recommender, data: Dataset, rows: Split) -> Predictor:
    """Return what answers with a model that was fitted elsewhere on the training rows, as ``fit`` returns it."""
    baseline, baseline_support = _baseline(data, np.concatenate([rows.train, rows.validation]))
    seen = dataclasses.replace(
        TrainingData.of(data, rows.train[:0], rows.train[:0]), train=data.ratings.take_untimed(rows.train)
    )
    return Predictor(model, Support.of(seen), baseline, baseline_support, data.scale)


def judge_parts(predictor: Predictor, data: Dataset, rows: Split) -> tuple[dict[str, Metrics | None], Metrics]:
    """Return the model's errors on each part, ``None`` for an empty one, and the baseline's on the test rows."""
    parts = {"train": (predictor, rows.train), "validation": (_unwatched(predictor, data, rows), rows.validation),
             "test": (predictor, rows.test)}  # fmt: skip
    metrics = {
        part: judge(judged.predict, data.ratings.take_untimed(which))[0] if len(which) else None
        for part, (judged, which) in parts.items()
    }
    return metrics, judge(predictor.predict_baseline, data.ratings.take_untimed(rows.test))[0]


def _unwatched(predictor: Predictor, data: Dataset, rows: Split) -> Predictor:
    """Return a predictor whose baseline has not seen the validation rows: it answers for cold ones among them.

    Where there are none nobody asks it, and so none is fitted.
    """
    pairs = data.ratings.user_nums[rows.validation], data.ratings.item_nums[rows.validation]
    if not predictor.support.is_cold(*pairs).any():
        return predictor
    baseline, _ = _baseline(data, rows.train)
    return dataclasses.replace(predictor, baseline=baseline, baseline_support=predictor.support)


def _about(
    config: ModelConfig, data: Dataset, spec: SplitSpec, rows: Split, predictor: Predictor, report: FitReport
) -> dict[str, Any]:
    """Return what the manifest says of a version: enough to repeat the run."""
    return {
        "parameters": config.parameters(),
        "baseline": predictor.baseline.config.parameters(),
        "parameter_count": sum(layer.count for layer in predictor.model.parameter_counts()),
        "dataset": DatasetRecord.describe(data),
        "split": {
            **spec.record(),
            "rows": {"train": len(rows.train), "validation": len(rows.validation), "test": len(rows.test)},
        },
        "fit": {
            "seconds": round(report.seconds, 3),
            "best_epoch": report.best_epoch,
            "stopped_early": report.stopped_early,
            "resumed_after": report.resumed_after,
        },
    }


def _files(
    predictor: Predictor,
    data: Dataset,
    rows: Split,
    report: FitReport,
    about: dict[str, Any],
    metrics: Mapping[str, Metrics | None],
    baseline: Metrics,
) -> Files:
    return model_files(predictor, data, rows, report.history) | {
        METRICS: metrics_json(metrics, baseline),
        CARD: model_card(predictor.model.config, about, metrics, baseline),
    }
