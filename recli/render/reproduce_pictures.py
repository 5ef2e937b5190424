"""The notebook's pictures, drawn by recli's own plots."""

from recli.core.results.project import EmbeddingMap
from recli.core.results.reproduce import Drawable, Drawn, Picture
from recli.core.results.stats import StatsResult
from recli.render.map_files import map_bytes
from recli.render.map_page import hover_fields
from recli.render.map_text import METHOD_NAMES
from recli.render.plots import loss_plot, predictions_plot, similarity_plot, stats_plot


def draw_notebook(what: Drawable) -> Drawn:
    """Draw each picture that the notebook shows, in its order."""
    pictures = [Picture("data", "The ratings", _data_caption(what.stats), stats_plot(what.stats, "png"))]
    for curve, predicted in zip(what.curves, what.predictions, strict=True):
        pictures += [
            Picture(
                f"loss-{curve.model}",
                f"Loss of {curve.model}",
                "Loss on the rows that train and on those that only watch, by epoch.",
                loss_plot(curve, "png"),
            ),
            Picture(
                f"predictions-{curve.model}",
                f"True against predicted ratings of {curve.model}",
                "Predictions here are clipped to the scale, and cold films answered by the baseline, as recli does it "
                "everywhere; the errors in the table are those of the bare network, as the notebook computes them.",
                predictions_plot(predicted, "png"),
            ),
        ]
    pictures.append(
        Picture(
            "similarity",
            f"Similarities to item {what.similar.query.item_id}",
            "Cosine of the embeddings with those of every other film. As the notebook remarks, the nearest do not "
            "always make sense: the vector of a film with very few ratings says little.",
            similarity_plot(what.similar, "png"),
        )
    )
    pictures += [_map(own) for own in what.maps]
    return Drawn(tuple(pictures), hover_fields(what.maps[0]) if what.maps else ())


def _data_caption(stats: StatsResult) -> str:
    per_user = stats.ratings_per_user
    return (
        f"Movies per user: from {per_user.min:g} to {per_user.max:g}, half of the users at most {per_user.median:g}. "
        "Release years end in 1998, when the data were collected."
    )


def _map(item_map: EmbeddingMap) -> Picture:
    method = METHOD_NAMES[item_map.layout.method]
    caption = (
        "Films whose embeddings are alike stand together; colour and size show popularity. recli project makes the "
        "interactive page."
    )
    return Picture(f"map-{item_map.layout.method}", f"{method} map of the films", caption, map_bytes(item_map, "png"))
