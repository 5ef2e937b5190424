"""A training run between two epochs: all that the next one depends on, as arrays and back."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import IntegrityError
from recli.core.run import Epoch
from recli.models.arrays import checked
from recli.models.configs import GradientConfig
from recli.models.recommender import Arrays

_WORD = 2**64


class State(Protocol):
    """All that training changes."""

    @property
    def weights(self) -> Sequence[Any]:
        """The network's trainable weights in its order, then those of the objective; they stay as they are."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all of it by name, none of the names ``Run.arrays`` uses."""

    def of(self, arrays: Arrays) -> Self:
        """Return the state of the same task that ``arrays`` described."""


_S = TypeVar("_S", bound=State)


class Stopwatch:
    """Seconds of a run, those of earlier processes included."""

    def __init__(self) -> None:
        self.before = 0.0
        """Seconds of earlier processes."""
        self._started = time.perf_counter()

    def seconds(self) -> float:
        """Return them."""
        return self.before + time.perf_counter() - self._started


@dataclass
class Run(Generic[_S]):
    """What is known after some epochs. Without patience the best weights are the last."""

    state: _S
    rng: np.random.Generator
    """Of the shuffles, and of whatever else an epoch draws."""
    patience: int | None
    """Epochs to wait for a better validation loss; ``None`` where nothing watches."""
    history: list[Epoch] = field(default_factory=list)
    watched: bool = False
    """Whether there are rows to watch."""
    best_epoch: int = 0
    best_weights: Sequence[Any] = ()

    @classmethod
    def start(cls, state: _S, config: GradientConfig, *, watched: bool) -> Self:
        """Return a run before its first epoch."""
        return cls(state, np.random.default_rng(config.seed), config.patience if watched else None, watched=watched)

    def see(self, epoch: Epoch, state: _S) -> None:
        """Take in what an epoch left."""
        lowest = self.history[self.best_epoch - 1].val_loss if self.best_epoch else math.inf
        self.history.append(epoch)
        self.state = state
        if self.patience is None or epoch.val_loss is None or lowest is None or epoch.val_loss < lowest:
            self.best_epoch, self.best_weights = epoch.epoch, state.weights

    def patience_is_over(self) -> bool:
        """Tell whether the best epoch lies too far back to go on."""
        return self.patience is not None and len(self.history) - self.best_epoch >= self.patience

    def arrays(self, seconds: float) -> dict[str, NDArray[Any]]:
        """Return all of it, after an epoch at least, as arrays by name.

        ``history`` (epochs, 3) float64: loss, validation loss (NaN without), seconds. ``run`` (2,) float64: best epoch,
        seconds of the whole run. ``rng`` (6,) uint64. ``best0`` …: weights of the best epoch, where that is not the
        last. The others are the state's.
        """
        rows = [(e.loss, math.nan if e.val_loss is None else e.val_loss, e.seconds) for e in self.history]
        arrays: dict[str, NDArray[Any]] = {
            "history": np.array(rows, np.float64),
            "run": np.array([self.best_epoch, seconds], np.float64),
            "rng": words_of(self.rng),
        }
        if self.best_epoch < len(self.history):
            arrays |= {f"best{k}": np.asarray(weight) for k, weight in enumerate(self.best_weights)}
        return arrays | self.state.arrays()

    def go_on(self, arrays: Arrays, epochs: int) -> float:
        """Become what ``arrays`` described, of the same task, and return the seconds that it took.

        Raises:
            IntegrityError: an array is missing, of another shape, or impossible.
        """
        state, rng = self.state.of(arrays), generator_of(arrays)
        best, seconds = checked(arrays, {"run": (2,)}, np.float64)["run"].tolist()
        history = _history(arrays)
        _require(1 <= len(history) <= epochs, "history does not fit the epochs")
        _require(best in range(1, len(history) + 1) and seconds >= 0, "run holds no epoch, or no time")
        weights = state.weights
        if best < len(history):
            shapes = {f"best{k}": tuple(weight.shape) for k, weight in enumerate(weights)}
            weights = list(checked(arrays, shapes).values())
        self.state, self.rng, self.history = state, rng, history
        self.best_epoch, self.best_weights = int(best), weights
        return float(seconds)


def _history(arrays: Arrays) -> list[Epoch]:
    history = arrays.get("history", np.zeros(0))
    _require(history.dtype == np.float64 and history.ndim == 2 and history.shape[1] == 3, "history has another shape")
    _require(
        bool(np.isfinite(history[:, [0, 2]]).all() and not np.isinf(history).any()),
        "history holds what is no finite number",
    )
    return [
        Epoch(number, loss, None if math.isnan(val_loss) else val_loss, seconds)
        for number, (loss, val_loss, seconds) in enumerate(history.tolist(), 1)
    ]


def words_of(rng: np.random.Generator) -> NDArray[np.uint64]:
    """Return (6,) all of a PCG64 generator: its state and increment in two words each, and a half word in waiting."""
    state: Any = rng.bit_generator.state
    long = (state["state"]["state"], state["state"]["inc"])
    words = [word for number in long for word in divmod(number, _WORD)]
    return np.array([*words, state["has_uint32"], state["uinteger"]], np.uint64)


def generator_of(arrays: Arrays) -> np.random.Generator:
    """Return the generator that ``words_of`` described, in the array ``rng``.

    Raises:
        IntegrityError: there is no such array, or no such generator.
    """
    a, b, c, d, waits, half = checked(arrays, {"rng": (6,)}, np.uint64)["rng"].tolist()
    _require(d % 2 == 1 and waits in (0, 1) and half < 2**32, "rng is no state of a generator")
    bits = np.random.PCG64()
    bits.state = {
        "bit_generator": "PCG64",
        "state": {"state": a * _WORD + b, "inc": c * _WORD + d},
        "has_uint32": waits,
        "uinteger": half,
    }
    return np.random.Generator(bits)


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise IntegrityError(f"the stored array {message}", fix="recli models list")
