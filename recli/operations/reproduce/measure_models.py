"""What the notebook shows of its networks and of their embeddings, measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.analysis.metrics import rating_metrics
from recli.analysis.similarity import cosines
from recli.core.dataset import Dataset
from recli.core.ratings import Ratings
from recli.core.results.evaluate import PredictionSample
from recli.core.results.reproduce import Curve, Predicted
from recli.core.run import Metrics
from recli.core.split import Split
from recli.models.configs import DotConfig
from recli.models.dot import DotModel
from recli.models.predictor import Predictor
from recli.models.recommender import FitReport
from recli.operations.judging import judge
from recli.operations.reproduce.checking import Found, Missing
from recli.operations.reproduce.measure_data import NO_SUCH_ITEM

EPOCHS, BATCH_SIZE, LEARNING_RATE = 10, 64, 0.001
"""The notebook's own settings, where recli's defaults are others."""
PAIRS = ((50, 181), (181, 288), (181, 1))
NEIGHBORS = {50: (181, 172), 227: (228, 230)}
"""Item → items that the notebook found beside it."""


@dataclass(frozen=True, eq=False)
class Trained:
    """A network, trained as the notebook trains it."""

    predictor: Predictor
    report: FitReport

    @property
    def name(self) -> str:
        """The model's."""
        return self.predictor.model.config.model

    @property
    def vectors(self) -> NDArray[np.float32]:
        """(n_items, d) embeddings of the items."""
        return np.asarray(self.predictor.model.item_vectors(), np.float32)

    def curve(self, dataset: str) -> Curve:
        """Return how its loss fell."""
        own, config = self.report, self.predictor.model.config.parameters()
        return Curve(self.name, self.name, dataset, config, own.history, own.best_epoch, own.stopped_early, own.seconds)


def measure_untrained(data: Dataset, rows: Split, config: DotConfig) -> dict[str, Found]:
    """Build the notebook's ``dot`` network, count it, and let it predict before it has learned anything."""
    from sklearn.metrics import mean_absolute_error, mean_squared_error

    from recli.models import backend

    backend.start()
    network = DotModel(config).network(len(data.users), len(data.items))
    trained = data.ratings.take(np.concatenate([rows.train, rows.validation]))
    output = np.asarray(network([trained.user_nums + 1, trained.item_nums + 1]))
    stars, predicted = trained.values.astype(np.float64), output[:, 0].astype(np.float64)
    mse, mae = float(np.mean(np.square(predicted - stars))), float(np.mean(np.abs(predicted - stars)))
    theirs = mean_squared_error(stars, predicted), mean_absolute_error(stars, predicted)
    users, items = (math.prod(weight.shape) for weight in network.trainable_weights)
    return {
        "user table": users,
        "item table": items,
        "parameters": int(network.count_params()),
        "steps": math.ceil(len(rows.train) / config.batch_size),
        "untrained shape": str(output.shape),
        "untrained mse": mse,
        "untrained mae": mae,
        "untrained agree": "yes" if np.allclose(theirs, (mse, mae), rtol=1e-9) else "no",
    }


def measure_models(data: Dataset, rows: Split, networks: Sequence[Trained]) -> dict[str, Found]:
    """Return the errors of each network and of the biases alone; ``dot`` comes before ``deep``.

    The networks' errors are those of their bare output, as in the notebook: not clipped to the scale, and for a cold
    item whatever its untrained vector gives.
    """
    test = data.ratings.take(rows.test)
    train = data.ratings.take(np.concatenate([rows.train, rows.validation]))
    found: dict[str, Found] = {}
    gaps: list[float] = []
    for trained in networks:
        on_test, on_train = _bare(trained, test), _bare(trained, train)
        gaps.append(on_test.mae - on_train.mae)
        history = trained.report.history
        own = {
            "first val_loss": _loss(history[0].val_loss), "last val_loss": _loss(history[-1].val_loss),
            "test mse": on_test.mse, "test mae": on_test.mae, "train mse": on_train.mse, "train mae": on_train.mae,
        }  # fmt: skip
        found |= {f"{trained.name} {key}": value for key, value in own.items()}
    dot_gap, deep_gap = gaps
    bias, _ = judge(networks[0].predictor.predict_baseline, test)
    return found | {"gap": deep_gap / dot_gap, "bias mse": bias.mse, "bias mae": bias.mae}


def _bare(trained: Trained, ratings: Ratings) -> Metrics:
    return rating_metrics(ratings.values, trained.predictor.model.predict(ratings.user_nums, ratings.item_nums))


def _loss(value: float | None) -> Found:
    return Missing("no rows watched") if value is None else value


def predicted_by(trained: Trained, data: Dataset, rows: Split) -> Predicted:
    """Return true against predicted stars, as ``evaluate`` does: clipped, cold rows answered by the baseline."""
    parts = {"train": data.ratings.take(np.concatenate([rows.train, rows.validation])),
             "test": data.ratings.take(rows.test)}  # fmt: skip
    judged = {part: judge(trained.predictor.predict, ratings) for part, ratings in parts.items()}
    return Predicted(
        ref=trained.name,
        dataset=data.name,
        scale=data.scale,
        metrics={part: errors for part, (errors, _) in judged.items()},
        baseline={part: judge(trained.predictor.predict_baseline, own)[0] for part, own in parts.items()},
        samples=tuple(PredictionSample(part, parts[part].values, own.values) for part, (_, own) in judged.items()),
    )


def measure_embeddings(data: Dataset, vectors: NDArray[np.float32]) -> dict[str, Found]:
    """Return every value of the section Embeddings from (n_items, d) item vectors."""
    num = data.items.vocabulary.num

    def cosine(a: int, b: int) -> Found:
        first, second = num(a), num(b)
        if first is None or second is None:
            return NO_SUCH_ITEM
        return float(cosines(vectors[first], vectors[[second]])[0])

    jedi = num(181)
    return {
        "vector of 181": NO_SUCH_ITEM if jedi is None else len(vectors[jedi]),
        **{f"cosine {a} {b}": cosine(a, b) for a, b in PAIRS},
        "cosine self": cosine(181, 181),
        "cosine zero": float(cosines(vectors[0], np.zeros((1, vectors.shape[1]), np.float32))[0]),
        **{
            f"{near} near {item}": _place(vectors, num(item), num(near))
            for item, nears in NEIGHBORS.items()
            for near in nears
        },
    }


def _place(vectors: NDArray[np.float32], item: int | None, near: int | None) -> Found:
    """Return the rank of one item among the neighbours of another, from 1; the item itself has none."""
    if item is None or near is None:
        return NO_SUCH_ITEM
    similarities = cosines(vectors[item], vectors)
    similarities[item] = -np.inf
    return 1 + int(np.count_nonzero(similarities > similarities[near]))
