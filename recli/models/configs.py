"""The hyperparameters of each model.

Layers and loss of ``dot`` and ``deep`` are those of the notebook that recli starts from, and so is their error. Their
batches are larger and steps longer, chosen on the validation rows of MovieLens-100K, because that trains in a fraction
of the time; the notebook's own settings are ``--batch-size 64 --learning-rate 0.001 --epochs 10``.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from recli.core.config import ModelConfig

LOSSES = ("mae", "mse", "ordinal")
OPTIMIZERS = ("auto", "adam", "adagrad")
ADAM: Mapping[str, Any] = {"batch_size": 1024, "learning_rate": 0.002}
ADAGRAD: Mapping[str, Any] = {"batch_size": 16384, "learning_rate": 0.03}
"""What ``dot`` takes where nothing is said.

Adagrad's were chosen by validation MAE: of rates from 0.01 to 0.5, 0.03 is as good as Adam on both MovieLens-100K
(0.7335 after 15 epochs; Adam 0.7316) and a million synthetic ratings (0.5663 after 6, which is Adam's best; 0.5660).
Batches of 2 and of 16 thousand rows differ by less than 1 % there, and the larger take half of the time.
"""
NOT_GIVEN: Any = None
"""Stands for them until the configuration is made."""
MOST_BY_ADAM = 5_000_000
"""Training rows up to which ``auto`` means Adam."""


@dataclass(frozen=True)
class BiasConfig(ModelConfig):
    """Damped user and item biases, fitted by alternating least squares."""

    model: ClassVar[str] = "bias"
    summary: ClassVar[str] = "the mean rating plus damped user and item biases, no network at all"
    has_epochs: ClassVar[bool] = False
    fits_in_turn: ClassVar[bool] = True

    damping: float = 5.0
    """Pseudo-ratings of zero bias that every user and item gets: few ratings move a bias little."""
    sweeps: int = 10
    """Alternations between item and user biases."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check("damping", 0 <= self.damping < float("inf"), "a number ≥ 0")
        self.check("sweeps", self.sweeps >= 1, "at least 1")


@dataclass(frozen=True)
class AlsConfig(ModelConfig):
    """User and item vectors by alternating least squares, with the defaults of Spark's MLlib."""

    model: ClassVar[str] = "als"
    summary: ClassVar[str] = "user and item vectors and their dot product, by alternating least squares"
    has_epochs: ClassVar[bool] = False
    fits_in_turn: ClassVar[bool] = True

    rank: int = 10
    """Numbers in each vector."""
    iterations: int = 10
    """Alternations between items and users."""
    regularization: float = 0.1
    """Ridge penalty of a vector, for each of its ratings."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check("rank", self.rank >= 1, "at least 1")
        self.check("iterations", self.iterations >= 1, "at least 1")
        self.check("regularization", 0 < self.regularization < float("inf"), "a number > 0")


@dataclass(frozen=True)
class EaseConfig(ModelConfig):
    """A linear item-to-item model in closed form."""

    model: ClassVar[str] = "ease"
    summary: ClassVar[str] = "the baseline's stars plus a linear model of items on items, solved in closed form"
    has_epochs: ClassVar[bool] = False

    regularization: float = 300.0
    """Users added to each item's own count: the more, the less rare items weigh."""
    damping: float = 5.0
    """Of the bias baseline under the predicted stars."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check("regularization", 0 < self.regularization < float("inf"), "a number > 0")
        self.check("damping", 0 <= self.damping < float("inf"), "a number ≥ 0")


@dataclass(frozen=True)
class RankerConfig(ModelConfig):
    """Models of who rated what, blended."""

    model: ClassVar[str] = "ranker"
    summary: ClassVar[str] = "the baseline alone: it is made to rank, by a blend of EASE and weighted factorisations"
    has_epochs: ClassVar[bool] = False

    damping: float = 5.0
    """Of the bias baseline whose stars it predicts."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check("damping", 0 <= self.damping < float("inf"), "a number ≥ 0")


@dataclass(frozen=True)
class GradientConfig(ModelConfig):
    """What every model that is trained by gradients reads."""

    has_epochs: ClassVar[bool] = True
    resumes_after: ClassVar[str | None] = "epoch"

    embedding_size: int = 64
    """Numbers in each user's and each item's vector."""
    epochs: int = 15
    batch_size: int = 1024
    """Rows of a step, at most: an epoch of few rows has 64 steps, or as many as there are with 64 rows each."""
    learning_rate: float = 0.002
    """Of Adam."""
    patience: int | None = None
    """Epochs without a better validation loss before training stops; ``None`` trains all epochs."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check("embedding_size", self.embedding_size >= 1, "at least 1")
        self.check("epochs", self.epochs >= 1, "at least 1")
        self.check("batch_size", self.batch_size >= 1, "at least 1")
        self.check("learning_rate", 0 < self.learning_rate < float("inf"), "a number > 0")
        self.check("patience", self.patience is None or self.patience >= 1, "at least 1")


@dataclass(frozen=True)
class ElsaConfig(GradientConfig):
    """A linear item-to-item model of low rank, for more items than a matrix of them can be inverted of."""

    model: ClassVar[str] = "elsa"
    summary: ClassVar[str] = "the baseline's stars plus a linear model of items on items, by vectors of theirs"

    learning_rate: float = 0.01
    damping: float = 5.0
    """Of the bias baseline under the predicted stars."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check("damping", 0 <= self.damping < float("inf"), "a number ≥ 0")


@dataclass(frozen=True)
class StarsConfig(GradientConfig):
    """What the models read that regress stars."""

    loss: str = "mae"
    """``mae`` or ``mse``; ``ordinal`` predicts a distribution over the ratings that the training rows have."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check("loss", self.loss in LOSSES, "mae, mse or ordinal")


@dataclass(frozen=True)
class DotConfig(StarsConfig):
    """User and item embeddings, joined by a dot product."""

    model: ClassVar[str] = "dot"
    summary: ClassVar[str] = "user and item embeddings, joined by a dot product"

    batch_size: int = NOT_GIVEN
    """Rows of a step, at most, as everywhere; where none is given, the optimizer's own."""
    learning_rate: float = NOT_GIVEN
    """Where none is given, the optimizer's own."""
    optimizer: str = "auto"
    """``adam``; ``adagrad``, row-wise, whose steps touch the rows of a batch alone; ``auto``: ``settled`` decides."""

    def __post_init__(self) -> None:
        self.check("optimizer", self.optimizer in OPTIMIZERS, "auto, adam or adagrad")
        own = ADAGRAD if self.optimizer == "adagrad" else ADAM
        for name, default in own.items():
            if getattr(self, name) is NOT_GIVEN:
                object.__setattr__(self, name, default)  # frozen, but for its own making
        super().__post_init__()

    def settled(self, n_train: int) -> Self:
        """Return the configuration that so many training rows are fitted with: ``auto`` has become an optimizer.

        The rows alone decide, so that all trials of a search have the same. A batch size or a learning rate of one's
        own stays; Adam's stand for none.
        """
        if self.optimizer != "auto":
            return self
        if n_train <= MOST_BY_ADAM:
            return dataclasses.replace(self, optimizer="adam")
        own = {name: value for name, value in ADAGRAD.items() if getattr(self, name) == ADAM[name]}
        return dataclasses.replace(self, optimizer="adagrad", **own)


@dataclass(frozen=True)
class DeepConfig(StarsConfig):
    """Concatenated embeddings through one hidden layer, with dropout before and behind it."""

    model: ClassVar[str] = "deep"
    summary: ClassVar[str] = "concatenated user and item embeddings through one hidden layer with dropout"

    batch_size: int = 512
    learning_rate: float = 0.005
    dropout: float = 0.5
    """Share of activations zeroed in training."""
    hidden_units: int = 64
    """Width of the hidden layer."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check("dropout", 0 <= self.dropout < 1, "at least 0 and less than 1")
        self.check("hidden_units", self.hidden_units >= 1, "at least 1")


@dataclass(frozen=True)
class BayesConfig(ModelConfig):
    """Ordinal matrix factorisation with side information, sampled by several chains."""

    model: ClassVar[str] = "bayes"
    summary: ClassVar[str] = (
        "Bayesian matrix factorisation of ordinal ratings, with metadata and who rated what, averaged over samples"
    )
    has_epochs: ClassVar[bool] = False
    fits_in_turn: ClassVar[bool] = True
    resumes_after: ClassVar[str | None] = "chain"

    rank: int = 16
    """Numbers in each vector; chains take ranks a quarter below to a quarter above."""
    chains: int = 8
    """Independent chains, whose predictions are averaged."""
    sweeps: int = 90
    """Draws of every parameter that each chain makes after its burn-in."""
    burn_in: int = 40
    """Draws before them, on the way from the start to where the posterior is."""
    samples: int = 15
    """Draws of each chain that are kept to predict from."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("rank", "chains", "sweeps", "samples"):
            self.check(name, getattr(self, name) >= 1, "at least 1")
        self.check("burn_in", self.burn_in >= 0, "at least 0")
        self.check("samples", self.samples <= self.sweeps, f"at most --sweeps {self.sweeps}")


@dataclass(frozen=True)
class HybridConfig(DeepConfig):
    """The deep model with metadata of users and items as further inputs."""

    model: ClassVar[str] = "hybrid"
    summary: ClassVar[str] = "user and item embeddings and metadata through one hidden layer with dropout"

    epochs: int = 20
    batch_size: int = 1024
    learning_rate: float = 0.003
    loss: str = "ordinal"
    hidden_units: int = 128
    unknown_rate: float = 0.1
    """Share of users, and of items, that training rows hide, so that metadata alone has to do."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check("unknown_rate", 0 <= self.unknown_rate < 1, "at least 0 and less than 1")


@dataclass(frozen=True)
class BprConfig(GradientConfig):
    """Embeddings that rank what a user rated above what they did not."""

    model: ClassVar[str] = "bpr"
    summary: ClassVar[str] = "biases plus a slope on a score that ranks rated items above unrated ones (BPR)"

    epochs: int = 12
    learning_rate: float = 0.005
    regularization: float = 0.001
    """Weight of the L2 penalty on the vectors and the bias that a step moves."""
    damping: float = 5.0
    """Of the biases that predict stars."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check("regularization", 0 <= self.regularization < float("inf"), "a number ≥ 0")
        self.check("damping", 0 <= self.damping < float("inf"), "a number ≥ 0")
