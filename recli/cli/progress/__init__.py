"""What a waiting person sees on stderr: bars while data are moved or users ranked, a growing table while training."""

from recli.cli.progress.download import download_bar
from recli.cli.progress.fit import fit_progress, fold_progress
from recli.cli.progress.ranking import ranking_progress
from recli.cli.progress.reading import reading_bar
from recli.cli.progress.search import search_progress, steps
from recli.cli.progress.writing import writing_bar

__all__ = [
    "download_bar",
    "fit_progress",
    "fold_progress",
    "ranking_progress",
    "reading_bar",
    "search_progress",
    "steps",
    "writing_bar",
]
