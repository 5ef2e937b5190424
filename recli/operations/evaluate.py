"""Judge versions on the rows they were kept from."""

from collections.abc import Callable, Sequence

from recli.core.dataset import Dataset
from recli.core.errors import InputDataError, IntegrityError, NotFoundError, RecliError
from recli.core.judgement import RankingProtocol
from recli.core.reference import ArtifactRef
from recli.core.results.evaluate import EvaluateResult, PredictionSample, Report
from recli.operations.artifacts import load_predictor, open_version
from recli.operations.datasets import train_command
from recli.operations.held_out import dataset_of, judged_rows
from recli.operations.judging import judge
from recli.operations.ranks import rank
from recli.operations.verdicts import against, calibration, judge_distribution, slices
from recli.store import Artifact, Store

BY_DEFAULT = RankingProtocol()

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
    parts = {part: dataset.ratings.take(which) for part, which in rows.items()}
    judged = {part: judge(predictor.predict, ratings) for part, ratings in parts.items()}
    bars = {part: judge(predictor.predict_baseline, ratings) for part, ratings in parts.items()}
    test, (_, own), (_, bar) = parts["test"], judged["test"], bars["test"]
    ref, ranking = artifact.ref, None
    if protocol:
        ranking = rank(predictor, dataset, rows["test"], protocol, lambda *users: on_ranked(ref, *users)).report
    return Report(
        ref=ref,
        dataset=dataset.name,
        scale=dataset.scale,
        metrics={part: errors for part, (errors, _) in judged.items()},
        baseline={part: errors for part, (errors, _) in bars.items()},
        samples=tuple(
            PredictionSample(p, parts[p].values, predictions.values) for p, (_, predictions) in judged.items()
        ),
        verdicts=against(test, own.values, bar.values),
        distribution=judge_distribution(own, test.values),
        ranking=ranking,
        slices=slices(test, predictor.support, own.values, bar.values),
        calibration=calibration(own, test.values, dataset.scale),
    )
