"""Judge versions on the rows they were kept from."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import Dataset
from recli.core.errors import InputDataError, IntegrityError, NotFoundError, RecliError
from recli.core.judgement import RankingProtocol
from recli.core.reference import ArtifactRef
from recli.core.results.evaluate import EvaluateResult, PredictionSample, Report
from recli.core.run import Metrics
from recli.models.predictor import Predictor
from recli.operations.artifacts import load_predictor, open_version
from recli.operations.datasets import train_command
from recli.operations.held_out import dataset_of, judged_rows
from recli.operations.judging import judge, judge_rows
from recli.operations.ranks import rank
from recli.operations.verdicts import Spread, against, slices
from recli.store import Artifact, Store

BY_DEFAULT = RankingProtocol()
DRAWN = 1_000_000
"""Training rows whose predictions a picture shows, at most: it draws shapes, which more rows do not change."""

OnRanked = Callable[[str, int, int], None]
"""Told a reference, how many of its users are ranked, and of how many."""


def evaluate(
    store: Store,
    refs: Sequence[str] = (),
    *,
    ranking: RankingProtocol | None = BY_DEFAULT,
    on_ranked: OnRanked = lambda ref, done, total: None,
) -> EvaluateResult:
    """Judge each version named, or the latest of every model, on its own training and test rows.

    Args:
        store: holds the versions and their datasets.
        refs: references as a person types them. Where none is given, a version that cannot be judged hides no other:
            its error is returned beside their reports.
        ranking: how to judge rankings, or ``None`` to leave them out: they take the most time.
        on_ranked: called while a version's rankings are made.

    Raises:
        NotFoundError: there is no such version, or none at all, or its dataset is gone.
        InputDataError: the dataset has changed since the version was trained.
        IntegrityError: a version is damaged.
    """
    datasets: dict[str, Dataset] = {}

    def report(artifact: Artifact) -> Report:
        return _report(artifact, dataset_of(store, artifact, datasets), ranking, on_ranked)

    if refs:
        return EvaluateResult(tuple(report(open_version(store, ref)) for ref in refs), ())
    reports: list[Report] = []
    problems: list[RecliError] = []
    for name in store.model_names():
        try:
            reports.append(report(store.model(ArtifactRef.parse(name))))
        except (NotFoundError, InputDataError, IntegrityError) as error:
            problems.append(error)
    if not reports:
        raise problems[0] if problems else NotFoundError("no model has been trained yet", fix=train_command(store))
    return EvaluateResult(tuple(reports), tuple(problems))


def _report(artifact: Artifact, dataset: Dataset, protocol: RankingProtocol | None, on_ranked: OnRanked) -> Report:
    predictor, rows = load_predictor(artifact), judged_rows(artifact, len(dataset.ratings))
    test, spread, ref = dataset.ratings.take(rows["test"]), Spread(dataset.scale), artifact.ref
    metrics, baseline, samples = _trained(predictor, dataset, rows["train"])
    metrics["test"], own = judge(predictor.predict, test, spread.add)
    baseline["test"], bar = judge(predictor.predict_baseline, test)
    ranking = None
    if protocol:
        ranking = rank(predictor, dataset, rows["test"], protocol, lambda *users: on_ranked(ref, *users)).report
    return Report(
        ref=ref,
        dataset=dataset.name,
        scale=dataset.scale,
        metrics=metrics,
        baseline=baseline,
        samples=(samples, PredictionSample("test", test.values, own.values)),
        verdicts=against(test, own.values, bar.values),
        distribution=spread.metrics(),
        ranking=ranking,
        slices=slices(test, predictor.support, own.values, bar.values),
        calibration=spread.calibration(),
    )


def _trained(
    predictor: Predictor, dataset: Dataset, rows: NDArray[np.int64]
) -> tuple[dict[str, Metrics], dict[str, Metrics], PredictionSample]:
    """Judge model and baseline on the training rows; of more than ``DRAWN`` rows every few are kept for a picture."""
    metrics, own = judge_rows(predictor.predict, dataset.ratings, rows)
    baseline, _ = judge_rows(predictor.predict_baseline, dataset.ratings, rows)
    some = np.s_[:: -(-len(rows) // DRAWN)]
    true, predicted = dataset.ratings.values[rows[some]], own.values[some].copy()
    sample = PredictionSample("train", true, predicted, len(rows) if len(true) < len(rows) else None)
    return {"train": metrics}, {"train": baseline}, sample
