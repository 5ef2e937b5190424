"""Predicted stars."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recli.core.results.predict import BASELINE, Prediction, PredictResult
from recli.core.results.similar import TitleMatch
from recli.render.csv_text import Cell, number_text, rows_text
from recli.render.glyphs import Bar
from recli.render.similar import match_notes
from recli.render.tables import facts, heading, level, plural, stack, stars, table
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType

COLUMNS = ("user_id", "item_id", "title", "rating", "median", "low", "high", "source")
BESIDE = ("baseline", "given", "trained_on")
"""Columns of a single prediction that come last."""
SHOWN_PAIRS = 20
"""Rows on a terminal; a file takes all."""


def prediction_view(result: PredictResult, *, distribution: bool) -> View:
    """Show what one user would give one item."""
    found = tuple(prediction for block in result.blocks for prediction in block)
    header = (*_header(result, distribution=distribution), *BESIDE)
    return View(
        json=_json(result, found),
        header=header,
        rows=[(*_cells(p, result, distribution=distribution), *_beside(p)) for p in found],
        quiet=[number_text(p.rating) for p in found],
        terminal=lambda: stack(*(_answer(p, result) for p in found)) if found else heading("nothing to predict"),
        notes=[*match_notes(result.matches, exact=result.exact, choose="--item ID"), *_proof(found, result),
               *notes(result)],
        next=f"recli evaluate {result.ref}",
    )  # fmt: skip


def pairs_view(result: PredictResult) -> View:
    """Show what was predicted for many pairs: all in JSON and quietly, the first of them on a terminal."""
    found = tuple(prediction for block in result.blocks for prediction in block)
    more = len(found) - SHOWN_PAIRS
    cut = [f"… and {plural(more, 'pair')} more: --out FILE takes all"] if more > 0 else []
    return View(
        json=_json(result, found),
        header=COLUMNS,
        rows=[_cells(p, result, distribution=False) for p in found],
        quiet=[number_text(p.rating) for p in found],
        terminal=lambda: stack(
            heading(plural(len(found), "pair"), f"by {result.ref}"), _pairs_table(found[:SHOWN_PAIRS]), *cut
        ),
        notes=notes(result),
    )


def written_view(result: PredictResult, path: Path) -> View:
    """Say what a file holds whose rows were written by ``table_pieces``."""
    tally = result.tally
    counts: dict[str, Cell] = {"pairs": tally.pairs, "cold": tally.cold, "clipped": tally.clipped,
                               "unknown": tally.unknown, "skipped": tally.skipped}  # fmt: skip
    return View(
        json={"ref": result.ref, **counts, "files": {"out": str(path)}},
        header=("ref", "out", *counts),
        rows=[(result.ref, str(path), *counts.values())],
        quiet=[str(path)],
        terminal=lambda: stack(
            heading(plural(tally.pairs, "pair"), f"predicted by {result.ref}"), facts([("path", path)])
        ),
        notes=notes(result),
    )


def table_pieces(result: PredictResult, separator: str, *, distribution: bool, raw: bool = False) -> Iterator[str]:
    """Yield a table of all pairs in their order, header first, a piece for each block.

    Args:
        result: its blocks are read.
        separator: a comma for CSV, a tab for TSV.
        distribution: add the probability of each level, ``p_1`` and so on.
        raw: do not guard text that a spreadsheet would run as a formula.
    """
    yield rows_text([_header(result, distribution=distribution)], separator)
    for block in result.blocks:
        rows = (_cells(prediction, result, distribution=distribution) for prediction in block)
        yield rows_text(rows, separator, raw=raw)


def notes(result: PredictResult) -> list[str]:
    """Say what a reader should know of predictions whose blocks have been read."""
    tally, said = result.tally, []
    if tally.trained_on and tally.pairs > 1:
        rows = "is a training row" if tally.trained_on == 1 else "are training rows"
        of = f"{tally.trained_on:,} of {plural(tally.pairs, 'pair')} {rows} of {result.ref}"
        them = "it" if tally.trained_on == 1 else "them"
        said.append(f"{of}: what is predicted for {them} proves nothing")
    if tally.unknown:
        done = {"skip": "left out", "nan": "left empty"}.get(result.cold, "answered by the baseline")
        said.append(f"{plural(tally.unknown, 'pair')} with an id that {result.ref} does not know: {done}")
    never_seen = tally.cold - (0 if result.cold == "skip" else tally.unknown)
    if never_seen:
        by = tally.by_baseline - (tally.unknown if result.cold == "baseline" else 0)
        how = "answered by the baseline" if by else "answered from metadata"
        said.append(f"{plural(never_seen, 'pair')} with a user or an item that training never saw: {how}")
    if tally.clipped:
        said.append(f"{plural(tally.clipped, 'prediction')} moved to the edge of the scale")
    if result.no_dataset:
        said.append(f"what users have really given is not known: {result.no_dataset}")
    return said


def _proof(found: Sequence[Prediction], result: PredictResult) -> list[str]:
    if not any(prediction.trained_on for prediction in found):
        return []
    return [f"the rating given is a training row of {result.ref}: this prediction proves nothing"]


def _json(result: PredictResult, found: Sequence[Prediction]) -> dict[str, Any]:
    tally = result.tally
    return {
        "ref": result.ref,
        "predictions": [_object(prediction, result.levels) for prediction in found],
        "matches": [_match(match) for match in result.matches],
        "cold": tally.cold,
        "clipped": tally.clipped,
        "unknown": tally.unknown,
        "skipped": tally.skipped,
    }


def _match(match: TitleMatch) -> dict[str, Any]:
    return {"item_id": match.item_id, "title": match.title, "year": match.year, "ratings": match.ratings}


def _object(p: Prediction, levels: Sequence[float] | None) -> dict[str, Any]:
    interval = p.interval and {
        "level": p.interval.level,
        "low": p.interval.low,
        "high": p.interval.high,
        "holds": p.interval.holds,
    }
    distribution = None
    if p.distribution is not None:
        distribution = {f"{star:g}": share for star, share in zip(levels or (), p.distribution, strict=True)}
    return {
        "user_id": p.user_id,
        "item_id": p.item_id,
        "title": p.title,
        "rating": p.rating,
        "median": p.median,
        "interval": interval,
        "distribution": distribution,
        "baseline": p.baseline,
        "source": p.source,
        "given": p.given,
        "part": p.part,
        "trained_on": p.trained_on,
    }


def _header(result: PredictResult, *, distribution: bool) -> tuple[str, ...]:
    return (*COLUMNS, *(f"p_{star:g}" for star in (result.levels or ()) if distribution))


def _cells(p: Prediction, result: PredictResult, *, distribution: bool) -> tuple[Cell, ...]:
    low, high = (p.interval.low, p.interval.high) if p.interval else (None, None)
    shares: tuple[Cell, ...] = ()
    if distribution:
        shares = p.distribution or (None,) * len(result.levels or ())
    return (p.user_id, p.item_id, p.title, p.rating, p.median, low, high, p.source, *shares)


def _beside(p: Prediction) -> tuple[Cell, ...]:
    return p.baseline, p.given, None if p.trained_on is None else "true" if p.trained_on else "false"


def _answer(p: Prediction, result: PredictResult) -> "RenderableType":
    """Lay out one prediction: title, stars, what else is known, and a bar for each level."""
    parts: list[RenderableType] = [
        heading(p.title or f"item {p.item_id}", f"id {p.item_id} · for user {p.user_id} · by {result.ref}"),
        facts(_facts(p, result)),
    ]
    if p.distribution and result.levels:
        most = max(p.distribution)
        bars = [
            (level(star), f"{share:.1%}", Bar(share / most))
            for star, share in zip(result.levels, p.distribution, strict=True)
        ]
        parts.append(table(("stars", "probability", " "), bars))
    return stack(*parts)


def _facts(p: Prediction, result: PredictResult) -> list[tuple[str, str]]:
    said = [("predicted", _mean(p.rating) + (", by the baseline" if p.source == BASELINE else ""))]
    if p.median is not None:
        said.append(("median", stars(p.median)))
    if p.interval is not None:
        span = f"{level(p.interval.low)} to {level(p.interval.high)} stars, which hold {p.interval.holds * 100:.0f}%"
        said.append((f"{p.interval.level * 100:g}% interval", span))
    if p.baseline is not None:
        said.append(("bias baseline", _mean(p.baseline)))
    if p.given is not None:
        said.append(("given", f"{stars(p.given)}, in a row of the {'training' if p.trained_on else p.part} part"))
    elif not result.no_dataset:
        said.append(("given", "not rated yet"))
    return said


def _mean(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f} stars"


def _pairs_table(found: Sequence[Prediction]) -> "RenderableType":
    rows = [
        (
            str(p.user_id),
            str(p.item_id),
            p.title or "",
            "–" if p.rating is None else f"{p.rating:.2f}",
            f"{level(p.interval.low)} to {level(p.interval.high)}" if p.interval else "",
            p.source or "",
        )
        for p in found
    ]
    return table(
        ("user", "item", "title", "stars", "interval", "by"),
        rows,
        left=("title", "interval", "by"),
        spare=("by", "interval"),
    )
