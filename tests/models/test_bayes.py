import logging

import numpy as np
import pytest

from recli.core.dataset import NO_YEAR
from recli.core.errors import StorageError, UsageError
from recli.core.metadata import Metadata
from recli.core.ratings import Ratings, RatingScale
from recli.core.run import Stage
from recli.models import bayes as module
from recli.models import registry
from recli.models.recommender import Recommender, TrainingData
from tests.models.toys import training_data

SETTINGS = {"rank": 2, "chains": 2, "sweeps": 60, "burn_in": 30, "samples": 20}


def ratings(users: np.ndarray, items: np.ndarray, stars: np.ndarray) -> Ratings:
    columns = users.astype(np.int32), items.astype(np.int32), stars.astype(np.float32)
    return Ratings(*columns, np.zeros(len(users), np.int64))


def fit(data: TrainingData, **parameters: int) -> Recommender:
    model = registry.create(registry.configure("bayes", SETTINGS | parameters))
    model.fit(data, lambda epoch: None)
    return model


def tastes(n_users: int = 40, n_items: int = 30) -> TrainingData:
    """Even users like even items, odd users odd ones; the first user and the first two items have no rating."""
    rng = np.random.default_rng(0)
    users, items = np.divmod(np.arange(n_users * n_items), n_items)
    kept = (users >= 2) & (items >= 2) & (rng.random(len(users)) < 0.7)
    users, items = users[kept], items[kept]
    stars = np.where(users % 2 == items % 2, 5, 2) - rng.integers(2, size=len(users))
    metadata = Metadata(
        np.full(n_items, NO_YEAR, np.int32),
        tuple(("Even",) if item % 2 == 0 else ("Odd",) for item in range(n_items)),
        {"party": tuple("even" if user % 2 == 0 else "odd" for user in range(n_users))},
    )
    return training_data(n_users, n_items, ratings(users, items, stars), scale=RatingScale(1, 5), metadata=metadata)


@pytest.fixture(scope="module")
def model() -> Recommender:
    return fit(tastes())


def nums(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


def test_tastes_are_learned(model: Recommender) -> None:
    like, dislike = model.predict(nums(4, 4), nums(8, 9))
    assert like > 4
    assert dislike < 2.5


def test_metadata_answer_for_users_and_items_without_ratings(model: Recommender) -> None:
    like, dislike = model.predict(nums(0, 0), nums(8, 9))  # user 0 rated nothing, but is of the even party
    assert like > dislike + 1
    like, dislike = model.predict(nums(4, 4), nums(0, 1))  # items 0 and 1 have a genre and no rating
    assert like > dislike + 1


def test_what_is_lacking_is_said(caplog: pytest.LogCaptureFixture) -> None:
    data = tastes()
    bare = training_data(data.n_users, data.n_items, data.train)
    with caplog.at_level(logging.WARNING, logger="recli"):
        fit(bare, sweeps=2, burn_in=0, samples=1)
    assert [record.message for record in caplog.records] == [
        "bayes trains without what the data set lacks: genres, release years, user columns"
    ]


def test_the_levels_are_the_datas_own() -> None:
    data = tastes()
    half = ratings(data.train.user_nums, data.train.item_nums, data.train.values / 2)
    distribution = fit(training_data(40, 30, half)).distribution(nums(4), nums(8))
    assert distribution is not None
    assert distribution.levels.tolist() == [0.5, 1.0, 2.0, 2.5]


def test_a_scale_of_a_hundred_levels_is_binned() -> None:
    data = tastes()
    rng = np.random.default_rng(1)
    wide = data.train.values * 20 - rng.integers(20, size=len(data.train))
    model = fit(training_data(40, 30, ratings(data.train.user_nums, data.train.item_nums, wide)))
    distribution = model.distribution(nums(4, 4), nums(8, 9))
    assert distribution is not None
    assert len(distribution.levels) == 20
    assert distribution.mean()[0] > distribution.mean()[1] + 30


def test_chains_side_by_side_say_what_chains_in_turn_say(monkeypatch: pytest.MonkeyPatch, model: Recommender) -> None:
    monkeypatch.setattr(module, "LONG_FIT", 0)
    parallel = fit(tastes())
    for array, again in zip(model.save().values(), parallel.save().values(), strict=True):
        assert array.tobytes() == again.tobytes()


def test_every_chain_that_is_done_is_told() -> None:
    heard: list[Stage] = []
    model = registry.create(registry.configure("bayes", SETTINGS | {"chains": 3, "sweeps": 5, "samples": 2}))
    model.fit(tastes(), heard.append)  # type: ignore[arg-type]
    assert [(stage.name, stage.done, stage.total) for stage in heard] == [("chain", n, 3) for n in (1, 2, 3)]
    assert heard[0].seconds <= heard[1].seconds <= heard[2].seconds


@pytest.mark.parametrize(
    "huge",
    [{"rank": 10**20}, {"chains": 10**9}, {"sweeps": 10**12, "samples": 10**12}],
    ids=lambda huge: "-".join(huge),
)
def test_what_cannot_fit_into_memory_is_refused_before_the_start(huge: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="GiB of memory"):
        fit(tastes(), **huge)


def test_what_much_data_will_cost_is_said_beforehand_and_is_the_first_stage(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "MANY_RATINGS", 1)
    monkeypatch.setattr(module, "seconds_needed", lambda *_: 12_000.0)
    heard: list[Stage] = []
    model = registry.create(registry.configure("bayes", SETTINGS | {"chains": 1, "sweeps": 2, "samples": 1}))
    with caplog.at_level(logging.WARNING, logger="recli"):
        model.fit(tastes(), heard.append)  # type: ignore[arg-type]
    assert "training ratings: about 3 h 20 min to sample and judge, and up to 0.2 GiB" in caplog.text
    assert [(stage.done, stage.estimate) for stage in heard] == [(0, 12_000.0), (1, None)]


def test_ratings_that_no_chains_fit_beside_are_refused_with_a_model_that_does_fit() -> None:
    with pytest.raises(UsageError, match=r"on 1,000,000,000 ratings needs .* GiB") as refusal:
        registry.create(registry.configure("bayes", {})).require_room(10**7, 10**6, 10**9)
    assert refusal.value.fix == "recli train dot"


def test_ranks_of_chains_lie_about_the_rank() -> None:
    ranks = [plan.rank for plan in module.BayesModel(registry.configure("bayes", {}))._plans()]
    assert (min(ranks), max(ranks)) == (12, 20)
    assert sum(ranks) == 16 * len(ranks)
    (only,) = module.BayesModel(registry.configure("bayes", {"chains": 1}))._plans()
    assert only.rank == 16


def test_what_is_counted_is_one_sample_of_all_chains(model: Recommender) -> None:
    ranks = [2, 2]  # 1.5 and 2.5, rounded to even
    vectors = sum(rank + 1 for rank in ranks)
    assert [(layer.name, layer.shape) for layer in model.parameter_counts()] == [
        ("users", (41, vectors)),
        ("items", (31, vectors)),
        ("cuts", (41, 3 * 2)),  # four levels
        ("user_scales", (41, 2)),
        ("item_scales", (31, 2)),
    ]


def test_vectors_of_like_items_point_the_same_way(model: Recommender) -> None:
    vectors = model.item_vectors()
    assert vectors is not None
    unit = vectors[2:] / np.linalg.norm(vectors[2:], axis=1, keepdims=True)
    cosines = unit @ unit.T
    same = np.add.outer(np.arange(28), np.arange(28)) % 2 == 0
    assert cosines[same].mean() > 0.8
    assert cosines[~same].mean() < 0


def test_products_of_the_vectors_are_about_those_of_the_samples(model: Recommender) -> None:
    assert isinstance(model, module.BayesModel)
    users, items = model.user_vectors(), model.item_vectors()
    assert users is not None and items is not None
    chosen = [chain.users[[0, -1], :-1, :-1].astype(float) for chain in model.chains]
    partners = [chain.items[[0, -1], :-1, :-1].astype(float) for chain in model.chains]
    products = np.mean([u[s] @ i[s].T for u, i in zip(chosen, partners, strict=True) for s in (0, 1)], axis=0)
    assert users @ items.T == pytest.approx(products, abs=1e-3)


def test_processes_that_cannot_share_arrays_are_a_matter_of_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    class PicklingError(Exception):
        """As joblib raises it where its folder for arrays is read-only or full."""

    def parallel(*_: object, **__: object) -> object:
        def run(tasks: object) -> object:
            raise PicklingError

        return run

    monkeypatch.setattr("joblib.Parallel", parallel)
    with pytest.raises(StorageError) as refusal:
        fit(tastes())
    assert "JOBLIB_TEMP_FOLDER" in str(refusal.value.fix)
