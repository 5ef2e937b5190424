"""Versions beside each other, best first, and whether they differ."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from recli.core.results.compare import Compared, CompareResult
from recli.render.csv_text import Cell
from recli.render.glyphs import Span
from recli.render.judgement import interval, sample_of_users
from recli.render.tables import heading, plural, stack, table, word
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType

    from recli.render.layout import Cell as Shown

NAMES = {"mae": "MAE", "rmse": "RMSE", "median_mae": "median MAE", "ndcg": "nDCG"}
BASELINE = "baseline"
_COLUMNS = NAMES | {"median_mae": "median"}
"""As columns name them."""
_HEADER = (
    *("ref", "dataset", "n", "left_out", "mae", "mse", "rmse", "median_mae", "ndcg", "cold", "clipped"),
    *("difference", "low", "high", "verdict"),
)


def compare_view(result: CompareResult) -> View:
    """Show one table, sorted; the differences are to the best version."""
    return View(
        json={
            **{name: getattr(result, name) for name in ("dataset", "fingerprint", "by", "n", "users", "best")},
            "ranked_users": result.ranked_users,
            "of_users": result.of_users,
            "entries": [_json(entry) for entry in result.entries],
        },
        header=_HEADER,
        rows=[_row(result, entry) for entry in result.entries],
        quiet=[result.best],
        terminal=lambda: _terminal(result),
        notes=_notes(result),
        next=f"recli models diff {' '.join(e.ref for e in result.entries if not e.is_baseline)}"
        if sum(not e.is_baseline for e in result.entries) == 2
        else f"recli models show {result.best}",
    )


def _json(entry: Compared) -> dict[str, Any]:
    return {
        "ref": entry.ref,
        "is_baseline": entry.is_baseline,
        "left_out": entry.left_out,
        **dataclasses.asdict(entry.metrics),
        "ndcg": entry.ndcg,
        "difference": entry.difference and dataclasses.asdict(entry.difference),
    }


def _row(result: CompareResult, entry: Compared) -> tuple[Cell, ...]:
    errors, found = entry.metrics, entry.difference
    difference = (found.value, found.low, found.high) if found else (None, None, None)
    return (
        *(_name(entry), result.dataset, result.n, entry.left_out, errors.mae, errors.mse, errors.rmse),
        *(errors.median_mae, entry.ndcg, errors.cold, errors.clipped, *difference, _verdict(result, entry)),
    )


def _name(entry: Compared) -> str:
    return BASELINE if entry.is_baseline else entry.ref


def _verdict(result: CompareResult, entry: Compared) -> str:
    if entry.difference:
        return entry.difference.verdict
    return "best" if entry.ref == result.best and not entry.is_baseline else "–"


def _notes(result: CompareResult) -> list[str]:
    notes = []
    if not result.same_rows:
        out = (f"{entry.ref} {entry.left_out:,}" for entry in result.entries if not entry.is_baseline)
        first = next(entry.ref for entry in result.entries if entry.is_baseline)
        notes.append(f"left out, because another one learned from them or watched them: {', '.join(out)} rows")
        notes.append(f"the baseline is that of {first}")
    if (result.ranked_users or 0) < (result.of_users or 0):
        notes.append(sample_of_users(result.ranked_users or 0, result.of_users or 0))
    if result.users < 2:
        notes.append("undecided: all common rows are one user's, and an interval needs others to draw")
    return notes


def _terminal(result: CompareResult) -> "RenderableType":
    by_ndcg, medians = result.by == "ndcg", any(e.metrics.median_mae is not None for e in result.entries)
    extra = "nDCG" if by_ndcg else "median" if medians else None
    rows: list[Sequence[Shown]] = []
    axis = _axis(result)
    for entry in result.entries:
        errors, found = entry.metrics, entry.difference
        more = [_number(entry.ndcg if by_ndcg else errors.median_mae)] if extra else []
        difference = (f"{found.value:+.4f}", interval(found)) if found else ("–", "–")
        drawn = Span(found.low, found.value, found.high, axis) if found else Span(None, 0.0, None, axis)
        verdict = word(_verdict(result, entry))
        rows.append((_name(entry), f"{errors.mae:.4f}", f"{errors.rmse:.4f}", *more, *difference, verdict, drawn))
    columns = (
        "model",
        "MAE",
        "RMSE",
        *([extra] if extra else []),
        "to best",
        "95% interval",
        "verdict",
        "┆ best",
    )
    spare = [name for name in ("RMSE", "median", "MAE") if name != _COLUMNS[result.by]]
    users = plural(result.users, "user")
    about = f"by {NAMES[result.by]} · {plural(result.n, 'common held-out row')} of {result.dataset} · {users}"
    return stack(heading(result.best, about), table(columns, rows, left=("model", "verdict"), spare=spare))


def _axis(result: CompareResult) -> tuple[float, float]:
    """Return the lowest and the highest number that an interval reaches, 0 included."""
    found = [entry.difference for entry in result.entries if entry.difference]
    ends = [0.0, *(end for each in found for end in (each.low, each.value, each.high) if end is not None)]
    return min(ends), max(ends)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
