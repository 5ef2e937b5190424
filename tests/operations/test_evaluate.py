from pathlib import Path

import numpy as np
import pytest

from recli.core.errors import InputDataError, IntegrityError, NotFoundError
from recli.core.judgement import UNDECIDED, RankingProtocol
from recli.core.reference import ArtifactRef
from recli.data.fetching.tiny import generate
from recli.data.files import dataset_files, dataset_record
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


def test_a_picture_gets_every_few_of_many_training_rows_and_errors_are_of_all(
    tiny: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (whole,) = evaluate(tiny, ["bias"], ranking=None).reports
    n = len(whole.samples[0].true)
    monkeypatch.setattr("recli.operations.evaluate.DRAWN", n // 2)
    (found,) = evaluate(tiny, ["bias"], ranking=None).reports
    assert found.samples[0].true.tolist() == whole.samples[0].true[::3].tolist()
    assert found.samples[0].predicted.tolist() == whole.samples[0].predicted[::3].tolist()
    assert (whole.samples[0].of, found.samples[0].of, found.samples[1].of) == (None, n, None)
    assert found.metrics == whole.metrics


def test_the_whole_judgement_is_of_the_test_rows(tiny: Store) -> None:
    (report,) = evaluate(tiny, ["dot"], ranking=RankingProtocol(k=5)).reports
    errors, bar = report.metrics["test"], report.baseline["test"]
    assert report.verdicts.differences["mae"].value == pytest.approx(errors.mae - bar.mae)
    assert report.verdicts.differences["rmse"].value == pytest.approx(errors.rmse - bar.rmse)
    for parts in report.slices.values():
        assert sum(part.n for part in parts) == errors.n
        assert sum(part.n * part.mae for part in parts) / errors.n == pytest.approx(errors.mae)
    assert report.distribution is None
    assert report.ranking is not None
    assert report.ranking.accuracy is not None
    assert (report.ranking.k, report.ranking.relevant) == (5, 4)
    assert report.ranking.accuracy.users + report.ranking.accuracy.left_out == report.ranking.lists.lists


def test_rankings_can_be_left_out(tiny: Store) -> None:
    assert evaluate(tiny, ["dot"], ranking=None).reports[0].ranking is None


def test_the_baseline_is_not_better_than_itself(tiny: Store) -> None:
    (report,) = evaluate(tiny, ["bias"], ranking=None).reports
    assert [found.verdict for found in report.verdicts.differences.values()] == [UNDECIDED, UNDECIDED]


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
