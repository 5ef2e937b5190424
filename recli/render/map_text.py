"""The words on a map: what it shows, and what may be read from it."""

from recli.core.results.project import EmbeddingMap, Faithfulness
from recli.core.text import visible

METHOD_NAMES = {"tsne": "t-SNE", "umap": "UMAP", "pca": "PCA"}

_NEIGHBOR_METHOD = (
    "{method} keeps near {kind} near. Trust who is next to whom; distances between far groups, and how large or dense "
    "a group looks, mean little.",
    "The axes have no unit and no meaning. Another seed turns and shifts the groups, and keeps most neighbours.",
)
_READINGS = {
    "tsne": _NEIGHBOR_METHOD,
    "umap": _NEIGHBOR_METHOD,
    "pca": (
        "PCA shows the two directions in which the vectors differ most. {Kind} far apart here are far apart in the "
        "model; {kind} close together here may still differ in the directions that the map leaves out.",
    ),
}
_SOURCES = {
    "tsne": "van der Maaten and Hinton (2008), Visualizing Data using t-SNE",
    "umap": "McInnes, Healy and Melville (2018), UMAP",
    "pca": "Pearson (1901); Hotelling (1933)",
}
_METRICS = {
    "cosine": "Near means pointing the same way (cosine), as in recli similar --method vectors.",
    "euclidean": "Near means a small Euclidean distance; recli similar --method vectors compares by cosine.",
}
_SAID = {"sampled": "sample of"}
_TRUSTED = ((0.95, "faithful"), (0.85, "fairly faithful"), (0.75, "rough"), (0.0, "hardly to be trusted"))
"""Trustworthiness from which on a word is fair: chance gives about 0.5, and a map in the plane never 1."""


def map_title(item_map: EmbeddingMap) -> str:
    """Return the heading."""
    return f"{item_map.points.kind[:-1].capitalize()} map of {visible(item_map.dataset)}"


def map_subtitle(item_map: EmbeddingMap) -> str:
    """Return where the map comes from: model reference, method with its settings, number of points."""
    refs = " and ".join(visible(layout.ref) for layout in item_map.layouts)
    counted = f"{len(item_map.points):,} {item_map.points.kind}"
    return f"{refs} · {method_words(item_map)} · {counted}"


def method_words(item_map: EmbeddingMap) -> str:
    """Return the method with its settings: ``t-SNE, cosine, perplexity 30, seed 0``."""
    settings = [
        _plain(value) if name == "metric" else f"{_SAID.get(name, name)} {_plain(value, name)}"
        for name, value in item_map.layout.settings.items()
    ]
    return ", ".join([METHOD_NAMES[item_map.layout.method], *settings])


def faithfulness_words(score: Faithfulness | None, kind: str) -> str:
    """Return how far a layout may be believed, in a line."""
    if score is None:
        return f"too few {kind} to say how faithful it is"
    return f"{_trusted(score)}: trustworthiness {score.trustworthiness:.2f}, {score.kept:.0%} of true neighbours kept"


def _trusted(score: Faithfulness) -> str:
    return next(word for least, word in _TRUSTED if score.trustworthiness >= least)


def map_reading(item_map: EmbeddingMap) -> list[str]:
    """Return how to read the map, one sentence or two a paragraph."""
    layout, kind = item_map.layout, item_map.points.kind
    words = {"method": METHOD_NAMES[layout.method], "kind": kind, "Kind": kind.capitalize()}
    about = "in the whole dataset" if kind == "items" else "that the user gave"
    one = kind[:-1]
    return [
        f"Each dot is {'an item' if kind == 'items' else 'a user'}, placed by the vector that {_refs(item_map)} learnt "
        f"for it. {kind.capitalize()} whose vectors are alike stand together. "
        f"{_METRICS.get(layout.settings.get('metric', ''), '')}".rstrip(),
        *(paragraph.format(**words) for paragraph in _READINGS[layout.method]),
        *_sampled(item_map),
        *_compared(item_map),
        *_believe(item_map),
        f"Size shows the number of ratings {about}, and so does colour, unless another is chosen. The fewer ratings "
        f"{'an' if one == 'item' else 'a'} {one} has, the less its place says; hollow dots had no training ratings, "
        "and their place says nothing.",
        f"Method: {method_words(item_map)}. {_SOURCES[layout.method]}.",
    ]


def _sampled(item_map: EmbeddingMap) -> list[str]:
    """Say where t-SNE laid out a sample only."""
    sampled, kind = item_map.layout.settings.get("sampled"), item_map.points.kind
    if sampled is None:
        return []
    return [
        f"{METHOD_NAMES[item_map.layout.method]} laid out a sample of {sampled:,} {kind}: half of them those with "
        "most ratings, half drawn. Each of the others stands at the mean place of the sampled ones that its vector is "
        "most like, the nearest counting most, with a little noise."
    ]


def _refs(item_map: EmbeddingMap) -> str:
    names = [visible(layout.ref) for layout in item_map.layouts]
    return names[0] if len(names) == 1 else f"{names[0]} (first map) or {names[1]} (second map)"


def _compared(item_map: EmbeddingMap) -> list[str]:
    """Say how two layouts are to be compared."""
    if len(item_map.layouts) < 2:
        return []
    one, other = (visible(layout.ref) for layout in item_map.layouts)
    same = item_map.agreement
    share = "" if same is None else f" Of the true nearest of {one}, {same:.0%} are among those of {other} too."
    return [
        "The second map is turned and mirrored as a whole to lie on the first as well as it can (Procrustes; Gower "
        f"1975), and is drawn as large, which changes no neighbours. Compare who is near whom, not the places.{share}"
    ]


def _believe(item_map: EmbeddingMap) -> list[str]:
    """Say in words and numbers how far each layout may be believed."""
    kind = item_map.points.kind
    paragraphs = []
    for layout in item_map.layouts:
        score = layout.faithfulness
        whose = "The map" if len(item_map.layouts) == 1 else f"The map of {visible(layout.ref)}"
        if score is None:
            paragraphs.append(f"{whose} holds too few {kind} to say how faithful it is.")
            continue
        trained = int(layout.trained.sum())
        sample = f" (over a sample of {score.judged:,})" if 0 < score.judged < trained else ""
        paragraphs.append(
            f"{whose} is {_trusted(score)}: of the {score.k} {kind} whose vectors are truly nearest by cosine, "
            f"{score.kept:.0%} are among the {score.k} nearest on the map. "
            f"Trustworthiness is {score.trustworthiness:.2f}{sample}: 1 where nobody looks near "
            "who is not, about 0.5 by chance (Venna and Kaski 2001)."
        )
    return paragraphs


def _plain(value: object, name: str = "") -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return f"{value:,}" if name == "sampled" else visible(str(value))
