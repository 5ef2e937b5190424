"""The map of the items as one web page: nothing to install, nothing to load, nothing that a title could run."""

import base64
import hashlib
import html
import json
from importlib.resources import files
from string import Template
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.results.project import EmbeddingMap
from recli.core.text import visible
from recli.render.map_text import map_reading, map_subtitle, map_title

_SIGNIFICANT_DIGITS = 5
"""Of a coordinate: finer than a pixel at any zoom that makes sense, and half the bytes of float32's own."""


def map_html(item_map: EmbeddingMap) -> str:
    """Return the map as one self-contained page in UTF-8.

    The page holds plotly.js and makes no request. Should the escaping below ever fail, its content security policy
    still lets no script run but the page's own two, and nothing leave the browser.
    """
    from plotly.offline import get_plotlyjs

    plotly, script = get_plotlyjs(), _asset("page.js")
    return Template(_asset("page.html")).substitute(
        policy=_policy(plotly, script),
        style=_asset("page.css"),
        title=html.escape(map_title(item_map)),
        subtitle=html.escape(map_subtitle(item_map)),
        reading="\n".join(f"      <p>{html.escape(paragraph)}</p>" for paragraph in map_reading(item_map)),
        data=_json_in_html(_columns(item_map)),
        plotly=plotly,
        script=script,
    )


_HOVER = {"ids": "id", "titles": "title", "years": "year", "ratings": "popularity"}
"""Columns that ``page.js`` shows of an item that is pointed at → what they are."""


def hover_fields(item_map: EmbeddingMap) -> tuple[str, ...]:
    """Return what the page of a map holds of each item to show, read from the page itself."""
    page = map_html(item_map)
    return tuple(field for column, field in _HOVER.items() if f'"{column}":[' in page)


def _asset(name: str) -> str:
    return files("recli.render").joinpath("map_assets", name).read_text(encoding="utf-8")


def _policy(*scripts: str) -> str:
    """Return a content security policy that runs these inline scripts only.

    plotly needs the rest: its WebGL layer (regl) compiles draw calls with ``Function``, and it styles elements inline.
    """
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    return (
        f"default-src 'none'; script-src {hashes} 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _columns(item_map: EmbeddingMap) -> dict[str, list[Any]]:
    """Return what ``page.js`` reads: lists of equal length in num order, ``None`` where a value is unknown."""
    items = item_map.points
    return {
        "ids": [visible(str(item_id)) for item_id in items.vocabulary.ids.tolist()],
        "titles": [visible(title) for title in items.titles],
        "years": [items.year(num) for num in range(len(items))],
        "ratings": items.n_ratings.tolist(),
        "means": [None if np.isnan(mean) else round(float(mean), 3) for mean in items.mean_ratings],
        "trained": item_map.layout.trained.astype(int).tolist(),
        "x": _rounded(item_map.layout.points[:, 0]),
        "y": _rounded(item_map.layout.points[:, 1]),
    }


def _rounded(values: NDArray[np.float32]) -> list[float]:
    return [float(f"{value:.{_SIGNIFICANT_DIGITS}g}") for value in values.tolist()]


def _json_in_html(value: object) -> str:
    r"""Return JSON that cannot end the script element it stands in: ``<`` is ``\u003c`` there, and so on."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
