"""What judging a model comes to, in numbers: rankings, lists, distributions, slices, and differences that hold."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from recli.core.errors import require

BETTER, WORSE, UNDECIDED = "better", "worse", "undecided"

RANKING_USERS = 10_000
"""Users whose rankings are judged where there are more: a mean over so many is certain to about half a hundredth."""


@dataclass(frozen=True)
class RankingProtocol:
    """How rankings are judged. An instance that exists is valid."""

    k: int = 10
    """Length of the lists."""
    relevant: float | None = None
    """Stars from which a held-out rating makes its item relevant; ``None`` for three quarters up the scale."""
    users: int | None = RANKING_USERS
    """Users to judge, at most, of those with held-out rows; ``None`` for all of them."""

    def __post_init__(self) -> None:
        require(self.k >= 1, f"--k must be 1 or more, not {self.k}", fix="recli evaluate --help")
        holds = self.relevant is None or math.isfinite(self.relevant)
        some = self.users is None or self.users >= 1
        require(some, f"--ranking-users must be 1 or more, or all, not {self.users}", fix="recli evaluate --help")
        require(holds, f"--relevant must be a number of stars, not {self.relevant}", fix="recli evaluate --help")


def ranking_users(text: str) -> int | None:
    """Read how many users' rankings are judged: a number, or ``all``, which is ``None``.

    Raises:
        UsageError: it is neither.
    """
    if text == "all":
        return None
    plain = text.replace("_", "").replace(",", "")
    holds = plain.isascii() and plain.isdigit() and int(plain[:18]) > 0
    require(holds, f"--ranking-users takes a number of users or all, not {text!r}", fix="recli evaluate --help")
    return int(plain[:18])


@dataclass(frozen=True)
class RankingMetrics:
    """The quality of ranked lists, averaged over users with a relevant candidate."""

    ndcg: float
    """Mean normalised discounted cumulative gain at k, 0 to 1."""
    users: int
    """Users averaged over."""
    left_out: int
    """Users without a relevant candidate: no list can be right or wrong for them."""
    precision: float
    """Mean share of the k places that relevant items hold."""
    recall: float
    """Mean share of a user's relevant candidates that stand in the k places."""
    map: float
    """Mean average precision at k, divided by the number of relevant candidates, as ``trec_eval``'s ``map_cut``."""
    mrr: float
    """Mean of 1 / the rank of the first relevant candidate among all candidates."""
    auc: float | None
    """Mean share of (relevant, other) pairs of candidates in the right order, ties half; ``None`` without any pair."""
    auc_users: int
    """Users with such a pair: fewer than ``users`` where all of someone's candidates are relevant."""


@dataclass(frozen=True)
class ListMetrics:
    """What stands in the top-k lists, whether or not it is right."""

    lists: int
    """Lists, one a user with held-out rows."""
    places: int
    """Items in them, repeats counted."""
    catalogue: int
    """Items that there are."""
    catalogue_coverage: float
    """Share of the catalogue that stands in at least one list."""
    gini: float
    """Gini coefficient of how often each item of the catalogue is listed: 0 equally, 1 always the same."""
    novelty: float
    """Mean of -log₂ of the share of training users who rated a listed item, bits."""
    mean_popularity: float
    """Mean number of training ratings of a listed item."""


@dataclass(frozen=True)
class RankingReport:
    """Rankings under one protocol: every item that a user has no row of outside the test part is a candidate."""

    k: int
    """Length of the lists."""
    relevant: float
    """Stars from which a held-out rating makes its item relevant."""
    cold_users: int
    """Users whom training never saw: they get the items by popularity."""
    ranked_users: int
    """Users judged, all of ``of_users`` or a sample of them."""
    of_users: int
    """Users with held-out rows."""
    accuracy: RankingMetrics | None
    """``None`` where no user has a relevant candidate."""
    lists: ListMetrics


@dataclass(frozen=True)
class DistributionMetrics:
    """How well predicted distributions foretell the stars given."""

    n: int
    """Rows judged: those whose distribution is the model's."""
    without: int
    """Rows that the bias baseline answered, which predicts no distribution."""
    log_loss: float
    """Mean of -ln of the probability of the level given, nats."""
    nominal: float
    """Probability that the central interval is made to hold, at least."""
    observed: float
    """Share of rows whose rating lay in it."""
    expected: float
    """Mean probability of the interval by the model's own word: more than nominal, because levels are discrete."""
    width: float
    """Mean of highest minus lowest level of the interval, stars."""


@dataclass(frozen=True)
class CalibrationBin:
    """Forecasts that are about equal, and what came of them."""

    n: int
    """Forecasts."""
    predicted: float
    """Their mean: stars, or a probability."""
    observed: float
    """Mean stars given, or the share of them that came true."""


@dataclass(frozen=True)
class Calibration:
    """Whether predictions mean what they say, on test rows."""

    of_probabilities: bool
    """Whether forecasts are probabilities of at least so many stars, one for each level but the lowest of each row that
    has a distribution; else they are predicted stars, one a row."""
    bins: tuple[CalibrationBin, ...]
    """By the forecast, ascending; empty bins are left out."""


@dataclass(frozen=True)
class Slice:
    """Errors on the rows of one kind."""

    group: str
    """What they share: ``20–99``."""
    n: int
    mae: float
    """Stars."""
    rmse: float
    """Stars."""
    bias: float
    """Mean of predicted minus true stars."""
    baseline_mae: float
    """Of the bias baseline on the same rows, stars."""


@dataclass(frozen=True)
class Difference:
    """One model's metric minus another's on the same rows, and whether more users would change its sign."""

    value: float
    low: float | None
    """2.5 % quantile over resamples of users; ``None`` where there is nobody to resample."""
    high: float | None
    """97.5 % quantile."""
    verdict: str
    """``better`` or ``worse`` where the interval excludes 0, else ``undecided``."""


@dataclass(frozen=True)
class Verdicts:
    """A model against the bias baseline."""

    users: int
    """Users resampled."""
    resamples: int
    differences: Mapping[str, Difference]
    """``mae`` and ``rmse`` → the model's minus the baseline's: below 0 is better."""
