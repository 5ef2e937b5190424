import json

import pytest

from recli.core.errors import InputDataError, NotFoundError, UsageError
from recli.core.judgement import UNDECIDED, RankingProtocol
from recli.core.reference import ArtifactRef
from recli.core.split import SplitSpec
from recli.data.fetching.tiny import generate
from recli.data.files import dataset_files, dataset_record
from recli.operations.compare import compare
from recli.operations.evaluate import evaluate
from recli.operations.train import configure, train
from recli.store import Store


@pytest.fixture
def two_splits(tiny_copy: Store) -> Store:
    """The small store with a second ``bias``, which holds out other rows."""
    train(tiny_copy, configure("bias", {}), dataset="tiny", split=SplitSpec(seed=1))
    return tiny_copy


def rows_of(store: Store, ref: str, file: str) -> set[int]:
    return set(store.model(ArtifactRef.parse(ref)).read_array(file).tolist())


def test_versions_of_one_split_are_compared_on_all_of_its_test_rows(tiny: Store) -> None:
    found = compare(tiny, ["bias", "dot"])
    alone = {report.ref: report for report in evaluate(tiny, ranking=None).reports}
    assert (found.n, found.same_rows, found.by) == (227, True, "mae")
    assert {entry.ref: entry.metrics for entry in found.entries if not entry.is_baseline} == {
        ref: report.metrics["test"] for ref, report in alone.items()
    }
    (bar,) = [entry for entry in found.entries if entry.is_baseline]
    assert bar.metrics == alone["bias:1"].baseline["test"]
    assert [entry.metrics.mae for entry in found.entries] == sorted(entry.metrics.mae for entry in found.entries)
    assert found.best == min(alone, key=lambda ref: alone[ref].metrics["test"].mae)


def test_each_is_held_against_the_best(tiny: Store) -> None:
    found = compare(tiny, ["bias", "dot"], by="rmse")
    best = next(entry for entry in found.entries if entry.ref == found.best and not entry.is_baseline)
    for entry in found.entries:
        if entry is best:
            assert entry.difference is None
        else:
            assert entry.difference is not None
            assert entry.difference.value == pytest.approx(entry.metrics.rmse - best.metrics.rmse)


def test_versions_without_a_common_row_are_named_the_newest_that_have_some(tiny_copy: Store) -> None:
    fold = SplitSpec(method="kfold", folds=2, fold=1)
    train(tiny_copy, configure("bias", {}), dataset="tiny", split=fold)
    train(tiny_copy, configure("bias", {}), dataset="tiny", split=SplitSpec(method="kfold", folds=2, fold=2))
    with pytest.raises(InputDataError) as refusal:
        compare(tiny_copy, ["bias:2", "bias:3"])
    assert refusal.value.fix == "recli train bias --dataset tiny --split kfold:2/1"
    train(tiny_copy, configure("bias", {}), dataset="tiny", split=fold)
    with pytest.raises(InputDataError) as refusal:
        compare(tiny_copy, ["bias:2", "bias:3"])
    assert refusal.value.fix == "recli compare bias:4 bias:2"


def test_only_rows_that_all_hold_out_count(two_splits: Store) -> None:
    held = [rows_of(two_splits, ref, "test_rows.npy") for ref in ("dot", "bias:2")]
    found = compare(two_splits, ["dot", "bias:2"])
    common = held[0] & held[1]
    assert (found.n, found.same_rows) == (len(common), False)
    assert {entry.left_out for entry in found.entries} == {227 - len(common)}
    assert not common & rows_of(two_splits, "dot", "validation_rows.npy")
    assert {entry.metrics.n for entry in found.entries} == {len(common)}


def test_what_is_held_out_in_common_is_predicted_by_each(two_splits: Store) -> None:
    found = compare(two_splits, ["bias:1", "bias:2"])
    mae = {entry.ref: entry.metrics.mae for entry in found.entries if not entry.is_baseline}
    assert mae["bias:1"] != mae["bias:2"]  # two models, not one twice
    (bar,) = [entry for entry in found.entries if entry.is_baseline]
    assert bar.ref == "bias:1"
    assert bar.metrics.mae == mae["bias:1"]


def test_by_ndcg_the_highest_is_first(tiny: Store) -> None:
    found = compare(tiny, ["bias", "dot"], by="ndcg", ranking=RankingProtocol(k=5))
    (alone,) = evaluate(tiny, ["dot"], ranking=RankingProtocol(k=5)).reports
    assert alone.ranking is not None
    assert alone.ranking.accuracy is not None
    ndcg = [entry.ndcg for entry in found.entries if entry.ndcg is not None]
    assert ndcg == sorted(ndcg, reverse=True)
    assert len(ndcg) == 3
    assert next(e.ndcg for e in found.entries if e.ref == "dot:1") == pytest.approx(alone.ranking.accuracy.ndcg)
    assert found.users == alone.ranking.accuracy.users


def test_a_model_that_ties_with_itself_under_another_version_is_undecided(tiny_copy: Store) -> None:
    train(tiny_copy, configure("bias", {}), dataset="tiny")
    found = compare(tiny_copy, ["bias:2", "bias:1"])
    assert (found.best, found.entries[0].ref) == ("bias:2", "bias:2")
    assert [entry.difference.verdict for entry in found.entries if entry.difference] == [UNDECIDED, UNDECIDED]


def test_what_has_no_median_stands_last_and_is_held_against_nothing(tiny_copy: Store) -> None:
    train(tiny_copy, configure("dot", {"epochs": 1, "loss": "ordinal"}), dataset="tiny")
    found = compare(tiny_copy, ["bias", "dot"], by="median_mae")
    assert [entry.metrics.median_mae is None for entry in found.entries] == [False, True, True]
    assert (found.best, [entry.difference for entry in found.entries]) == ("dot:2", [None] * 3)
    with pytest.raises(UsageError, match="predicts a distribution"):
        compare(tiny_copy, ["bias", "dot:1"], by="median_mae")


def test_artifacts_without_common_rows_are_refused(tiny_copy: Store) -> None:
    for seed in (1, 2):
        train(tiny_copy, configure("bias", {}), dataset="tiny", split=SplitSpec(test_fraction=0.01, seed=seed))
    with pytest.raises(
        InputDataError,
        match=r"no row is held out by all of them \(bias:2 12 by random, seed 1; bias:3 12 by random, seed 2\)",
    ):
        compare(tiny_copy, ["bias:2", "bias:3"])


def test_different_data_are_refused_with_both_fingerprints(tiny_copy: Store) -> None:
    manifest = tiny_copy.model(ArtifactRef.parse("dot")).path / "manifest.json"
    old = json.loads(manifest.read_text())["dataset"]["fingerprint"]
    changed = generate(seed=1)
    tiny_copy.publish_dataset("tiny", dataset_files(changed), dataset_record(changed))
    train(tiny_copy, configure("bias", {}), dataset="tiny")
    with pytest.raises(InputDataError) as refusal:
        compare(tiny_copy, ["dot", "bias:2"])
    assert old[:12] in refusal.value.message
    assert changed.fingerprint[:12] in refusal.value.message
    with pytest.raises(InputDataError, match="was trained on other rows"):
        compare(tiny_copy, ["dot", "bias:1"])


@pytest.mark.parametrize("refs", [["dot"], ["dot", "dot:1"], ["dot", "bias", "bias@latest"], []])
def test_what_is_no_comparison_is_refused(tiny: Store, refs: list[str]) -> None:
    with pytest.raises(UsageError):
        compare(tiny, refs)


def test_an_unknown_metric_or_version_is_refused(tiny: Store) -> None:
    with pytest.raises(UsageError, match="mae, rmse, median_mae, ndcg"):
        compare(tiny, ["dot", "bias"], by="auc")
    with pytest.raises(NotFoundError):
        compare(tiny, ["dot", "bias:9"])


def test_who_likes_nothing_in_common_cannot_be_ranked_for(tiny: Store) -> None:
    with pytest.raises(InputDataError, match="from 6 stars") as error:
        compare(tiny, ["dot", "bias"], by="ndcg", ranking=RankingProtocol(relevant=6))
    assert error.value.fix == "recli compare dot:1 bias:1 --by mae"
