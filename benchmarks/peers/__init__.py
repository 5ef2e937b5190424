"""The libraries that recli is compared with. What is here runs in their own interpreter, without recli."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PeerModel:
    """One model of a library."""

    distribution: str
    """What pip installs."""
    package: str
    """What Python imports."""
    module: str
    """The module here that drives it."""
    name: str
    """The class in that module."""


_SURPRISE = ("scikit-surprise", "surprise", "benchmarks.peers.with_surprise")
_MYFM = ("myfm", "myfm", "benchmarks.peers.with_myfm")
_LENSKIT = ("lenskit", "lenskit", "benchmarks.peers.with_lenskit")
_IMPLICIT = ("implicit", "implicit", "benchmarks.peers.with_implicit")

PEERS = {
    "Surprise SVD": PeerModel(*_SURPRISE, "SVD"),
    "Surprise KNNBaseline": PeerModel(*_SURPRISE, "KNNBaseline"),
    "Surprise KNNBaseline, items": PeerModel(*_SURPRISE, "ItemKNNBaseline"),
    "Surprise SVD++": PeerModel(*_SURPRISE, "SVDpp"),
    "myFM ordered probit": PeerModel(*_MYFM, "OrderedProbit"),
    "LensKit BiasedMF": PeerModel(*_LENSKIT, "BiasedMF"),
    "LensKit ItemKNN": PeerModel(*_LENSKIT, "ItemKNN"),
    "LensKit ImplicitMF": PeerModel(*_LENSKIT, "ImplicitMF"),
    "LensKit EASE": PeerModel(*_LENSKIT, "EASE"),
    "implicit ALS": PeerModel(*_IMPLICIT, "ALS"),
    "implicit BPR": PeerModel(*_IMPLICIT, "BPR"),
}
"""What tables call it → the model."""
