"""Judge versions on the rows they were kept from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import Dataset
from recli.core.errors import InputDataError, IntegrityError, NotFoundError, RecliError
from recli.core.reference import ArtifactRef
from recli.core.results.evaluate import EvaluateResult, PredictionSample, Report
from recli.operations.artifacts import TEST_ROWS, VALIDATION_ROWS, load_predictor, open_version
from recli.operations.datasets import open_dataset
from recli.operations.judging import judge
from recli.operations.record import RunRecord
from recli.store import Artifact, Store


def evaluate(store: Store, refs: Sequence[str] = ()) -> EvaluateResult:
    """Judge each version named, or the latest of every model, on its own training and test rows.

    Args:
        store: holds the versions and their datasets.
        refs: references as a person types them. Where none is given, a version that cannot be judged hides no other:
            its error is returned beside their reports.

    Raises:
        NotFoundError: there is no such version, or none at all, or its dataset is gone.
        InputDataError: the dataset has changed since the version was trained.
        IntegrityError: a version is damaged.
    """
    datasets: dict[str, Dataset] = {}
    if refs:
        return EvaluateResult(tuple(_report(store, open_version(store, ref), datasets) for ref in refs), ())
    reports: list[Report] = []
    problems: list[RecliError] = []
    for name in store.model_names():
        try:
            reports.append(_report(store, store.model(ArtifactRef.parse(name)), datasets))
        except (NotFoundError, InputDataError, IntegrityError) as error:
            problems.append(error)
    if not reports:
        raise problems[0] if problems else NotFoundError("no model has been trained yet", fix="recli train")
    return EvaluateResult(tuple(reports), tuple(problems))


def _report(store: Store, artifact: Artifact, datasets: dict[str, Dataset]) -> Report:
    record = RunRecord.read(artifact.manifest).dataset
    if record.name not in datasets:
        datasets[record.name] = open_dataset(store, record.name)
    dataset = datasets[record.name]
    if dataset.fingerprint != record.fingerprint:
        raise InputDataError(
            f"{artifact.ref} was trained on other rows: {record.name} had the fingerprint"
            f" {record.fingerprint[:12]}… and has {dataset.fingerprint[:12]}… now",
            fix=f"recli train {artifact.manifest.name} --dataset {record.name}",
        )
    predictor = load_predictor(artifact)
    parts = {part: dataset.ratings.take(rows) for part, rows in _judged_rows(artifact, len(dataset.ratings)).items()}
    judged = {part: judge(predictor.predict, ratings) for part, ratings in parts.items()}
    return Report(
        ref=artifact.ref,
        dataset=record.name,
        scale=dataset.scale,
        metrics={part: errors for part, (errors, _) in judged.items()},
        baseline={part: judge(predictor.predict_baseline, ratings)[0] for part, ratings in parts.items()},
        samples=tuple(
            PredictionSample(p, parts[p].values, predictions.values) for p, (_, predictions) in judged.items()
        ),
    )


def _judged_rows(artifact: Artifact, n_rows: int) -> dict[str, NDArray[np.int64]]:
    """Return the rows of the training and of the test part; what is in neither kept-out part was trained on."""
    test = artifact.read_array(TEST_ROWS)
    trained = np.ones(n_rows, np.bool_)
    trained[test] = False
    trained[artifact.read_array(VALIDATION_ROWS)] = False
    return {"train": np.flatnonzero(trained), "test": test}
