"""What sampling will cost: memory by arithmetic, time by a few sweeps of a small part of the same ratings."""

import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.models.configs import BayesConfig
from recli.models.gibbs.chain import Plan, run_chain
from recli.models.gibbs.design import Design, make_design
from recli.models.gibbs.posterior import summed_at_most
from recli.models.interactions import precision_bytes
from recli.models.ordinal import MAX_LEVELS, nearest_levels
from recli.models.recommender import Nums, Stars, TrainingData

SAMPLE = 300_000
"""Ratings of the larger sample; the smaller has a quarter of them, of the same users."""
PARTNERS = 64
"""Implicit features in the samples: what more of them cost is little, and their decomposition takes seconds."""
SWEEPS = 3
"""Of a sample; the first two are thrown away, for much is done in them for the first time."""
PAIRS = 20_000
"""Pairs that are predicted for a trial."""
JUDGED = 1.25
"""Ratings that are predicted once all is sampled, for each that was learned from."""
RATING_BYTES, CHAIN_BYTES = 400, 120
"""Of a rating: in what all chains share and what is fitted beside them, and in each chain that runs. With the two
below they are a tenth to a quarter above what two chains were seen to take of 100,000 and of a million ratings."""
PROCESS_BYTES = 80 * 2**20
"""Of a process with nothing in it but its libraries: the command's, and one for each chain that runs."""
SQUARE_ITEMS = 10_000
"""Items up to which what is fitted beside the chains inverts a matrix of all of them."""
MATRIX_COPIES = 4
"""A row's precision matrix, its packed half, its Cholesky factor, and that once more in another order."""
RANK_SPREAD = 0.25
"""Ranks of the chains lie this share below and above ``rank``: chains that differ average better."""


def bytes_needed(config: BayesConfig, n_users: int, n_items: int, n_ratings: int) -> int:
    """Return what a fit needs: samples, what ratings are arranged as, and of each chain that runs what it works on."""
    rows, widest = n_users + n_items + 2, math.ceil(config.rank * (1 + RANK_SPREAD)) + 1
    sampled = rows * (widest + MAX_LEVELS) * config.chains * config.samples * np.dtype(np.float16).itemsize
    matrices = max(n_users, n_items) * widest**2 * np.dtype(np.float32).itemsize * MATRIX_COPIES
    beside = precision_bytes(n_items) if n_items <= SQUARE_ITEMS else 0
    chain = PROCESS_BYTES + matrices + CHAIN_BYTES * n_ratings
    return PROCESS_BYTES + sampled + beside + chain * _at_once(config) + RATING_BYTES * n_ratings


def seconds_needed(config: BayesConfig, data: TrainingData, levels: Stars) -> float:
    """Return the wall time of sampling, and of predicting what is judged, by trial."""
    nums = data.train.user_nums, data.train.item_nums
    level_nums, beside = nearest_levels(levels, data.train.values), _at_once(config)
    cost = measured(nums, level_nums, len(levels), config.rank, beside, config.seed)
    sweeps, samples = config.chains * (config.burn_in + config.sweeps), config.chains * config.samples
    n = len(data.train)
    return cost.seconds(n, data.n_users + data.n_items, sweeps, samples, round(JUDGED * n)) / beside


def _at_once(config: BayesConfig) -> int:
    return min(config.chains, os.cpu_count() or 1)


@dataclass(frozen=True)
class Cost:
    """Seconds on one core, while as many chains run as the machine has cores for."""

    rating: float
    """Of a sweep over a rating."""
    row: float
    """Of a sweep over a user or an item."""
    prediction: float
    """Of a prediction by one sample."""

    def seconds(self, n_ratings: int, n_rows: int, sweeps: int, samples: int, n_predictions: int) -> float:
        """Return the seconds of a fit and its predictions.

        Args:
            n_ratings: a sweep goes over.
            n_rows: users and items.
            sweeps: of all chains.
            samples: of all chains.
            n_predictions: that are made with each of them.
        """
        return sweeps * (self.rating * n_ratings + self.row * n_rows) + self.prediction * samples * n_predictions


def measured(
    nums: tuple[Nums, Nums], level_nums: NDArray[np.int32], n_levels: int, rank: int, beside: int, seed: int
) -> Cost:
    """Run a few sweeps on two samples of the ratings, which have about as many rows and not as many ratings.

    Args:
        nums: (n,) users and (n,) items of the ratings.
        level_nums: (n,) each rating's level.
        n_levels: L.
        rank: of the chain.
        beside: chains that run at once, and take memory and caches from each other.
        seed: of what is drawn.
    """
    rng = np.random.default_rng(seed)
    large = _some_users(nums[0], rng)
    small = large[rng.random(len(large)) < 0.25]
    designs = [_design((nums[0][rows], nums[1][rows]), level_nums[rows], n_levels) for rows in (large, small)]
    with ThreadPoolExecutor(beside) as pool:
        times = [
            np.mean(list(pool.map(lambda k, own=own: _sweep_seconds(own, rank, seed + k), range(beside))))
            for own in designs
        ]
        prediction = np.mean(list(pool.map(lambda k: _prediction_seconds(designs[0], rank, seed + k), range(beside))))
    ratings, rows = ([len(own.user_nums) for own in designs], [len(own.users) + len(own.items) for own in designs])
    return _solved(ratings, rows, [float(own) for own in times], float(prediction))


def _solved(ratings: list[int], rows: list[int], times: list[float], prediction: float) -> Cost:
    """Return what explains two times: so much a rating and so much a row, neither below 0."""
    matrix = np.array([ratings, rows], np.float64).T
    rating, row = np.linalg.lstsq(matrix, np.array(times), rcond=None)[0]
    if rating <= 0 or row <= 0:  # the clock of a busy machine: all of it is laid on the ratings
        rating, row = times[0] / ratings[0], 0.0
    return Cost(float(rating), float(row), prediction)


def _some_users(users: Nums, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the rows of users drawn at random, about ``SAMPLE`` in all."""
    n_users = int(users.max()) + 1
    taken = rng.random(n_users) < SAMPLE / len(users)
    taken[users[0]] = True
    return np.flatnonzero(taken[users])


def _design(nums: tuple[Nums, Nums], level_nums: NDArray[np.int32], n_levels: int) -> Design:
    """Return a design of those users and items alone that the rows name."""
    own = [np.unique(column, return_inverse=True) for column in nums]
    users, items = (places.astype(np.int32) for _, places in own)
    nothing = tuple(np.zeros((len(names), 0), np.float32) for names, _ in own)
    return make_design((users, items), level_nums, n_levels, (nothing[0], nothing[1]), PARTNERS)


def _sweep_seconds(design: Design, rank: int, seed: int) -> float:
    """Return the mean seconds of a sweep, once the first are over."""
    lap: list[float] = []
    run_chain(
        design, Plan(rank, 2 + SWEEPS, 0, 1), np.random.SeedSequence(seed), lambda: lap.append(time.perf_counter())
    )
    return (lap[-1] - lap[1]) / SWEEPS


def _prediction_seconds(design: Design, rank: int, seed: int) -> float:
    """Return the seconds of a prediction by one sample."""
    chain = run_chain(design, Plan(rank, 1, 0, 1), np.random.SeedSequence(seed))
    users, items = (nums[:PAIRS].astype(np.int32) for nums in (design.user_nums, design.item_nums))
    started = time.perf_counter()
    summed_at_most(chain, users, items)
    return (time.perf_counter() - started) / len(users)
