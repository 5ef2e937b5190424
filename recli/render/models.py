"""What the store holds."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recli.core.flat import flatten
from recli.core.results.models import ModelDetails, ModelListing
from recli.core.text import visible
from recli.render.metrics import metric_table
from recli.render.tables import beside, facts, heading, leaf_text, stack, table
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType

_HALF = 72
"""Cells of the facts and of the tables that stand beside them, at least."""


def list_view(listings: Sequence[ModelListing], *, train: str = "recli train") -> View:
    """List versions, damaged ones marked; where there is none, ``train`` is what to try next."""
    notes = [f"{entry.ref} is corrupt: {entry.reason}" for entry in listings if entry.status != "ok"]
    return View(
        json={"models": [_json(entry) for entry in listings]},
        header=("ref", "created", "dataset", "test_mae", "test_rmse", "aliases", "bytes", "status"),
        rows=[
            (
                entry.ref,
                entry.created,
                entry.dataset,
                entry.metrics.mae if entry.metrics else None,
                entry.metrics.rmse if entry.metrics else None,
                ",".join(entry.aliases),
                entry.bytes,
                entry.status,
            )
            for entry in listings
        ],
        quiet=[entry.ref for entry in listings],
        terminal=lambda: _listed(listings),
        notes=notes or ([] if listings else ["no model has been trained yet"]),
        next="recli evaluate" if listings else train,
    )


def _json(entry: ModelListing) -> dict[str, Any]:
    record = dataclasses.asdict(entry)
    return record | {"aliases": list(entry.aliases), "path": str(entry.path)}


def _listed(listings: Sequence[ModelListing]) -> "RenderableType":
    rows = [
        (
            entry.ref,
            entry.dataset,
            f"{entry.metrics.mae:.4f}" if entry.metrics else "–",
            f"{entry.metrics.rmse:.4f}" if entry.metrics else "–",
            f"{entry.bytes / 1e6:.1f} MB",
            entry.created.replace("T", " ").removesuffix("Z")[:16],
            ", ".join(entry.aliases) if entry.status == "ok" else entry.status,
        )
        for entry in listings
    ]
    columns = ("ref", "dataset", "MAE", "RMSE", "size", "created (UTC)", "aliases")
    left = ("ref", "dataset", "aliases")  # a date that is cut is none
    return table(columns, rows, left=left, spare=("created (UTC)", "size", "dataset"))


def show_view(details: ModelDetails) -> View:
    """Show everything a version says about itself."""
    listing = details.listing
    arrays = [(name, dtype, " × ".join(map(str, shape)) or "scalar") for name, dtype, shape in details.arrays]
    about = list(flatten(details.about))
    errors = {part: dataclasses.asdict(metrics) for part, metrics in details.metrics.items()}
    baseline = dataclasses.asdict(details.baseline)
    return View(
        json={
            **_json(listing),
            "about": dict(details.about),
            "errors": errors,
            "baseline": baseline,
            "arrays": [{"name": name, "dtype": dtype, "shape": list(shape)} for name, dtype, shape in details.arrays],
        },
        header=("name", "value"),
        rows=[
            *about,
            *flatten({"errors": errors, "baseline": baseline}),
            *((f"array.{name}", f"{dtype} {shape}") for name, dtype, shape in arrays),
        ],
        quiet=[listing.ref],
        terminal=lambda: stack(
            heading(listing.ref, f"{listing.dataset} · {listing.bytes / 1e6:.1f} MB · {listing.path}"),
            beside(
                facts([(name, leaf_text(value)) for name, value in about]),
                stack(
                    metric_table([*details.metrics.items(), ("bias on test", details.baseline)]),
                    table(("array", "dtype", "shape"), arrays, left=("array", "dtype")),
                ),
                least=_HALF,
            ),
        ),
        next=f"recli evaluate {listing.ref}",
    )


def path_view(path: Path) -> View:
    """Show a version's directory."""
    from rich.text import Text

    return View(
        json={"path": str(path)},
        header=(),
        rows=[(str(path),)],
        quiet=[str(path)],
        terminal=lambda: Text(visible(str(path))),
    )
