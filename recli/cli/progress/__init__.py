"""What a waiting person sees on stderr: bars while downloading and ranking, a growing table while training."""

from recli.cli.progress.download import download_bar
from recli.cli.progress.fit import fit_progress, fold_progress
from recli.cli.progress.ranking import ranking_progress
from recli.cli.progress.search import search_progress, steps

__all__ = ["download_bar", "fit_progress", "fold_progress", "ranking_progress", "search_progress", "steps"]
