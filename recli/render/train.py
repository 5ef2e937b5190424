"""A training run: what was learned, how well, and against which bar."""

import dataclasses
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

from recli.core.duration import spoken_time
from recli.core.results.train import TrainResult
from recli.core.run import Epoch, Metrics
from recli.render.csv_text import Cell
from recli.render.glyphs import sparkline
from recli.render.metrics import metric_table
from recli.render.tables import facts, heading, stack, table, train_on
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType


SPARKS = 40
"""Cells of a sparkline, at most."""
LIVE_SPARKS = 16
"""The same beside the time that is left, in 80 columns."""


def train_view(result: TrainResult) -> View:
    """Show the new version."""
    json = {
        "ref": result.ref,
        "model": result.model,
        "version": result.version,
        "path": str(result.path),
        "dataset": result.dataset,
        "parameters": result.parameters,
        "layers": [dataclasses.asdict(layer) for layer in result.layers],
        "config": dict(result.config),
        "seconds": {"fit": round(result.fit_seconds, 3), "total": round(result.total_seconds, 3)},
        "history": [{"epoch": epoch.epoch, "loss": epoch.loss, "val_loss": epoch.val_loss} for epoch in result.history],
        "best_epoch": result.best_epoch,
        "stopped_early": result.stopped_early,
        "resumed_after": result.resumed_after,
        "metrics": {part: errors and dataclasses.asdict(errors) for part, errors in result.metrics.items()},
        "baseline": dataclasses.asdict(result.baseline),
    }
    return View(
        json=json,
        header=("ref", "rows", "n", "mae", "mse", "rmse", "cold", "clipped", "median_mae"),
        rows=[
            *((result.ref, part, *_numbers(errors)) for part, errors in result.metrics.items() if errors),
            ("bias baseline", "test", *_numbers(result.baseline)),
        ],
        quiet=[result.ref],
        terminal=lambda: _terminal(result),
        notes=_kept(result),
        next=_next(result),
    )


def _next(result: TrainResult) -> str:
    if not (result.has_vectors or result.has_neighbors):
        return train_on(result.dataset)
    if not result.dataset.startswith("ml-"):
        return f"recli evaluate {result.ref}"  # a line that can be copied: which titles there are, nobody knows here
    return f'recli similar "Star Trek" --model {result.ref}'


def _numbers(errors: Metrics) -> tuple[Cell, ...]:
    return errors.n, errors.mae, errors.mse, errors.rmse, errors.cold, errors.clipped, errors.median_mae


def _terminal(result: TrainResult) -> "RenderableType":
    layers = [(layer.name, " × ".join(map(str, layer.shape)), f"{layer.count:,}") for layer in result.layers]
    rows = [(part, errors) for part, errors in result.metrics.items() if errors]
    detail = f"{result.dataset} · fit {result.fit_seconds:.1f} s · {result.path}"
    parts: list[RenderableType] = [heading(result.ref, detail)]
    if len(result.history) > 1:
        parts.append(facts(_curves(result.history)))
    return stack(
        *parts,
        table(
            ("trainable", "shape", "numbers"), [*layers, ("total", "", f"{result.parameters:,}")], left=("trainable",)
        ),
        metric_table([*rows, ("bias on test", result.baseline)]),
    )


def _curves(history: Sequence[Epoch]) -> list[tuple[str, str]]:
    """Return each loss as a sparkline between its first and its last value."""
    watched = [epoch.val_loss for epoch in history if epoch.val_loss is not None]
    curves = [("loss", [epoch.loss for epoch in history]), ("val_loss", watched)]
    return [
        (name, f"{values[0]:.4f} {sparkline(values, SPARKS)} {values[-1]:.4f}")
        for name, values in curves
        if len(values) > 1
    ]


def _kept(result: TrainResult) -> list[str]:
    """Say which epoch's weights were kept, where it is not the last one asked for."""
    last, patience = len(result.history), result.config.get("patience")
    if result.best_epoch is None or not (result.stopped_early or result.best_epoch != last):
        return []
    losses = {epoch.epoch: epoch.val_loss for epoch in result.history}
    lowest = losses.get(result.best_epoch)
    found = "" if lowest is None else f", whose val_loss of {lowest:.4f} is the lowest"
    why = f"stopped after epoch {last} of {result.config.get('epochs')}: " if result.stopped_early else ""
    waited = f" ({patience} epochs without a better one)" if result.stopped_early and patience else ""
    return [f"{why}the weights of epoch {result.best_epoch} are kept{found}{waited}"]


def progress_table(history: Sequence[Epoch], epochs: int, *, most_rows: int | None = None) -> "RenderableType":
    """Show the latest epochs, with the lowest validation loss so far marked, and the time that is left."""
    from rich.console import Group
    from rich.text import Text

    lowest = min((e.val_loss for e in history if e.val_loss is not None), default=None)
    rows = [
        (
            str(e.epoch),
            f"{e.loss:.4f}",
            "–" if e.val_loss is None else f"{e.val_loss:.4f}",
            "lowest" if e.val_loss is not None and e.val_loss == lowest else "",
            f"{e.seconds:.2f} s",
        )
        for e in history[-most_rows if most_rows else 0 :]
    ]
    watched = [e.val_loss for e in history if e.val_loss is not None]
    drawn = f"val_loss {sparkline(watched, LIVE_SPARKS)}  " if len(watched) > 1 else ""
    return Group(
        table(("epoch", "loss", "val_loss", "", "time"), rows), Text(drawn + _time_left(history, epochs), style="dim")
    )


def _time_left(history: Sequence[Epoch], epochs: int) -> str:
    """Estimate from the median epoch but the first, which also compiles."""
    if not history:
        return "compiling …"
    left = epochs - history[-1].epoch
    if left == 0:
        return ""
    if len(history) == 1:
        return f"epoch {history[-1].epoch} of {epochs}"
    each = statistics.median(e.seconds for e in history[1:])
    rate = f"{1 / each:.1f} epochs/s, " if 0 < each < 1 else ""
    return f"epoch {history[-1].epoch} of {epochs}, {rate}about {spoken_time(each * left)} left"
