"""The flagship: Bayesian matrix factorisation of ordinal ratings, with side information and implicit feedback."""

import dataclasses
import logging
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.config import ModelConfig
from recli.core.duration import spoken_time
from recli.core.errors import IntegrityError, StorageError, TrainingDivergedError
from recli.core.run import Epoch, ParameterCount, Stage
from recli.models.arrays import checked
from recli.models.blas import one_thread
from recli.models.checkpoints import NOWHERE, Checkpoints, ResumableRecommender
from recli.models.configs import BayesConfig
from recli.models.features import item_features, say_lacking, user_features
from recli.models.gibbs.chain import Plan, Samples, run_chain
from recli.models.gibbs.cost import RANK_SPREAD, bytes_needed, seconds_needed
from recli.models.gibbs.posterior import reduced_vectors, summed_at_most
from recli.models.memory import GIB, fits, require_memory
from recli.models.neighbors import neighbor_lists
from recli.models.ordinal import levels_of, nearest_levels
from recli.models.ranking.blend import Blend, pick, score_pairs
from recli.models.recommender import (
    Arrays,
    FitReport,
    NeighborLists,
    Nums,
    RatingDistribution,
    Stars,
    TrainingData,
    Vectors,
)

if TYPE_CHECKING:
    from recli.models.gibbs.design import Design

log = logging.getLogger("recli")

Floats = NDArray[np.float32]

LONG_FIT = 3_000_000
"""Ratings × sweeps × chains from which starting a process a core, a second or two, pays."""
MANY_RATINGS = 500_000
"""Training ratings from which the cost is measured and said beforehand: a few seconds of what will take minutes."""
_PARTS = tuple(field.name for field in dataclasses.fields(Samples))


class BayesModel(ResumableRecommender):
    """Averages the predicted distributions of draws from several chains of ``recli.models.gibbs``.

    ``z = user · item + user bias + item bias + noise`` shows as the level between whose cut points it falls. Vectors
    and biases have priors that regress on metadata and on who rated what; cut points are each user's own, noise each
    user's and each item's. Salakhutdinov and Mnih, *Bayesian Probabilistic Matrix Factorization using MCMC*, ICML 2008;
    Simm et al., *Macau*, MLSP 2017; Rendle et al., *On the Difficulty of Evaluating Baselines*, 2019, whose best models
    on MovieLens are of this kind.
    """

    answers_unseen = True
    config: BayesConfig

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.levels: Stars = np.zeros(0, np.float32)
        self.chains: list[Samples] = []
        """Empty where there is only one level, which needs no chain."""
        self.shape = (0, 0)
        """Users and items."""
        self.blend: Blend | None = None
        """By which to rank: how good users find an item tells little of whether they will rate it."""
        self._neighbor_lists: Mapping[str, NeighborLists] = {}

    def fit(
        self, data: TrainingData, on_epoch: Callable[[Epoch | Stage], None], checkpoints: Checkpoints = NOWHERE
    ) -> FitReport:
        """Sample the chains, side by side where the machine has the cores; a checkpoint holds those that are done."""
        self.require_room(data.n_users, data.n_items, len(data.train))
        say_lacking(data.metadata, self.config.model)
        started = time.perf_counter()
        self.levels = levels_of(data.train.values)
        if len(data.train) >= MANY_RATINGS and len(self.levels) > 1:
            on_epoch(self._tell_cost(data))
        self.shape = data.n_users, data.n_items
        self.chains, found = [], checkpoints.found(self._found)
        resumed_after = None if found is None else len(found)
        with one_thread(), ThreadPoolExecutor(1) as beside:
            # Beside the chains, which leave this process waiting.
            blend = beside.submit(Blend.fit, data, self.config.seed)
            lists = beside.submit(neighbor_lists, data)
            if len(self.levels) > 1:
                design = _design(data, self.levels)
                self.chains = self._sample(
                    design, found or {}, lambda done: on_epoch(self._stage(done, started)), checkpoints
                )
            self.blend, self._neighbor_lists = blend.result(), lists.result()
        return FitReport(time.perf_counter() - started, resumed_after=resumed_after)

    def _found(self, arrays: Arrays) -> dict[int, Samples]:
        """Return the chains that an earlier process finished, by number."""
        if len(self.levels) < 2:
            raise IntegrityError("the stored arrays are chains, and a single level needs none", fix="recli models list")
        numbers = [k for k in range(self.config.chains) if f"chain{k}_users" in arrays]
        return {k: _chain(arrays, k, self) for k in numbers}

    def require_room(self, n_users: int, n_items: int, n_ratings: int) -> None:
        """Refuse what this machine cannot hold. Arithmetic on the options alone: it must not itself grow with them."""
        config, plain = self.config, bytes_needed(BayesConfig(), n_users, n_items, n_ratings)
        require_memory(
            bytes_needed(config, n_users, n_items, n_ratings),
            f"bayes with {config.chains:,} chains of {config.samples:,} samples and rank {config.rank:,}"
            f" on {n_ratings:,} ratings",
            fix="recli train bayes" if fits(plain) else "recli train dot",
        )

    def _tell_cost(self, data: TrainingData) -> Stage:
        """Say how long sampling, and judging what was sampled, will take, and return it as what is to come."""
        config, n = self.config, len(data.train)
        with one_thread():
            seconds = seconds_needed(config, data, self.levels)
        gib = bytes_needed(config, data.n_users, data.n_items, n) / GIB
        log.warning(
            f"bayes on {n:,} training ratings: about {spoken_time(seconds)} to sample and judge, and up to"
            f" {gib:.1f} GiB, by a few sweeps of a part of them here and now; fewer --chains take less,"
            " and recli train dot a small part of it"
        )
        return Stage("chain", 0, config.chains, 0.0, seconds)

    def _stage(self, done: int, started: float) -> Stage:
        return Stage("chain", done, self.config.chains, time.perf_counter() - started)

    def _sample(
        self, design: "Design", found: dict[int, Samples], on_chain: Callable[[int], None], checkpoints: Checkpoints
    ) -> list[Samples]:
        """Run all chains that are not found, and call ``on_chain`` with the number of those that are done after each.

        Each has a seed of its own, so it does not matter when or beside which others it runs.
        """
        import joblib

        plans = self._plans()
        seeds = np.random.SeedSequence(self.config.seed).spawn(len(plans))
        work = len(design.user_nums) * sum(plan.sweeps for plan in plans)
        jobs = min(joblib.cpu_count(), len(plans)) if work >= LONG_FIT else 1
        # The largest chains first: a core that is done early takes the next one.
        order = sorted(set(range(len(plans))) - found.keys(), key=lambda k: (-plans[k].rank, k))
        tasks = (joblib.delayed(_numbered_chain)(k, design, plans[k], seeds[k]) for k in order)
        try:
            for k, samples in joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")(tasks):
                found[k] = samples
                on_chain(len(found))
                checkpoints.offer(len(found), lambda: _arrays_of(found))
        except (FloatingPointError, np.linalg.LinAlgError) as error:
            raise TrainingDivergedError(
                "training diverged: a chain gave no finite numbers",
                fix=f"recli train bayes --seed {self.config.seed + 1}",
            ) from error
        except Exception as error:
            # joblib shares large arrays by files; what the system says of them comes wrapped in this, which has no
            # name to import without the module that no file of recli's may use.
            if type(error).__name__ != "PicklingError":
                raise
            raise StorageError(
                "the chains' processes cannot share arrays: no room, or no leave to write, where joblib puts them",
                fix="export JOBLIB_TEMP_FOLDER=/a/folder/with/room",
            ) from error
        return [found[k] for k in range(len(plans))]

    def _plans(self) -> list[Plan]:
        config = self.config
        ranks = config.rank * np.linspace(1 - RANK_SPREAD, 1 + RANK_SPREAD, config.chains)
        if config.chains == 1:
            ranks = np.array([config.rank])
        return [
            Plan(max(1, round(rank)), config.burn_in + config.sweeps, config.burn_in, config.samples)
            for rank in ranks.tolist()
        ]

    def predict(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) stars: the mean of the distribution."""
        return self.distribution(user_nums, item_nums).mean()

    def distribution(self, user_nums: Nums, item_nums: Nums) -> RatingDistribution:
        """Return how likely each level is, averaged over all samples."""
        m, n_cuts = len(user_nums), len(self.levels) - 1
        at_most = np.zeros((m, n_cuts + 2), np.float32)
        at_most[:, -1] = 1
        if self.chains:
            # numpy lets go of the interpreter in its loops, so threads are as good as processes here.
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                sums = list(pool.map(lambda chain: summed_at_most(chain, user_nums, item_nums), self.chains))
            at_most[:, 1:-1] = sum(sums) / np.float32(sum(len(chain.cuts) for chain in self.chains))
        return RatingDistribution(self.levels, np.maximum(np.diff(at_most, axis=1), 0))

    def score(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) by which to rank, by ``recli.models.ranking``."""
        return score_pairs(self.score_table, user_nums, item_nums)

    def score_table(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (u, i) by which to rank."""
        return pick(self._fitted_blend().scores(user_nums), item_nums)

    def contributions(self, user_num: int, item_num: int) -> tuple[Nums, Stars]:
        """Return what each of a user's ratings adds to an item's score."""
        return self._fitted_blend().contributions(user_num, item_num)

    def fold_in(self, item_nums: Nums, values: Stars) -> Self:
        """Return a model with one user: draws of their vector and bias against the items of every sample."""
        from recli.models.gibbs.fold_in import with_one_user

        model = type(self)(self.config)
        model.levels, model.shape = self.levels, (1, self.shape[1])
        rng, level_nums = np.random.default_rng(self.config.seed), nearest_levels(self.levels, values)
        model.chains = [with_one_user(chain, item_nums, level_nums, rng) for chain in self.chains]
        model.blend = self._fitted_blend().with_one_user(item_nums, values)
        return model

    def _fitted_blend(self) -> Blend:
        if self.blend is None:
            raise ValueError("not fitted")
        return self.blend

    def item_vectors(self) -> Vectors | None:
        """Return (n_items, d): directions that keep the angles between the samples' vectors, on average."""
        return self._vectors()[1] if self.chains else None

    def user_vectors(self) -> Vectors | None:
        """Return (n_users, d) in the items' space: a product of the two is, roughly, the samples' mean product."""
        return self._vectors()[0] if self.chains else None

    def _vectors(self) -> tuple[Vectors, Vectors]:
        with one_thread():
            return reduced_vectors(self.chains)

    def neighbor_lists(self) -> Mapping[str, NeighborLists]:
        """Return the lists that the fit made; a loaded model has none, for its version keeps them in a file."""
        return self._neighbor_lists

    def save(self) -> dict[str, NDArray[Any]]:
        """Return ``levels`` (L,) float32, ``shape`` (2,) int32, and for each chain its samples in half precision."""
        arrays: dict[str, NDArray[Any]] = {"levels": self.levels, "shape": np.array(self.shape, np.int32)}
        return arrays | _arrays_of(dict(enumerate(self.chains))) | self._fitted_blend().save()

    @classmethod
    def load(cls, config: ModelConfig, arrays: Arrays) -> Self:
        """Make the model from what ``save`` returned."""
        model = cls(config)
        model.levels = checked(arrays, {"levels": (None,)})["levels"]
        n_users, n_items = checked(arrays, {"shape": (2,)}, np.int32)["shape"].tolist()
        model.shape = n_users, n_items
        if not len(model.levels) or (np.diff(model.levels) <= 0).any():
            raise IntegrityError("the stored array levels does not ascend", fix="recli models list")
        if len(model.levels) > 1:
            model.chains = [_chain(arrays, k, model) for k in range(len(model._plans()))]
        model.blend = Blend.load(arrays, n_users, n_items)
        return model

    def parameter_counts(self) -> tuple[ParameterCount, ...]:
        """Return what one sample holds, all chains side by side: further samples are draws of the same numbers."""
        if not self.chains:
            return super().parameter_counts()
        counts = []
        for part in _PARTS:
            first = [getattr(chain, part)[0] for chain in self.chains]
            rows, size = len(first[0]), sum(table.size for table in first)
            counts.append(ParameterCount(part, (rows, size // rows), size))
        return tuple(counts)


def _numbered_chain(k: int, design: "Design", plan: Plan, seed: np.random.SeedSequence) -> tuple[int, Samples]:
    with one_thread():  # here, for this may be a process of its own
        return k, run_chain(design, plan, seed)


def _design(data: TrainingData, levels: Stars) -> "Design":
    from recli.models.gibbs.design import make_design

    return make_design(
        (data.train.user_nums, data.train.item_nums),
        nearest_levels(levels, data.train.values),
        len(levels),
        (
            user_features(data.metadata, data.n_users, bins=True).matrix,
            item_features(data.metadata, year_bins=True).matrix,
        ),
    )


def _arrays_of(chains: Mapping[int, Samples]) -> dict[str, NDArray[Any]]:
    return {f"chain{k}_{part}": getattr(chain, part) for k, chain in chains.items() for part in _PARTS}


def _chain(arrays: Arrays, k: int, model: BayesModel) -> Samples:
    (n_users, n_items), plan, n_cuts = model.shape, model._plans()[k], len(model.levels) - 1
    shapes = {
        "users": (plan.samples, n_users + 1, plan.rank + 1),
        "items": (plan.samples, n_items + 1, plan.rank + 1),
        "cuts": (plan.samples, n_users + 1, n_cuts),
        "user_scales": (plan.samples, n_users + 1),
        "item_scales": (plan.samples, n_items + 1),
    }
    stored = checked(arrays, {f"chain{k}_{part}": shape for part, shape in shapes.items()}, np.float16)
    return Samples(**{part: stored[f"chain{k}_{part}"] for part in shapes})
