"""A trained network as a ``.keras`` file. Imports Keras, so it is itself imported only where one is asked for."""

import tempfile
from pathlib import Path

import keras

from recli.models.networks import CompiledDropout
from recli.models.stars import StarsModel


def keras_bytes(model: StarsModel) -> bytes:
    """Return the network with what it has learned, made of Keras' own layers alone: reading it needs no recli."""
    weights = model.weights
    network = model.network(len(weights["user_embedding"]) - 1, len(weights["item_embedding"]) - 1)
    for variable, name in zip(network.trainable_variables, model.shapes(), strict=True):
        variable.assign(weights[name])
    plain = keras.models.clone_model(network, clone_function=_plain_layer)
    plain.set_weights([variable.numpy() for variable in network.weights if "seed" not in variable.path])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.keras"
        plain.save(path)
        return path.read_bytes()


def _plain_layer(layer: keras.layers.Layer) -> keras.layers.Layer:
    if isinstance(layer, CompiledDropout):
        return keras.layers.Dropout(layer.rate, name=layer.name)
    return layer.__class__.from_config(layer.get_config())
