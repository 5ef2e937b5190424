from pathlib import Path

import numpy as np
import pytest

from recli.core.errors import InputDataError, IntegrityError, NotFoundError
from recli.core.reference import ArtifactRef
from recli.data.files import dataset_files, dataset_record
from recli.data.tiny import generate
from recli.operations.evaluate import evaluate
from recli.store import Store


def test_it_repeats_what_training_measured(tiny: Store) -> None:
    (report,) = evaluate(tiny, ["dot"]).reports
    stored = tiny.model(ArtifactRef.parse("dot")).read_json("metrics.json")
    assert report.metrics["test"].mae == stored["metrics"]["test"]["mae"]
    assert report.metrics["train"].rmse == stored["metrics"]["train"]["rmse"]
    assert report.baseline["test"].mae == stored["baseline"]["mae"]


def test_every_row_is_judged(tiny: Store) -> None:
    (report,) = evaluate(tiny, ["bias"]).reports
    assert report.metrics["train"].n + report.metrics["test"].n == 1132
    for sample in report.samples:
        errors = np.abs(sample.true - sample.predicted)
        assert errors.mean() == pytest.approx(report.metrics[sample.part].mae, rel=1e-6)
        assert sample.predicted.min() >= report.scale.low
        assert sample.predicted.max() <= report.scale.high


def test_without_a_reference_every_models_latest_is_judged(tiny: Store) -> None:
    assert [report.ref for report in evaluate(tiny).reports] == ["bias:1", "dot:1"]


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as refusal:
        evaluate(Store(tmp_path))
    assert refusal.value.fix == "recli train"


def test_a_dataset_that_changed_is_refused(tiny_copy: Store) -> None:
    other = generate(seed=1)
    tiny_copy.publish_dataset("tiny", dataset_files(other), dataset_record(other))
    with pytest.raises(InputDataError, match="was trained on other rows"):
        evaluate(tiny_copy, ["dot"])


def test_a_damaged_version_is_refused_by_name_and_never_hides_the_others(tiny_copy: Store) -> None:
    weights = tiny_copy.model(ArtifactRef.parse("dot")).path / "weights.npz"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(IntegrityError, match=r"weights\.npz"):
        evaluate(tiny_copy, ["dot"])
    found = evaluate(tiny_copy)
    assert [report.ref for report in found.reports] == ["bias:1"]
    (problem,) = found.problems
    assert "dot" in problem.message
