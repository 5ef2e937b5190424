"""A training run: what was learned, how well, and against which bar."""

import dataclasses
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

from recli.core.results.train import TrainResult
from recli.core.run import Epoch, Metrics
from recli.render.csv_text import Cell
from recli.render.metrics import metric_table
from recli.render.tables import heading, stack, table
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType


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
        next=_next(result),
    )


def _next(result: TrainResult) -> str:
    if not (result.has_vectors or result.has_neighbors):
        return "recli train"
    title = '"Star Trek"' if result.dataset.startswith("ml-") else "TITLE"
    return f"recli similar {title} --model {result.ref}"


def _numbers(errors: Metrics) -> tuple[Cell, ...]:
    return errors.n, errors.mae, errors.mse, errors.rmse, errors.cold, errors.clipped, errors.median_mae


def _terminal(result: TrainResult) -> "RenderableType":
    layers = [(layer.name, " × ".join(map(str, layer.shape)), f"{layer.count:,}") for layer in result.layers]
    rows = [(part, errors) for part, errors in result.metrics.items() if errors]
    kept = f"epoch {result.best_epoch} kept · " if result.stopped_early else ""
    detail = f"{result.dataset} · {kept}fit {result.fit_seconds:.1f} s · {result.path}"
    return stack(
        heading(result.ref, detail),
        table(
            ("trainable", "shape", "numbers"), [*layers, ("total", "", f"{result.parameters:,}")], left=("trainable",)
        ),
        metric_table([*rows, ("bias on test", result.baseline)]),
    )


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
    return Group(table(("epoch", "loss", "val_loss", "", "time"), rows), Text(_time_left(history, epochs), style="dim"))


def _time_left(history: Sequence[Epoch], epochs: int) -> str:
    """Estimate from the median epoch: the first one also compiles."""
    if not history:
        return "compiling …"
    left = epochs - history[-1].epoch
    if left == 0:
        return ""
    seconds = statistics.median(e.seconds for e in history) * left
    return f"epoch {history[-1].epoch} of {epochs}, about {seconds:.0f} s left"
