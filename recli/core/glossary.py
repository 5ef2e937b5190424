"""What the words mean that commands print: the texts of ``recli explain``."""

from dataclasses import dataclass

JUDGING, MODELS, MAPS, STORE = "docs/judging.md", "docs/models.md", "docs/maps.md", "docs/store.md"


@dataclass(frozen=True)
class Term:
    """A word of the field, explained."""

    name: str
    text: str
    """One sentence or two."""
    see: str
    """The page to read on, from the project's root."""
    formula: str = ""
    """In plain text; empty where none is short."""
    also: tuple[str, ...] = ()
    """Other names, keys of ``--json`` among them."""


TERMS = (
    Term(
        "MAE",
        "Mean absolute error: by how many stars predictions miss on average. Lower is better.",
        JUDGING,
        "mean of |predicted - given|",
        ("mean absolute error",),
    ),
    Term(
        "MSE",
        "Mean squared error, in stars squared: large misses count more than in proportion.",
        JUDGING,
        "mean of (predicted - given)²",
        ("mean squared error",),
    ),
    Term(
        "RMSE",
        "Root mean squared error, in stars: like the MAE, but large misses weigh more. Lower is better.",
        JUDGING,
        "square root of MSE",
        ("root mean squared error",),
    ),
    Term(
        "median MAE",
        "The MAE of the predicted distribution's median: of all answers, the median misses least on average.",
        JUDGING,
        also=("median_mae",),
    ),
    Term(
        "log loss",
        "How surprised a predicted distribution is by the ratings that came, in nats. Lower is better.",
        JUDGING,
        "mean of -ln p(rating given)",
        ("log_loss",),
    ),
    Term(
        "calibration",
        "Whether probabilities come true as often as they say: of all that was held 70% likely, 70% should happen.",
        JUDGING,
        also=("expected_coverage", "by its own word"),
    ),
    Term(
        "80% interval",
        "The middle of a predicted distribution: from the lowest star level that reaches 10% of the "
        "probability to the lowest that reaches 90%. On few levels it holds more than 80%.",
        JUDGING,
        also=("interval", "in 80% interval", "coverage", "width", "mean width"),
    ),
    Term(
        "nDCG",
        "Normalised discounted cumulative gain, 0 to 1: how much of what a user liked stands in the list, where "
        "higher places count more. 1 is the best list there can be.",
        JUDGING,
        "sum of 1/log2(rank + 1) over the liked, divided by that of the best list",
        ("ndcg",),
    ),
    Term("precision", "The share of the list that the user liked.", JUDGING, "liked items in the list / its length"),
    Term(
        "recall",
        "The share of what the user liked that stands in the list.",
        JUDGING,
        "liked items in the list / all that were liked",
    ),
    Term(
        "MAP",
        "Mean average precision: the precision at each liked item's place, those not listed counting 0, averaged.",
        JUDGING,
        also=("map", "mean average precision"),
    ),
    Term(
        "MRR",
        "Mean reciprocal rank: 1 if the first liked item leads, a half if it is second, and so on.",
        JUDGING,
        "mean of 1 / rank of the first liked item",
        ("mean reciprocal rank",),
    ),
    Term(
        "AUC",
        "The chance that a liked item stands before one that was not, among all candidates; 0.5 is a coin's.",
        JUDGING,
        also=("area under the curve",),
    ),
    Term(
        "Gini",
        "How unevenly lists draw on the catalogue: 0 if each item is listed equally often, near 1 if always the "
        "same few are.",
        JUDGING,
        also=("gini coefficient",),
    ),
    Term(
        "novelty",
        "How little known the listed items are: the bits of surprise that somebody has rated them.",
        JUDGING,
        "mean of log2(users / ratings of the item)",
    ),
    Term(
        "catalogue coverage",
        "The share of all items that stand in at least one user's list.",
        JUDGING,
        also=("catalogue_coverage", "catalogue listed"),
    ),
    Term(
        "popularity",
        "The number of ratings an item has. Recommending what is popular is hard to beat, and of little use.",
        JUDGING,
        also=("mean_popularity", "mean popularity"),
    ),
    Term(
        "relevant",
        "An item counts as liked, or relevant, from so many stars on: 4 of 1 to 5, or as --relevant says.",
        JUDGING,
        also=("liked", "left_out", "left out"),
    ),
    Term(
        "cold start",
        "A user or item without training ratings. The bias baseline answers for it, unless the model knows it "
        "by metadata; cold rows are counted.",
        JUDGING,
        also=("cold", "cold_users"),
    ),
    Term("clipped", "Predictions that lay outside the rating scale and were moved to its end, counted.", JUDGING),
    Term(
        "bias baseline",
        "No model at all: the mean rating, plus how far the user and the item lie from it. A network that "
        "does not beat it has learned nothing about taste.",
        JUDGING,
        "mean + user offset + item offset",
        ("baseline",),
    ),
    Term(
        "residual",
        "Predicted minus given stars, of one rating: above 0 the model promised too much.",
        JUDGING,
        also=("residuals",),
    ),
    Term(
        "difference",
        "A model's error minus that of the bias baseline, or in recli compare of the best model, on the same rows: "
        "below 0 it is the better one.",
        JUDGING,
        "error - the other's error",
        ("mae_difference", "rmse_difference"),
    ),
    Term(
        "verdict",
        "Better or worse where the 95% interval of the difference lies wholly on one side of 0; undecided where "
        "it does not.",
        JUDGING,
        also=("better", "worse", "undecided"),
    ),
    Term(
        "bootstrap",
        "How sure a difference is: users are drawn anew with replacement, thousands of times, and the middle 95% "
        "of the differences is the interval.",
        JUDGING,
        also=("paired bootstrap", "resamples", "95% interval"),
    ),
    Term(
        "split",
        "Which ratings a model learns from, and which are held out to judge it.",
        JUDGING,
        also=("train", "test", "held out"),
    ),
    Term(
        "validation",
        "Training rows that are held back to watch the training, and to choose by; never the test rows.",
        JUDGING,
        also=("val_loss", "validation rows"),
    ),
    Term(
        "k-fold",
        "K models, each judged on a K-th of the ratings that it has not seen: together they judge on every rating.",
        JUDGING,
        also=("kfold", "fold", "cross-validation"),
    ),
    Term("epoch", "One pass of the training over all its rows.", MODELS),
    Term(
        "early stopping",
        "Training ends when the validation loss has not improved for some epochs (--patience); the best "
        "epoch's weights are kept.",
        MODELS,
        also=("patience",),
    ),
    Term(
        "embedding",
        "The numbers that a model learns for each user and each item. Items with like embeddings are liked by "
        "the same people.",
        MODELS,
        also=("vector", "vectors"),
    ),
    Term(
        "cosine similarity",
        "The cosine of the angle between two vectors: 1 the same direction, 0 nothing in common.",
        MODELS,
        "a·b / (|a| |b|)",
        ("cosine", "similarity"),
    ),
    Term(
        "neighbour",
        "An item near another: by the ratings of both, by genres and years too, or by the angle of their vectors.",
        MODELS,
        also=("neighbor",),
    ),
    Term(
        "fold-in",
        "Taking somebody new into a trained model by a few ratings, without training it again.",
        MODELS,
        also=("fold in",),
    ),
    Term(
        "density",
        "The share of all pairs of a user and an item that have a rating.",
        JUDGING,
        "ratings / (users · items)",
    ),
    Term("long tail", "The many items with few ratings each, behind the few that have most of them.", JUDGING),
    Term(
        "t-SNE",
        "Lays vectors out on a plane so that near ones stay near. Distances between far groups mean little.",
        MAPS,
        also=("tsne",),
    ),
    Term("UMAP", "Lays vectors out on a plane by a graph of nearest neighbours; read it as t-SNE.", MAPS),
    Term("PCA", "Shows the two directions in which vectors differ most; what it leaves out may matter.", MAPS),
    Term("perplexity", "About how many neighbours t-SNE takes into account for each point.", MAPS),
    Term(
        "trustworthiness",
        "Whether the neighbours on a map are true ones: 1 if all are, about 0.5 by chance.",
        MAPS,
        also=("faithfulness",),
    ),
    Term(
        "true neighbours kept",
        "The share of a point's ten nearest in the model that are among its ten nearest on the map too, averaged.",
        MAPS,
        also=("neighbours kept", "kept"),
    ),
    Term("seed", "Where the random numbers begin: the same seed, data and settings give the same result.", STORE),
    Term(
        "reference",
        "The name of a version: dot is the newest of the model dot, dot:3 its third, dot@best the one that "
        "the alias best names.",
        STORE,
        also=("ref", "latest"),
    ),
    Term(
        "version",
        "A trained model in the store, whole and never changed: dot:3 is the third of the model dot. Numbers are never "
        "used again.",
        STORE,
        also=("artifact",),
    ),
    Term(
        "alias", "A name for a version, such as dot@best: recli models tag moves it to another.", STORE, also=("tag",)
    ),
    Term(
        "loss",
        "What training makes smaller: the mean absolute or squared error of its rows, or the surprise of an ordinal "
        "distribution.",
        MODELS,
    ),
    Term(
        "score",
        "What a model ranks items by. Its scale is the model's own: only the order means something.",
        MODELS,
    ),
    Term(
        "bias",
        "In a table of slices, predicted minus given stars on average: above 0 the model promises too much. As a "
        "model, the bias baseline.",
        JUDGING,
        "mean of predicted - given",
        ("mean error",),
    ),
)
"""All that are explained, in the order in which they are listed."""
