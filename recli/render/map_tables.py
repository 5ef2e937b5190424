"""A map as tables: CSV for spreadsheets, TSV for the Embedding Projector."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from recli.core.results.project import EmbeddingMap, Points
from recli.core.text import visible
from recli.render.csv_text import Cell, text_cell

ITEM_COLUMNS = ("item_id", "title", "year", "ratings", "mean_rating")
USER_COLUMNS = ("user_id", "ratings", "mean_rating")
LAYOUT_COLUMNS = ("trained", "x", "y")
_PLURALS: Mapping[str, str] = {"genre": "genres"}
"""Kind of label → its column, where a point may have several."""
_BETWEEN_LABELS = "|"


def map_csv(item_map: EmbeddingMap) -> bytes:
    """Return the map as a table in UTF-8, one row a point in num order.

    Columns: ``ITEM_COLUMNS`` or ``USER_COLUMNS``, ``LAYOUT_COLUMNS``, those of a second layout with ``_2`` behind, and
    one for each kind of label. Text that a spreadsheet would run as a formula gets an apostrophe in front; an unknown
    year or mean is empty.
    """
    points, layouts = item_map.points, item_map.layouts
    header = [*_known_columns(points), *LAYOUT_COLUMNS]
    header += [f"{column}_{which}" for which in range(2, len(layouts) + 1) for column in LAYOUT_COLUMNS]
    header += [text_cell(_PLURALS.get(kind, kind)) for kind in points.labels]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    for num in range(len(points)):
        places = [
            cell for own in layouts for cell in ("true" if own.trained[num] else "false", *own.points[num])
        ]  # fmt: skip
        writer.writerow([*_known(points, num, raw=False), *places, *_labels(points, num, raw=False)])
    return file.getvalue().encode()


def vectors_tsv(item_map: EmbeddingMap) -> bytes:
    """Return the vectors as https://projector.tensorflow.org loads them: tab-separated numbers without a header.

    Nine significant digits give each float32 back. It shows one model: of two these are the first's.

    Raises:
        ValueError: the map was made without vectors.
    """
    vectors = item_map.layout.vectors
    if vectors is None:
        raise ValueError("a map without vectors")
    row = "\t".join(["%.9g"] * vectors.shape[1]) + "\n"
    return "".join(row % tuple(vector) for vector in vectors.tolist()).encode()


def metadata_tsv(item_map: EmbeddingMap) -> bytes:
    """Return what the Embedding Projector shows of each vector: a header and one row each, the label first."""
    points, layout = item_map.points, item_map.layout
    known = _known_columns(points)
    if points.kind == "items":
        known = (known[1], known[0], *known[2:])
    lines = [[*known, "trained", *(visible(_PLURALS.get(kind, kind)) for kind in points.labels)]]
    for num in range(len(points)):
        cells = list(_known(points, num, raw=True))
        if points.kind == "items":
            cells[0], cells[1] = cells[1], cells[0]
        trained = "true" if layout.trained[num] else "false"
        lines.append([*map(str, cells), trained, *_labels(points, num, raw=True)])
    return "".join("\t".join(line) + "\n" for line in lines).encode()


def _known_columns(points: Points) -> Sequence[str]:
    return ITEM_COLUMNS if points.kind == "items" else USER_COLUMNS


def _known(points: Points, num: int, *, raw: bool) -> Iterable[Cell]:
    own_id = points.vocabulary.id(num)
    mean = points.mean_ratings[num]
    counted = (int(points.n_ratings[num]), "" if np.isnan(mean) else str(mean))
    shown_id = text_cell(own_id, raw=raw) if isinstance(own_id, str) else own_id
    if points.kind == "users":
        return (shown_id, *counted)
    year = points.year(num)
    return (shown_id, text_cell(points.titles[num], raw=raw), "" if year is None else year, *counted)


def _labels(points: Points, num: int, *, raw: bool) -> list[str]:
    return [text_cell(_BETWEEN_LABELS.join(labels[num]), raw=raw) for labels in points.labels.values()]
