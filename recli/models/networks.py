"""The Keras networks. This module imports Keras, so it is itself imported only by a fit."""

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from recli.models.configs import BprConfig, DeepConfig, DotConfig, GradientConfig, HybridConfig


@keras.saving.register_keras_serializable("recli")
class CompiledDropout(keras.layers.Dropout):
    """Keras' dropout with random bits that are cheap: TensorFlow's own take longer than all else in a compiled step."""

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Zero a share ``rate`` of the inputs and scale the others up, in training only."""
        if not training or self.rate == 0:
            return inputs
        seed = tf.cast(self.seed_generator.next(), tf.uint32)
        places = tf.reshape(tf.range(tf.size(inputs)), tf.shape(inputs))
        bits = _mixed(tf.cast(places, tf.uint32) + _mixed(seed[0] + _mixed(seed[1])))
        kept = bits >= tf.constant(int(self.rate * 2**32), tf.uint32)
        return tf.where(kept, inputs / (1 - self.rate), 0)


def _mixed(bits: tf.Tensor) -> tf.Tensor:
    """Return a random-looking permutation of 32-bit numbers (Wellons' ``lowbias32`` hash, public domain)."""
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        bits = tf.bitwise.bitwise_xor(bits, tf.bitwise.right_shift(bits, tf.constant(shift, tf.uint32)))
        bits *= tf.constant(factor, tf.uint32)
    return tf.bitwise.bitwise_xor(bits, tf.bitwise.right_shift(bits, tf.constant(16, tf.uint32)))


def dot_network(config: DotConfig, n_users: int, n_items: int) -> keras.Model:
    """Two embeddings and their dot product."""
    seeds = _seeds(config)
    user, item, user_vector, item_vector = _embeddings(config, n_users, n_items, seeds)
    stars = keras.layers.Dot(axes=1, name="stars")([user_vector, item_vector])
    return keras.Model([user, item], stars, name="dot")


def deep_network(config: DeepConfig, n_users: int, n_items: int) -> keras.Model:
    """Concatenated embeddings, dropout, hidden layer, dropout, output."""
    seeds = _seeds(config)
    user, item, user_vector, item_vector = _embeddings(config, n_users, n_items, seeds)
    x = keras.layers.Concatenate(name="concatenate")([user_vector, item_vector])
    x = CompiledDropout(config.dropout, seed=seeds.pop(), name="input_dropout")(x)
    x = _dense(config.hidden_units, "relu", seeds.pop(), "hidden")(x)
    x = CompiledDropout(config.dropout, seed=seeds.pop(), name="hidden_dropout")(x)
    stars = _dense(1, None, seeds.pop(), "stars")(x)
    return keras.Model([user, item], stars, name="deep")


def hybrid_network(
    config: HybridConfig,
    user_features: NDArray[np.float32],
    item_features: NDArray[np.float32],
    item_popularity: NDArray[np.float32],
) -> keras.Model:
    """The deep network with tables of features, (n + 1, d) each, that training leaves as they are.

    Metadata has rows of its own among the inputs: training hides a user or an item, and how popular it is, without
    hiding what else is known of it.
    """
    seeds = _seeds(config)
    n_users, n_items = len(user_features) - 1, len(item_features) - 1
    user, item, user_vector, item_vector = _embeddings(config, n_users, n_items, seeds)
    described = [keras.Input((), dtype="int32", name=f"described_{name}") for name in ("user", "item")]
    features = [_frozen(item_popularity, "item_popularity")(item)]
    features += [
        _frozen(table, f"{name}_features")(rows)
        for table, name, rows in zip((user_features, item_features), ("user", "item"), described, strict=True)
        if table.shape[1]
    ]
    x = keras.layers.Concatenate(name="vectors")([user_vector, item_vector])
    x = CompiledDropout(config.dropout, seed=seeds.pop(), name="input_dropout")(x)
    x = keras.layers.Concatenate(name="described")([x, *features])
    x = _dense(config.hidden_units, "relu", seeds.pop(), "hidden")(x)
    x = CompiledDropout(config.dropout, seed=seeds.pop(), name="hidden_dropout")(x)
    stars = _dense(1, None, seeds.pop(), "stars")(x)
    return keras.Model([user, item, *described], stars, name="hybrid")


def bpr_network(config: BprConfig, n_users: int, n_items: int) -> keras.Model:
    """Two embeddings, their dot product, and a bias for each item."""
    seeds = _seeds(config)
    user, item, user_vector, item_vector = _embeddings(config, n_users, n_items, seeds)
    bias = keras.layers.Embedding(n_items + 1, 1, "zeros", name="item_bias")(item)
    product = keras.layers.Dot(axes=1, name="product")([user_vector, item_vector])
    return keras.Model([user, item], keras.layers.Add(name="score")([product, bias]), name="bpr")


def _seeds(config: GradientConfig) -> list[int]:
    """Give each layer a seed of its own, so that no two start from the same numbers."""
    return [int(seed) for seed in np.random.SeedSequence(config.seed).generate_state(8) >> 1]


def _embeddings(
    config: GradientConfig, n_users: int, n_items: int, seeds: list[int]
) -> tuple[keras.KerasTensor, keras.KerasTensor, keras.KerasTensor, keras.KerasTensor]:
    user = keras.Input((), dtype="int32", name="user_row")
    item = keras.Input((), dtype="int32", name="item_row")
    return (
        user,
        item,
        _embedding(n_users, config, seeds.pop(), "user")(user),
        _embedding(n_items, config, seeds.pop(), "item")(item),
    )


def _frozen(table: NDArray[np.float32], name: str) -> keras.layers.Embedding:
    layer = keras.layers.Embedding(*table.shape, "zeros", trainable=False, name=name)
    layer.build()
    layer.set_weights([table])
    return layer


def _embedding(n: int, config: GradientConfig, seed: int, name: str) -> keras.layers.Embedding:
    initializer = keras.initializers.RandomUniform(-0.05, 0.05, seed=seed)
    return keras.layers.Embedding(n + 1, config.embedding_size, initializer, name=f"{name}_embedding")


def _dense(units: int, activation: str | None, seed: int, name: str) -> keras.layers.Dense:
    initializer = keras.initializers.GlorotUniform(seed=seed)
    return keras.layers.Dense(units, activation, kernel_initializer=initializer, name=name)
