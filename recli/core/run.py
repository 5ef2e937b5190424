"""What a training run leaves behind, in numbers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Epoch:
    """One pass over the training rows."""

    epoch: int
    """Counted from 1."""
    loss: float
    """Mean training loss over the epoch's batches, in stars (mae), stars² (mse) or nats (ordinal, BPR's)."""
    val_loss: float | None
    """The same loss on the validation rows after the epoch; ``None`` without validation rows."""
    seconds: float
    """Wall time of the epoch."""


@dataclass(frozen=True)
class Stage:
    """One of the equal pieces of a fit that has no epochs."""

    name: str
    """What the pieces are: ``chain``."""
    done: int
    """Pieces finished, this one included; 0 before the first, where it is known how long all will take."""
    total: int
    seconds: float
    """Wall time since the fit began."""
    estimate: float | None = None
    """Wall time that all pieces will take, seconds, as measured beforehand."""


@dataclass(frozen=True)
class Metrics:
    """Errors of predictions against true stars on one set of rows."""

    n: int
    """Rows judged: all of them, never fewer."""
    mae: float
    """Mean absolute error, stars."""
    mse: float
    """Mean squared error, stars²."""
    rmse: float
    """Root of ``mse``, stars."""
    cold: int
    """Rows whose user or item training never saw: the bias baseline's answer, or one from metadata alone."""
    clipped: int
    """Rows whose prediction lay outside the rating scale and was moved to its edge."""
    median_mae: float | None = None
    """Mean absolute error of the predicted distribution's median, stars; ``None`` without a distribution."""


@dataclass(frozen=True)
class ParameterCount:
    """One trainable array of a model, as ``model.summary()`` would list it."""

    name: str
    shape: tuple[int, ...]
    count: int
    """Product of the shape."""
