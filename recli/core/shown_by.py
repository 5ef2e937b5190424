"""Which commands print which of the words that ``recli explain`` knows."""

_ERRORS = ("MAE", "MSE", "RMSE", "median MAE", "cold start", "clipped")
_LISTS = ("nDCG", "precision", "recall", "MAP", "MRR", "AUC", "catalogue coverage", "Gini", "novelty", "popularity")
SHOWS: dict[str, tuple[str, ...]] = {
    "stats": ("density", "popularity"),
    "train": (*_ERRORS, "bias baseline", "validation", "k-fold", "epoch", "loss", "version"),
    "evaluate": (
        *_ERRORS,
        *("bias baseline", "bias", "difference", "verdict", "bootstrap", "log loss", "calibration", "80% interval"),
        *_LISTS,
        "relevant",
    ),
    "compare": (*_ERRORS, "bias baseline", "difference", "verdict", "bootstrap", "nDCG"),
    "recommend": ("score",),
    "predict": ("80% interval", "bias baseline", "cold start", "clipped"),
    "similar": ("cosine similarity", "embedding", "neighbour"),
    "project": ("t-SNE", "UMAP", "PCA", "perplexity", "trustworthiness", "true neighbours kept", "seed"),
    "reproduce": ("MAE", "seed"),
    "tune": ("MAE", "MSE", "RMSE", "median MAE", "bias baseline", "seed"),
    "models list": ("reference", "alias", "MAE", "MSE", "RMSE"),
    "models show": ("reference", "alias", "MAE", "MSE", "RMSE", "bias baseline"),
    "models rm": ("reference", "alias"),
}
"""Words of a command, in the order in which ``--help`` lists them → names of terms."""


def shown_by(term: str) -> tuple[str, ...]:
    """Return the commands that show a term, by its name."""
    return tuple(command for command, terms in SHOWS.items() if term in terms)
