"""recli: train, judge and explore recommenders on star ratings."""

__version__ = "0.1.0"
