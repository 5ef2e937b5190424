"""Results as pictures, all in one style: PNG, SVG, or a page that holds the picture and its numbers."""

from recli.render.plots.evaluation import evaluation_plot
from recli.render.plots.intervals import comparison_plot, folds_plot, reports_plot
from recli.render.plots.loss import loss_plot
from recli.render.plots.predictions import predictions_plot
from recli.render.plots.similarity import similarity_plot
from recli.render.plots.stats import stats_plot
from recli.render.plots.style import FORMATS, require_format

__all__ = [
    "FORMATS",
    "comparison_plot",
    "evaluation_plot",
    "folds_plot",
    "loss_plot",
    "predictions_plot",
    "reports_plot",
    "require_format",
    "similarity_plot",
    "stats_plot",
]
