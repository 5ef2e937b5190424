"""The base of every model's hyperparameters."""

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

from recli.core.errors import require

Scalar = int | float | str | bool | None


@dataclass(frozen=True)
class ModelConfig:
    """Hyperparameters of one model. Subclasses add fields; an instance that exists is valid."""

    model: ClassVar[str]
    """The model's name in the registry."""
    summary: ClassVar[str]
    """How it predicts, to follow "predicts star ratings by" on its card."""
    has_epochs: ClassVar[bool]
    """Whether it is trained in epochs, watched by validation rows; a closed form learns from those rows instead."""
    fits_in_turn: ClassVar[bool] = False
    """Whether fits follow each other: one uses every core by itself, or is done before a process has started."""

    resumes_after: ClassVar[str | None] = None
    """After what an interrupted fit can go on, ``epoch`` or ``chain``; ``None`` for one that is solved in one go."""

    seed: int = 0
    """Of all that is random in the fit."""

    def __post_init__(self) -> None:
        self.check("seed", 0 <= self.seed < 2**32, "0 to 4294967295")

    def parameters(self) -> dict[str, Scalar]:
        """Return the hyperparameters by name, as ``manifest.json`` records them."""
        return dataclasses.asdict(self)

    def check(self, name: str, holds: bool, rule: str) -> None:
        """Raise ``UsageError`` unless a rule about one field holds."""
        option = "--" + name.replace("_", "-")
        require(holds, f"{option} must be {rule}, not {getattr(self, name)}", fix=f"recli train {self.model} --help")
