"""The words on a map: what it shows, and what may be read from it."""

from recli.core.results.project import EmbeddingMap
from recli.core.text import visible

_METHOD_NAMES = {"tsne": "t-SNE", "umap": "UMAP", "pca": "PCA"}

_NEIGHBOR_METHOD = (
    "{method} keeps near items near. Trust who is next to whom; distances between far groups, and how large or dense a "
    "group looks, mean little.",
    "The axes have no unit and no meaning. Another seed turns and shifts the groups, and keeps most neighbours.",
)
_READINGS = {
    "tsne": _NEIGHBOR_METHOD,
    "umap": _NEIGHBOR_METHOD,
    "pca": (
        "PCA shows the two directions in which the item vectors differ most. Items far apart here are far apart in the "
        "model; items close together here may still differ in the directions that the map leaves out.",
    ),
}
_SOURCES = {
    "tsne": "van der Maaten and Hinton (2008), Visualizing Data using t-SNE",
    "umap": "McInnes, Healy and Melville (2018), UMAP",
    "pca": "Pearson (1901); Hotelling (1933)",
}


def map_title(item_map: EmbeddingMap) -> str:
    """Return the heading."""
    return f"Item map of {visible(item_map.dataset)}"


def map_subtitle(item_map: EmbeddingMap) -> str:
    """Return where the map comes from: model reference, method with its settings, number of items."""
    settings = [f"{name} {_plain(value)}" for name, value in item_map.layout.settings.items()]
    method = ", ".join([_METHOD_NAMES[item_map.layout.method], *settings])
    return f"{visible(item_map.layout.ref)} · {method} · {len(item_map.layout.points):,} items"


def map_reading(item_map: EmbeddingMap) -> list[str]:
    """Return how to read the map, one sentence or two a paragraph."""
    method = _METHOD_NAMES[item_map.layout.method]
    return [
        f"Each dot is an item, placed by the vector that {visible(item_map.layout.ref)} learnt for it. Items whose "
        "vectors are alike stand together.",
        *(paragraph.format(method=method) for paragraph in _READINGS[item_map.layout.method]),
        "Colour and size show popularity, the number of ratings in the whole dataset. The fewer ratings an item has, "
        "the less its place says; hollow dots had no training ratings, and their place says nothing.",
        f"Method: {_SOURCES[item_map.layout.method]}.",
    ]


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else visible(str(value))
