import dataclasses
import statistics

import numpy as np
import pytest

from recli.core.errors import InputDataError, NotFoundError, TrainingDivergedError
from recli.core.reference import ArtifactRef
from recli.core.results.crossval import FoldDone
from recli.core.split import SplitSpec
from recli.data.fetching.tiny import generate
from recli.data.files import dataset_files, dataset_record
from recli.operations.crossval import cross_validate
from recli.operations.evaluate import evaluate
from recli.operations.train import configure, split_for, train
from recli.store import Store

SMALL = {"epochs": 2, "embedding_size": 4}


def specs_of(model: str, text: str) -> list[SplitSpec]:
    return [split_for(configure(model, {}), spec) for spec in SplitSpec.parse(text)]


def test_every_fold_is_a_version_and_every_row_judges_once(tiny_copy: Store) -> None:
    before = tiny_copy.versions("bias")
    heard: list[FoldDone] = []
    result = cross_validate(
        tiny_copy, configure("bias", {}), specs_of("bias", "kfold:3"), dataset="tiny", on_fold=heard.append
    )
    assert [fold.ref for fold in result.folds] == ["bias:2", "bias:3", "bias:4"]
    assert tiny_copy.versions("bias") == [*before, 2, 3, 4]
    artifacts = [tiny_copy.model(ArtifactRef.parse(fold.ref)) for fold in result.folds]
    judged = np.concatenate([artifact.read_array("test_rows.npy") for artifact in artifacts])
    assert sorted(judged.tolist()) == list(range(1132))
    records = [artifact.manifest.about["split"] for artifact in artifacts]
    assert [(record["name"], record["folds"], record["fold"]) for record in records] == [
        ("kfold:3/1", 3, 1), ("kfold:3/2", 3, 2), ("kfold:3/3", 3, 3)
    ]  # fmt: skip
    assert "part 2 of 3 random parts to judge" in artifacts[1].read_bytes("card.md").decode()
    assert [(news.split, news.done, news.total) for news in heard] == [
        ("kfold:3/1", 1, 3), ("kfold:3/2", 2, 3), ("kfold:3/3", 3, 3)
    ]  # fmt: skip


def test_mean_and_sd_are_over_the_folds(tiny_copy: Store) -> None:
    result = cross_validate(tiny_copy, configure("bias", {}), specs_of("bias", "user,time,kfold:4/2"), dataset="tiny")
    errors = [evaluate(tiny_copy, [fold.ref]).reports[0].metrics["test"] for fold in result.folds]
    for name in ("mae", "mse", "rmse"):
        values = [getattr(error, name) for error in errors]
        assert result.mean[name] == pytest.approx(statistics.mean(values), rel=1e-12)
        assert result.sd[name] == pytest.approx(statistics.stdev(values), rel=1e-9)  # by folds - 1
    assert "n" not in result.mean
    assert "median_mae" not in result.mean  # bias predicts no distribution
    assert result.baseline_mean == pytest.approx(result.mean)  # it is the baseline


def test_folds_side_by_side_are_the_folds_one_by_one(tiny_copy: Store) -> None:
    config = configure("dot", SMALL)
    heard: list[FoldDone] = []
    both = cross_validate(tiny_copy, config, specs_of("dot", "kfold:2"), dataset="tiny", on_fold=heard.append)
    alone = [train(tiny_copy, config, dataset="tiny", split=spec) for spec in specs_of("dot", "kfold:2")]
    for fold, single in zip(both.folds, alone, strict=True):
        assert fold.test.mae == pytest.approx(single.metrics["test"].mae, rel=1e-5)
        assert fold.baseline == single.baseline
    assert (both.before, alone[-1].ref) == ("dot:1", "dot:5")
    assert both.folds[0].test.mae != pytest.approx(both.folds[1].test.mae, rel=1e-3)
    assert sorted((news.done, news.total) for news in heard) == [(1, 2), (2, 2)]


def test_a_fold_that_diverges_is_named_and_nothing_is_published(tiny_copy: Store) -> None:
    before = tiny_copy.versions("dot")
    with pytest.raises(TrainingDivergedError, match=r"fold kfold:2/[12]: .*nothing of this run was published"):
        cross_validate(
            tiny_copy,
            configure("dot", SMALL | {"learning_rate": 1e30, "epochs": 20}),
            specs_of("dot", "kfold:2"),
            dataset="tiny",
        )
    assert tiny_copy.versions("dot") == before


@pytest.mark.parametrize(("text", "kind"), [("kfold:2,u1", NotFoundError), ("time,user:last:200", InputDataError)])
def test_a_split_that_cannot_be_made_is_refused_before_the_first_fit(
    tiny_copy: Store, text: str, kind: type[Exception]
) -> None:
    if kind is InputDataError:
        timeless = generate()
        ratings = dataclasses.replace(timeless.ratings, timestamps=np.zeros_like(timeless.ratings.timestamps))
        timeless = dataclasses.replace(timeless, ratings=ratings)
        tiny_copy.publish_dataset("tiny", dataset_files(timeless), dataset_record(timeless))
    heard: list[FoldDone] = []
    with pytest.raises(kind):
        cross_validate(tiny_copy, configure("bias", {}), specs_of("bias", text), dataset="tiny", on_fold=heard.append)
    assert heard == []
    assert tiny_copy.versions("bias") == [1]


@pytest.mark.parametrize("text", ["random", "user", "user:last:2", "time", "kfold:3/2", "u1"])
def test_each_methods_version_is_judged_on_its_own_rows_and_on_no_other_dataset(tiny_copy: Store, text: str) -> None:
    folded = dataclasses.replace(generate(), folds={"u1": np.arange(0, 1132, 9, dtype=np.int32)})
    tiny_copy.publish_dataset("tiny", dataset_files(folded), dataset_record(folded))
    (spec,) = specs_of("bias", text)
    made = train(tiny_copy, configure("bias", {}), dataset="tiny", split=spec)
    (report,) = evaluate(tiny_copy, [made.ref]).reports
    assert report.metrics["test"] == made.metrics["test"]
    assert report.metrics["train"].n == made.metrics["train"].n
    other = generate(seed=1)
    tiny_copy.publish_dataset("tiny", dataset_files(other), dataset_record(other))
    with pytest.raises(InputDataError, match="was trained on other rows"):
        evaluate(tiny_copy, [made.ref])
