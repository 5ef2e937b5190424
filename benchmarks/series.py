"""How many of a film's sequels are among its ten nearest: by each sign, by each method, and by trained versions.

``python benchmarks/series.py --artifacts DIR`` needs MovieLens-100K there (``recli fetch``). ``series.csv`` lists
film series, made by hand from the titles of films with at least 20 ratings; nothing in recli reads it, or
titles. Every ordered pair of two films of a series counts once, so a long series counts for more; the last column
counts every series once. Signs and methods see the training rows of the default split.
"""

import argparse
import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import Dataset
from recli.core.split import SplitSpec
from recli.data.splits import make_split
from recli.models import registry
from recli.models.interactions import Interactions
from recli.models.neighbors import Standardized, neighbor_lists
from recli.models.recommender import TrainingData
from recli.models.similarity_parts import (
    REGULARIZATION,
    Part,
    agreement_part,
    conditional_part,
    genre_part,
    partial_correlations,
    taste_part,
    year_part,
)
from recli.operations.artifacts import open_version
from recli.operations.datasets import open_dataset
from recli.operations.similarity import methods, open_similarity
from recli.store import Store

LIST = Path(__file__).with_name("series.csv")
NEAREST, LEAST_RATINGS = 10, 20

Near = Callable[[int], tuple[NDArray[np.integer], NDArray[np.floating]]]
"""Item num → nums of other items with their similarities."""


def read_series(dataset: Dataset) -> dict[str, list[int]]:
    """Return series → nums of its films."""
    series: dict[str, list[int]] = {}
    with LIST.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            num = dataset.items.vocabulary.parse(row["item_id"])
            if num is not None and dataset.items.n_ratings[num] >= LEAST_RATINGS:
                series.setdefault(row["series"], []).append(num)
    return {name: nums for name, nums in series.items() if len(nums) > 1}


def recall(near: Near, candidates: NDArray[np.bool_], series: Mapping[str, Sequence[int]]) -> tuple[float, float]:
    """Return the share of (film, sequel) pairs found, over all pairs, and as the mean over series."""
    shares, found, pairs = [], 0, 0
    for nums in series.values():
        hits = sum(len(set(_nearest(near, num, candidates)) & set(nums)) for num in nums)
        found, pairs = found + hits, pairs + len(nums) * (len(nums) - 1)
        shares.append(hits / (len(nums) * (len(nums) - 1)))
    return found / pairs, float(np.mean(shares))


def _nearest(near: Near, num: int, candidates: NDArray[np.bool_]) -> list[int]:
    nums, similarities = near(num)
    allowed = candidates[nums] & (nums != num)
    order = np.argsort(-similarities[allowed], kind="stable")[:NEAREST]
    return nums[allowed][order].tolist()


def signs(data: TrainingData) -> dict[str, Standardized]:
    """Return the single signs, and the two sums that others have measured, ready to compare."""
    interactions = Interactions.of(data)
    trained = interactions.counts() > 0
    watched = partial_correlations(interactions.seen, REGULARIZATION)
    ease, liked = Part(1.0, lambda block: watched[block]), conditional_part(interactions)
    agreement, taste = agreement_part(interactions), taste_part(interactions)
    genres, years = genre_part(data.metadata), year_part(data.metadata)
    combined = {
        "EASE": [ease],
        "EASE, weighted by liking": [liked],
        "shrunk cosine of de-biased ratings": [agreement],
        "taste space": [taste],
        "genres": [genres],
        "genres and years": [genres, years],
        "EASE + shrunk cosine": [ease, agreement],
    }
    return {name: Standardized.of(parts, trained) for name, parts in combined.items()}


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--artifacts", type=Path, default=Path("artifacts"))
    parser.add_argument("--halves", type=int, metavar="SEED", help="show two random halves of the series apart")
    store = Store((options := parser.parse_args()).artifacts)
    dataset = open_dataset(store, "ml-100k")
    series = read_series(dataset)
    groups = [series] if options.halves is None else halves(series, options.halves)
    candidates = dataset.items.n_ratings >= LEAST_RATINGS
    pairs = [sum(len(nums) * (len(nums) - 1) for nums in group.values()) for group in groups]
    print("| method | " + " | ".join(f"{n} pairs | {len(g)} series" for n, g in zip(pairs, groups, strict=True)) + " |")
    print("|---|" + "--:|--:|" * len(groups))
    for name, near in everything(store, dataset):
        cells = [f"{share:.1%}" for group in groups for share in recall(near, candidates, group)]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def halves(series: Mapping[str, list[int]], seed: int) -> list[dict[str, list[int]]]:
    """Split the series at random: settings were chosen on the first half of seed 7."""
    names = list(series)
    order = np.random.default_rng(seed).permutation(len(names))
    parts = order[: len(names) // 2], order[len(names) // 2 :]
    return [{names[place]: series[names[place]] for place in part} for part in parts]


def everything(store: Store, dataset: Dataset) -> list[tuple[str, Near]]:
    """Return what to compare: signs and methods on the training rows, then the latest versions of the store."""
    rows = make_split(dataset, SplitSpec(validation_fraction=0.0))
    data = TrainingData.of(dataset, rows.train, rows.validation)
    everyone = np.arange(data.n_items)
    found: list[tuple[str, Near]] = [
        (name, lambda num, sign=sign: (everyone, sign.mean(slice(num, num + 1))[0]))
        for name, sign in signs(data).items()
    ]
    for name, lists in neighbor_lists(data).items():
        found.append((f"**{name}**", lambda num, lists=lists: (lists.nums[num], lists.similarities[num])))
    for name in registry.NAMES:
        for method in methods(open_version(store, name)) if store.versions(name) else ():
            space = open_similarity(store, name, method)
            found.append((f"{space.ref}, {method}", space.near))
    return found


if __name__ == "__main__":
    main()
