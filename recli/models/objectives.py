"""What gradients minimise: losses of rows, given what a network says of users and items."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf

Score = Callable[..., Any]
"""(b,) user rows, (b,) item rows → (b,) outputs of the network."""

FAR = 1e4
"""A cut point that no score comes near: below the lowest level and above the highest."""


class Objective(ABC):
    """Losses of rows; instances with equal ``key`` compute the same."""

    key: Hashable

    def weights(self) -> list[NDArray[np.float32]]:
        """Return what is learned beside the network, as it is before training."""
        return []

    def touched(self, batch: "Sequence[tf.Tensor]") -> "tuple[tf.Tensor, tf.Tensor]":
        """Return the rows of the user table and of the item table that a batch reads."""
        return batch[0], batch[1]

    @abstractmethod
    def losses(
        self, score: Score, batch: "Sequence[tf.Tensor]", own: "Sequence[tf.Tensor]", rest: "Sequence[tf.Tensor]"
    ) -> "tuple[tf.Tensor, tf.Tensor]":
        """Return (b,) losses, and (b,) penalties that are minimised too but not reported.

        Args:
            score: the network.
            batch: (b,) user rows, item rows, targets, and what else the network takes.
            own: the network's weights.
            rest: as ``weights`` names them.
        """


class StarError(Objective):
    """Absolute or squared error of the network's output, in stars; targets are stars."""

    def __init__(self, loss: str) -> None:
        self.key = loss

    def losses(
        self, score: Score, batch: "Sequence[tf.Tensor]", own: "Sequence[tf.Tensor]", rest: "Sequence[tf.Tensor]"
    ) -> "tuple[tf.Tensor, tf.Tensor]":
        """Return the errors, and no penalties."""
        import tensorflow as tf

        users, items, stars, *more = batch
        errors = score(users, items, *more) - stars
        return tf.abs(errors) if self.key == "mae" else tf.square(errors), tf.zeros_like(errors)


class Ordinal(Objective):
    """Cumulative link: P(stars ≤ level k) = sigmoid(c_k - output); targets are the numbers of levels.

    McCullagh, *Regression models for ordinal data*, JRSS B 42(2), 1980; for recommenders, Koren and Sill, *OrdRec*,
    RecSys 2011. The first cut point and the logarithms of the gaps above it are what is learned: cut points stay in
    order whatever a step does.
    """

    def __init__(self, cut_points: NDArray[np.float32]) -> None:
        self.key = ("ordinal", len(cut_points))
        self._start = np.concatenate([cut_points[:1], np.log(np.diff(cut_points))]).astype(np.float32)

    def weights(self) -> list[NDArray[np.float32]]:
        """Return (L - 1,): the first cut point, and logarithms of gaps. A single level leaves nothing to learn."""
        return [self._start] if len(self._start) else []

    def losses(
        self, score: Score, batch: "Sequence[tf.Tensor]", own: "Sequence[tf.Tensor]", rest: "Sequence[tf.Tensor]"
    ) -> "tuple[tf.Tensor, tf.Tensor]":
        """Return minus the logarithm of the probability of each row's level, and no penalties."""
        import tensorflow as tf

        users, items, levels, *more = batch
        learned = [tf.cumsum(tf.concat([start[:1], tf.exp(start[1:])], 0)) for start in rest]
        cuts = tf.concat([[-FAR], *learned, [FAR]], 0)
        output = score(users, items, *more)
        above, below = tf.gather(cuts, levels + 1) - output, tf.gather(cuts, levels) - output
        # sigmoid(a) - sigmoid(b) = sigmoid(a) sigmoid(-b) (1 - exp(b - a)): in logarithms it stays finite far out.
        gaps = tf.math.log(-tf.math.expm1(tf.minimum(below - above, -1e-6)))
        log_likelihoods = tf.math.log_sigmoid(above) + tf.math.log_sigmoid(-below) + gaps
        return -log_likelihoods, tf.zeros_like(output)


class Triplet(Objective):
    """Bayesian Personalized Ranking: an item that the user rated shall score above one that they did not.

    Rendle et al., *BPR: Bayesian personalized ranking from implicit feedback*, UAI 2009: minus log sigmoid of the
    difference, and an L2 penalty on the rows of the tables that take part. Targets are rows of unrated items.
    """

    def __init__(self, regularization: float) -> None:
        self.key = ("triplet", regularization)
        self._regularization = min(regularization, float(np.finfo(np.float32).max))

    def touched(self, batch: "Sequence[tf.Tensor]") -> "tuple[tf.Tensor, tf.Tensor]":
        """Return user rows, and rows of rated and unrated items."""
        import tensorflow as tf

        return batch[0], tf.concat(batch[1:], 0)

    def losses(
        self, score: Score, batch: "Sequence[tf.Tensor]", own: "Sequence[tf.Tensor]", rest: "Sequence[tf.Tensor]"
    ) -> "tuple[tf.Tensor, tf.Tensor]":
        """Return (b,) triplet losses, and (b,) penalties; ``own`` is user table, item table, item biases."""
        import tensorflow as tf

        users, items, others = batch
        rows = [(own[0], users), *((table, nums) for table in own[1:] for nums in (items, others))]
        squares = tf.add_n([tf.reduce_sum(tf.square(tf.gather(table, nums)), axis=1) for table, nums in rows])
        return tf.nn.softplus(score(users, others) - score(users, items)), self._regularization * squares
