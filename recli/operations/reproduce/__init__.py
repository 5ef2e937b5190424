"""The notebook that recli starts from, recomputed value by value and held to what it shows."""

import dataclasses
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from recli.core.dataset import Dataset
from recli.core.errors import GateFailedError, UsageError
from recli.core.reference import DEFAULT_DATASET
from recli.core.results.reproduce import Drawable, Drawn, Picture, ReproduceResult
from recli.core.results.stats import StatsResult
from recli.core.run import Epoch, Stage
from recli.core.split import Split, SplitSpec
from recli.data.splits import make_split
from recli.data.summary import summarise
from recli.models.configs import DeepConfig, DotConfig, GradientConfig
from recli.operations.datasets import open_dataset
from recli.operations.files import check_destination
from recli.operations.reproduce.checking import Found, judge_check
from recli.operations.reproduce.drawing import measure_pictures, place_items, similar_to_shown
from recli.operations.reproduce.expected import CHECKS, DEFAULT_SEED
from recli.operations.reproduce.measure_data import measure_data, measure_split
from recli.operations.reproduce.measure_models import (
    BATCH_SIZE,
    EPOCHS,
    LEARNING_RATE,
    Trained,
    measure_embeddings,
    measure_models,
    measure_untrained,
    predicted_by,
)
from recli.operations.train import fit, judged, publish
from recli.store import Store

__all__ = ["DEFAULT_SEED", "REPORT_FORMATS", "report_format", "reproduce", "require_reproduced"]

REPORT_FORMATS = ("html", "md")

_Config = TypeVar("_Config", bound=GradientConfig)

Draw = Callable[[Drawable], Drawn]
"""Renders the notebook's pictures."""
Say = Callable[[str], None]
"""Hears what is being done."""


def report_format(path: Path) -> str:
    """Return the format of a report's file, once it is known that it can be written.

    Raises:
        UsageError: the name ends in no format of a report.
        StorageError: no file can be written there.
    """
    fmt = path.suffix.lower().removeprefix(".")
    if fmt not in REPORT_FORMATS:
        raise UsageError(
            f"--report {path}: a report is a .html or a .md file", fix="recli reproduce --report seed.html"
        )
    check_destination(path)
    return fmt


def require_reproduced(result: ReproduceResult) -> None:
    """Raise ``GateFailedError`` where a value of the notebook does not hold."""
    if result.failures:
        what = f"{len(result.failures)} of {len(result.checks)} values do not hold"
        raise GateFailedError(what, fix="recli fetch ml-100k --force")


def reproduce(
    store: Store, draw: Draw, *, seed: int = DEFAULT_SEED, keep: bool = False, say: Say | None = None
) -> ReproduceResult:
    """Recompute every value that the notebook shows.

    Args:
        store: holds MovieLens-100K.
        draw: renders the pictures.
        seed: of the two fits. The neighbours that the notebook shows are those of some seeds only.
        keep: publish the two networks as new versions; otherwise nothing is written.
        say: called with a few words before each piece of work.

    Raises:
        NotFoundError: the dataset is not in the store.
        StorageError: the store cannot be written, with ``keep``.
    """
    started, say = time.perf_counter(), say or (lambda text: None)
    say("reading the data")
    data, spec = open_dataset(store, DEFAULT_DATASET), SplitSpec()
    if keep:
        store.prepare()
    rows, stats = make_split(data, spec), summarise(data, 10)
    found = measure_data(data, stats) | measure_split(data, rows)
    networks, learned = _train(data, rows, seed, say)
    refs = _publish(store, networks, data, spec, rows) if keep else ()
    pictures, drawn = _draw(draw, stats, data, rows, networks, seed, say)
    found |= learned | drawn
    return ReproduceResult(
        dataset=data.name,
        source=stats.source,
        seed=seed,
        checks=tuple(judge_check(check, found.get(check.key, _NOTHING), is_copy=_is_copy(data)) for check in CHECKS),
        pictures=pictures,
        refs=refs,
        seconds=time.perf_counter() - started,
    )


def _train(data: Dataset, rows: Split, seed: int, say: Say) -> tuple[list[Trained], dict[str, Found]]:
    """Train ``dot`` and ``deep`` as the notebook does, and measure them."""
    say("starting TensorFlow")
    configs = _as_in_notebook(DotConfig(seed=seed)), _as_in_notebook(DeepConfig(seed=seed))
    untrained = measure_untrained(data, rows, configs[0])
    networks = [Trained(*fit(config, data, rows, _telling(config.model, say))) for config in configs]
    return networks, untrained | measure_models(data, rows, networks) | measure_embeddings(data, networks[0].vectors)


def _publish(store: Store, networks: Sequence[Trained], data: Dataset, spec: SplitSpec, rows: Split) -> tuple[str, ...]:
    drafts = [judged(own.predictor, own.report, data, spec, rows) for own in networks]
    return tuple(publish(store, made, time.perf_counter() - made.report.seconds).ref for made in drafts)


def _draw(
    draw: Draw, stats: StatsResult, data: Dataset, rows: Split, networks: Sequence[Trained], seed: int, say: Say
) -> tuple[tuple[Picture, ...], dict[str, Found]]:
    """Lay the items out and draw all pictures; return them with what there is to check of them."""
    dot = networks[0]
    maps, placed = place_items(data, dot.vectors, dot, seed, say)
    say("drawing the pictures")
    drawn = draw(
        Drawable(
            stats,
            [own.curve(data.name) for own in networks],
            [predicted_by(own, data, rows) for own in networks],
            similar_to_shown(data, dot.vectors, dot),
            maps,
        )
    )
    return drawn.pictures, placed | {"page": ", ".join(drawn.hover)} | measure_pictures(drawn.pictures, placed)


def _as_in_notebook(config: _Config) -> _Config:
    return dataclasses.replace(config, epochs=EPOCHS, batch_size=BATCH_SIZE, learning_rate=LEARNING_RATE)


_NOTHING = ""
"""What is found where the data has no such thing, a sixth star for one: no expectation holds for it."""


def _is_copy(data: Dataset) -> bool:
    """Tell whether the item table is the one without dates: then what needs them is noted, not failed."""
    return data.source.get("official") is False and not any(data.items.release_dates)


def _telling(model: str, say: Say) -> Callable[[Epoch | Stage], None]:
    def on_epoch(piece: Epoch | Stage) -> None:
        if isinstance(piece, Epoch):
            say(f"training {model}: epoch {piece.epoch} of {EPOCHS}, val_loss {piece.val_loss:.4f}")

    return on_epoch
