"""A map as a file: web page, table, picture, vectors."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from recli.core.errors import UsageError
from recli.core.results.project import METADATA, EmbeddingMap
from recli.core.text import visible
from recli.render.map_page import map_html
from recli.render.map_picture import map_picture
from recli.render.map_tables import map_csv, metadata_tsv, vectors_tsv


def map_bytes(item_map: EmbeddingMap, fmt: str) -> bytes:
    """Return the map as a file.

    Args:
        item_map: the points and their layouts.
        fmt: one of ``MAP_FORMATS``, or ``METADATA``.

    Raises:
        UsageError: no such format.
    """
    if fmt not in _WRITERS:
        raise UsageError(f"cannot write a map as .{visible(fmt)}: formats are {', '.join(_WRITERS)}")
    return _WRITERS[fmt](item_map)


def map_look() -> str:
    """Return a short hash of all that maps are drawn with: a file that was drawn with other sources is out of date."""
    here = Path(__file__).parent
    sources = sorted([*here.glob("map_*.py"), *here.glob("plots/*.py"), *here.glob("map_assets/**/*.*")])
    return sha256(b"".join(sha256(source.read_bytes()).digest() for source in sources)).hexdigest()[:16]


_WRITERS: Mapping[str, Callable[[EmbeddingMap], bytes]] = {
    "html": lambda item_map: map_html(item_map).encode(),
    "csv": map_csv,
    "png": lambda item_map: map_picture(item_map, "png"),
    "svg": lambda item_map: map_picture(item_map, "svg"),
    "tsv": vectors_tsv,
    METADATA: metadata_tsv,
}
