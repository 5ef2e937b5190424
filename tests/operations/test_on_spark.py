"""What Spark does for recli, in one session on this machine: what recli does alone, but for rounding."""

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recli.core.errors import InputDataError, IntegrityError, NotFoundError, RecliError, UsageError
from recli.core.flat import flatten
from recli.core.reference import ArtifactRef
from recli.core.split import SplitSpec
from recli.data.hashing import shares
from recli.data.splits import make_split
from recli.models import registry
from recli.models.recommender import TrainingData
from recli.operations.datasets import open_dataset
from recli.operations.evaluate import evaluate
from recli.operations.filters import ItemFilter
from recli.operations.on_spark import recommend, stats, train
from recli.operations.on_spark.recommend import recommend_to_all_on_spark
from recli.operations.on_spark.source import Source
from recli.operations.on_spark.stats import stats_on_spark
from recli.operations.on_spark.train import train_on_spark
from recli.operations.recommend import recommend_to_all, recommend_to_user
from recli.operations.shelf import Wish
from recli.operations.similar import similar_by_id
from recli.operations.stats import stats as local_stats
from recli.operations.train import configure
from recli.operations.train import train as local_train
from recli.render.stats import stats_view
from recli.spark.als import blocks_for, learn
from recli.spark.cluster import Cluster
from recli.spark.failures import understood
from recli.spark.frames import TEST, read_folder, write_columns, write_ratings
from recli.spark.session import session
from recli.spark.source import brought_home, numbered, read_source, with_parts
from recli.store import Store
from tests.spark.needed import MISSING, QUICK

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
HERE = Cluster.read("local[2]", QUICK)


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    with session(HERE, tmp_path_factory.mktemp("spark")) as own:
        yield own


@pytest.fixture
def shared(spark: "SparkSession", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let operations work in the one session: starting Java takes longer than they do."""

    @contextmanager
    def same(cluster: Cluster, folder: Path) -> Iterator["SparkSession"]:
        with understood(tmp_path / "none"):
            yield spark

    for module in (train, stats, recommend):
        monkeypatch.setattr(module, "session", same)


@pytest.fixture(scope="module")
def store(ml_100k: Store, tiny: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """MovieLens-100K and tiny, to train on."""
    root = tmp_path_factory.mktemp("on spark [x]") / "artifacts"  # signs that are a pattern elsewhere
    shutil.copytree(ml_100k.root, root, ignore=shutil.ignore_patterns("models"))
    shutil.copytree(tiny.root / "datasets" / "tiny", root / "datasets" / "tiny")
    return Store(root)


def parquet(folder: Path, **columns: list[Any]) -> str:
    """Two files of alternate rows; return the glob that names both."""
    folder.mkdir(exist_ok=True)
    table = pa.table(columns)
    for part in range(2):
        pq.write_table(table.take(list(range(part, len(table), 2))), folder / f"r{part}.parquet")
    return str(folder / "*.parquet")


def test_a_share_is_the_same_on_a_cluster(spark: "SparkSession", tmp_path: Path) -> None:
    users, items = np.array([0, 1, 0, 2**31 - 1], np.int32), np.array([0, 0, 1, 7], np.int32)
    pairs = read_folder(spark, write_columns(tmp_path / "pairs", {"user": users, "item": items}))
    for seed in (0, 7, 2**32 - 1):
        expression = f"shiftrightunsigned(xxhash64(cast({seed} as bigint), user, item), 11) / pow(2, 53) as share"
        told = pairs.selectExpr(expression).toArrow().column("share").to_numpy()
        assert shares(users, items, seed).tolist() == told.tolist()


def test_mllib_comes_to_the_predictions_of_als(spark: "SparkSession", store: Store, tmp_path: Path) -> None:
    # From other random starts, at a rank at which there is but one minimum in reach: after 10 iterations they are
    # 0.017 stars apart at most, after 40 it is 0.0004.
    data, config = open_dataset(store, "tiny"), registry.configure("als", {"rank": 3})
    parts = np.zeros(len(data.ratings), np.int8)
    parts[::5] = TEST
    frame = read_folder(spark, write_ratings(tmp_path, data.ratings, parts))
    learned = learn(frame, config.parameters(), len(data.users), len(data.items), len(parts), data.scale)
    model = registry.create(config)
    model.fit(TrainingData.of(data, np.flatnonzero(parts == 0), np.arange(0)), lambda stage: None)
    pairs = data.ratings.user_nums, data.ratings.item_nums
    there = np.einsum("md,md->m", learned.users[pairs[0]], learned.items[pairs[1]])
    assert np.abs(model.predict(*pairs) - there).max() < 0.05
    assert learned.errors[TEST].n + len(learned.errors[TEST].cold[0]) == np.count_nonzero(parts == TEST)


def test_a_version_from_spark_is_one_like_any_other(shared: None, store: Store) -> None:
    options = {"rank": 5, "iterations": 6}
    there = train_on_spark(store, configure("als", options), HERE)
    here = local_train(store, configure("als", options))
    test = there.metrics["test"]
    assert test is not None
    assert here.metrics["test"] is not None
    assert test.rmse == pytest.approx(here.metrics["test"].rmse, abs=0.01)
    assert (test.n, test.cold) == (20000, 35)
    assert there.baseline == here.baseline
    (report,) = evaluate(store, [there.ref], ranking=None).reports
    assert report.metrics["test"].rmse == pytest.approx(test.rmse, abs=1e-6)
    neighbors = similar_by_id(store, "50", model=there.ref, n=5).neighbors
    assert {neighbor.title for neighbor in neighbors} & {"Return of the Jedi (1983)", "Empire Strikes Back, The (1980)"}
    assert len(recommend_to_user(store, "42", model=there.ref).items) == 10
    engine = store.model(ArtifactRef.parse(there.ref)).manifest.about["engine"]
    assert (engine["name"], engine["master"], engine["blocks"]) == ("spark", "local[2]", 2)
    assert engine["metrics"]["test"]["rmse"] == pytest.approx(test.rmse, abs=1e-3)
    assert [path for path in store.root.iterdir() if path.name.startswith(".tmp-")] == []


def test_vectors_that_were_mixed_up_on_their_way_are_not_published(
    shared: None, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mixed(*args: Any) -> Any:
        learned = learn(*args)
        return dataclasses.replace(learned, items=learned.items[::-1].copy())

    monkeypatch.setattr(train, "learn", mixed)
    before = store.versions("als")
    with pytest.raises(IntegrityError, match="nothing was published"):
        train_on_spark(store, configure("als", {"rank": 2, "iterations": 1}), HERE, dataset="tiny")
    assert store.versions("als") == before


def test_what_is_counted_is_what_is_counted_here(shared: None, store: Store) -> None:
    def told(result: Any) -> Any:
        return stats_view(result, popularity=True).json

    here, there = told(local_stats(store, n=20)), told(stats_on_spark(store, HERE, n=20))
    numbers = {name: value for name, value in flatten(here) if isinstance(value, int | float)}
    assert {name: dict(flatten(there))[name] for name in numbers} == pytest.approx(numbers, rel=1e-12)  # sums reordered
    assert len(numbers) > 90
    assert there["popularity"] == here["popularity"]


@pytest.mark.parametrize(
    ("dataset", "wish"),
    [
        ("tiny", Wish(n=7)),
        ("tiny", Wish(n=3, filter=ItemFilter.read(("Drama",), None, 20, None), exclude="trained")),
    ],
)
def test_everybody_gets_the_lists_that_they_get_here(shared: None, store: Store, dataset: str, wish: Wish) -> None:
    local_train(store, configure("als", {"rank": 5, "iterations": 6}), dataset=dataset)

    def scores(make: Callable[..., Any], *where: Any) -> dict[Any, list[tuple[Any, float]]]:
        lists: dict[Any, list[tuple[Any, float]]] = {}
        for row in (row for block in make(store, *where, model="als", wish=wish).blocks for row in block):
            lists.setdefault(row.user_id, []).append((row.item.item_id, row.item.score))
        return lists

    here, there = scores(recommend_to_all), scores(recommend_to_all_on_spark, HERE)
    assert list(here) == list(there)
    same = 0
    for user, items in here.items():
        assert [score for _, score in there[user]] == pytest.approx([score for _, score in items], abs=1e-4)
        same += [item for item, _ in there[user]] == [item for item, _ in items]
    assert same >= 0.99 * len(here)  # the others have ties in the last digit


def test_ids_are_numbered_in_their_order_and_of_a_pair_the_latest_rating_stands(
    spark: "SparkSession", tmp_path: Path
) -> None:
    where = parquet(
        tmp_path / "in",
        reader=[10, 9, 10, 9, 10],
        isbn=["b", "é", " b", "a", "a"],
        stars=[1.0, 5.0, 4.5, 3.0, 2.0],
        ts=[1_700_000_000, 1_700_000_001_000, 1_700_000_002_999_000, None, 1_700_000_000_000_000_000],
    )
    found = numbered(read_source(spark, where), where, (0, 1, 2, 3))
    assert found.users.ids.tolist() == [9, 10]
    assert found.items.ids.tolist() == ["a", "b", "é"]
    assert (found.in_smaller_units, found.untimed) == (3, 1)
    assert (found.rows, found.telling.tolist()) == (5, [1, 5, 4.5])
    home = brought_home(found.frame)
    rows = zip(
        home.user_nums.tolist(), home.item_nums.tolist(), home.values.tolist(), home.timestamps.tolist(), strict=True
    )
    assert list(rows) == [
        (0, 0, 3, 0), (0, 2, 5, 1_700_000_001), (1, 0, 2, 1_700_000_000), (1, 1, 4.5, 1_700_000_002)
    ]  # fmt: skip


def test_a_cluster_splits_by_hash_as_recli_does(spark: "SparkSession", store: Store, tmp_path: Path) -> None:
    data, spec = open_dataset(store, "tiny"), SplitSpec(method="hash", seed=3, validation_fraction=0)
    frame = with_parts(read_folder(spark, write_ratings(tmp_path, data.ratings)), spec)
    table = frame.where(f"part = {TEST}").select("user", "item").toArrow().to_pydict()
    test = data.ratings.take(make_split(data, spec).test)
    there = sorted(zip(table["user"], table["item"], strict=True))
    assert there == sorted(zip(test.user_nums.tolist(), test.item_nums.tolist(), strict=True))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"user": [1, None], "item": [1, 2], "rating": [1.0, 2.0]}, "1 of 2 rows of .* lack"),
        ({"user": ["a", " "], "item": [1, 2], "rating": [1.0, 2.0]}, "1 of 2 rows of .* lack"),
        ({"user": ["a", "b" * 129], "item": [1, 2], "rating": [1.0, 2.0]}, "more than 128 characters"),
        ({"user": [1, 2], "item": [1, 2], "rating": [1.0, float("nan")]}, "no finite number"),
        ({"user": [1.0, 2.0], "item": [1, 2], "rating": [1.0, 2.0]}, "'user' holds double, which is no user"),
        ({"user": [1, 2], "item": [1, 2], "rating": ["1", "2"]}, "'rating' holds string, which is no rating"),
    ],
)
def test_rows_that_cannot_be_taken_are_counted(
    spark: "SparkSession", columns: dict[str, list[Any]], words: str, tmp_path: Path
) -> None:
    where = parquet(tmp_path / "in", **columns)
    with pytest.raises(InputDataError, match=words):
        numbered(read_source(spark, where), where, (0, 1, 2, None))


@pytest.mark.parametrize(
    ("file", "ratings", "kind", "words"),
    [
        (None, "none/*.parquet", NotFoundError, "there is nothing at"),
        (b"user,item,rating\n1,1,1\n", "x.parquet", InputDataError, "what lies there is no Parquet"),
        (None, "s3a://key:secret@bucket/x", NotFoundError, "lacks the package that reads such a path"),
        ({"a": [1], "b": [2], "c": [3.0]}, "x.parquet", NotFoundError, "no column is named as users usually are"),
    ],
)
def test_what_cannot_be_read_is_told_without_java_and_leaves_nothing(
    shared: None, file: Any, ratings: str, kind: type[RecliError], words: str, tmp_path: Path
) -> None:
    if isinstance(file, bytes):
        (tmp_path / "x.parquet").write_bytes(file)
    elif file:
        pq.write_table(pa.table(file), tmp_path / "x.parquet")
    path = ratings if "://" in ratings else str(tmp_path / ratings)
    store = Store(tmp_path / "store")
    with pytest.raises(kind, match=words) as refusal:
        train_on_spark(store, configure("als", {}), HERE, dataset="mine", source=Source(path))
    assert "secret" not in refusal.value.message
    assert store.dataset_names() == []
    assert [path.name for path in store.root.iterdir() if path.name.startswith(".tmp-")] == []


@pytest.mark.parametrize(
    ("model", "given", "words"),
    [
        ("dot", {}, "--engine spark fits als, not dot"),
        ("als", {"dataset": "ml-1m", "source": Source("x")}, "recli fetch ml-1m gets"),
        ("als", {"dataset": "Mine!", "source": Source("x")}, "is no name"),
        ("als", {"dataset": "tiny2", "source": Source("x"), "split": SplitSpec()}, "by --split hash, not random"),
    ],
)
def test_what_cannot_be_is_refused_before_java_starts(
    model: str, given: dict[str, Any], words: str, store: Store
) -> None:
    with pytest.raises(UsageError, match=words):
        train_on_spark(store, configure(model, {}), Cluster.read("spark://127.0.0.1:1"), **given)


def test_many_iterations_on_a_cluster_need_checkpoints(store: Store) -> None:
    with pytest.raises(UsageError, match="more than 20 iterations"):
        train_on_spark(store, configure("als", {"iterations": 21}), Cluster.read("spark://127.0.0.1:1"), dataset="tiny")


def test_blocks_go_by_the_ratings() -> None:
    assert [blocks_for(n) for n in (1, 100_000, 1_000_000, 32_000_000, 1_000_000_000)] == [2, 2, 5, 10, 200]
