"""Conditions of ``--fail-if``: ``mae>0.75``, ``verdict==worse``."""

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from recli.core.errors import UsageError
from recli.core.judgement import BETTER, UNDECIDED, WORSE
from recli.core.spelling import near

ERRORS = ("n", "mae", "mse", "rmse", "cold", "clipped", "median_mae")
DISTRIBUTION = ("log_loss", "coverage", "expected_coverage", "width")
RANKING = ("ndcg", "precision", "recall", "map", "mrr", "auc")
LISTS = ("catalogue_coverage", "gini", "novelty", "mean_popularity")
DIFFERENCES = ("mae_difference", "rmse_difference")
VERDICT = "verdict"
METRICS = (*ERRORS, *DISTRIBUTION, *RANKING, *LISTS, *DIFFERENCES, VERDICT)
"""What a gate may name, all of the test rows; differences and verdict (of the MAE) are against the bias baseline."""

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_WORDS = (BETTER, WORSE, UNDECIDED)
_SHAPE = re.compile(r"\s*([A-Za-z_]+)\s*(>=|<=|==|!=|>|<)\s*(\S+)\s*")
_FIX = 'recli evaluate dot --fail-if "mae>0.75"'


@dataclass(frozen=True)
class Gate:
    """A condition under which a model is not good enough."""

    metric: str
    """One of ``METRICS``."""
    sign: str
    """``>``, ``>=``, ``<``, ``<=``; of a verdict ``==`` or ``!=``."""
    bound: float | str
    """A number; of a verdict one of the three words."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a condition as a person types it.

        Raises:
            UsageError: it is none, or names a metric that there is not.
        """
        match = _SHAPE.fullmatch(text)
        if match is None:
            raise UsageError(f"--fail-if takes a metric, a sign and a number, like mae>0.75, not {text!r}", fix=_FIX)
        metric, sign, bound = match.groups()
        if metric not in METRICS:
            message = f"--fail-if knows no metric {metric!r}; there are {', '.join(METRICS)}"
            raise UsageError(message, fix=_FIX, candidates=near(metric, METRICS))
        return cls(metric, sign, _word(text, sign, bound) if metric == VERDICT else _number(text, sign, bound))

    def holds(self, value: float | str) -> bool:
        """Tell whether a model with this value of the metric fails."""
        if isinstance(value, str) or isinstance(self.bound, str):
            return (value == self.bound) == (self.sign == "==")
        return _COMPARE[self.sign](value, self.bound)

    def __str__(self) -> str:
        bound = self.bound if isinstance(self.bound, str) else f"{self.bound:g}"
        return f"{self.metric}{self.sign}{bound}"


def _word(text: str, sign: str, bound: str) -> str:
    if sign not in ("==", "!=") or bound not in _WORDS:
        raise UsageError(f"a verdict is compared by == or != with {', '.join(_WORDS)}: not {text!r}", fix=_FIX)
    return bound


def _number(text: str, sign: str, bound: str) -> float:
    try:
        number = float(bound)
    except ValueError:
        number = float("nan")
    if sign not in _COMPARE or not math.isfinite(number):
        raise UsageError(f"a metric is compared by >, >=, < or <= with a number: not {text!r}", fix=_FIX)
    return number
