"""Where ``tune`` looks: for each model the hyperparameters that matter, and how far they may go.

A space holds the model's defaults, which are the first trial of every study. What only buys accuracy with time (chains
and samples of ``bayes``, sweeps of ``bias``) is left out: more is better, and a search would find the upper end.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from recli.core.config import Scalar
from recli.models.registry import config_class


@dataclass(frozen=True)
class Real:
    """A number from ``low`` to ``high``, on a logarithmic scale where its size matters more than its value."""

    low: float
    high: float
    log: bool = False

    def holds(self, value: Scalar) -> bool:
        """Tell whether a value lies inside."""
        return isinstance(value, int | float) and self.low <= value <= self.high


@dataclass(frozen=True)
class Whole:
    """A whole number from ``low`` to ``high``, both inside."""

    low: int
    high: int
    log: bool = False

    def holds(self, value: Scalar) -> bool:
        """Tell whether a value lies inside."""
        return isinstance(value, int) and self.low <= value <= self.high


@dataclass(frozen=True)
class Choice:
    """One of a few values."""

    values: tuple[Scalar, ...]

    def holds(self, value: Scalar) -> bool:
        """Tell whether a value is one of them."""
        return value in self.values


Dimension = Real | Whole | Choice
Space = Mapping[str, Dimension]

_BATCHES = Choice((256, 512, 1024, 2048))
_GRADIENT: Space = {
    "embedding_size": Whole(8, 128, log=True),
    "learning_rate": Real(0.0005, 0.02, log=True),
    "batch_size": _BATCHES,
    "epochs": Whole(4, 40),
}
_DAMPING = Real(0.5, 50, log=True)
_LAYERS: Space = {"dropout": Real(0, 0.8), "hidden_units": Whole(16, 256, log=True)}

_SPACES: Mapping[str, Space] = {
    "bias": {"damping": _DAMPING},
    "als": {"rank": Whole(4, 64, log=True), "regularization": Real(0.01, 1, log=True), "iterations": Whole(5, 30)},
    "ease": {"regularization": Real(20, 3000, log=True), "damping": _DAMPING},
    "elsa": {**_GRADIENT, "damping": _DAMPING},
    "ranker": {"damping": _DAMPING},
    "dot": _GRADIENT,
    "deep": {**_GRADIENT, **_LAYERS},
    "hybrid": {**_GRADIENT, **_LAYERS, "unknown_rate": Real(0, 0.4)},
    "bpr": {**_GRADIENT, "regularization": Real(1e-5, 0.1, log=True), "damping": _DAMPING},
    "bayes": {"rank": Whole(6, 40, log=True), "burn_in": Whole(20, 100), "sweeps": Whole(40, 200)},
}

RANKERS = ("ease", "elsa", "bpr")
"""Models that are made to rank, and have something to set for it: stars say little of them."""


_STARS_ONLY: Mapping[str, tuple[str, ...]] = dict.fromkeys(("ease", "elsa", "ranker", "bpr"), ("damping",))
"""Hyperparameters that move a model's stars and not its order of the items."""


def space_of(model: str, *, to_rank: bool = False) -> Space:
    """Return name of a hyperparameter → where to look for it.

    Args:
        model: its name.
        to_rank: leave out what does not change how the model ranks; possibly nothing is left.

    Raises:
        NotFoundError: there is no such model.
    """
    config_class(model)
    left_out = _STARS_ONLY.get(model, ()) if to_rank else ()
    return {name: own for name, own in _SPACES[model].items() if name not in left_out}
