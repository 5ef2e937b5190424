import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from recli.core.errors import NotFoundError, StorageError, TrainingDivergedError, UsageError
from recli.core.reference import ArtifactRef
from recli.core.run import Epoch
from recli.core.split import Split, SplitSpec
from recli.data.files import load_dataset
from recli.data.splits import make_split
from recli.models.bias import BiasModel
from recli.models.configs import BiasConfig
from recli.models.recommender import FitReport, TrainingData
from recli.operations.artifacts import load_predictor
from recli.operations.fetch import fetch
from recli.operations.train import configure, fit, judge_parts, split_for, train
from recli.store import Store

SMALL = {"epochs": 2, "embedding_size": 4}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "store")
    fetch(made, "tiny")
    return made


def test_a_closed_form_learns_from_the_rows_that_would_watch() -> None:
    assert split_for(configure("bias", {}), SplitSpec()).validation_fraction == 0
    assert split_for(configure("dot", {}), SplitSpec()).validation_fraction == 0.1


def test_patience_needs_rows_to_watch() -> None:
    with pytest.raises(UsageError, match="--patience"):
        split_for(configure("dot", {"patience": 2}), SplitSpec(validation_fraction=0))


def test_a_version_holds_all_that_a_reader_needs(store: Store) -> None:
    config = configure("dot", SMALL)
    heard: list[Epoch] = []
    result = train(store, config, dataset="tiny", on_epoch=heard.append)
    artifact = store.model(ArtifactRef.parse("dot"))
    assert result.ref == artifact.manifest.ref == "dot:1"
    assert set(artifact.manifest.files) == {
        "weights.npz", "baseline.npz", "support.npz", "item_vectors.npy", "user_vectors.npy", "test_rows.npy",
        "validation_rows.npy", "items.csv", "users.csv", "metrics.json", "history.csv", "card.md",
    }  # fmt: skip
    dataset = load_dataset(store.dataset("tiny"))
    assert artifact.read_array("item_vectors.npy").shape == (len(dataset.items), 4)
    assert artifact.read_array("user_vectors.npy").shape == (len(dataset.users), 4)
    history = list(csv.DictReader(io.StringIO(artifact.read_bytes("history.csv").decode())))
    assert [float(row["val_loss"]) for row in history] == [epoch.val_loss for epoch in heard]
    metrics = artifact.read_json("metrics.json")
    assert metrics["metrics"]["test"]["mae"] == result.metrics["test"].mae
    assert "MAE" in artifact.read_bytes("card.md").decode()
    about = artifact.manifest.about
    assert about["parameters"] == config.parameters() | {"optimizer": "adam"}
    assert about["dataset"]["fingerprint"] == dataset.fingerprint
    assert about["split"]["rows"] == {part: metrics["metrics"][part]["n"] for part in ("train", "validation", "test")}
    assert about["environment"]["tensorflow"]


def test_the_stored_model_predicts_what_was_judged(store: Store) -> None:
    config = configure("dot", SMALL)
    result = train(store, config, dataset="tiny")
    artifact = store.model(ArtifactRef.parse("dot"))
    test = load_dataset(store.dataset("tiny")).ratings.take(artifact.read_array("test_rows.npy"))
    predicted = load_predictor(artifact).predict(test.user_nums, test.item_nums)
    assert result.metrics["test"].mae == pytest.approx(np.abs(predicted.values - test.values).mean(), rel=1e-6)


def test_versions_count_up_and_equal_runs_have_equal_weights(store: Store) -> None:
    config = configure("dot", SMALL)
    first, second = (train(store, config, dataset="tiny") for _ in range(2))
    assert (first.version, second.version) == (1, 2)
    weights = [store.model(ArtifactRef.parse(ref)).manifest.files["weights.npz"].sha256 for ref in ("dot:1", "dot:2")]
    assert weights[0] == weights[1]
    other = configure("dot", SMALL | {"seed": 1})
    train(store, other, dataset="tiny")
    assert store.model(ArtifactRef.parse("dot:3")).manifest.files["weights.npz"].sha256 != weights[0]


def test_the_baseline_is_the_bias_model_on_the_same_rows(store: Store) -> None:
    dot = train(store, configure("dot", SMALL), dataset="tiny")
    bias = train(store, configure("bias", {}), dataset="tiny")
    assert dot.baseline == bias.metrics["test"]
    assert bias.metrics["validation"] is None
    assert bias.history == ()
    assert (dot.has_vectors, bias.has_vectors) == (True, False)


def test_a_missing_dataset_says_how_to_get_it(tmp_path: Path) -> None:
    config = configure("dot", {})
    with pytest.raises(NotFoundError) as refusal:
        train(Store(tmp_path / "nothing"), config)
    assert refusal.value.fix == "recli fetch"
    assert not (tmp_path / "nothing").exists()


def test_nothing_is_published_when_training_diverges(store: Store) -> None:
    config = configure("dot", SMALL | {"learning_rate": 1e30, "epochs": 20})
    with pytest.raises(TrainingDivergedError):
        train(store, config, dataset="tiny")
    assert store.versions("dot") == []


def test_nothing_is_published_when_training_is_interrupted(store: Store) -> None:
    def interrupt(epoch: Epoch) -> None:
        raise KeyboardInterrupt

    config = configure("dot", SMALL)
    with pytest.raises(KeyboardInterrupt):
        train(store, config, dataset="tiny", on_epoch=interrupt)
    assert store.versions("dot") == []
    assert sorted(path.name for path in store.root.iterdir()) == ["FORMAT", "checkpoints", "datasets"]
    assert not list((store.root / "checkpoints").iterdir())


def test_a_store_that_cannot_be_written_is_found_out_before_the_fit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Store) -> None:
        raise StorageError("read-only")

    monkeypatch.setattr(Store, "prepare", refuse)
    config = configure("dot", SMALL)
    with pytest.raises(StorageError):
        train(store, config, dataset="tiny", on_epoch=lambda epoch: pytest.fail("trained all the same"))


def test_on_movielens_the_models_reach_the_notebooks_errors(trained: Store) -> None:
    errors = {name: json.loads(store_file(trained, name))["metrics"]["test"] for name in ("bias", "dot", "deep")}
    assert errors["bias"]["mse"] == pytest.approx(0.882, abs=0.0005)
    assert errors["bias"]["mae"] == pytest.approx(0.741, abs=0.0005)
    assert errors["bias"]["cold"] == 35
    for name in ("dot", "deep"):
        assert errors[name]["mae"] <= 0.745
        assert errors[name]["mse"] <= 0.91
        assert errors[name]["n"] == 20_000
    counts = {n: trained.model(ArtifactRef.parse(n)).manifest.about["parameter_count"] for n in ("dot", "deep")}
    assert counts == {"dot": 168_128, "deep": 168_128 + 128 * 64 + 64 + 64 + 1}


def store_file(store: Store, name: str) -> bytes:
    return store.model(ArtifactRef.parse(name)).read_bytes("metrics.json")


@pytest.mark.parametrize("model", ["bias", "als"])
def test_one_fit_of_biases_is_enough(store: Store, monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    seen: list[int] = []
    once = BiasModel.fit

    def counted(self: BiasModel, data: TrainingData, on_epoch: Callable[[Epoch], None]) -> FitReport:
        seen.append(len(data.train))
        return once(self, data, on_epoch)

    monkeypatch.setattr(BiasModel, "fit", counted)
    result = train(store, configure(model, {}), dataset="tiny")
    assert len(seen) == 1
    assert (result.baseline == result.metrics["test"]) == (model == "bias")


def test_what_answers_for_cold_validation_rows_has_not_seen_them(store: Store) -> None:
    data = load_dataset(store.dataset("tiny"))
    spec = split_for(configure("dot", SMALL), SplitSpec())
    rows = make_split(data, spec)
    watched = rows.validation[:1]
    alike = np.flatnonzero(data.ratings.item_nums == data.ratings.item_nums[watched[0]])
    rows = Split(np.setdiff1d(rows.train, alike), watched, rows.test)  # only this validation row has its item
    predictor, _ = fit(configure("dot", SMALL), data, rows, lambda epoch: None)
    metrics, _ = judge_parts(predictor, data, rows)
    bias = BiasModel(BiasConfig())
    bias.fit(TrainingData.of(data, rows.train, watched[:0]), lambda epoch: None)
    row = data.ratings.take(watched)
    expected = data.scale.clip(bias.predict(row.user_nums, row.item_nums))[0]
    assert metrics["validation"] is not None
    assert metrics["validation"].cold == 1
    assert metrics["validation"].mae == pytest.approx(abs(expected - row.values)[0])
