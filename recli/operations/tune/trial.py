"""One trial: fit on training rows, judge on validation rows. Test rows have no part in it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from recli.core.config import Scalar
from recli.core.dataset import Dataset
from recli.core.errors import TrainingDivergedError, UsageError
from recli.core.judgement import RANKING_USERS
from recli.core.split import Split, SplitSpec
from recli.data.splits import make_split
from recli.models import registry
from recli.models.bias import BiasModel
from recli.models.configs import BiasConfig
from recli.models.predictor import Predictor, Support
from recli.models.recommender import TrainingData
from recli.operations.datasets import open_dataset
from recli.operations.judging import judge
from recli.operations.ranks import flags, rank_users, relevance_threshold, sample_of
from recli.store import Store

METRICS = ("mae", "rmse", "median_mae", "ndcg")
"""What a study can go by; ``ndcg`` is higher where it is better."""
LIST_LENGTH = 10


@dataclass(frozen=True)
class Task:
    """What every trial of a study has in common; a process can hand it to another."""

    root: Path
    """Of the store."""
    dataset: str
    spec: SplitSpec
    model: str
    metric: str
    fixed: Mapping[str, Scalar]
    """Hyperparameters that the search leaves alone, the seed among them."""


@dataclass(frozen=True)
class Outcome:
    """How a trial ended."""

    value: float | None
    seconds: float
    error: str = ""


def run_trial(task: Task, parameters: Mapping[str, Scalar]) -> Outcome:
    """Fit one configuration on the training rows and judge it on the validation rows.

    A model without epochs, which otherwise learns from validation rows too, learns from the training rows alone here.
    """
    started = time.perf_counter()
    data, rows = _opened(task.root, task.dataset, task.spec)
    try:
        predictor = _fit(registry.configure(task.model, {**task.fixed, **parameters}).parameters(), task, data, rows)
        value = validation_value(predictor, data, rows, task.metric)
    except (TrainingDivergedError, UsageError) as error:  # or refused, as what does not fit into the memory is
        return Outcome(None, time.perf_counter() - started, error.message)
    return Outcome(value, time.perf_counter() - started)


@lru_cache(maxsize=1)
def _opened(root: Path, dataset: str, spec: SplitSpec) -> tuple[Dataset, Split]:
    """Load a dataset once a process."""
    data = open_dataset(Store(root), dataset)
    return data, make_split(data, spec)


def _fit(parameters: Mapping[str, Scalar], task: Task, data: Dataset, rows: Split) -> Predictor:
    seen = TrainingData.of(data, rows.train, rows.validation)
    learnable = TrainingData.of(data, rows.train, np.arange(0))
    baseline = BiasModel(BiasConfig())
    baseline.fit(learnable, lambda epoch: None)
    config = registry.configure(task.model, parameters)
    model = registry.create(config)
    model.fit(seen if config.has_epochs else learnable, lambda epoch: None)
    return Predictor(model, Support.of(seen), baseline, Support.of(seen), data.scale)


def validation_value(predictor: Predictor, data: Dataset, rows: Split, metric: str) -> float:
    """Return a metric on the validation rows.

    ``ndcg`` ranks for each user all items without a training rating of theirs, and counts those as relevant that they
    liked in a validation row, as ``evaluate`` does with test rows, on as many users; the first ten places count.
    """
    if metric == "ndcg":
        return _ndcg(predictor, data, rows)
    errors, _ = judge(predictor.predict, data.ratings.take(rows.validation))
    value = getattr(errors, metric)
    return float(value)


def _ndcg(predictor: Predictor, data: Dataset, rows: Split) -> float:
    stars = data.ratings.values[rows.validation]
    liked = rows.validation[stars >= relevance_threshold(data, None)]
    users = sample_of(flags(data.ratings.user_nums[liked], len(data.users)), RANKING_USERS)
    trained = flags(rows.train, len(data.ratings))
    found = rank_users(predictor, data, users, trained, liked, LIST_LENGTH)[0].means() if len(users) else None
    if found is None:
        raise UsageError("no validation row is liked: nothing tells which ranking is better", fix="recli tune --help")
    return found.ndcg
