"""What judging comes to, as parts of a page and as cells."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from recli.core.judgement import Difference, DistributionMetrics, ListMetrics, RankingReport, Slice, Verdicts
from recli.core.ratings import RatingScale
from recli.core.results.evaluate import PredictionSample
from recli.render.csv_text import Cell
from recli.render.glyphs import Span
from recli.render.stats import round_up
from recli.render.tables import heading, plural, stack, table, word

if TYPE_CHECKING:
    from rich.console import RenderableType

    from recli.render.layout import Cell as Shown

SLICES = {
    "item_support": "item's training ratings",
    "user_activity": "user's training ratings",
    "stars": "rating given",
}
MOST_STARS = 12
"""Ratings that are told apart in the table of errors."""
DIFFERENCE_COLUMNS = ("mae_difference", "mae_low", "mae_high", "verdict", "rmse_difference", "rmse_low", "rmse_high")
DISTRIBUTION_COLUMNS = ("log_loss", "coverage", "expected_coverage", "width")
RANKING_COLUMNS = ("ndcg", "precision", "recall", "map", "mrr", "auc", "users", "left_out")
LIST_COLUMNS = ("catalogue_coverage", "gini", "novelty", "mean_popularity")
SAMPLE_COLUMNS = ("ranked_users", "of_users")


def interval(difference: Difference) -> str:
    """Return ``-0.0305 to -0.0187``."""
    if difference.low is None or difference.high is None:
        return "–"
    return f"{difference.low:+.4f} to {difference.high:+.4f}"


def verdict_table(verdicts: Verdicts) -> "RenderableType":
    """Lay out the differences from the baseline, and how they were found."""
    rows = [
        (name.upper(), f"{found.value:+.4f}", interval(found), word(found.verdict))
        for name, found in verdicts.differences.items()
    ]
    columns = ("against bias", "difference", "95% interval", "verdict")
    return stack(table(columns, rows, left=("against bias", "verdict")), _dim(_resampling(verdicts)))


def _resampling(verdicts: Verdicts) -> str:
    if verdicts.users < 2:
        return "undecided: all test rows are one user's, and an interval needs others to draw"
    return f"paired bootstrap over {plural(verdicts.users, 'user')}, {verdicts.resamples:,} resamples"


def distribution_table(found: DistributionMetrics) -> "RenderableType":
    """Lay out the quality of predicted distributions."""
    name = f"{found.nominal:.0%} interval"
    columns = ("log loss", f"{name} promised", "held", "mean width", "rows", "rows without")
    row = (
        f"{found.log_loss:.4f}",
        f"{found.expected:.1%}",
        f"{found.observed:.1%}",
        f"{found.width:.2f}",
        f"{found.n:,}",
        f"{found.without:,}",
    )
    shown = len(columns) if found.without else -1  # mostly every row has a distribution
    whole = _dim(f"an interval ends at levels of stars, so it promises {found.nominal:.0%} or more")
    return stack(table(columns[:shown], [row[:shown]]), whole)


def ranking_tables(found: RankingReport) -> "RenderableType":
    """Lay out the quality of rankings, and what stands in the lists."""
    about = f"top {found.k} of all unseen items · relevant from {found.relevant:g} stars"
    cold = f" · {plural(found.cold_users, 'cold user')}" if found.cold_users else ""
    parts: list[RenderableType] = [heading("ranking", about + cold)]
    if found.ranked_users < found.of_users:
        parts.append(_dim(sample_of_users(found.ranked_users, found.of_users)))
    if found.accuracy is None:
        parts.append(_dim(f"none of {plural(found.lists.lists, 'user')} has a relevant held-out item"))
    else:
        columns = ("nDCG", "precision", "recall", "MAP", "MRR", "AUC", "users", "left out")
        numbers = (getattr(found.accuracy, name) for name in RANKING_COLUMNS[:6])
        counts = (f"{found.accuracy.users:,}", f"{found.accuracy.left_out:,}")
        parts.append(table(columns, [(*(_number(value) for value in numbers), *counts)]))
    return stack(*parts, _lists_table(found.lists))


def sample_of_users(ranked: int, of: int) -> str:
    """Say whose rankings are judged where not everybody's are."""
    return f"judged on {ranked:,} of {plural(of, 'user')}, the same for every model; --ranking-users all takes them all"


def _lists_table(found: ListMetrics) -> "RenderableType":
    columns = ("catalogue listed", "Gini", "novelty, bits", "mean popularity", "lists", "places")
    row = (
        f"{found.catalogue_coverage:.1%}",
        f"{found.gini:.3f}",
        f"{found.novelty:.2f}",
        f"{found.mean_popularity:.1f}",
        f"{found.lists:,}",
        f"{found.places:,}",
    )
    return table(columns, [row])


def slice_tables(slices: Mapping[str, Sequence[Slice]]) -> "RenderableType":
    """Lay out errors by kind of row."""
    parts = []
    for name, found in slices.items():
        columns = (SLICES[name], "n", "MAE", "RMSE", "mean error", "bias model's MAE")
        rows = [
            (s.group, f"{s.n:,}", f"{s.mae:.4f}", f"{s.rmse:.4f}", f"{s.bias:+.4f}", f"{s.baseline_mae:.4f}")
            for s in found
        ]
        parts.append(table(columns, rows, left=(SLICES[name],), spare=(columns[-1], "RMSE")))
    return stack(*parts)


def error_table(sample: PredictionSample, scale: RatingScale) -> "RenderableType":
    """Lay out how far the predictions of each rating lie from it on average, as bars: too low to the left of ┆."""
    import numpy as np

    true, misses = sample.true.astype(np.float64), sample.predicted.astype(np.float64) - sample.true
    given = np.unique(true)
    label = "rating given"
    if len(given) > MOST_STARS:
        step = round_up((scale.high - scale.low) / MOST_STARS, at_least=0.0)
        true, label = np.round(true / step) * step + 0.0, "rating given, about"  # + 0.0: no -0
        given = np.unique(true)
    axis = scale.low - scale.high, scale.high - scale.low
    rows: list[Sequence[Shown]] = []
    for stars in given.tolist():
        errors = misses[true == stars]
        mean, middle = float(errors.mean()), [float(end) for end in np.quantile(errors, (0.25, 0.75))]
        row = (f"{stars:g}", f"{len(errors):,}", f"{np.abs(errors).mean():.3f}", f"{mean:+.3f}")
        rows.append((*row, Span(middle[0], mean, middle[1], axis)))
    columns = (label, "n", "MAE", "mean error", "too low ┆ too high, middle half")
    return table(columns, rows)


def difference_cells(verdicts: Verdicts) -> tuple[Cell, ...]:
    """Return the cells of ``DIFFERENCE_COLUMNS``."""
    mae, rmse = verdicts.differences["mae"], verdicts.differences["rmse"]
    return mae.value, mae.low, mae.high, mae.verdict, rmse.value, rmse.low, rmse.high


def distribution_cells(found: DistributionMetrics | None) -> tuple[Cell, ...]:
    """Return the cells of ``DISTRIBUTION_COLUMNS``."""
    if found is None:
        return (None,) * len(DISTRIBUTION_COLUMNS)
    return found.log_loss, found.observed, found.expected, found.width


def ranking_cells(found: RankingReport | None) -> tuple[Cell, ...]:
    """Return the cells of ``RANKING_COLUMNS``, ``LIST_COLUMNS`` and ``SAMPLE_COLUMNS``."""
    accuracy, lists = (found.accuracy, found.lists) if found else (None, None)
    return (
        *(getattr(accuracy, name, None) for name in RANKING_COLUMNS),
        *(getattr(lists, name, None) for name in LIST_COLUMNS),
        *(getattr(found, name, None) for name in SAMPLE_COLUMNS),
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _dim(text: str) -> "RenderableType":
    from rich.text import Text

    return Text(text, style="dim")
