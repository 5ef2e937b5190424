"""The table: rows in, Markdown and JSON out."""

import dataclasses
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """What was measured of one model; ``None`` where a model has no such thing."""

    model: str
    status: str = "ok"
    """``ok``, ``not installed`` or ``failed``."""
    detail: str = ""
    """Why not ``ok``."""
    library: str = ""
    """Distribution and version."""
    rmse: float | None = None
    """Stars."""
    mae: float | None = None
    """Stars."""
    median_mae: float | None = None
    """Stars, of the median of the predicted distribution."""
    ndcg: float | None = None
    """At 10, 0 to 1."""
    users_ranked: int | None = None
    """Users that the nDCG is the mean of."""
    users_left_out: int | None = None
    """Users without a test row of 4 stars or more."""
    similarity_recall: float | None = None
    """Share of sequels among the ten nearest, 0 to 1, by the model's best method."""
    fit_seconds: float | None = None
    peak_mb: float | None = None
    """10⁶ bytes."""
    cold: int | None = None
    """Test rows that the library could not answer, or whose user or item training never saw."""
    clipped: int | None = None
    """Predictions moved to the edge of the scale."""
    similarities: Mapping[str, float] = field(default_factory=dict)
    """Name of a method → the same share, for every method of the model, best first."""
    ndcg_any: float | None = None
    """At 10, where every test row counts as liked, whatever its stars."""
    folds: Mapping[str, float] = field(default_factory=dict)
    """Name of a fold → RMSE, where the other numbers are means over folds."""


_MEASURES = ("rmse", "mae", "median_mae", "ndcg", "ndcg_any", "similarity_recall", "fit_seconds", "peak_mb")
_COLUMNS: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("rmse", "RMSE", "{:.4f}".format),
    ("mae", "MAE", "{:.4f}".format),
    ("median_mae", "median MAE", "{:.4f}".format),
    ("ndcg", "nDCG@10", "{:.3f}".format),
    ("ndcg_any", "nDCG@10, any stars", "{:.3f}".format),
    ("similarity_recall", "similarity recall", "{:.0%}".format),
    ("fit_seconds", "fit, s", lambda seconds: f"{seconds:.2f}" if seconds < 10 else f"{seconds:.0f}"),
    ("peak_mb", "peak memory, MB", "{:.0f}".format),
)


def median_of_runs(rows: Sequence[Row]) -> Row:
    """Return the first run's row with the median of the fit seconds and the largest peak of all runs."""
    if any(row.status != "ok" for row in rows):
        return next(row for row in rows if row.status != "ok")
    return dataclasses.replace(
        rows[0],
        fit_seconds=statistics.median(row.fit_seconds or 0 for row in rows),
        peak_mb=max(row.peak_mb or 0 for row in rows),
    )


def mean_of_folds(rows: Mapping[str, Row]) -> Row:
    """Return the mean of every measure over the folds, and each fold's RMSE."""
    first, *_ = parts = list(rows.values())
    if any(row.status != "ok" for row in parts):
        return next(row for row in parts if row.status != "ok")
    means = {measure: _mean([getattr(row, measure) for row in parts]) for measure in _MEASURES}
    counts = ("users_ranked", "users_left_out", "cold", "clipped")
    sums = {count: _sum([getattr(row, count) for row in parts]) for count in counts}
    folds = {fold: row.rmse for fold, row in rows.items() if row.rmse is not None}
    similarities = {name: statistics.fmean(row.similarities[name] for row in parts) for name in first.similarities}
    return dataclasses.replace(first, **means, **sums, similarities=similarities, folds=folds)


def markdown(rows: Sequence[Row], caption: str, notes: Sequence[str]) -> str:
    """Write a page: caption, table, notes. A measure that no row has keeps its column, empty."""
    folds = list(dict.fromkeys(fold for row in rows for fold in row.folds))
    titles = ["model", *(title for _, title, _ in _COLUMNS), *(f"RMSE {fold}" for fold in folds)]
    lines = [caption, "", _line(titles), "|---|" + "--:|" * (len(titles) - 1)]
    lines += [_line(_cells(row, folds)) for row in rows]
    return "\n".join([*lines, "", *(f"- {note}" for note in notes), ""])


def as_json(rows: Sequence[Row], about: Mapping[str, Any]) -> str:
    """Write the same rows in full, under what is told about the run."""
    record = {**about, "rows": [dataclasses.asdict(row) for row in rows]}
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def _cells(row: Row, folds: Sequence[str]) -> list[str]:
    if row.status != "ok":
        return [row.model, row.status, *[""] * (len(_COLUMNS) - 1 + len(folds))]
    values = [(getattr(row, measure), write) for measure, _, write in _COLUMNS]
    cells = ["" if value is None else write(value) for value, write in values]
    return [row.model, *cells, *(f"{row.folds[fold]:.4f}" if fold in row.folds else "" for fold in folds)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _mean(values: Sequence[float | None]) -> float | None:
    found = [value for value in values if value is not None]
    return statistics.fmean(found) if len(found) == len(values) else None


def _sum(values: Sequence[int | None]) -> int | None:
    found = [value for value in values if value is not None]
    return sum(found) if len(found) == len(values) else None
