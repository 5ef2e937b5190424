"""What a trial is judged by: validation rows alone."""

import dataclasses

import numpy as np
import pytest

from recli.core.dataset import Dataset
from recli.core.split import Split, SplitSpec
from recli.data.splits import make_split
from recli.models.bias import BiasModel
from recli.models.configs import BiasConfig
from recli.models.predictor import Predictor, Support
from recli.models.recommender import TrainingData
from recli.operations.datasets import open_dataset
from recli.operations.tune import trial as module
from recli.operations.tune.trial import Outcome, Task, run_trial, validation_value
from recli.store import Store


@pytest.fixture
def data(tiny: Store) -> Dataset:
    return open_dataset(tiny, "tiny")


def bias_task(tiny: Store, metric: str = "mae") -> Task:
    return Task(tiny.root, "tiny", SplitSpec(), "bias", metric, {"seed": 0})


def test_a_model_without_epochs_learns_from_training_rows_alone(tiny: Store, data: Dataset) -> None:
    rows = make_split(data, SplitSpec())
    model = BiasModel(BiasConfig(damping=3.0))
    model.fit(TrainingData.of(data, rows.train, np.arange(0)), lambda epoch: None)
    held = data.ratings.take(rows.validation)
    predicted = np.clip(model.predict(held.user_nums, held.item_nums), 1, 5)
    outcome = run_trial(bias_task(tiny), {"damping": 3.0})
    assert outcome.value == pytest.approx(float(np.abs(predicted - held.values).mean()), rel=1e-5)


def test_test_rows_have_no_part_in_it(tiny: Store, data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = make_split(data, SplitSpec())
    values = data.ratings.values.copy()
    values[rows.test] = 1
    spoilt = dataclasses.replace(data, ratings=dataclasses.replace(data.ratings, values=values))
    before = [run_trial(bias_task(tiny, metric), {"damping": 3.0}).value for metric in ("mae", "ndcg")]
    monkeypatch.setattr(module, "_opened", lambda *args: (spoilt, rows))
    assert [run_trial(bias_task(tiny, metric), {"damping": 3.0}).value for metric in ("mae", "ndcg")] == before


def test_ndcg_by_hand(data: Dataset) -> None:
    """Two users; item biases make item 2 the first, 1 the second, 0 the third, for everybody."""
    ratings = dataclasses.replace(
        data.ratings,
        user_nums=np.array([0, 0, 1, 1, 1], np.int32),
        item_nums=np.array([2, 1, 0, 2, 1], np.int32),
        values=np.array([5, 4, 3, 5, 2], np.float32),
        timestamps=np.zeros(5, np.int64),
    )
    small = dataclasses.replace(data, ratings=ratings)
    rows = Split(train=np.array([0, 2]), validation=np.array([1, 3, 4]), test=np.arange(0))
    model = BiasModel(BiasConfig())
    model.mean = np.float32(3)
    model.user_biases = np.zeros(len(data.users), np.float32)
    model.item_biases = np.full(len(data.items), -3, np.float32)
    model.item_biases[:3] = (0, 1, 2)
    everywhere = Support(np.ones(len(data.users), np.int32), np.ones(len(data.items), np.int32))
    predictor = Predictor(model, everywhere, model, everywhere, data.scale)
    # User 0 knows item 2: item 1, which they like, leads. User 1 knows item 0: item 2, which they like, leads item 1,
    # which they do not.
    assert validation_value(predictor, small, rows, "ndcg") == pytest.approx(1.0)
    model.item_biases[:3] = (3, 1, 2)
    # Now item 0, unknown to user 0, leads: 1/log2(3) for user 0; user 1 as before.
    assert validation_value(predictor, small, rows, "ndcg") == pytest.approx((1 / np.log2(3) + 1) / 2)


def test_what_a_configuration_cannot_do_is_an_outcome(tiny: Store) -> None:
    outcome = run_trial(Task(tiny.root, "tiny", SplitSpec(), "dot", "mae", {"seed": 0, "epochs": 1}),
                        {"learning_rate": 1e30})  # fmt: skip
    assert isinstance(outcome, Outcome)
    assert outcome.value is None
    assert "diverged" in outcome.error
