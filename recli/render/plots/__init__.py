"""Results as static pictures, PNG or SVG, all in one style."""

from recli.render.plots.loss import loss_plot
from recli.render.plots.predictions import predictions_plot
from recli.render.plots.similarity import similarity_plot
from recli.render.plots.stats import stats_plot
from recli.render.plots.style import FORMATS

__all__ = ["FORMATS", "loss_plot", "predictions_plot", "similarity_plot", "stats_plot"]
