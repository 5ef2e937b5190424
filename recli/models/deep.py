"""The notebook's deep model: concatenated embeddings through a hidden layer."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.models.configs import DeepConfig
from recli.models.embeddings import Shapes
from recli.models.recommender import Nums
from recli.models.stars import StarsModel

if TYPE_CHECKING:
    import keras


class DeepModel(StarsModel):
    """``stars = relu([user, item] W₁ + b₁) W₂ + b₂``, with dropout on both layers' inputs while training.

    The shape of He et al., *Neural Collaborative Filtering*, WWW 2017 (its MLP part), regressing stars.
    """

    config: DeepConfig

    def network(self, n_users: int, n_items: int) -> "keras.Model":
        """Build the Keras network."""
        from recli.models.networks import deep_network

        return deep_network(self.config, n_users, n_items)

    def shapes(self) -> Shapes:
        """Two tables of vectors and two dense layers."""
        size, hidden = self.config.embedding_size, self.config.hidden_units
        return {
            "user_embedding": (None, size),
            "item_embedding": (None, size),
            "hidden_kernel": (2 * size, hidden),
            "hidden_bias": (hidden,),
            "output_kernel": (hidden, 1),
            "output_bias": (1,),
        }

    def output(self, user_nums: Nums, item_nums: Nums) -> NDArray[np.float32]:
        """Return (m,) stars, or scores under the ordinal loss."""
        w = self.weights
        inputs = np.concatenate(self.gather(user_nums, item_nums), axis=1)
        hidden = np.maximum(inputs @ w["hidden_kernel"] + w["hidden_bias"], 0)
        output: NDArray[np.float32] = (hidden @ w["output_kernel"] + w["output_bias"])[:, 0]
        return output
