"""The map of the items as one web page: nothing to install, nothing to load, nothing that a title could run."""

import base64
import hashlib
import html
import json
import re
from importlib.resources import files
from string import Template
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.results.project import EmbeddingMap, Layout
from recli.core.text import visible
from recli.render.map_colors import GROUP_COLORS, SCALE, UNKNOWN, spans
from recli.render.map_text import METHOD_NAMES, map_reading, map_subtitle, map_title

_SCRIPTS = (
    "plotly/plotly-gl2d.min.js",
    "data.js",
    "search.js",
    "colour.js",
    "filters.js",
    "csv.js",
    "labels.js",
    "framing.js",
    "overlay.js",
    "chart.js",
    "touch.js",
    "panel.js",
    "finder.js",
    "page.js",
)
"""The page's scripts, each after those that it uses: plotly's, then its own."""
_SIMILARITY_STEPS = 10_000
"""A cosine is written as a 16-bit integer of so many steps: four decimals, and half the bytes of float32."""
_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def map_html(item_map: EmbeddingMap) -> str:
    """Return the map as one self-contained page in UTF-8.

    The page holds plotly.js and makes no request. Should the escaping below ever fail, its content security policy
    still lets no script run but the page's own, and nothing leave the browser.
    """
    scripts = [_asset(name) for name in _SCRIPTS]
    return Template(_asset("page.html")).substitute(
        policy=_policy(*scripts),
        style=_asset("page.css"),
        dark=_asset("dark.css"),
        title=html.escape(map_title(item_map)),
        subtitle=html.escape(map_subtitle(item_map)),
        reading="\n".join(f"      <p>{html.escape(paragraph)}</p>" for paragraph in map_reading(item_map)),
        data=_json_in_html(_payload(item_map)),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )


def hover_fields(item_map: EmbeddingMap) -> tuple[str, ...]:
    """Return what the page of a map knows of its most rated item, to show where that is pointed at.

    Read from the page, as its script reads it; what is not there, or is another's, is left out.
    """
    found = _DATA.search(map_html(item_map))
    page = json.loads(found[1]) if found else {}
    points, num = item_map.points, int(item_map.points.n_ratings.argmax())
    known = {
        "id": ("ids", visible(str(points.vocabulary.id(num)))),
        "title": ("titles", visible(points.titles[num])),
        "year": ("years", points.year(num)),
        "popularity": ("ratings", int(points.n_ratings[num])),
    }
    return tuple(field for field, (column, value) in known.items() if column in page and page[column][num] == value)


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


def _payload(item_map: EmbeddingMap) -> dict[str, Any]:
    """Return what ``data.js`` reads: lists in num order, ``None`` where a value is unknown, and arrays in base64."""
    points = item_map.points
    return {
        "kind": points.kind,
        "color": item_map.color,
        "ids": [visible(str(point_id)) for point_id in points.vocabulary.ids.tolist()],
        "titles": [visible(title) for title in points.titles],
        "years": [points.year(num) for num in range(len(points))],
        "ratings": points.n_ratings.tolist(),
        "means": [None if np.isnan(mean) else round(float(mean), 3) for mean in points.mean_ratings],
        "spans": spans(points),
        "paper": {"scale": SCALE, "groups": GROUP_COLORS, "other": UNKNOWN},
        "labels": {visible(kind): _label_column(labels) for kind, labels in points.labels.items()},
        "layouts": [_layout(layout) for layout in item_map.layouts],
        "agreement": item_map.agreement,
    }


def _label_column(labels: tuple[tuple[str, ...], ...]) -> dict[str, list[Any]]:
    """Return the names of a kind of label, and for each point the positions of its own among them."""
    names = sorted({name for own in labels for name in own})
    positions = {name: position for position, name in enumerate(names)}
    return {"names": [visible(name) for name in names], "of": [[positions[name] for name in own] for own in labels]}


def _layout(layout: Layout) -> dict[str, Any]:
    """Return one layout; its arrays are little-endian, row after row."""
    score = layout.faithfulness
    return {
        "ref": visible(layout.ref),
        "method": METHOD_NAMES[layout.method],
        "x": _base64(layout.points[:, 0], "<f4"),
        "y": _base64(layout.points[:, 1], "<f4"),
        "trained": _base64(layout.trained, "u1"),
        "k": layout.neighbors.shape[1],
        "neighbors": _base64(layout.neighbors, "<i4"),
        "similarities": _base64(np.rint(layout.similarities * _SIMILARITY_STEPS), "<i2"),
        "steps": _SIMILARITY_STEPS,
        "faithfulness": None
        if score is None
        else {"k": score.k, "trustworthiness": round(score.trustworthiness, 4), "kept": round(score.kept, 4)},
    }


def _base64(values: NDArray[Any], dtype: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype=dtype).tobytes()).decode()


def _json_in_html(value: object) -> str:
    r"""Return JSON that cannot end the script element it stands in: ``<`` is ``\u003c`` there, and so on."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
