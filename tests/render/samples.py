"""Small results for the tests of pictures and maps."""

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.analysis.similarity import nearest
from recli.core.dataset import NO_YEAR, ItemTable
from recli.core.judgement import (
    BETTER,
    UNDECIDED,
    Difference,
    DistributionMetrics,
    ListMetrics,
    RankingMetrics,
    RankingReport,
    Slice,
    Verdicts,
)
from recli.core.ratings import RatingScale
from recli.core.results.evaluate import PredictionSample, Report
from recli.core.results.project import EmbeddingMap, Layout, Points
from recli.core.results.reproduce import CheckResult, Picture, ReproduceResult
from recli.core.results.stats import Distribution, StatsResult
from recli.core.run import Metrics
from recli.core.vocabulary import Id, Vocabulary

HOSTILE_TITLES = (
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=alert(1)>",
    "<b>bold</b> &lt; &amp;",
    "[red]x[/red] \x1b[31m \u202egnp.exe",
    "$\\frac{1}{0}$ %{x} --><!--",
    "七人の侍 😀\n\u2028 \ud800",
)

METRICS = Metrics(n=20000, mae=0.72276521, mse=0.874131, rmse=0.934949, cold=42, clipped=451)
BAR = Metrics(n=20000, mae=0.741159, mse=0.881616, rmse=0.938944, cold=35, clipped=50)
RANKING = RankingReport(
    k=10,
    relevant=4.0,
    cold_users=1,
    ranked_users=943,
    of_users=943,
    accuracy=RankingMetrics(
        ndcg=0.3561, users=924, left_out=19, precision=0.3, recall=0.25, map=0.125, mrr=0.5, auc=0.875, auc_users=924
    ),
    lists=ListMetrics(
        lists=943, places=9430, catalogue=1682, catalogue_coverage=0.25, gini=0.9, novelty=1.5, mean_popularity=150.5
    ),
)


def report(dataset: str = "ml-100k", **changes: Any) -> Report:
    """A judged version that has everything."""
    stars = np.array([1, 5], np.float32)
    found = Report(
        ref="dot:3",
        dataset=dataset,
        scale=RatingScale(1, 5),
        metrics={"train": METRICS, "test": METRICS},
        baseline={"train": BAR, "test": BAR},
        samples=(PredictionSample("test", stars, stars),),
        verdicts=Verdicts(
            943,
            2000,
            {
                "mae": Difference(-0.018394, -0.025, -0.0125, BETTER),
                "rmse": Difference(-0.003995, -0.0125, 0.0025, UNDECIDED),
            },
        ),
        distribution=DistributionMetrics(
            n=19958, without=42, log_loss=1.25, nominal=0.8, observed=0.875, expected=0.9, width=2.5
        ),
        ranking=RANKING,
        slices={"stars": (Slice("1", 1193, 1.5, 1.75, 1.5, 1.625), Slice("5", 4269, 0.875, 1.0, -0.875, 1.0))},
    )
    return dataclasses.replace(found, **changes)


def item_map(
    *titles: str, ids: tuple[Id, ...] = (), untrained: tuple[int, ...] = (), points: NDArray[np.float32] | None = None
) -> EmbeddingMap:
    """A map of a few items: item 0 has a rating, each following one two more; the last has no year and no mean."""
    n = len(titles)
    years = np.full(n, 1999, dtype=np.int32)
    years[-1] = NO_YEAR
    means = np.full(n, 3.5, dtype=np.float32)
    means[-1] = np.nan
    items = ItemTable(
        vocabulary=Vocabulary.of(ids or range(1, n + 1)),
        titles=titles,
        years=years,
        release_dates=("",) * n,
        genres=((),) * n,
        urls=("",) * n,
        n_ratings=np.arange(1, 2 * n, 2, dtype=np.int32),
        mean_ratings=means,
    )
    trained = np.ones(n, dtype=np.bool_)
    trained[list(untrained)] = False
    if points is None:
        points = np.random.default_rng(0).normal(size=(n, 2)).astype(np.float32)
    near, cosines = nearest(points, trained, 10)
    layout = Layout("dot:3", "tsne", {"perplexity": 30.0, "seed": 0}, trained, points, near, cosines, None)
    return EmbeddingMap("films", Points.of_items(items), (layout,))


def reproduce_result(title: str = "Star Wars (1977)", *, failing: bool = True) -> ReproduceResult:
    """A value that holds, one that (perhaps) does not, one that is noted, and one that was not computed."""
    checks = (
        CheckResult("Data", "popularity, rank 1", title, title, title, title, "pass", "exact", "exact"),
        CheckResult("Data", "mean year", 1987.95, "1987.95", 1987.74, "1987.74", "noted", "tolerance", "exact", title),
        CheckResult("Models", "dot: MAE", (0.70, 0.76), "0.700 to 0.760", 0.8 if failing else 0.73,
                    "0.800" if failing else "0.730", "fail" if failing else "pass", "range", "seed run: 0.735"),
        CheckResult("Maps", "UMAP, items", 1682, "1,682", None, "–", "skipped", "exact", "exact", "not installed"),
    )  # fmt: skip
    pictures = (Picture("map-tsne", f"Map of {title}", f"All about {title}.", b"\x89PNG picture"),)
    return ReproduceResult("ml-100k", title, 1, checks, pictures, ("dot:1",), 44.4)


def distribution(values: NDArray[np.generic]) -> Distribution:
    """The summary of some numbers."""
    low, q25, median, q75, high = np.percentile(values.astype(float), (0, 25, 50, 75, 100))
    return Distribution(float(values.mean()), float(values.std()), low, q25, median, q75, high)


def stats_result(ratings: NDArray[np.float32], years: dict[int, int] | None = None) -> StatsResult:
    """A dataset of 9 users and 7 items (fewer where there are fewer ratings) with these ratings, in turn."""
    rows = np.arange(len(ratings))
    users = np.unique(rows % 9, return_counts=True)[1]
    items = np.unique(rows**2 % 7, return_counts=True)[1]
    stars, counts = np.unique(ratings, return_counts=True)
    return StatsResult(
        dataset="films",
        source="test",
        users=len(users),
        items=len(items),
        ratings=len(ratings),
        density=len(ratings) / len(users) / len(items),
        scale=RatingScale.of(ratings),
        rating=distribution(ratings),
        rating_counts=dict(zip(stars.tolist(), counts.tolist(), strict=True)),
        ratings_per_user=distribution(users),
        user_counts=users,
        ratings_per_item=distribution(items),
        item_counts=items,
        year_counts=years or {},
        items_without_year=len(items) - sum((years or {}).values()),
        mean_popularity=1.0,
        mean_year=None,
        mean_year_marked=None,
        missing_year_marker=1920,
        popularity=(),
    )
