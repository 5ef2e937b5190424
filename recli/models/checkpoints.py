"""How a long fit leaves behind what is needed to go on with it, and finds that again."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol, TypeVar

from recli.core.run import Epoch, Stage
from recli.models.recommender import Arrays, FitReport, Recommender, TrainingData

_T = TypeVar("_T")


class Checkpoints(Protocol):
    """Where one fit keeps how far it has come."""

    def found(self, read: Callable[[Arrays], _T]) -> _T | None:
        """Let a function read what an earlier process kept of the same fit; ``None``: begin at the start.

        Raises:
            IntegrityError: it is damaged, or the function says that it fits no such fit.
        """

    def offer(self, done: int, arrays: Callable[[], Arrays]) -> None:
        """Keep how far the fit has come, if it is time for that.

        Args:
            done: epochs or chains that are done.
            arrays: makes what is to be kept; called only if it is.
        """


class Nowhere:
    """Keeps nothing."""

    def found(self, read: Callable[[Arrays], _T]) -> _T | None:
        """Find nothing."""
        return None

    def offer(self, done: int, arrays: Callable[[], Arrays]) -> None:
        """Do nothing."""


NOWHERE = Nowhere()


class ResumableRecommender(Recommender):
    """A model whose fit can go on where another process was stopped, and gives the same bits as one that was not."""

    @abstractmethod
    def fit(
        self, data: TrainingData, on_epoch: Callable[[Epoch | Stage], None], checkpoints: Checkpoints = NOWHERE
    ) -> FitReport:
        """Learn from the training rows, from where ``checkpoints`` says; call ``on_epoch`` for what is done here.

        Raises:
            TrainingDivergedError: a loss is no finite number.
            IntegrityError: what ``checkpoints`` holds is of another shape, or not finite.
        """
