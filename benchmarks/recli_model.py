"""Train one recli model at its defaults and write its answers: ``python -m benchmarks.recli_model MODEL …``."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers import MEDIANS, NEIGHBORS, PREDICTIONS, SCORES, VECTORS, Answers, peak_bytes
from benchmarks.rows import learnable, load_split
from recli import __version__
from recli.core.config import ModelConfig
from recli.core.dataset import Dataset
from recli.core.split import Split
from recli.models.predictor import Predictor
from recli.operations.datasets import open_dataset
from recli.operations.train import configure, fit
from recli.store import Store


def answer(model: str, data: Dataset, split: Split) -> Answers:
    """Fit as ``recli train`` does, and collect what the model says."""
    config = configure(model, {})
    predictor, report = fit(config, data, _rows_for(config, split), lambda epoch: None)
    peak = peak_bytes()
    test = data.ratings.take(split.test)
    found = predictor.predict(test.user_nums, test.item_nums)
    arrays: dict[str, NDArray[Any]] = {
        PREDICTIONS: found.values,
        SCORES: predictor.scores(np.arange(len(data.users), dtype=np.int32)),
    }
    if found.medians is not None:
        arrays[MEDIANS] = found.medians
    return Answers("ok", "", f"recli {__version__}", report.seconds, peak, found.cold, arrays | _similar(predictor))


def _rows_for(config: ModelConfig, split: Split) -> Split:
    """Give a closed form the validation rows to learn from, as ``operations.train.split_for`` does."""
    return split if config.has_epochs else Split(learnable(split), split.validation[:0], split.test)


def _similar(predictor: Predictor) -> dict[str, NDArray[Any]]:
    """Return the lists of the model's methods, best first, and its vectors."""
    lists = predictor.model.neighbor_lists()
    vectors = predictor.model.item_vectors()
    found: dict[str, NDArray[Any]] = {f"{NEIGHBORS}:{method}": found.nums for method, found in lists.items()}
    return found if vectors is None else found | {VECTORS: vectors}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("dataset")
    parser.add_argument("--artifacts", type=Path, required=True)
    parser.add_argument("--split", type=Path, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    options = parser.parse_args()
    data = open_dataset(Store(options.artifacts), options.dataset)
    answer(options.model, data, load_split(options.split)).save(options.answers)


if __name__ == "__main__":
    main()
