"""A fetched dataset, and the list of datasets there are."""

from collections.abc import Sequence
from pathlib import Path

from recli.core.reference import DEFAULT_DATASET
from recli.core.results.fetch import DatasetListing, FetchResult
from recli.render.tables import facts, heading, stack
from recli.render.view import View


def fetch_view(result: FetchResult) -> View:
    """Show what is in the store now, from where, and under which licence."""
    record = result.record
    json = {
        "dataset": result.dataset,
        "source": record.get("source"),
        "path": str(result.path),
        "users": result.users,
        "items": result.items,
        "ratings": result.ratings,
        "sha256": record.get("sha256"),
        "already_there": result.already_there,
        "licence": record.get("licence"),
        "citation": record.get("citation"),
        "notes": record.get("notes", []),
    }
    cells = (result.dataset, str(record.get("source")), result.users, result.items, result.ratings, str(result.path))
    return View(
        json=json,
        header=("dataset", "source", "users", "items", "ratings", "path"),
        rows=[cells],
        quiet=[result.dataset],
        terminal=lambda: stack(
            heading(result.dataset, "already there, every checksum holds" if result.already_there else "fetched"),
            facts(_facts(result)),
        ),
        subject="" if result.already_there else f"licence: {record.get('licence')}",
        notes=[str(note) for note in record.get("notes", [])],
        next=f"recli stats{'' if result.dataset == DEFAULT_DATASET else ' ' + result.dataset}",
    )


def _facts(result: FetchResult) -> list[tuple[str, str | Path]]:
    record = result.record
    pairs = [
        ("ratings", f"{result.ratings:,} by {result.users:,} users of {result.items:,} items"),
        ("source", str(record.get("source"))),
        ("licence", str(record.get("licence"))),
        ("cite", str(record.get("citation"))),
    ]
    said: list[tuple[str, str | Path]] = [(name, value) for name, value in pairs if value not in ("None", "")]
    return [*said, ("path", result.path)]


def listing_view(listings: Sequence[DatasetListing]) -> View:
    """List the datasets that were imported, and those that can be fetched."""
    said = {True: "yes", False: "no"}
    rows = [(e.dataset, said[e.fetched], e.title, e.licence, said[e.imported]) for e in listings]
    header = ("dataset", "fetched", "title", "licence", "imported")
    return View(
        json={
            "datasets": [
                {
                    "dataset": e.dataset,
                    "title": e.title,
                    "licence": e.licence,
                    "fetched": e.fetched,
                    "imported": e.imported,
                }
                for e in listings
            ]
        },
        header=header,
        rows=rows,
        quiet=[entry.dataset for entry in listings],
        terminal=lambda: facts([(e.dataset, f"{e.title}{_how(e)}") for e in listings]),
        next=_after(listings),
    )


def _how(entry: DatasetListing) -> str:
    return " · imported" if entry.imported else " · fetched" if entry.fetched else ""


def _after(listings: Sequence[DatasetListing]) -> str:
    """Return what to try next: somebody with ratings of their own came for these."""
    if own := [entry.dataset for entry in listings if entry.imported]:
        return f"recli stats {own[0]}"
    return next((f"recli fetch {entry.dataset}" for entry in listings if not entry.fetched), "recli stats")
