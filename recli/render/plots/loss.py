"""How the loss fell while a model trained."""

from typing import TYPE_CHECKING, Literal

from recli.core.errors import UsageError
from recli.core.results.reproduce import Curve
from recli.core.results.train import TrainResult
from recli.core.text import visible
from recli.render.plots.page import About, Table
from recli.render.plots.style import BLUE, MUTED, ORANGE, finish, house_style, new_figure
from recli.render.tables import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_UNITS = {
    "mae": "Mean absolute error (stars, unclipped)",
    "mse": "Mean squared error (stars², unclipped)",
    "ordinal": "Negative log-likelihood (nats)",
}
_READING = (
    "Loss on the rows that train, and on those that only watch, after each epoch. Where the validation curve rises "
    "while the training curve still falls, the model overfits; the weights kept are those of the epoch that is ringed. "
    "The loss is that of the predictions before they are clipped to the rating scale; the errors that recli train and "
    "recli evaluate list are of clipped ones."
)
_LEAST_EPOCHS = 6
"""Of fewer, all have room."""
_ROOM_ABOVE = 1.0
"""Of the span of the later epochs, what is shown above it: a fall from far higher would flatten all that follows."""


def loss_plot(result: TrainResult | Curve, fmt: str) -> bytes:
    """Draw training and validation loss by epoch, the epoch whose weights were kept marked.

    Args:
        result: what was trained in epochs, a version or not.
        fmt: one of ``FORMATS``.

    Raises:
        UsageError: the model is not trained in epochs, so there is no curve.
    """
    if not result.history:
        raise UsageError(f"{result.model} is not trained in epochs: it has no loss curve")
    with house_style():
        title = f"Loss of {visible(result.ref)}"
        figure = new_figure(title, _subtitle(result), width=8, height=5)
        axes = figure.subplots()
        _draw_curves(axes, result)
        _draw_best(axes, result)
        return finish(figure, fmt, About(title, f"{_subtitle(result)}. {_READING}", [_table(result)]))


def _subtitle(result: TrainResult | Curve) -> str:
    ended = ", stopped early" if result.stopped_early else ""
    return f"{visible(result.dataset)} · {plural(len(result.history), 'epoch')} in {result.fit_seconds:.1f} s{ended}"


def _table(result: TrainResult | Curve) -> Table:
    rows = [(e.epoch, e.loss, e.val_loss, "kept" if e.epoch == result.best_epoch else "") for e in result.history]
    return Table("Epochs", ("epoch", "training loss", "validation loss", "weights"), rows)


def _draw_curves(axes: "Axes", result: TrainResult | Curve) -> None:
    from matplotlib.ticker import MaxNLocator

    epochs = [epoch.epoch for epoch in result.history]
    axes.set(xlabel="Epoch", ylabel=_UNITS.get(str(result.config.get("loss")), "Loss (nats)"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.plot(epochs, [epoch.loss for epoch in result.history], "o-", color=BLUE, markersize=4, label="training")
    watched = [(epoch.epoch, epoch.val_loss) for epoch in result.history if epoch.val_loss is not None]
    if watched:
        # Squares and dashes, so that a grey print tells the two apart.
        axes.plot(*zip(*watched, strict=True), "s--", color=ORANGE, markersize=4, label="validation")
    axes.margins(y=0.12)
    _leave_out_the_fall(axes, result)
    axes.legend()


def _leave_out_the_fall(axes: "Axes", result: TrainResult | Curve) -> None:
    """Give the height to the later epochs and the kept one where the first fall from far above, and say so."""
    history = result.history
    later = [e for e in history if e.epoch > len(history) / 2 or e.epoch == result.best_epoch]
    values = [value for e in later for value in (e.loss, e.val_loss) if value is not None]
    low, high = min(values), max(values)
    top = high + _ROOM_ABOVE * (high - low)
    above = [e for e in history if max(e.loss, e.val_loss or e.loss) > top]
    if len(history) < _LEAST_EPOCHS or not above or high == low:
        return
    least = min(value for e in history for value in (e.loss, e.val_loss) if value is not None)
    axes.set_ylim(least - 0.12 * (top - least), top)
    highest = max(value for e in above for value in (e.loss, e.val_loss) if value is not None)
    last = above[-1].epoch
    which = f"epoch {last} is" if last == 1 else f"epochs 1 to {last} are"
    place = (last + 1, 1)  # the curves are within the frame by then
    text = f"↑ {which} above, up to {highest:.4g}"
    axes.annotate(text, place, (8, -6), axes.get_xaxis_transform(), "offset points", va="top", size=9, color=MUTED)


def _draw_best(axes: "Axes", result: TrainResult | Curve) -> None:
    best = next((epoch for epoch in result.history if epoch.epoch == result.best_epoch), None)
    if best is None:
        return
    loss = best.loss if best.val_loss is None else best.val_loss
    axes.plot([best.epoch], [loss], "o", markersize=12, markerfacecolor="none", markeredgecolor=MUTED)
    axes.axvline(best.epoch, color=MUTED, linewidth=0.9, linestyle=":", zorder=0)
    share = best.epoch / len(result.history)
    side: Literal["left", "center", "right"] = "left" if share < 0.3 else "right" if share > 0.7 else "center"
    text = f"kept: epoch {best.epoch}, {loss:.4f}"
    # Above the frame, where no curve runs.
    axes.annotate(text, (best.epoch, 1), (0, 4), axes.get_xaxis_transform(), "offset points", ha=side)
