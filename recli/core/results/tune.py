"""What ``tune`` returns, and what it tells of each trial on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recli.core.config import Scalar
from recli.core.results.train import TrainResult

INTERRUPTED = "interrupted"
"""The error of a trial that was never finished: another one takes its place."""


@dataclass(frozen=True)
class Trial:
    """One configuration, judged on validation rows."""

    number: int
    """From 0, the model's defaults."""
    parameters: Mapping[str, Scalar]
    """The hyperparameters that the search may set."""
    value: float | None
    """The metric on validation rows; ``None`` where the trial failed."""
    seconds: float
    error: str = ""
    """Why it failed: it diverged, or was interrupted."""

    @property
    def counts(self) -> bool:
        """Whether it ran to its end, if only to diverge."""
        return self.error != INTERRUPTED


@dataclass(frozen=True)
class Study:
    """What is searched, and how trials compare."""

    model: str
    dataset: str
    metric: str
    maximize: bool
    """Whether more is better, as of ``ndcg``."""
    split: str
    """In words or as ``--split`` takes it."""
    seed: int
    wanted: int
    """Trials in all."""
    jobs: int
    """Trials at a time; with more than one the order in which they end, and so the search, is a matter of chance."""
    earlier: int
    """Trials that an earlier run of the same command left."""
    defaults: Mapping[str, Scalar]
    """The model's own values of the hyperparameters that are searched: the first trial."""

    def ranked(self, trials: tuple[Trial, ...]) -> list[Trial]:
        """Return the trials that have a value, best first; of equal ones the earlier."""
        done = [(trial.value, trial) for trial in trials if trial.value is not None]
        return [trial for _, trial in sorted(done, key=lambda own: -own[0] if self.maximize else own[0])]


@dataclass(frozen=True)
class TuneResult:
    """A finished search, and the version that was fitted with the best configuration."""

    study: Study
    trials: tuple[Trial, ...]
    path: Path
    """The study's file."""
    timed_out: bool
    published: TrainResult
    seconds: float
    """Wall time of this run, the last fit included."""

    @property
    def best(self) -> Trial:
        """The trial whose configuration was published."""
        return self.study.ranked(self.trials)[0]

    @property
    def default(self) -> Trial | None:
        """The trial of the model's defaults, where it has a value."""
        own = (trial for trial in self.trials if trial.parameters == self.study.defaults and trial.value is not None)
        return next(own, None)
